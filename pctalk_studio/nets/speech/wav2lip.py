"""The published weights of Wav2Lip: its audio encoder, and its lip-sync expert."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder
from pctalk_studio.nets.speech.sync import PictureSync
from pctalk_studio.nets.tensor_files import read_tensors, unwrapped


def _take(module: nn.Module, tensors: dict[str, Tensor], path: Path, what: str) -> None:
    """Load tensors into a module, every one of its own and no other.

    Raises
    ------
    WeightsError
        When one is missing, too many, or of another shape.
    """
    wanted = module.state_dict()
    missing = sorted(name for name in wanted.keys() - tensors.keys() if not name.endswith("num_batches_tracked"))
    strange = sorted(tensors.keys() - wanted.keys())
    if missing or strange:
        named = f"lacks '{missing[0]}'" if missing else f"has '{strange[0]}', which it must not"
        raise WeightsError(f"'{path}' is no {what}: it {named}; choose the file that Wav2Lip's authors published.")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            here, there = "x".join(map(str, tensor.shape)), "x".join(map(str, wanted[name].shape))
            raise WeightsError(
                f"'{path}' is a changed {what}: '{name}' is {here} instead of {there}, as in versions for bigger faces; "
                "choose the file that Wav2Lip's authors published."
            )
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise WeightsError(f"'{path}' is damaged: '{name}' holds numbers that are none; fetch it again.")
    module.load_state_dict({**wanted, **{name: tensor.to(wanted[name].dtype) for name, tensor in tensors.items()}})


def load_audio_encoder(path: Path) -> AudioEncoder:
    """The audio encoder out of a Wav2Lip checkpoint; what else the checkpoint holds is left alone.

    Raises
    ------
    WeightsError
        When the file is none, or that of a fork with other shapes.
    """
    prefix = "audio_encoder."
    own = {
        "layers." + name.removeprefix(prefix): t for name, t in unwrapped(read_tensors(path)).items() if name.startswith(prefix)
    }
    if not own:
        raise WeightsError(f"'{path}' holds no audio encoder; choose Wav2Lip's checkpoint (wav2lip.pth or wav2lip_gan.pth).")
    encoder = AudioEncoder(32)
    _take(encoder, own, path, "audio encoder of Wav2Lip")
    return encoder.eval().requires_grad_(False)


def load_picture_sync(path: Path) -> PictureSync:
    """Wav2Lip's lip-sync expert.

    Raises
    ------
    WeightsError
        When the file is none, or that of a fork with other shapes.
    """
    network = PictureSync()
    prefixes = ("face_encoder.", "audio_encoder.")
    own = {name: tensor for name, tensor in unwrapped(read_tensors(path)).items() if name.startswith(prefixes)}
    if not own:
        raise WeightsError(f"'{path}' holds no lip-sync expert; choose Wav2Lip's lipsync_expert.pth.")
    _take(network, own, path, "lip-sync expert of Wav2Lip")
    return network.eval().requires_grad_(False)
