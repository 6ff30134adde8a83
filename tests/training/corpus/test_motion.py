from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from helpers.toy_voices import Tones

from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.speech import FEATURE_RATE, Phone
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, Project
from pctalk_studio.training.corpus.delivery import EMOTIONS
from pctalk_studio.training.corpus.motion import canonical_mouth, canonical_rig, solve, styles
from pctalk_studio.training.corpus.utterance import Split, Utterance, phone_columns
from pctalk_studio.training.corpus.voices import Request

NEUTRAL, HAPPY = EMOTIONS.index(Emotion.NEUTRAL), EMOTIONS.index(Emotion.HAPPY)


@pytest.fixture(scope="module")
def utterance() -> Utterance:
    tones = Tones()
    spoken = tones.speak([Request("Apple bee cat do east far.", tones.voices[0])])[0]
    label, begin, ends, stress = phone_columns(spoken.phones)
    count = -(-len(spoken.samples) * FEATURE_RATE // spoken.rate)
    return Utterance(
        mel=np.zeros((1, 80), np.float16),
        phone_label=label,
        phone_start=begin,
        phone_end=ends,
        phone_stress=stress,
        words=spoken.words,
        loudness=np.full(count, -20, np.float16),
        pitch=np.full(count, np.nan, np.float16),
        voice=0, split=Split.TRAIN, style=0, emotion=NEUTRAL, intensity=1.0, prosody=NEUTRAL, text="", duration=float(ends[-1]),
    )  # fmt: skip


@pytest.mark.parametrize("style", range(len(styles())))
def test_motion_is_what_the_program_itself_evaluates_on_that_face(utterance: Utterance, style: int):
    solved = solve(utterance, style, HAPPY, 0.8, seed=5)
    preset = styles()[style]
    project = Project(
        rate=FrameRate(Fraction(25)), style=preset.style, lip_scale=preset.lip_scale, follow_volume=preset.follow_volume,
        emotions=(EmotionClip(Emotion.HAPPY, 0.8),), seed=5,
    )  # fmt: skip
    motion = evaluate(project, canonical_rig(), utterance.facts())
    # The mean face's lips are a thousandth of E apart, which the program closes; here they count as closed.
    assert np.abs(solved.lip - motion.lip).max() < 0.003
    assert np.abs(solved.emotion - motion.emotion).max() < 0.003


def test_neutral_is_exactly_nothing_and_speech_moves_lips_and_chin_alone(utterance: Utterance):
    solved = solve(utterance, 0, NEUTRAL, 1.0, seed=1)
    assert not solved.emotion.any()
    moved = set(np.flatnonzero(np.abs(solved.lip).max(axis=(0, 2)) > 0))
    assert moved == set(MESH.indices(Region.LIPS, Region.JAW))
    assert solved.lip.shape == solved.emotion.shape == (len(solved.openness), 21, 3)
    assert len(solved.openness) == FrameRate(Fraction(25)).frames_in(utterance.duration)


@pytest.mark.parametrize("emotion", range(len(EMOTIONS)))
def test_lips_meet_in_every_closure(utterance: Utterance, emotion: int):
    solved = solve(utterance, 0, emotion, 1.0, seed=1)
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    total = solved.lip + solved.emotion
    gap = total[:, lower, 1] - total[:, upper, 1]
    for phone in utterance.phones():
        if phone.label == "B":
            near = slice(int(phone.start * 25), int(phone.end * 25) + 2)
            assert solved.openness[near].min() == 0.0
            assert gap[near].min() < 1e-6


def test_gap_and_openness_agree(utterance: Utterance):
    solved = solve(utterance, 0, NEUTRAL, 1.0, seed=1)
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    gap = solved.lip[:, lower, 1] - solved.lip[:, upper, 1]
    assert gap == pytest.approx(solved.openness * 0.29 * canonical_mouth().width, abs=1e-6)
    assert solved.openness.max() > 0.5


def test_motion_follows_phones_that_are_put_in_place_of_its_own(utterance: Utterance):
    phones = tuple(Phone("SIL" if p.label == "B" else p.label, p.start, p.end, p.stress) for p in utterance.phones())
    own, other = solve(utterance, 0, NEUTRAL, 1.0, 1), solve(utterance, 0, NEUTRAL, 1.0, 1, phones)
    second = next(p for p in utterance.phones()[3:] if p.label == "B")
    frame = round((second.start + second.end) / 2 * 25)
    assert own.openness[frame] == 0.0
    assert other.openness[frame] > 0.1
