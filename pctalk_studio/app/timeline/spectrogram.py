"""Spectrograms of what is visible, as pictures in which boundaries are seen better than in a waveform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.jobs import Control
from pctalk_studio.media.sound import Sound

TOP = 8000.0
"""Hz at the upper edge; speech has little above."""

WINDOW = 0.006
"""Seconds of the analysis window: short, so that edges in time are sharp (wide-band, as phoneticians read it)."""

_FLOOR = 55.0
"""Decibels below the loudest that are still seen."""

_EMPHASIS = 0.97
"""Of each sample, what of the one before is taken away: the high frequencies of speech are weak."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """A picture of a span of sound.

    Parameters
    ----------
    start, end
        Seconds.
    levels
        [rows, columns] uint8, the highest frequency first; 255 is loudest.
    """

    start: float
    end: float
    levels: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class DrawSpectrogram:
    """Work: the spectrogram of a span.

    Parameters
    ----------
    sound
        The recording.
    start, end
        Seconds.
    columns, rows
        Size of the picture.
    """

    sound: Sound
    start: float
    end: float
    columns: int
    rows: int

    def __call__(self, control: Control) -> Spectrogram:
        """Analyse it, some hundred columns at a time."""
        rate = self.sound.rate
        length = max(32, round(WINDOW * rate))
        size = 1 << (2 * length - 1).bit_length()
        window = np.hanning(length).astype(np.float32)
        centres = np.linspace(self.start, self.end, self.columns, endpoint=False) + (self.end - self.start) / self.columns / 2
        firsts = np.round(centres * rate).astype(np.int64) - length // 2
        bins = np.clip(np.round(np.linspace(TOP, 0, self.rows) / rate * size).astype(np.int64), 0, size // 2)
        power = np.zeros((self.rows, self.columns), np.float32)
        for low in range(0, self.columns, 256):
            control.checkpoint()
            pieces = np.stack([self._piece(int(first), length) for first in firsts[low : low + 256]])
            power[:, low : low + 256] = (np.abs(np.fft.rfft(pieces * window, size, axis=1)) ** 2).T[bins]
        decibels = 10 * np.log10(power + 1e-12)
        top = max(float(decibels.max(initial=-120.0)), -60.0)
        levels = np.clip((decibels - top + _FLOOR) / _FLOOR, 0, 1) * 255
        return Spectrogram(self.start, self.end, levels.astype(np.uint8))

    def _piece(self, first: int, length: int) -> npt.NDArray[np.float32]:
        """Samples from one on, mixed and emphasised; silence outside the recording."""
        out = np.zeros(length, np.float32)
        low, high = max(first - 1, 0), min(first + length, len(self.sound.samples))
        if high - low < 2:
            return out
        mono = self.sound.samples[low:high].mean(axis=1, dtype=np.float32)
        sharp = mono[1:] - np.float32(_EMPHASIS) * mono[:-1]
        at = low + 1 - first
        out[at : at + len(sharp)] = sharp
        return out
