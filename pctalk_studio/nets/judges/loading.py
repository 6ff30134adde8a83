"""Published weights into a judge, strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.tensor_files import read_tensors

Judge = TypeVar("Judge", bound=nn.Module)

_COUNTER = "num_batches_tracked"
_NAMED = 3
"""How many of the wrong keys a sentence names."""


def judge_of(build: Callable[[], Judge], path: Path, rename: Callable[[dict[str, Tensor]], Mapping[str, Tensor]] = dict) -> Judge:
    """Build a judge and fill it from a file.

    Parameters
    ----------
    build
        Makes the network; called where nothing takes memory.
    path
        Its published weights, or the same as .safetensors.
    rename
        From the file's tensors to those of the network, such as without a prefix; what it leaves out is not wanted.

    Returns
    -------
    Judge
        On the processor, float32, not to be trained.

    Raises
    ------
    WeightsError
        When the file is none, or its tensors are not those of the network.
    """
    with torch.device("meta"):
        judge = build().eval()
    tensors = {key: tensor.float() for key, tensor in rename(read_tensors(path)).items() if not key.endswith(_COUNTER)}
    shapes = {key: tuple(value.shape) for key, value in judge.state_dict().items() if not key.endswith(_COUNTER)}
    what = type(judge).__name__
    _refuse(path, what, "lacks", shapes.keys() - tensors.keys())
    _refuse(path, what, "holds besides its own", tensors.keys() - shapes.keys())
    for key, shape in shapes.items():
        if tuple(tensors[key].shape) != shape:
            raise WeightsError(
                f"'{path}' is another network than {what}: '{key}' is {list(tensors[key].shape)} instead of {list(shape)}; "
                "choose the published file."
            )
        if not torch.isfinite(tensors[key]).all():
            raise WeightsError(f"'{path}' is damaged: '{key}' holds numbers that are none; fetch it again.")
    counters = {key: torch.zeros((), dtype=torch.long) for key in judge.state_dict() if key.endswith(_COUNTER)}
    judge.load_state_dict({**{key: tensor.clone() for key, tensor in tensors.items()}, **counters}, assign=True)
    return judge.requires_grad_(False)


def _refuse(path: Path, what: str, verb: str, keys: Iterable[str]) -> None:
    wrong = sorted(keys)
    if wrong:
        named = ", ".join(f"'{key}'" for key in wrong[:_NAMED]) + (" and more" if len(wrong) > _NAMED else "")
        raise WeightsError(f"'{path}' is not {what}: it {verb} {named}; choose the published file.")
