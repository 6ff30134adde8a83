"""Overlapping windows: how a predictor that learned on 50 frames speaks a whole recording without a seam, at once or as a stream.

A window starts every 40 frames and lasts 50; in the ten frames that two share the later one fades in. A window begins knowing
nothing of the motion before it, so its first frames count least. All windows of a recording are rolled side by side.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pctalk_studio.nets.speech.predictor import MOTION_SIZE, Cache, ExpressionPredictor

WINDOW = 50
"""Frames of a window, those of training."""

OVERLAP = 10
"""Frames that neighbouring windows share."""

HOP = WINDOW - OVERLAP


def fade() -> Tensor:
    """Weight of the later window in each shared frame, [OVERLAP]: half a cosine from 0 to 1."""
    part = (torch.arange(OVERLAP) + 0.5) / OVERLAP
    return 0.5 - 0.5 * torch.cos(torch.pi * part)


def spoken(predictor: ExpressionPredictor, memory: Tensor, conditions: Tensor) -> Tensor:
    """Predict a whole recording.

    Parameters
    ----------
    predictor
        In evaluation mode.
    memory
        [T, d] what is heard and known.
    conditions
        [R, T, d] style and emotion; each is spoken.

    Returns
    -------
    Tensor
        [R, T, 63] delta, unit E.
    """
    frames, size = memory.shape
    count = max(1, -(-frames // HOP))
    padding = (count - 1) * HOP + WINDOW - frames
    heard = torch.nn.functional.pad(memory, (0, 0, 0, padding)).unfold(0, WINDOW, HOP).transpose(1, 2)
    told = torch.nn.functional.pad(conditions, (0, 0, 0, padding)).unfold(1, WINDOW, HOP).transpose(2, 3)
    rows = len(conditions)
    batch = heard[None].expand(rows, -1, -1, -1).reshape(rows * count, WINDOW, size)
    delta = predictor.roll(batch, told.reshape(rows * count, WINDOW, size)).view(rows, count, WINDOW, MOTION_SIZE)
    return _joined(delta)[:, :frames]


def _joined(windows: Tensor) -> Tensor:
    """Windows [R, K, WINDOW, N] as one row of frames [R, K * HOP + OVERLAP, N]."""
    rows, count, _, size = windows.shape
    weight = fade().to(windows)[:, None]
    out = windows.new_empty(rows, count * HOP + OVERLAP, size)
    for k in range(count):
        begin = k * HOP
        shared = windows[:, k, :OVERLAP]
        if k:
            shared = (1.0 - weight) * windows[:, k - 1, HOP:] + weight * shared
        out[:, begin : begin + OVERLAP] = shared
        out[:, begin + OVERLAP : begin + WINDOW] = windows[:, k, OVERLAP:]
    return out


class SpeechStream:
    """:func:`spoken` frame by frame, for one condition at a time; the same numbers to rounding.

    Parameters
    ----------
    predictor
        In evaluation mode.
    """

    def __init__(self, predictor: ExpressionPredictor) -> None:
        self._predictor = predictor
        self._fade = fade().tolist()
        self._frame = 0
        self._running: list[tuple[Cache, Tensor]] = []

    def step(self, memory: Tensor, condition: Tensor) -> Tensor:
        """The next frame's delta [63], of memory and condition [d]."""
        now = self._frame % HOP
        if now == 0:
            self._running.append((Cache(self._predictor.settings, 1, WINDOW, memory.device), memory.new_zeros(1, MOTION_SIZE)))
        moved = []
        for number, (cache, last) in enumerate(self._running):
            delta = self._predictor.step(memory[None], condition[None], last, cache)
            self._running[number] = (cache, delta)
            moved.append(delta[0])
        out = moved[-1]
        if len(moved) == 2:
            out = (1.0 - self._fade[now]) * moved[0] + self._fade[now] * moved[1]
        self._running = [(cache, last) for cache, last in self._running if cache.length < WINDOW]
        self._frame += 1
        return out
