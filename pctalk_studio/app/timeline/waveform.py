"""Waveforms at any zoom: lowest and highest sample of blocks, in levels each four times as coarse as the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.jobs import Control
from pctalk_studio.media.sound import Sound

BLOCK = 32
"""Samples of a block of the finest level; below, the samples themselves are read."""

_RATIO = 4
_CHUNK = BLOCK * 1 << 14
"""Samples between two checkpoints."""

Extremes = npt.NDArray[np.float32]
"""[n, 2] lowest and highest of each pixel."""

Level = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""[n] lowest and [n] highest sample of each block."""


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A recording's extremes.

    Parameters
    ----------
    sound
        The recording.
    levels
        Finest first.
    peak
        Largest magnitude, at least a thousandth of full scale.
    """

    sound: Sound
    levels: tuple[Level, ...]
    peak: float

    def columns(self, start: float, end: float, count: int) -> Extremes:
        """Extremes of equal parts of a span, [count, 2]; zero where there is no sound.

        Parameters
        ----------
        start, end
            Seconds.
        count
            Parts, one a pixel.
        """
        edges = np.linspace(start, end, count + 1) * self.sound.rate
        per_column = (edges[-1] - edges[0]) / count
        level, block = self._level(per_column)
        offset = 0 if level >= 0 else max(int(edges[0]) - 1, 0)
        if level >= 0:
            lows, highs = self.levels[level]
        else:
            lows = highs = _mono(self.sound, offset, int(edges[-1]) + 2)
        low = np.floor(edges[:-1] / block).astype(np.int64) - offset
        high = np.maximum(np.ceil(edges[1:] / block).astype(np.int64) - offset, low + 1)
        out = np.zeros((count, 2), np.float32)
        seen = np.flatnonzero((high > 0) & (low < len(lows)))
        if not len(seen):
            return out
        pairs = np.stack([np.clip(low[seen], 0, len(lows) - 1), np.clip(high[seen], 1, len(lows))], 1).ravel()
        # A sentinel lets the last pair end where the data do.
        out[seen, 0] = np.minimum.reduceat(np.append(lows, lows[-1:]), pairs)[::2]
        out[seen, 1] = np.maximum.reduceat(np.append(highs, highs[-1:]), pairs)[::2]
        return out

    def _level(self, per_column: float) -> tuple[int, int]:
        """The coarsest level (-1: the samples) of which a column holds two blocks at least, and samples of its blocks."""
        level, block = -1, 1
        while level + 1 < len(self.levels) and BLOCK * _RATIO ** (level + 1) * 2 <= per_column:
            level += 1
            block = BLOCK * _RATIO**level
        return level, block

    def samples(self, start: float, end: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        """(times, values) of the samples of a span and one beyond either end, for zooms at which each is seen."""
        first = max(int(start * self.sound.rate) - 1, 0)
        values = _mono(self.sound, first, int(end * self.sound.rate) + 3)
        return (first + np.arange(len(values))) / self.sound.rate, values


def _mono(sound: Sound, first: int, stop: int) -> npt.NDArray[np.float32]:
    """Some samples with all channels mixed, [n]."""
    piece = sound.samples[max(first, 0) : max(stop, 0)]
    if piece.shape[1] == 1:
        return piece[:, 0]
    mixed: npt.NDArray[np.float32] = piece.sum(axis=1) / np.float32(piece.shape[1])
    return mixed


def _extremes(lows: npt.NDArray[np.float32], highs: npt.NDArray[np.float32], block: int) -> Level:
    """Extremes of blocks; the last one may be shorter."""
    starts = np.arange(0, len(lows), block)
    return np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)


@dataclass(frozen=True, slots=True, eq=False)
class MeasureWaveform:
    """Work: the waveform of a recording."""

    sound: Sound

    def __call__(self, control: Control) -> Waveform:
        """Measure it."""
        pieces, total = [], len(self.sound.samples)
        for first in range(0, total, _CHUNK):
            control.checkpoint()
            mono = _mono(self.sound, first, min(first + _CHUNK, total))
            pieces.append(_extremes(mono, mono, BLOCK))
        levels: list[Level] = []
        if pieces:
            levels.append((np.concatenate([low for low, _ in pieces]), np.concatenate([high for _, high in pieces])))
        while levels and len(levels[-1][0]) > 2 * _RATIO:
            levels.append(_extremes(*levels[-1], _RATIO))
        peak = float(max(-levels[-1][0].min(), levels[-1][1].max())) if levels else 0.0
        return Waveform(self.sound, tuple(levels), max(peak, 1e-3))
