"""Noise to speak against, all made here: coloured hiss, mains hum, music of plucked chords, babble of other voices."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]

_RATE = 16_000


class NoiseKind(StrEnum):
    """What is heard beside the voice."""

    HISS = "hiss"
    HUM = "hum"
    MUSIC = "music"
    BABBLE = "babble"


def noise_of(kind: NoiseKind, count: int, others: Sequence[F32], chance: np.random.Generator) -> F32:
    """Noise [count] at 16 kHz with a root mean square of 1.

    Parameters
    ----------
    kind
        Which.
    count
        Samples.
    others
        Other utterances, of which babble is mixed; hiss takes its place where there are none.
    chance
        Source of everything random.
    """
    if kind is NoiseKind.HUM:
        noise = _hum(count, chance)
    elif kind is NoiseKind.MUSIC:
        noise = _music(count, chance)
    elif kind is NoiseKind.BABBLE and others:
        noise = _babble(count, others, chance)
    else:
        noise = hiss(count, chance.uniform(0.0, 2.0), chance)
    level = float(np.sqrt(np.mean(np.square(noise, dtype=np.float64)))) if count else 0.0
    return noise / np.float32(level) if level > 0 else noise


def hiss(count: int, slope: float, chance: np.random.Generator) -> F32:
    """Gaussian noise whose power falls with the ``slope``-th power of frequency above 50 Hz: 0 white, 1 pink, 2 brown."""
    # One transform instead of a filter; the period is a round number that transforms fast.
    from scipy.fft import irfft, next_fast_len

    size = next_fast_len(max(count, 2), real=True)
    return np.asarray(irfft(hiss_spectrum(size, slope, chance), size)[:count], np.float32)


def hiss_spectrum(size: int, slope: float, chance: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Transform [size // 2 + 1] of such noise with a root mean square of 1."""
    frequencies = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(_RATE / size)
    shape = np.maximum(frequencies / np.float32(50.0), np.float32(1.0)) ** np.float32(-slope / 2.0)
    values = chance.standard_normal((len(shape), 2), dtype=np.float32).view(np.complex64)[:, 0] * shape
    # Parseval's theorem; all bins but the outermost stand for two.
    power = 2.0 * float(np.vdot(values, values).real) / size**2
    return np.asarray(values / np.float32(np.sqrt(power)), np.complex64)


def _hum(count: int, chance: np.random.Generator) -> F32:
    """Mains and its harmonics."""
    base = float(chance.choice([50.0, 60.0]))
    phases = 2.0 * np.pi * base / _RATE * np.arange(count, dtype=np.float32)
    out = np.zeros(count, np.float32)
    for harmonic in range(1, 13):
        gain = chance.uniform(0.2, 1.0) / harmonic**0.7
        out += np.float32(gain) * np.sin(harmonic * phases + np.float32(chance.uniform(0, 2 * np.pi)))
    return out + np.float32(0.05) * hiss(count, 0.0, chance)


def _music(count: int, chance: np.random.Generator) -> F32:
    """Chords, plucked, with six partials each and a beat of their own."""
    beat = int(_RATE * chance.uniform(0.25, 0.7))
    out = np.zeros(count + 4 * beat, np.float32)
    times = np.arange(4 * beat, dtype=np.float32) / _RATE
    decay = np.exp(-times / np.float32(chance.uniform(0.15, 0.6)))
    root = 110.0 * 2.0 ** (chance.integers(12) / 12.0)
    for first in range(0, count, beat):
        chord = chance.choice([(0, 4, 7), (0, 3, 7), (5, 9, 12), (7, 11, 14)])
        for step in chord:
            tone = root * 2.0 ** (step / 12.0) * chance.choice([1.0, 2.0])
            for partial in range(1, 4):
                gain = np.float32(1.0 / partial)
                out[first : first + len(times)] += gain * decay * np.sin(np.float32(2 * np.pi * tone * partial) * times)
    return out[:count]


def _babble(count: int, others: Sequence[F32], chance: np.random.Generator) -> F32:
    """Three to seven other utterances at once, each begun anywhere and turned round."""
    out = np.zeros(count, np.float32)
    for _ in range(int(chance.integers(3, 8))):
        voice = others[int(chance.integers(len(others)))]
        if not len(voice):
            continue
        repeated = np.resize(np.roll(voice, int(chance.integers(len(voice)))), count)
        level = float(np.sqrt(np.mean(np.square(voice, dtype=np.float64)))) or 1.0
        out += repeated[::-1] * np.float32(chance.uniform(0.5, 1.0) / level)
    return out
