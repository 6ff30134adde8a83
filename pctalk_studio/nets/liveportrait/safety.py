"""What can go wrong on a device, and what to do then: black or broken frames, and memory that runs out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from pctalk_studio.core.errors import RenderError

Result = TypeVar("Result")

FLAT = 1e-3
"""Standard deviation (of the range 0 to 1) below which a picture shows nothing."""
_SIGNS = ("out of memory", "can't allocate memory", "not enough memory")


def trouble_with(frames: Tensor) -> str:
    """What is wrong with frames [N, 3, H, W], in a word or two; empty when nothing is.

    Cards without true half precision give values that are no numbers, or one colour all over.
    """
    if not bool(torch.isfinite(frames).all()):
        return "broken"
    if bool((frames.flatten(1).float().std(dim=1) < FLAT).any()):
        return "empty"
    return ""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on any device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def within_memory(work: Callable[[int], Result], batch: int, release: Callable[[], None]) -> Result:
    """Do work in batches as big as memory allows.

    Parameters
    ----------
    work
        Does all of it, in batches of the given size.
    batch
        To begin with. When memory runs out, caches are released and it is tried again with half of that, down to 1.
    release
        Gives up whatever can be made again.

    Raises
    ------
    RenderError
        When one frame at a time is still too much.
    """
    while True:
        try:
            return work(batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if batch == 1:
                raise RenderError(
                    "There is too little memory to draw with LivePortrait; close other programs that use the graphics card, "
                    "draw on the processor, or choose the mesh engine.",
                    str(error),
                ) from error
        # Outside of the handler: the exception holds the frames of the failed call, and with them their tensors.
        release()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        batch //= 2
