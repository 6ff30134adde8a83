"""Waveforms at any zoom: lowest and highest sample of blocks, in levels each four times as coarse as the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.jobs import Control
from pctalk_studio.media.sound import Sound

BLOCK = 64
"""Samples of a block of the finest level; below, the samples themselves are read."""

_RATIO = 4
_CHUNK = BLOCK * 1 << 14
"""Samples between two checkpoints."""

Extremes = npt.NDArray[np.float32]
"""[n, 2] lowest and highest of each block or pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A recording's extremes.

    Parameters
    ----------
    sound
        The recording.
    levels
        Finest first; each [n, 2].
    peak
        Largest magnitude, at least a thousandth of full scale.
    """

    sound: Sound
    levels: tuple[Extremes, ...]
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
        data = self.levels[level] if level >= 0 else _mixed(self.sound, int(edges[0]) - 1, int(edges[-1]) + 2)
        offset = 0 if level >= 0 else max(int(edges[0]) - 1, 0)
        low = np.floor(edges[:-1] / block).astype(np.int64) - offset
        high = np.maximum(np.ceil(edges[1:] / block).astype(np.int64) - offset, low + 1)
        out = np.zeros((count, 2), np.float32)
        seen = np.flatnonzero((high > 0) & (low < len(data)))
        if not len(seen):
            return out
        pairs = np.stack([np.clip(low[seen], 0, len(data) - 1), np.clip(high[seen], 1, len(data))], 1).ravel()
        # A sentinel lets the last pair end where the data do.
        padded = np.concatenate([data, data[-1:]])
        out[seen, 0] = np.minimum.reduceat(padded[:, 0], pairs)[::2]
        out[seen, 1] = np.maximum.reduceat(padded[:, 1], pairs)[::2]
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
        values = _mixed(self.sound, first, int(end * self.sound.rate) + 3)[:, 0]
        return (first + np.arange(len(values))) / self.sound.rate, values


def _mixed(sound: Sound, first: int, stop: int) -> Extremes:
    """Samples as blocks of one, [n, 2], all channels mixed."""
    mono = sound.samples[max(first, 0) : max(stop, 0)].mean(axis=1, dtype=np.float32)
    return np.stack([mono, mono], 1)


def _coarser(level: Extremes) -> Extremes:
    rest = -len(level) % _RATIO
    padded = np.concatenate([level, np.repeat(level[-1:], rest, axis=0)]).reshape(-1, _RATIO, 2)
    return np.stack([padded[:, :, 0].min(1), padded[:, :, 1].max(1)], 1)


@dataclass(frozen=True, slots=True, eq=False)
class MeasureWaveform:
    """Work: the waveform of a recording."""

    sound: Sound

    def __call__(self, control: Control) -> Waveform:
        """Measure it."""
        pieces, total = [], len(self.sound.samples)
        for first in range(0, total, _CHUNK):
            control.checkpoint()
            mono = _mixed(self.sound, first, min(first + _CHUNK, total))[:, 0]
            padded = np.concatenate([mono, np.repeat(mono[-1:], -len(mono) % BLOCK)]).reshape(-1, BLOCK)
            pieces.append(np.stack([padded.min(1), padded.max(1)], 1))
        levels = [np.concatenate(pieces)] if pieces else []
        while levels and len(levels[-1]) > 2 * _RATIO:
            levels.append(_coarser(levels[-1]))
        peak = float(np.abs(levels[-1]).max()) if levels else 0.0
        return Waveform(self.sound, tuple(levels), max(peak, 1e-3))
