"""Mel-frequency cepstra as SyncNet hears them (Davis and Mermelstein, 1980; constants of python_speech_features)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.fft import dct

ArrayF64 = npt.NDArray[np.float64]

RATE = 16000
"""Samples a second that are needed."""

_LENGTH, _STEP, _SIZE = 400, 160, 512
_FILTERS, _CEPSTRA, _LIFTER = 26, 13, 22
_PREEMPHASIS = 0.97
_FULL_SCALE = 32768.0


@cache
def _filters() -> ArrayF64:
    """Triangles [26, 257] between 0 and 8 kHz, evenly spaced in mel, their corners on whole bins."""
    top = 2595.0 * np.log10(1.0 + RATE / 2 / 700.0)
    hertz = 700.0 * (10.0 ** (np.linspace(0.0, top, _FILTERS + 2) / 2595.0) - 1.0)
    corner = np.floor((_SIZE + 1) * hertz / RATE)
    bins = np.arange(_SIZE // 2 + 1)[None, :]
    low, peak, high = corner[:-2, None], corner[1:-1, None], corner[2:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = (bins - low) / (peak - low), (high - bins) / (high - peak)
    triangles = np.where((bins >= low) & (bins < peak), rising, np.where((bins >= peak) & (bins < high), falling, 0.0))
    return np.asarray(triangles, np.float64)


def cepstra_of(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cepstra of a recording.

    Parameters
    ----------
    samples
        [N] float32 at 16 kHz, -1 to 1. They are scaled to 16-bit steps, at which the network was trained.

    Returns
    -------
    npt.NDArray[np.float32]
        [13, C], 100 columns a second; the first row is the logarithm of the energy.
    """
    steps = np.round(np.asarray(samples, np.float64) * _FULL_SCALE)
    steps = np.concatenate([steps[:1], steps[1:] - _PREEMPHASIS * steps[:-1]])
    count = 1 + max(0, -(-(len(steps) - _LENGTH) // _STEP))
    padded = np.pad(steps, (0, max(0, (count - 1) * _STEP + _LENGTH - len(steps))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _LENGTH)[: count * _STEP : _STEP]
    power = np.abs(np.fft.rfft(frames, _SIZE)) ** 2 / _SIZE
    least = np.finfo(np.float64).eps
    bands = np.log(np.maximum(power @ _filters().T, least))
    lifted = dct(bands, type=2, axis=1, norm="ortho")[:, :_CEPSTRA]
    lifted *= 1.0 + _LIFTER / 2.0 * np.sin(np.pi * np.arange(_CEPSTRA) / _LIFTER)
    lifted[:, 0] = np.log(np.maximum(power.sum(axis=1), least))
    return np.asarray(lifted.T, np.float32)
