"""Mel-frequency cepstra as the shipped acoustic model was trained on them, at any frame step.

The model's ``feat.params`` fixes the analysis: 25.6 ms Hamming windows every 10 ms, 25 mel filters between 130 and 6800 Hz,
spectral noise suppression, an orthonormal cosine transform to 13 cepstra with sine liftering, mean removal over the utterance,
and two difference streams. Frames may be taken more densely; what has memory from frame to frame (noise suppression,
differences) still works in steps of 10 ms, on interleaved series, so that the numbers keep the distribution that the model
knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16000
"""Hz; the only rate that the acoustic model speaks."""

WINDOW = 410
"""Samples of an analysis window."""

MODEL_STEP = 160
"""Samples between frames in the model's training, 10 ms."""

CEPSTRA = 13
FILTERS = 25

_FFT = 512
_PREEMPHASIS = 0.97
_LOWEST_HZ, _HIGHEST_HZ = 130.0, 6800.0
_LIFTER = 22
_LOG_FLOOR = 1e-4
_FULL_SCALE = 32768.0
_WARM_UP_FRAMES = 25
_BLOCK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the acoustic model scores.

    Parameters
    ----------
    streams
        [3, T, 13] float32: cepstra with their mean removed, first and second differences over 10 ms frames.
    step
        Samples between frames. Frame ``t`` stands for the samples ``[t * step, (t + 1) * step)`` and its window is centred there.
    """

    streams: npt.NDArray[np.float32]
    step: int

    @property
    def frames(self) -> int:
        """Number of frames T."""
        return int(self.streams.shape[1])

    def cut(self, start: int, end: int) -> Features:
        """Frames ``start`` to ``end``, half-open."""
        return Features(self.streams[:, start:end], self.step)


@lru_cache(maxsize=1)
def mel_filters() -> npt.NDArray[np.float64]:
    """Triangular filters of unit area, corners rounded to FFT bins.

    Returns
    -------
    npt.NDArray[np.float64]
        [257, 25]: weight of each power-spectrum bin in each filter, 1/Hz.
    """
    bin_hz = SAMPLE_RATE / _FFT
    low, high = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    mels = np.linspace(low, high, FILTERS + 2)
    corners = np.floor(700.0 * (10.0 ** (mels / 2595.0) - 1.0) / bin_hz + 0.5) * bin_hz
    hz = np.arange(_FFT // 2 + 1)[:, None] * bin_hz
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    triangles = np.minimum((hz - left) / (peak - left), (right - hz) / (right - peak))
    return np.asarray(np.maximum(triangles, 0.0) * 2.0 / (right - left))


@lru_cache(maxsize=1)
def _cosine_transform() -> npt.NDArray[np.float64]:
    """[25, 13]: orthonormal DCT-II from log filters to cepstra, sine lifter included."""
    order = np.arange(CEPSTRA)
    matrix = np.cos(np.pi / FILTERS * (np.arange(FILTERS)[:, None] + 0.5) * order) * np.sqrt(2.0 / FILTERS)
    matrix[:, 0] *= np.sqrt(0.5)
    lifter = 1.0 + _LIFTER / 2.0 * np.sin(np.pi * order / _LIFTER)
    return np.asarray(matrix * lifter)


def filter_energies(waveform: npt.NDArray[np.float32] | npt.NDArray[np.float64], step: int) -> npt.NDArray[np.float64]:
    """Mel filter energies of all whole windows.

    Parameters
    ----------
    waveform
        [n] float in 16-bit units, n >= 410; the first sample serves as its own predecessor for pre-emphasis.
    step
        Samples between windows.

    Returns
    -------
    npt.NDArray[np.float64]
        [T, 25] with T = 1 + (n - 410) // step.
    """
    count = 1 + (len(waveform) - WINDOW) // step
    hamming, filters = np.hamming(WINDOW), mel_filters()
    energies = np.empty((count, FILTERS))
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        part = waveform[max(first * step - 1, 0) : (last - 1) * step + WINDOW].astype(np.float64)
        before = part[:-1] if first else np.concatenate([part[:1], part[:-1]])
        emphasised = (part[1:] if first else part) - _PREEMPHASIS * before
        windows = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::step]
        spectrum = np.fft.rfft(windows * hamming, _FFT, axis=1)
        energies[first:last] = (spectrum.real**2 + spectrum.imag**2) @ filters
    return energies


def suppress_noise(energies: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weigh mel energies down where they do not rise above the tracked noise.

    Spectral minimum tracking (Doblinger, Eurospeech 1995) with the temporal masking of power-normalised cepstra (Kim and Stern,
    ICASSP 2012); the constants are those with which the acoustic model was trained.

    Parameters
    ----------
    energies
        [T, ..., 25], 10 ms between steps of the first axis, positive; further axes are independent series.

    Returns
    -------
    npt.NDArray[np.float64]
        Same shape.
    """
    if not len(energies):
        return energies
    power = energies[0].copy()
    noise, floor = energies[0] / 20.0, energies[0] / 20.0
    peak = np.zeros_like(power)
    gains = np.empty_like(energies)
    for gain, frame in zip(gains, energies, strict=True):
        power = 0.7 * power + 0.3 * frame
        noise = _lower_envelope(noise, power)
        signal = np.maximum(power - noise, 1.0)
        floor = _lower_envelope(floor, signal)
        peak = 0.85 * peak
        masked = np.where(signal < 0.85 * peak, 0.2 * peak, signal)
        peak = np.maximum(peak, signal)
        np.divide(np.maximum(masked, floor), power, out=gain)
    return energies * _neighbour_mean(np.clip(gains, 1.0 / 20.0, 20.0), 4)


def _lower_envelope(envelope: npt.NDArray[np.float64], power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Follow falls quickly and rises slowly."""
    rate = np.where(power >= envelope, 0.995, 0.5)
    return np.asarray(rate * envelope + (1.0 - rate) * power)


def _neighbour_mean(values: npt.NDArray[np.float64], reach: int) -> npt.NDArray[np.float64]:
    """Mean over ``reach`` neighbours to each side on the last axis, fewer at its ends."""
    count = values.shape[-1]
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
    low = np.maximum(np.arange(count) - reach, 0)
    high = np.minimum(np.arange(count) + reach, count - 1) + 1
    return np.asarray((sums[..., high] - sums[..., low]) / (high - low))


def _differences(cepstra: npt.NDArray[np.float64], per_step: int) -> npt.NDArray[np.float32]:
    """[3, T, 13]: the cepstra, their slope over 40 ms, and the change of that slope over 20 ms."""
    reach = 3 * per_step
    padded = np.pad(cepstra, ((reach, reach), (0, 0)), mode="edge")
    count = len(cepstra)

    def at(frames: int) -> npt.NDArray[np.float64]:
        start = reach + frames * per_step
        return padded[start : start + count]

    slope = at(2) - at(-2)
    curve = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.asarray(np.stack([cepstra, slope, curve]), np.float32)


def compute_features(samples: npt.NDArray[np.float32], step: int = MODEL_STEP) -> Features:
    """Features of a recording.

    Parameters
    ----------
    samples
        [n] float32 in [-1, 1] at 16 kHz, n >= 1.
    step
        Samples between frames; divides 160.

    Returns
    -------
    Features
        ``ceil(n / step)`` frames. Digital silence counts as very faint noise, always the same, so that it has features too.
    """
    if MODEL_STEP % step:
        raise ValueError(f"{step} samples do not divide the model's step of {MODEL_STEP}")
    per_step = MODEL_STEP // step
    count = -(-len(samples) // step)
    groups = -(-count // per_step)
    # The first and the last window reach beyond the recording, and the noise tracker wants a run-up: mirror the ends.
    before = _WARM_UP_FRAMES * MODEL_STEP + WINDOW // 2 - step // 2
    after = groups * MODEL_STEP + WINDOW - len(samples)
    waveform = np.pad(samples * np.float32(_FULL_SCALE), (before, after), mode="symmetric")
    waveform += np.random.default_rng(0).random(len(waveform), np.float32) - np.float32(0.5)
    energies = filter_energies(waveform, step)[: (groups + _WARM_UP_FRAMES) * per_step]
    series = energies.reshape(groups + _WARM_UP_FRAMES, per_step, FILTERS)
    clean = suppress_noise(series)[_WARM_UP_FRAMES:].reshape(-1, FILTERS)[:count]
    cepstra = np.log(clean + _LOG_FLOOR) @ _cosine_transform()
    cepstra -= cepstra.mean(axis=0)
    return Features(_differences(cepstra, per_step), step)
