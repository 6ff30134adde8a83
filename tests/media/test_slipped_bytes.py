from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.media.slipped_bytes import repair_slipped_bytes


def voice(seconds: float, level: float, seed: int) -> np.ndarray:
    """A gliding harmonic sound with a little noise, and a moment of near silence."""
    time = np.arange(round(seconds * 16000)) / 16000
    phase = 2 * np.pi * np.cumsum(110 + 30 * np.sin(2 * np.pi * 1.3 * time)) / 16000
    tone = sum(np.sin(k * phase) / k for k in range(1, 12))
    envelope = np.clip(np.sin(2 * np.pi * 1.1 * time) + 0.6, 0, None)
    noise = np.random.default_rng(seed).normal(0, 4, len(time))
    return np.round(level * tone * envelope + noise).astype(np.int16)


def in_text_mode(samples: np.ndarray) -> np.ndarray:
    data = samples.astype("<i2").tobytes().replace(b"\r\n", b"\n")
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)


@given(st.lists(st.integers(4000, 44000), min_size=1, max_size=3, unique=True), st.integers(0, 5))
def test_lost_carriage_returns_are_put_back_where_they_were(places, seed):
    places = sorted(p for k, p in enumerate(sorted(places)) if all(abs(p - q) > 1600 for q in sorted(places)[:k]))
    sound = voice(3.0, 5000, seed)
    clean = np.frombuffer(sound.astype("<i2").tobytes().replace(b"\r\n", b"\r\v"), "<i2").copy()
    for place in places:
        clean[place] = 0x0A0D
    repaired = repair_slipped_bytes(in_text_mode(clean))
    assert len(repaired.slips) == len(places)
    assert all(abs(slip - place) <= 8 for slip, place in zip(repaired.slips, places, strict=True))
    count = min(len(clean), len(repaired.samples))
    assert count >= len(clean) - 1
    differing = np.flatnonzero(clean[:count] != repaired.samples[:count])
    assert all(np.abs(differing - np.array(places)[:, None]).min(axis=0) <= 8) if len(differing) else True


@given(st.integers(0, 400), st.sampled_from([0.0, 3.0, 300.0, 12000.0]), st.integers(0, 20))
def test_sound_without_the_damage_is_returned_as_it_is(count, level, seed):
    noise = np.clip(np.random.default_rng(seed).normal(0, level, count * 37), -32768, 32767).astype(np.int16)
    for samples in (noise, voice(0.5, level, seed)):
        repaired = repair_slipped_bytes(samples)
        assert repaired.slips == ()
        assert np.array_equal(repaired.samples, samples)
