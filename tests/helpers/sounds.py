"""Sounds that are no speech, made on the spot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 16_000

F32 = npt.NDArray[np.float32]


def noise(seconds: float, level: float = 0.1, seed: int = 4) -> F32:
    """White noise."""
    return (level * np.random.default_rng(seed).normal(size=round(seconds * RATE))).astype(np.float32)


def swelling_noise(seconds: float) -> F32:
    """Noise whose level moves at the rate of syllables."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (noise(seconds, 0.2, 3) * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * t))).astype(np.float32)


def piano(seconds: float, seed: int = 0) -> F32:
    """Chords and a melody of decaying harmonics."""
    random = np.random.default_rng(seed)
    out = np.zeros(round((seconds + 2) * RATE))
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])

    def strike(frequency: float, length: float) -> None:
        t = np.arange(round(length * RATE)) / RATE
        tone = sum(np.sin(2 * np.pi * frequency * k * t + k) / k for k in range(1, 9) if frequency * k < 7500)
        out[at : at + len(t)] += tone * np.minimum(t / 0.01, 1) * np.exp(-3 * t)

    place = 0.0
    while place < seconds:
        at = round(place * RATE)
        for _ in range(3):
            strike(130.8 * 2 ** (random.choice(scale) / 12), 1.0)
        strike(392 * 2 ** (random.choice(scale) / 12), 0.5)
        place += random.choice([0.25, 0.5])
    out = out[: round(seconds * RATE)]
    return (0.5 * out / np.abs(out).max()).astype(np.float32)


def drums(seconds: float, seed: int = 2) -> F32:
    """A beat of noise bursts and low thumps."""
    random = np.random.default_rng(seed)
    out = np.zeros(round((seconds + 1) * RATE))
    t = np.arange(round(0.2 * RATE)) / RATE
    for place in np.arange(0, seconds, 0.25):
        thump = np.sin(2 * np.pi * 60 * t) * np.exp(-15 * t) * 2
        burst = random.normal(size=len(t)) * np.exp(-t * random.choice([15, 40]))
        at = round(place * RATE)
        out[at : at + len(t)] += burst if random.random() < 0.6 else thump
    out = out[: round(seconds * RATE)]
    return (0.6 * out / np.abs(out).max()).astype(np.float32)


def claps(seconds: float, seed: int = 5) -> F32:
    """Ten claps in a quiet room."""
    random = np.random.default_rng(seed)
    out = 0.002 * random.normal(size=round(seconds * RATE))
    t = np.arange(round(0.15 * RATE)) / RATE
    for place in random.uniform(0, seconds - 0.2, 10):
        at = round(place * RATE)
        out[at : at + len(t)] += 0.5 * random.normal(size=len(t)) * np.exp(-50 * t)
    return out.astype(np.float32)


def siren(seconds: float) -> F32:
    """A gliding pure tone."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (0.4 * np.sin(2 * np.pi * np.cumsum(600 + 300 * np.sin(2 * np.pi * 0.4 * t)) / RATE)).astype(np.float32)
