"""Emotion from a voice: what is measured, and what the model that ships makes of plain cases."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pctalk_studio.analysis.emotion import emotions_of_voice
from pctalk_studio.analysis.emotion.voice import FEATURES, Talker, VoiceModel, features_of, shipped_model
from pctalk_studio.core.speech import Alignment, Phone, SpeechFacts, Word
from pctalk_studio.document.project import Emotion


def speech(*phrases: tuple[float, float, float, float], pause: float = 0.6) -> SpeechFacts:
    """Phrases of (seconds, Hz, dB, phones a second) with a gentle melody, and pauses between them."""
    phones, words, loudness, pitch, now = [], [], [], [], 0.0
    for number, (length, tone, level, pace) in enumerate(phrases):
        count = max(1, round(length * pace))
        edges = np.linspace(now, now + length, count + 1)
        phones += [
            Phone("AH" if k % 2 else "D", float(a), float(b), 1 if k % 2 else None)
            for k, (a, b) in enumerate(itertools.pairwise(edges))
        ]
        words.append(Word(f"word{number}", now, now + length))
        steps = np.arange(round(length * 100)) / 100
        loudness += [level] * len(steps)
        pitch += list(tone * 2 ** (np.sin(2 * np.pi * steps / 0.7) / 12))
        now += length
        phones.append(Phone("SIL", now, now + pause))
        loudness += [-80.0] * round(pause * 100)
        pitch += [np.nan] * round(pause * 100)
        now += pause
    loud = np.array(loudness, np.float32)
    return SpeechFacts(Alignment(now, tuple(words), tuple(phones)), loud, np.array(pitch, np.float32), loud > -60, "made")


def test_a_phrase_is_measured_beside_the_talker():
    facts = speech((1.0, 100, -25, 10), (1.0, 200, -19, 14), (1.0, 100, -25, 10))
    talker = Talker.of([facts])
    measured = dict(zip(FEATURES, features_of(facts, 1.6, 2.6, talker), strict=True))
    assert measured["pitch"] == pytest.approx(12, abs=0.6)
    assert measured["level"] == pytest.approx(6, abs=0.2)
    assert measured["pace"] == pytest.approx(14 - 34 / 3, abs=0.2)
    assert abs(measured["level_slope"]) < 0.1
    assert measured["pauses"] == pytest.approx(0, abs=0.02)


def test_what_is_hardly_voiced_is_not_measured():
    facts = speech((0.3, 100, -25, 10))
    assert features_of(facts, 0.32, 0.8, Talker(80.0, -25.0, 10.0)) is None
    silent = SpeechFacts(facts.alignment, facts.loudness, np.full_like(facts.pitch, np.nan), facts.speaking, "whispered")
    assert Talker.of([silent]) is None
    assert emotions_of_voice(silent) == ()


def test_the_model_that_ships_knows_all_emotions_and_sums_to_one():
    model = shipped_model()
    assert set(model.emotions) == set(Emotion)
    shares = model.shares(np.zeros((3, len(FEATURES))))
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_loud_fast_phrase_and_a_soft_slow_one_are_heard_differently():
    even = [(1.2, 120, -25, 11)] * 4
    facts = speech(*even, (1.2, 170, -16, 14.5), *even, (1.6, 100, -34, 7.5), *even)
    guesses = emotions_of_voice(facts)
    words = facts.alignment.words
    at = {round(guess.start, 3): guess for guess in guesses}
    excited, low = at[round(words[4].start, 3)], at[round(words[9].start, 3)]
    assert excited.emotion in {Emotion.ANGRY, Emotion.HAPPY, Emotion.FEAR, Emotion.SURPRISED}
    assert low.emotion in {Emotion.SAD, Emotion.CONTEMPT, Emotion.DISGUSTED}
    assert 0 < excited.confidence < 1
    assert len(guesses) < len(words), "even phrases are mostly heard as neutral"


def test_a_model_is_read_as_it_was_written(tmp_path):
    model = shipped_model()
    path = tmp_path / "voice.npz"
    names = np.array([emotion.value for emotion in model.emotions])
    np.savez(path, emotions=names, middle=model.middle, scale=model.scale, weights=model.weights, bias=model.bias)
    features = np.random.default_rng(0).normal(size=(4, len(FEATURES)))
    np.testing.assert_allclose(VoiceModel.read(path).shares(features), model.shares(features))
