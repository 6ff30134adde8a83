from __future__ import annotations

import numpy as np
import pytest
from helpers.toy_voices import PAUSE, Tones

from pctalk_studio.core.speech import SILENCE, Phone, Word
from pctalk_studio.training.corpus.augment import Conditions, drawn_conditions, padded, recorded, room_response, staged
from pctalk_studio.training.corpus.codecs import Codec, codecs_here, through_codec
from pctalk_studio.training.corpus.noises import NoiseKind, noise_of
from pctalk_studio.training.corpus.voices import SAMPLE_RATE, Delivery, Request, Spoken, fitted, shifted

TONES = Tones()


def said(**delivery: float) -> Spoken:
    return TONES.speak([Request("Apple bee cat.", TONES.voices[0], Delivery(**delivery))])[0]


def voice_from(onset: int) -> np.ndarray:
    """A voice that sets in at a sample: pulses through a resonance."""
    chance = np.random.default_rng(5)
    samples = np.zeros(12_000)
    samples[onset:9_000:123] = 1.0
    ring = np.exp(-np.arange(800) / 60) * np.sin(2 * np.pi * 600 * np.arange(800) / SAMPLE_RATE)
    out = np.convolve(samples, ring)[:12_000]
    return (0.4 * out / np.abs(out).max() + 1e-5 * chance.normal(size=12_000)).astype(np.float32)


def onset_of(samples: np.ndarray) -> float:
    """Seconds at which a sound reaches a fifth of its greatest level."""
    level = np.convolve(np.abs(samples), np.ones(16) / 16, "same")
    return float(np.argmax(level > 0.2 * level.max())) / SAMPLE_RATE


@pytest.mark.parametrize("codec", codecs_here(), ids=lambda codec: f"{codec.encoder}-{codec.bits}-{codec.rate}")
def test_codecs_keep_the_onset_within_two_milliseconds(codec: Codec):
    samples = voice_from(4321)
    heard = through_codec(samples, codec)
    assert heard.shape == samples.shape
    assert onset_of(heard) == pytest.approx(onset_of(samples), abs=0.002)


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(reverberation=0.8, wet=-6.0),
        Conditions(tilt=4.0, low=300.0, high=3400.0),
        Conditions(noise=NoiseKind.BABBLE, snr=20.0),
    ],
)
def test_rooms_microphones_and_noise_keep_the_onset(conditions):
    samples = voice_from(4321)
    heard = recorded(samples, conditions, [samples[::-1]], np.random.default_rng(0))
    assert heard.shape == samples.shape
    assert onset_of(heard) == pytest.approx(onset_of(samples), abs=0.002)


def test_a_room_begins_with_the_direct_sound_and_dies_away_in_its_time():
    response = room_response(Conditions(reverberation=0.5, wet=-6.0), np.random.default_rng(1)).astype(float)
    assert response[0] == 1.0
    assert 10 * np.log10(np.sum(response[1:] ** 2)) == pytest.approx(-6.0, abs=0.1)
    early, late = (np.mean(response[i : i + 800] ** 2) for i in (1600, 4800))
    # 0.2 s apart in a room of 0.5 s: 24 dB.
    assert 10 * np.log10(early / late) == pytest.approx(24.0, abs=3.0)


@pytest.mark.parametrize("kind", list(NoiseKind))
def test_noise_is_as_loud_as_asked(kind):
    noise = noise_of(kind, 16_000, [voice_from(100)], np.random.default_rng(2))
    assert noise.shape == (16_000,)
    assert np.sqrt(np.mean(noise.astype(float) ** 2)) == pytest.approx(1.0, rel=1e-3)


def test_the_signal_to_noise_ratio_is_that_of_the_conditions():
    spoken, chance = said(), np.random.default_rng(3)
    conditions = Conditions(noise=NoiseKind.HISS, snr=10.0, hiss=90.0, level=-30.0, low=1.0)
    voice = staged(spoken, conditions, chance).samples
    beside = recorded(voice, conditions, [], np.random.default_rng(4)) - recorded(
        voice, Conditions(hiss=90.0, level=-30.0, low=1.0), [], np.random.default_rng(4)
    )
    assert 20 * np.log10(np.sqrt(np.mean(beside.astype(float) ** 2))) == pytest.approx(-40.0, abs=1.0)


def test_silence_in_front_moves_phones_and_words():
    spoken = said()
    out = padded(spoken, 0.25, 0.5)
    assert out.duration == pytest.approx(spoken.duration + 0.75)
    assert out.phones[0] == Phone(SILENCE, 0.0, PAUSE + 0.25)
    assert out.phones[1].start == pytest.approx(spoken.phones[1].start + 0.25)
    assert out.phones[-1].end == pytest.approx(out.duration)
    assert out.words[0].start == pytest.approx(spoken.words[0].start + 0.25)
    assert np.array_equal(out.samples[4000:-8000], spoken.samples)


def test_silence_is_added_where_there_was_none():
    bare = Spoken(np.ones(1600, np.float32), 16_000, (Phone("AA", 0.0, 0.1),), (Word("a", 0.0, 0.1),))
    out = padded(bare, 0.1, 0.2)
    assert [(p.label, round(p.start, 9), round(p.end, 9)) for p in out.phones] == [
        (SILENCE, 0.0, 0.1), ("AA", 0.1, 0.2), (SILENCE, 0.2, 0.4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (0.2, [("AA", 0.0, 0.2), (SILENCE, 0.2, 0.5)]),
        (0.5 - 1e-9, [("AA", 0.0, 0.5)]),
        (0.7, [("AA", 0.0, 0.5)]),
    ],
)
def test_phones_are_held_within_the_sound_and_what_they_leave_is_silence(end: float, expected: list[tuple[str, float, float]]):
    phones, words = fitted([Phone("AA", 0.0, end)], [Word("a", 0.0, end), Word("b", 0.6, 0.7)], 0.5)
    assert [(p.label, p.start, p.end) for p in phones] == expected
    assert [(w.text, w.end) for w in words] == [("a", min(end, 0.5))]


@pytest.mark.parametrize("shift", [0.8, 1.0, 1.25])
def test_a_shift_moves_pitch_and_times_alike(shift):
    spoken = said()
    out = shifted(spoken, shift)
    assert out.duration == pytest.approx(spoken.duration / shift, abs=2e-4)
    assert [p.label for p in out.phones] == [p.label for p in spoken.phones]
    assert [p.end for p in out.phones] == pytest.approx([p.end / shift for p in spoken.phones], abs=2e-4)
    vowel = out.phones[2]
    piece = out.samples[int(vowel.start * SAMPLE_RATE) + 100 : int(vowel.end * SAMPLE_RATE) - 100]
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 15))
    assert np.argmax(spectrum) * SAMPLE_RATE / (1 << 15) == pytest.approx(240 * shift, rel=0.02)


def test_equal_chance_gives_equal_recordings_within_full_scale():
    def once() -> np.ndarray:
        chance = np.random.default_rng(9)
        conditions = drawn_conditions(chance, 12.0)
        voice = staged(said(), conditions, chance)
        return recorded(voice.samples, conditions, [voice.samples], chance)

    first = once()
    assert np.array_equal(first, once())
    assert np.abs(first).max() <= 1.0
