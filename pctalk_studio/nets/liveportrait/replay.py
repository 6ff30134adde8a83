"""CUDA graphs: hundreds of small kernels started as one, so that a single frame does not wait for Python."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

WARM_UP = 3
"""Calls before recording: libraries choose their kernels and take their work space then."""


class Replay:
    """A function of tensors of fixed shapes, recorded once and replayed for every call.

    Parameters
    ----------
    function
        Without branches on values and without copies to the processor.
    examples
        Inputs on one CUDA device; their shapes and types are those of all calls.

    Raises
    ------
    RuntimeError
        When it cannot be recorded.
    """

    def __init__(self, function: Callable[..., Tensor], examples: tuple[Tensor, ...]) -> None:
        self._inputs = tuple(example.clone() for example in examples)
        self._graph = torch.cuda.CUDAGraph()
        stream = torch.cuda.Stream(examples[0].device)  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                function(*self._inputs)
        torch.cuda.current_stream().wait_stream(stream)
        # Others may wait for copies meanwhile, which is no part of what is recorded.
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._output = function(*self._inputs)

    def __call__(self, *inputs: Tensor) -> Tensor:
        """What the function gives; the caller's own copy."""
        for kept, given in zip(self._inputs, inputs, strict=True):
            kept.copy_(given)
        self._graph.replay()
        return self._output.clone()
