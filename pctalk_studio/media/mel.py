"""The mel spectrogram that audio encoders for lips read: Wav2Lip's front end, so that its published weights fit.

Frame m describes the sound around m / 80 seconds. Values lie between -4 (100 dB below a full-scale reference, and digital
silence) and 4. Knows neither networks nor files.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
HOP = 200
MEL_RATE = SAMPLE_RATE // HOP
"""Mel frames a second."""

BANDS = 80
FLOOR = -4.0
"""Value of silence, which also pads windows that reach beyond the recording."""

_WINDOW = 800
_LOWEST, _HIGHEST = 55.0, 7600.0
_PREEMPHASIS = 0.97
_QUIETEST_DB, _REFERENCE_DB = -100.0, 20.0
_BLOCK = 512
"""Frames transformed at once: a block of windows stays in the processor's cache."""

# Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, 27 steps to each factor of 6.4 above it.
_LINEAR_HZ = 200.0 / 3.0
_KNEE_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0


def mel_of(samples: F32) -> F32:
    """Mel spectrogram of a recording.

    Pre-emphasis 0.97, centred Hann windows of 50 ms every 12.5 ms, magnitudes, 80 area-normalised triangles from 55 to 7600 Hz,
    20 log10 with a floor of -100 dB, reference 20 dB, mapped to -4 to 4 (Prajwal et al. 2020, code of Wav2Lip).

    Parameters
    ----------
    samples
        [N] float32, full scale 1, 16 kHz.

    Returns
    -------
    F32
        [M, 80] float32 in [-4, 4], M = 1 + N // 200.
    """
    count = 1 + len(samples) // HOP
    emphasised = np.array(samples, np.float32)
    emphasised[1:] -= np.float32(_PREEMPHASIS) * samples[:-1]
    # Zeros beyond the ends, as many as the windows of the first and of the last frame reach over them.
    padded = np.zeros((count - 1) * HOP + _WINDOW, np.float32)
    kept = emphasised[: len(padded) - _WINDOW // 2]
    padded[_WINDOW // 2 : _WINDOW // 2 + len(kept)] = kept
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
    hann, filters = _tables()
    out = np.empty((count, BANDS), np.float32)
    for first in range(0, count, _BLOCK):
        spectrum = np.abs(_rfft(windows[first : first + _BLOCK] * hann))
        out[first : first + _BLOCK] = spectrum @ filters
    decibels = 20.0 * np.log10(np.maximum(out, np.float32(10.0 ** (_QUIETEST_DB / 20.0)))) - _REFERENCE_DB
    return np.asarray(np.clip(8.0 * (decibels - _QUIETEST_DB) / -_QUIETEST_DB - 4.0, -4.0, 4.0), np.float32)


def _rfft(windows: F32) -> npt.NDArray[np.complex64]:
    # numpy transforms in double precision only; scipy keeps single, at half the time.
    from scipy.fft import rfft

    return np.asarray(rfft(windows, axis=1))


@cache
def _tables() -> tuple[F32, F32]:
    """Periodic Hann window [800] and the triangles as columns [401, 80]."""
    hann = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)
    edges = _hertz(np.linspace(_mel(_LOWEST), _mel(_HIGHEST), BANDS + 2))
    bins = np.arange(_WINDOW // 2 + 1) * (SAMPLE_RATE / _WINDOW)
    rise = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rise, fall)) * (2.0 / (edges[2:] - edges[:-2]))
    return hann, triangles.astype(np.float32)


def _mel(hertz: float) -> float:
    if hertz < _KNEE_HZ:
        return hertz / _LINEAR_HZ
    return float(_KNEE_HZ / _LINEAR_HZ + np.log(hertz / _KNEE_HZ) / _LOG_STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    knee = _KNEE_HZ / _LINEAR_HZ
    return np.where(mels < knee, mels * _LINEAR_HZ, _KNEE_HZ * np.exp(_LOG_STEP * (mels - knee)))
