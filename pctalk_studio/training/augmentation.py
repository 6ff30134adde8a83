"""Other voices, rooms and microphones, made on the mel spectrogram itself: cheap enough for every draw."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ArrayF32 = npt.NDArray[np.float32]

_FLOOR, _TOP = -4.0, 4.0

_PER_DECIBEL = 0.08
"""What a decibel is on the scale from -4 to 4."""


def varied(mel: ArrayF32, rng: np.random.Generator) -> ArrayF32:
    """A recording as another throat, microphone or room would have given it.

    Parameters
    ----------
    mel
        [M, 80] in [-4, 4].
    rng
        What is drawn from.

    Returns
    -------
    ArrayF32
        [M, 80] in [-4, 4]; nothing is moved in time.
    """
    out = mel
    if rng.random() < 0.7:
        out = _another_throat(out, rng.uniform(0.86, 1.16))
    out = out + _PER_DECIBEL * (rng.uniform(-14.0, 8.0) + _tilt(rng))
    if rng.random() < 0.6:
        out = _with_noise(out, rng)
    if rng.random() < 0.25:
        out = _dulled(out, rng)
    return np.clip(out, _FLOOR, _TOP).astype(np.float32)


def _another_throat(mel: ArrayF32, factor: float) -> ArrayF32:
    """Formants moved by a factor (vocal tract length perturbation); on the mel scale nearly a stretch of the bands."""
    bands = np.arange(mel.shape[1], dtype=np.float64)
    source = np.clip(bands * factor, 0, mel.shape[1] - 1)
    low = np.minimum(source.astype(np.int64), mel.shape[1] - 2)
    part = (source - low).astype(np.float32)
    return np.asarray(mel[:, low] * (1 - part) + mel[:, low + 1] * part, np.float32)


def _tilt(rng: np.random.Generator) -> ArrayF32:
    """A smooth response of microphone and room, decibels for each band [80]."""
    bands = np.linspace(0.0, np.pi, 80)
    waves = np.stack([np.cos(k * bands) for k in range(1, 5)])
    return np.asarray(rng.normal(0.0, [5.0, 3.0, 2.0, 1.5]) @ waves, np.float32)


def _with_noise(mel: ArrayF32, rng: np.random.Generator) -> ArrayF32:
    """Steady noise below the voice: powers add."""
    peak = float(np.percentile(mel, 95))
    level = peak - _PER_DECIBEL * rng.uniform(12.0, 45.0) + _PER_DECIBEL * _tilt(rng)
    flutter = _PER_DECIBEL * rng.normal(0.0, 3.0, mel.shape)
    power = 10.0 ** (mel / (10.0 * _PER_DECIBEL)) + 10.0 ** ((level + flutter) / (10.0 * _PER_DECIBEL))
    return np.asarray(10.0 * _PER_DECIBEL * np.log10(power), np.float32)


def _dulled(mel: ArrayF32, rng: np.random.Generator) -> ArrayF32:
    """Bands above a limit are lost, as on a telephone or after a hard codec."""
    limit = int(rng.integers(48, 78))
    out = mel.copy()
    out[:, limit:] = np.maximum(out[:, limit:] - 3.0, _FLOOR)
    return out
