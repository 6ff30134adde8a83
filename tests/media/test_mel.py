from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pctalk_studio.media.mel import BANDS, FLOOR, HOP, MEL_RATE, SAMPLE_RATE, mel_of


def slaney_hertz(mel: float) -> float:
    """Slaney's scale: 15 mel for the first kilohertz, then 27 for each factor of 6.4."""
    return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def band_edges() -> list[float]:
    highest = 15 + 27 * math.log(7600 / 1000, 6.4)
    lowest = 55 * 3 / 200
    return [slaney_hertz(lowest + (highest - lowest) * i / 81) for i in range(82)]


def by_definition(samples: np.ndarray, frame: int, band: int) -> float:
    """One value, from sums alone."""
    emphasised = [float(samples[n]) - (0.97 * float(samples[n - 1]) if n else 0.0) for n in range(len(samples))]
    left, middle, right = band_edges()[band : band + 3]
    total = 0.0
    for k in range(401):
        hertz = 20.0 * k
        weight = max(0.0, min((hertz - left) / (middle - left), (right - hertz) / (right - middle))) * 2 / (right - left)
        if weight == 0:
            continue
        value = 0j
        for n in range(800):
            at = frame * 200 - 400 + n
            if 0 <= at < len(samples):
                value += emphasised[at] * (0.5 - 0.5 * math.cos(2 * math.pi * n / 800)) * cmath.exp(-2j * math.pi * k * n / 800)
        total += weight * abs(value)
    decibels = 20 * math.log10(max(1e-5, total)) - 20
    return min(4.0, max(-4.0, 8 * (decibels + 100) / 100 - 4))


@pytest.mark.parametrize(("frame", "band"), [(0, 3), (2, 20), (3, 47), (5, 79), (6, 60)])
def test_values_are_those_of_the_definition(frame, band):
    samples = np.random.default_rng(1).normal(0, 0.1, 1234).astype(np.float32)
    assert mel_of(samples)[frame, band] == pytest.approx(by_definition(samples, frame, band), abs=2e-4)


@given(arrays.arrays(np.float32, st.integers(0, 1700), elements=st.floats(-1, 1, width=32)))
@settings(max_examples=40, deadline=None)
def test_any_sound_gives_finite_values_of_the_right_number(samples):
    mel = mel_of(samples)
    assert mel.shape == (1 + len(samples) // HOP, BANDS)
    assert mel.dtype == np.float32
    assert np.isfinite(mel).all()
    assert mel.min() >= -4
    assert mel.max() <= 4


def test_silence_is_the_floor():
    assert (mel_of(np.zeros(5000, np.float32)) == FLOOR).all()


def test_ten_times_the_amplitude_is_twenty_decibels_more():
    samples = np.random.default_rng(2).normal(0, 0.03, 4000).astype(np.float32)
    assert np.allclose(mel_of(10 * samples) - mel_of(samples), 8 * 20 / 100, atol=1e-3)


def test_a_tone_is_in_its_band():
    tone = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(8000) / SAMPLE_RATE).astype(np.float32)
    edges = band_edges()
    loudest = int(mel_of(tone)[20].argmax())
    assert edges[loudest] < 1000 < edges[loudest + 2]


def test_a_sound_that_comes_a_hop_later_is_a_frame_later():
    samples = np.random.default_rng(3).normal(0, 0.1, 4000).astype(np.float32)
    later = np.concatenate([np.zeros(HOP, np.float32), samples])
    # The first sample has nothing before it to be emphasised against, in either.
    assert np.allclose(mel_of(later)[1:], mel_of(samples), atol=1e-5)
    assert MEL_RATE == 80
