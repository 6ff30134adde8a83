"""Copies from a device that do not hold up what it does next."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor


class Courier:
    """Brings tensors into the processor's memory.

    From a CUDA card the copy goes into pinned memory on a stream of its own: it begins when the tensor is computed, and what is
    computed afterwards does not wait for it. Elsewhere there is nothing to overlap.
    """

    def __init__(self) -> None:
        self._stream: torch.cuda.Stream | None = None

    def fetch(self, tensor: Tensor) -> Parcel:
        """Begin to bring a tensor; the work that computes it may still be on its way."""
        if not tensor.is_cuda:
            return Parcel(tensor)
        if self._stream is None:
            self._stream = torch.cuda.Stream(tensor.device)  # type: ignore[no-untyped-call]
        self._stream.wait_stream(torch.cuda.current_stream(tensor.device))
        there = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
        with torch.cuda.stream(self._stream):
            there.copy_(tensor, non_blocking=True)
            arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            arrived.record(self._stream)
        # The card's memory must not be given to others before the copy is done.
        tensor.record_stream(self._stream)
        return Parcel(there, arrived)


class Parcel:
    """A tensor on its way.

    Parameters
    ----------
    tensor
        Into which it is copied, or which is there already.
    arrived
        A CUDA event; None: there is nothing to wait for.
    """

    def __init__(self, tensor: Tensor, arrived: torch.cuda.Event | None = None) -> None:
        self._tensor = tensor
        self._arrived = arrived

    def opened(self) -> npt.NDArray[Any]:
        """The values, once they are there; waits for no other work of the device."""
        if self._arrived is not None:
            self._arrived.synchronize()
        return self._tensor.cpu().numpy()
