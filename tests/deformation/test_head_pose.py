"""Head motion: smooth, bounded, calm in silence, and never where it is not wanted."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.core.speech import Word
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, HeadMotion, Project

REST = np.array([0, 0, 0, 0, 0, 1], np.float32)


@pytest.fixture(scope="module")
def talk(speech_of):
    syllable = [("B", 0.07), ("AA", 0.16), ("T", 0.06)]
    phones = [("SIL", 0.5), *syllable * 40, ("SIL", 8.0), *syllable * 40, ("SIL", 0.5)]
    words = [Word("bot", 0.5 + 0.29 * k, 0.79 + 0.29 * k) for k in range(40)]
    return speech_of(phones, words, lambda t: -22 + 6 * np.sin(2 * np.pi * 1.1 * t))


def pose(face, speech, mode=HeadMotion.LIVELY, seed=0, **kw) -> np.ndarray:
    return evaluate(Project(head=mode, seed=seed, **kw), face, speech).pose


def test_still_is_exactly_the_picture(face, talk):
    still = pose(face, talk, HeadMotion.STILL, emotions=(EmotionClip(Emotion.SAD),))
    assert np.all(still == REST)


@pytest.mark.parametrize("seed", range(4))
def test_motion_starts_at_the_picture_and_stays_within_limits(seed, face, talk):
    moved = pose(face, talk, seed=seed, emotions=(EmotionClip(Emotion.ANGRY, 1.5, frozenset({EmotionRegion.BROWS})),))
    assert np.allclose(moved[0], REST)
    assert np.all(np.abs(moved[:, :3]).max(axis=0) <= (6, 8, 8))
    assert moved[:, :3].std(axis=0).min() > 0.3
    assert np.abs(moved[:, 3:5]).max() < 0.2
    assert np.abs(moved[:, 5] - 1).max() < 0.04


def test_lively_moves_more_than_subtle(face, talk):
    lively, subtle = pose(face, talk), pose(face, talk, HeadMotion.SUBTLE)
    assert lively[:, :3].std() > 1.5 * subtle[:, :3].std() > 0


def test_there_is_no_jitter(face, talk):
    moved = pose(face, talk)[:, :5]
    power = np.abs(np.fft.rfft((moved - moved.mean(axis=0)) * np.hanning(len(moved))[:, None], axis=0)) ** 2
    frequency = np.fft.rfftfreq(len(moved), 1 / 25)
    assert power[frequency >= 8].sum() <= 0.001 * power.sum()


def test_silence_is_calmer_than_speech(face, talk):
    speeds = []
    for seed in range(6):
        moved = pose(face, talk, seed=seed)
        speed = np.abs(np.diff(moved[:, :3], axis=0)).sum(axis=1)
        at = np.arange(len(speed)) / 25
        speeds.append((speed[(at > 2) & (at < 11)].mean(), speed[(at > 13.5) & (at < 19)].mean()))
    spoken, silent = np.mean(speeds, axis=0)
    assert silent < 0.6 * spoken


def test_the_head_goes_down_on_accents(face, talk, speech_of):
    flat = speech_of([(p.label, p.duration) for p in talk.alignment.phones], (), lambda _: -22)
    difference = pose(face, talk)[:, 0] - pose(face, flat)[:, 0]
    at = np.arange(len(difference)) / 25
    spoken = (at > 1.5) & (at < 11)
    beat = np.sin(2 * np.pi * 1.1 * (at - 0.08))
    assert np.corrcoef(difference[spoken], beat[spoken])[0, 1] < -0.3


def test_attitude_comes_with_an_emotion_of_the_whole_face_only(face, speech_of):
    quiet = speech_of([("SIL", 2.0)])
    plain = pose(face, quiet)
    sad = pose(face, quiet, emotions=(EmotionClip(Emotion.SAD),))
    mouth = pose(face, quiet, emotions=(EmotionClip(Emotion.SAD, regions=frozenset({EmotionRegion.MOUTH})),))
    assert np.all(sad[:, 0] < plain[:, 0] - 1.5)
    assert np.array_equal(mouth, plain)
