"""The two trained models as one module each, and their files: .safetensors whose header says the form of the networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.files import written_whole
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder
from pctalk_studio.nets.speech.predictor import ExpressionPredictor, PredictorSettings
from pctalk_studio.nets.speech.refiner import LipRefiner
from pctalk_studio.nets.speech.style import StyleEncoder, StyleTable
from pctalk_studio.nets.speech.sync import KeypointSync
from pctalk_studio.nets.tensor_files import read_tensors

_MOST = {"width": 64, "size": 1024, "heads": 16, "hidden": 4096, "layers": 12, "period": 200, "context": 12, "audio_size": 4096}
"""Largest form that a file may ask for; a stranger's file must not make the program reserve what it likes."""


@dataclass(frozen=True, slots=True)
class LacForm:
    """Form of the LAC's networks.

    Parameters
    ----------
    styles
        Names, in the order of the style table.
    width
        Of the audio encoder.
    predictor
        Of the expression predictor.
    """

    styles: tuple[str, ...]
    width: int = 16
    predictor: PredictorSettings = field(default_factory=PredictorSettings)


class LacNetworks(nn.Module):
    """Lip-audio alignment control: audio encoder, expression predictor, styles by name and by motion, lip refiner."""

    def __init__(self, form: LacForm) -> None:
        super().__init__()
        self.form = form
        size = form.predictor.size
        self.audio_encoder = AudioEncoder(form.width)
        self.predictor = ExpressionPredictor(form.predictor)
        self.styles = StyleTable(len(form.styles), size)
        self.style_encoder = StyleEncoder(size)
        self.refiner = LipRefiner(size)


class EmcNetworks(nn.Module):
    """Emotion control: the combined predictor CPred. It hears with the LAC's audio encoder and knows its styles.

    Parameters
    ----------
    form
        Of the predictor; emotional.
    """

    def __init__(self, form: PredictorSettings) -> None:
        super().__init__()
        if not form.emotional:
            raise ValueError("CPred is told an emotion")
        self.form = form
        self.predictor = ExpressionPredictor(form)


def save_networks(path: Path, module: nn.Module, kind: str, form: dict[str, Any]) -> None:
    """Write a model's weights with its form, whole or not at all.

    Parameters
    ----------
    path
        .safetensors.
    module
        Whose state is written, as float32.
    kind
        ``lac``, ``emc`` or ``sync``.
    form
        What :func:`_form_of` finds again.
    """
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in module.state_dict().items()}
    with written_whole(path) as draft:
        save_file(tensors, draft, {"kind": kind, "form": json.dumps(form)})


def save_lac(path: Path, networks: LacNetworks) -> None:
    """Write the LAC's weights."""
    save_networks(path, networks, "lac", asdict(networks.form))


def save_emc(path: Path, networks: EmcNetworks) -> None:
    """Write CPred's weights."""
    save_networks(path, networks, "emc", asdict(networks.form))


def save_sync(path: Path, network: KeypointSync) -> None:
    """Write the weights of the synchrony network with its audio encoder."""
    save_networks(path, network, "sync", {"width": network.audio_encoder.width})


def _form_of(path: Path, kind: str) -> dict[str, Any]:
    """The form that a file's header tells.

    Raises
    ------
    WeightsError
        When it is no file of this kind.
    """
    wrong = f"'{path}' holds no '{kind}' weights of this program; name a file that 'pctalk-studio train {kind}' wrote."
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
        if header.get("kind") != kind:
            raise WeightsError(wrong)
        form = json.loads(header["form"])
        if not isinstance(form, dict):
            raise WeightsError(wrong)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(wrong, repr(error)) from error
    _check_numbers(path, form)
    return form


def _check_numbers(path: Path, form: dict[str, Any]) -> None:
    for name, value in form.items():
        if isinstance(value, dict):
            _check_numbers(path, value)
        elif name in _MOST and not (isinstance(value, int) and 1 <= value <= _MOST[name]):
            raise WeightsError(f"'{path}' asks for a network with '{name}' of {value!r}; train it again or fetch it again.")


def _filled(module: nn.Module, path: Path) -> None:
    """Load every tensor of a file into a module that has just these.

    Raises
    ------
    WeightsError
        When one is missing, too many, of another shape, or holds numbers that are none.
    """
    tensors, own = read_tensors(path), module.state_dict()
    if odd := sorted(tensors.keys() ^ own.keys()):
        what = "lacks" if odd[0] in own else "has the unknown"
        raise WeightsError(f"'{path}' {what} '{odd[0]}': it is of another version; train it again or fetch it again.")
    for name, tensor in tensors.items():
        if tensor.shape != own[name].shape:
            here, there = tuple(tensor.shape), tuple(own[name].shape)
            raise WeightsError(f"'{path}' is damaged: '{name}' is {here} instead of {there}; fetch it again.")
        if not _sound(tensor):
            raise WeightsError(f"'{path}' is damaged: '{name}' holds numbers that are none; fetch it again.")
    module.load_state_dict({name: tensor.to(own[name].dtype) for name, tensor in tensors.items()})
    module.eval().requires_grad_(False)


def _sound(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())


_Networks = TypeVar("_Networks", bound=nn.Module)


def _built(path: Path, make: Callable[[dict[str, Any]], _Networks], form: dict[str, Any]) -> _Networks:
    try:
        return make(form)
    except (TypeError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"'{path}' describes no network of this version; train it again or fetch it again.", repr(error)
        ) from error


def load_lac(path: Path) -> LacNetworks:
    """Read the LAC's weights.

    Raises
    ------
    WeightsError
        When the file is missing, damaged, or something else.
    """

    def make(form: dict[str, Any]) -> LacNetworks:
        styles = tuple(str(name) for name in form["styles"])
        if not 1 <= len(styles) <= 4096:
            raise ValueError(f"{len(styles)} styles")
        return LacNetworks(LacForm(styles, form["width"], PredictorSettings(**form["predictor"])))

    networks = _built(path, make, _form_of(path, "lac"))
    _filled(networks, path)
    return networks


def load_emc(path: Path) -> EmcNetworks:
    """Read CPred's weights.

    Raises
    ------
    WeightsError
        When the file is missing, damaged, or something else.
    """
    networks = _built(path, lambda form: EmcNetworks(PredictorSettings(**form)), _form_of(path, "emc"))
    _filled(networks, path)
    return networks


def load_sync(path: Path) -> KeypointSync:
    """Read the weights of the synchrony network with its audio encoder.

    Raises
    ------
    WeightsError
        When the file is missing, damaged, or something else.
    """
    network = _built(path, lambda form: KeypointSync(AudioEncoder(form["width"])), _form_of(path, "sync"))
    _filled(network, path)
    return network
