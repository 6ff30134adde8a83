"""From faces back to action units: made-up people with known expressions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.deformation.emc.seeing import expression_of, mean_expression, one_person, people
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.project import Emotion

FELT = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]


def moved(emotion: Emotion, intensity: float = 1.0, *, mirrored: bool = False) -> np.ndarray:
    weights = emotion_tables().emotions[emotion].weights * intensity
    return np.einsum("us,uskc->kc", weights[:, ::-1] if mirrored else weights, emotion_tables().units.effects)


def builds(count: int, seed: int) -> np.ndarray:
    """Shifts of keypoints by which other people's faces at rest differ, [count, 21, 3]."""
    rng, spread = np.random.default_rng(seed), people()
    flat = rng.multivariate_normal(spread.middle, spread.covariance, size=count, method="svd")
    return np.concatenate([flat.reshape(count, 21, 2), np.zeros((count, 21, 1))], axis=2)


def test_emotions_are_told_on_the_faces_of_strangers():
    people_at_rest = builds(25, 0)
    right = [expression_of(build + moved(emotion), people()).emotion is emotion for build in people_at_rest for emotion in FELT]
    assert np.mean(right) > 0.9


def test_strangers_at_rest_are_mostly_taken_for_that():
    seen = [expression_of(build, people()) for build in builds(60, 1)]
    assert np.mean([one.emotion is Emotion.NEUTRAL for one in seen]) > 0.85


@pytest.mark.parametrize("emotion", FELT)
@pytest.mark.parametrize("mirrored", [False, True])
def test_with_the_own_neutral_face_known_the_shift_is_given_back(emotion, mirrored):
    shift = moved(emotion, 0.8, mirrored=mirrored)
    seen = expression_of(shift, one_person())
    assert seen.emotion is emotion
    assert seen.confidence > 0.9
    again = np.einsum("us,uskc->kc", seen.strengths, emotion_tables().units.effects)
    assert np.abs(again - shift)[:, :2].max() < 0.012


def test_nothing_is_nothing():
    seen = expression_of(np.zeros((21, 3)), one_person())
    assert seen.look == ()
    assert seen.emotion is Emotion.NEUTRAL
    assert seen.confidence > 0.6


@given(st.sampled_from(FELT), st.floats(0.3, 1.0), st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_looks_are_what_clips_accept_and_confidence_is_a_share(emotion, intensity, seed):
    seen = expression_of(builds(1, seed)[0] + moved(emotion, intensity), people())
    assert 0 <= seen.confidence <= 1
    assert len({strength.unit for strength in seen.look}) == len(seen.look)
    assert all(0 <= side <= 2 for strength in seen.look for side in (strength.right, strength.left))


def test_more_of_an_emotion_is_surer():
    sure = [expression_of(moved(Emotion.SAD, level), one_person()).confidence for level in (0.2, 0.5, 1.0)]
    assert sure == sorted(sure)


def test_the_average_counts_frames_by_weight():
    smile, frown = (expression_of(moved(emotion), one_person()) for emotion in (Emotion.HAPPY, Emotion.SAD))
    mean = mean_expression([smile, frown], [3.0, 0.0])
    assert mean.emotion is Emotion.HAPPY
    np.testing.assert_allclose(mean.strengths, smile.strengths, atol=0.25)
