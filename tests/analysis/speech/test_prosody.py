"""Loudness, pitch and activity of sounds whose truth is known."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.prosody import SAMPLE_RATE, analyse_prosody, frame_count, loudness, noise_floor, pitch
from pctalk_studio.core.errors import SpeechError


def _voice(seconds: float, tone: np.ndarray | float, seed: int = 0) -> np.ndarray:
    """Harmonics of a moving tone through two resonances, syllables at 4 Hz; peak 0.5."""
    n = round(seconds * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(tone, n)) / SAMPLE_RATE
    sound = sum(np.sin(k * phase) / (1 + ((k * np.mean(tone) - 600) / 400) ** 2) for k in range(1, 25))
    sound = sound * (0.55 - 0.45 * np.cos(2 * np.pi * 4 * t))
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def _noise(seconds: float, level: float, seed: int = 1) -> np.ndarray:
    return (level * np.random.default_rng(seed).normal(size=round(seconds * SAMPLE_RATE))).astype(np.float32)


def _talk() -> np.ndarray:
    """A second of voice, a second of nothing, a second of voice, a second of nothing."""
    quiet = np.zeros(SAMPLE_RATE, np.float32)
    return np.concatenate([_voice(1, 140.0), quiet, _voice(1, 170.0), quiet])


def test_a_full_scale_sine_has_three_decibels_less_than_full_scale():
    sine = np.sin(2 * np.pi * 200 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    assert np.allclose(loudness(sine), -3.01, atol=0.15)
    assert np.allclose(loudness(0.1 * sine), -23.01, atol=0.15)


def test_silence_is_the_floor_of_loudness():
    assert (loudness(np.zeros(1000, np.float32)) == -100).all()


@pytest.mark.parametrize("count", [1, 159, 160, 161, 16_000])
def test_every_feature_has_one_value_for_each_begun_10_ms(count):
    found = analyse_prosody(_noise(1.1, 0.1)[:count])
    assert len(found.loudness) == len(found.pitch) == len(found.speaking) == frame_count(count) == -(-count // 160)
    assert (found.loudness.dtype, found.pitch.dtype, found.speaking.dtype) == (np.float32, np.float32, np.bool_)


@pytest.mark.parametrize("tone", [75.0, 110.0, 187.3, 260.0, 420.0, 580.0])
def test_a_steady_tone_is_found_within_one_percent(tone):
    found = pitch(_voice(1, tone))
    voiced = np.isfinite(found)
    assert voiced[5:-5].mean() > 0.8
    assert np.abs(found[voiced] / tone - 1).max() < 0.01


def test_a_gliding_tone_is_followed_in_noise_without_octave_jumps():
    truth = 120 * 2 ** (0.8 * np.sin(2 * np.pi * 0.7 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE))
    found = pitch(_voice(2, truth) + _noise(2, 0.01))
    expected = truth[np.arange(len(found)) * 160]
    voiced = np.isfinite(found)
    assert voiced.mean() > 0.7
    assert np.percentile(np.abs(found[voiced] / expected[voiced] - 1), 98) < 0.04


def test_noise_and_silence_have_no_pitch():
    assert np.isfinite(pitch(_noise(2, 0.1))).mean() < 0.02
    assert np.isnan(pitch(np.zeros(8000, np.float32))).all()


@settings(max_examples=15, deadline=None)
@given(st.floats(-50, 0))
def test_activity_and_pitch_do_not_depend_on_level(decibels):
    sound = _talk()
    found, reference = analyse_prosody(sound * np.float32(10 ** (decibels / 20))), analyse_prosody(sound)
    assert (found.speaking == reference.speaking).mean() > 0.98
    both = np.isfinite(found.pitch) & np.isfinite(reference.pitch)
    assert both.sum() > 0.95 * np.isfinite(reference.pitch).sum()
    assert np.percentile(np.abs(found.pitch[both] / reference.pitch[both] - 1), 99) < 0.01


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.01, 0.03])
def test_activity_follows_a_voice_through_noise(noise):
    active = analyse_prosody(_talk() + _noise(4, noise)).speaking
    assert active[10:90].mean() > 0.9
    assert active[210:290].mean() > 0.9
    assert not active[125:180].any()
    assert not active[325:].any()


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(32_000, np.float32),
        np.full(32_000, 0.2, np.float32),
        _noise(3, 0.3),
        _noise(3, 0.0001),
        (0.3 * np.sin(2 * np.pi * 50 * np.arange(48_000) / SAMPLE_RATE)).astype(np.float32),
    ],
    ids=["zero", "offset", "loud noise", "soft noise", "hum"],
)
def test_nobody_speaks_in_steady_sound(sound):
    assert not analyse_prosody(sound).speaking.any()


def test_a_single_click_is_nobody():
    sound = _noise(2, 0.0005)
    sound[16_000] = 0.9
    assert not analyse_prosody(sound).speaking.any()


def test_the_noise_floor_ignores_speech():
    level = np.full(600, -60.0)
    level[100:160] = level[300:380] = -20.0
    assert np.allclose(noise_floor(level), -60, atol=0.5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(bad):
    sound = _noise(0.5, 0.1)
    sound[100] = bad
    with pytest.raises(SpeechError, match="no numbers"):
        analyse_prosody(sound)


def test_no_samples_and_two_channels_are_refused():
    with pytest.raises(SpeechError, match="no samples"):
        analyse_prosody(np.zeros(0, np.float32))
    with pytest.raises(SpeechError, match="one channel"):
        analyse_prosody(np.zeros((100, 2), np.float32))


def test_real_voices_have_their_usual_pitch(shared_media):
    from pctalk_studio.media.sound import read_sound

    for name, low, high in [("goforward.wav", 90, 140), ("LJ001-0002.wav", 170, 240), ("falsetto2.flac", 450, 650)]:
        found = analyse_prosody(read_sound(shared_media / "speech" / name).mono(SAMPLE_RATE))
        assert low < np.nanmedian(found.pitch) < high
    noise = analyse_prosody(read_sound(shared_media / "speech" / "noise1.wav").mono(SAMPLE_RATE))
    assert not noise.speaking.any()


@pytest.mark.perf
def test_half_a_minute_takes_a_hundredth_of_its_length():
    sound = np.concatenate([_talk()] * 8)[: 30 * SAMPLE_RATE]
    analyse_prosody(sound[:16_000])
    start = time.process_time()
    analyse_prosody(sound)
    assert time.process_time() - start < 0.3
