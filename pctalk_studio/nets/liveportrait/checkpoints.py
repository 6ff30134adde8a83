"""Official files into networks, strictly: every key, every shape, finite numbers, and nothing besides.

The generator's block convolutions are saved under spectral norm (Miyato et al., ICLR 2018): ``weight_orig``, and the vectors
``weight_u`` and ``weight_v`` of its largest singular value. At rest the weight in force is weight_orig / (u . W v), which is
computed once while loading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.liveportrait.appearance import AppearanceExtractor
from pctalk_studio.nets.liveportrait.generator import SpadeBlock, SpadeGenerator
from pctalk_studio.nets.liveportrait.motion import MotionExtractor
from pctalk_studio.nets.liveportrait.retargeting import eye_network, lip_network, stitching_network
from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes
from pctalk_studio.nets.liveportrait.warping import WarpingModule
from pctalk_studio.nets.names import Network
from pctalk_studio.nets.tensor_files import read_tensors

Shapes = dict[str, tuple[int, ...]]

_BUILDERS = {
    Network.APPEARANCE: AppearanceExtractor,
    Network.MOTION: MotionExtractor,
    Network.WARPING: WarpingModule,
    Network.GENERATOR: SpadeGenerator,
    Network.STITCHING: stitching_network,
    Network.EYE: eye_network,
    Network.LIP: lip_network,
}
_COUNTERS = "num_batches_tracked"


def build(network: Network, sizes: NetworkSizes = OFFICIAL) -> nn.Module:
    """An untrained network without memory for its numbers; :func:`load_network` gives it some."""
    with torch.device("meta"):
        return _BUILDERS[network](sizes).eval()


def _normed(module: nn.Module) -> list[str]:
    """Names of the convolutions that are saved under spectral norm."""
    return [
        f"{name}.{part}"
        for name, block in module.named_modules()
        if isinstance(block, SpadeBlock)
        for part in ("conv_0", "conv_1", "conv_s")
        if hasattr(block, part)
    ]


def official_shapes(module: nn.Module) -> Shapes:
    """Keys and shapes with which a network is published, including the parts of its spectral norms."""
    shapes = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    for name in _normed(module):
        shape = shapes.pop(f"{name}.weight")
        fan_in = int(torch.Size(shape[1:]).numel())
        shapes |= {f"{name}.weight_orig": shape, f"{name}.weight_u": (shape[0],), f"{name}.weight_v": (fan_in,)}
    return shapes


def fold_spectral_norm(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Replace each weight_orig, weight_u and weight_v by the weight in force; everything else stays."""
    folded = {key: value for key, value in tensors.items() if not key.endswith(("weight_orig", "weight_u", "weight_v"))}
    for key, weight in tensors.items():
        if key.endswith("weight_orig"):
            stem = key.removesuffix("_orig")
            sigma = torch.dot(tensors[f"{stem}_u"], weight.flatten(1) @ tensors[f"{stem}_v"])
            folded[stem] = weight / sigma
    return folded


def section_of(tensors: Mapping[str, Tensor], network: Network) -> dict[str, Tensor]:
    """The tensors of one network, under its own keys.

    The file of the three small networks is ``{section: {"module.KEY": tensor}}`` as .pth and flat ``section_module.KEY`` as
    .safetensors; other sections are of no use here. The other files hold one network and nothing else.
    """
    if network.section is None:
        return dict(tensors)
    found = {}
    for key, tensor in tensors.items():
        for prefix in (f"{network.section}.", f"{network.section}_module."):
            if key.startswith(prefix):
                found[key.removeprefix(prefix).removeprefix("module.")] = tensor
    return found


def _listed(keys: Iterable[str]) -> str:
    names = sorted(keys)
    return f"'{names[0]}'" + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def check_tensors(path: Path, network: Network, tensors: Mapping[str, Tensor], sizes: NetworkSizes = OFFICIAL) -> None:
    """See that a file holds exactly what a network needs.

    Raises
    ------
    WeightsError
        Naming the file and the first key, shape or value that is wrong; for a file of another network, that network.
    """
    wanted = official_shapes(build(network, sizes))
    missing, unknown = wanted.keys() - tensors.keys(), tensors.keys() - wanted.keys()
    if missing == wanted.keys() or len(missing) > len(wanted) // 2:
        other = next((n for n in Network if n != network and set(official_shapes(build(n, sizes))) == set(tensors)), None)
        what = f"those of the {other.words}" if other else "none of its weights"
        raise WeightsError(f"'{path}' should hold the weights of the {network.words}, but holds {what}; choose the right file.")
    if missing or unknown:
        trouble = f"lacks {_listed(missing)}" if missing else f"has {_listed(unknown)} too much"
        raise WeightsError(f"'{path}' is of another version of the {network.words}: it {trouble}; fetch the published file.")
    for key, shape in wanted.items():
        tensor = tensors[key]
        if tuple(tensor.shape) != shape:
            raise WeightsError(
                f"'{path}' is of another version of the {network.words}: '{key}' has the shape {list(tensor.shape)} "
                f"instead of {list(shape)}; fetch the published file."
            )
        if key.endswith(_COUNTERS):
            continue
        if not tensor.is_floating_point() or tensor.layout is not torch.strided or tensor.is_quantized:
            raise WeightsError(f"'{path}' holds '{key}' as {tensor.dtype}, not as plain numbers; fetch the published file.")
        if not bool(torch.isfinite(tensor).all()):
            raise WeightsError(f"'{path}' holds values in '{key}' that are no numbers; fetch the published file.")


def fill_network(path: Path, network: Network, tensors: Mapping[str, Tensor], sizes: NetworkSizes = OFFICIAL) -> nn.Module:
    """Build a network from the tensors of its file, float32 on the processor, in inference mode.

    Raises
    ------
    WeightsError
        As :func:`check_tensors`.
    """
    module = build(network, sizes)
    own = section_of(tensors, network)
    check_tensors(path, network, own, sizes)
    whole = {key: value.to(torch.int64 if key.endswith(_COUNTERS) else torch.float32, copy=True) for key, value in own.items()}
    folded = fold_spectral_norm(whole)
    for key, value in folded.items():
        if not key.endswith(_COUNTERS) and not bool(torch.isfinite(value).all()):
            raise WeightsError(f"'{path}' holds a spectral norm of zero at '{key}'; fetch the published file.")
    module.load_state_dict(folded, strict=True, assign=True)
    return module.requires_grad_(False)


def load_network(path: Path, network: Network, sizes: NetworkSizes = OFFICIAL) -> nn.Module:
    """Read one network out of a ``.pth`` or ``.safetensors`` file; see :func:`fill_network`.

    Raises
    ------
    WeightsError
        When the file is not what it should be; one sentence, naming it.
    """
    return fill_network(path, network, read_tensors(path), sizes)


def check_file(path: Path, networks: Iterable[Network], sizes: NetworkSizes = OFFICIAL) -> None:
    """See that a file holds what it should, without building the networks.

    Raises
    ------
    WeightsError
        As :func:`load_network`.
    """
    tensors = read_tensors(path)
    for network in networks:
        check_tensors(path, network, section_of(tensors, network), sizes)
