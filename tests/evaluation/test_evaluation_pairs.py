"""What an emotion changes is told from what it must not change."""

from __future__ import annotations

import numpy as np
import pytest
from spoken import RATE, asked_apertures, sentence, track_with

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.deformation.emc.tables import REGIONS, emotion_tables
from pctalk_studio.document.project import Emotion, EmotionRegion
from pctalk_studio.evaluation.pairs import (
    emotion_metrics,
    intensity_order,
    leakage,
    lip_metrics,
    prototype,
    read_back,
    silent_at,
)
from pctalk_studio.evaluation.report import Metric
from pctalk_studio.evaluation.skin_motion import Shift, SkinMotion

SENTENCE = sentence()
NEUTRAL = track_with(asked_apertures(SENTENCE), seed=1)
TIMES = np.arange(0.0, SENTENCE.duration, 4 / RATE)


def feeling(emotion: Emotion, amount: float = 1.0, mask: np.ndarray | None = None, spoken: float = 1.0) -> SkinMotion:
    """Readings of an emotion, uncertain by 0.002 E; ``spoken`` of it is left in speech."""
    moved = prototype(emotion) * amount * (1.0 if mask is None else mask[:, None])
    level = np.where(silent_at(TIMES, SENTENCE), 1.0, spoken)
    noise = np.random.default_rng(3).normal(0, 0.002, (len(TIMES), *moved.shape))
    return SkinMotion(TIMES, level[:, None, None] * moved + noise)


def mirrored(moved: SkinMotion) -> SkinMotion:
    names = [keypoint.name for keypoint in MESH.keypoints]
    other = [names.index(n.replace("right", "#").replace("left", "right").replace("#", "left")) for n in names]
    return SkinMotion(moved.times, moved.keypoints[:, other] * (-1, 1))


def by_code(metrics: list[Metric]) -> dict[str, Metric]:
    return {metric.code: metric for metric in metrics}


@pytest.mark.parametrize("emotion", list(Emotion))
def test_each_emotion_is_read_back(emotion: Emotion) -> None:
    metrics = by_code(emotion_metrics(feeling(emotion), SENTENCE, emotion))
    assert metrics["M15"].passed
    if emotion is not Emotion.NEUTRAL:
        assert metrics["M15cos"].value > 0.97


def test_another_emotion_than_meant_is_noticed() -> None:
    metrics = by_code(emotion_metrics(feeling(Emotion.SAD), SENTENCE, Emotion.HAPPY))
    assert metrics["M15"].passed is False
    assert metrics["M15cos"].passed is False


def test_likeness_is_judged_in_silence_and_only_told_where_there_is_none() -> None:
    happy = feeling(Emotion.HAPPY, spoken=-0.5)
    assert by_code(emotion_metrics(happy, SENTENCE, Emotion.HAPPY))["M15cos"].passed
    told = by_code(emotion_metrics(happy, None, Emotion.HAPPY))["M15cos"]
    assert told.passed is None
    assert told.value < 0


def test_silence_is_where_the_mouth_has_closed_and_not_yet_opened() -> None:
    silence = silent_at(NEUTRAL.times, SENTENCE)
    assert 0.2 < silence.mean() < 0.35
    assert NEUTRAL.aperture[silence].max() < 0.03


def test_contempt_may_be_on_either_side() -> None:
    assert read_back(mirrored(feeling(Emotion.CONTEMPT)).shift())[0] is Emotion.CONTEMPT


def test_a_blink_is_no_emotion() -> None:
    keypoints = feeling(Emotion.NEUTRAL).keypoints.copy()
    keypoints[::6, [MESH.index("lid_upper_right"), MESH.index("lid_upper_left")], 1] += 0.1
    assert read_back(SkinMotion(TIMES, keypoints).shift())[0] is Emotion.NEUTRAL


def test_emotions_are_not_alike() -> None:
    felt = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
    for emotion in felt:
        scores = read_back(Shift(prototype(emotion)))[1]
        assert scores[emotion] == pytest.approx(1.0)
        assert max(scores[other] for other in felt if other is not emotion) < 0.7, emotion


def test_disgust_is_told_from_anger_by_nose_cheeks_and_lip() -> None:
    disgust, anger = prototype(Emotion.DISGUSTED), prototype(Emotion.ANGRY)
    for name in ("nose_ala_left", "cheek_left", "lip_upper_mid"):
        assert disgust[MESH.index(name), 1] < anger[MESH.index(name), 1] - 0.03, name
    assert disgust[MESH.index("brow_inner_left"), 1] < 0.6 * anger[MESH.index("brow_inner_left"), 1]


def test_leakage_is_what_lies_outside_the_regions() -> None:
    mouth = emotion_tables().regions[:, REGIONS.index(EmotionRegion.MOUTH)]
    everything = leakage(feeling(Emotion.HAPPY).shift(), [EmotionRegion.MOUTH])
    only_mouth = leakage(feeling(Emotion.HAPPY, mask=(mouth > 0.99).astype(float)).shift(), [EmotionRegion.MOUTH])
    assert everything > 0.2
    assert only_mouth < 0.02
    assert leakage(feeling(Emotion.HAPPY).shift(), list(EmotionRegion)) < 1e-6


def test_an_emotion_that_leaves_the_lips_alone_passes() -> None:
    same = by_code(lip_metrics(NEUTRAL, track_with(asked_apertures(SENTENCE), seed=2), SENTENCE))
    assert same["M17"].passed
    assert same["M17closures"].passed


def test_an_emotion_that_changes_the_lips_timing_is_noticed() -> None:
    late = track_with(asked_apertures(SENTENCE, 0.12))
    assert by_code(lip_metrics(NEUTRAL, late, SENTENCE))["M17"].passed is False


def test_a_lost_closure_is_counted() -> None:
    apertures = np.maximum(asked_apertures(SENTENCE), 0.05)
    lost = by_code(lip_metrics(NEUTRAL, track_with(apertures), SENTENCE))["M17closures"]
    assert lost.value >= 12
    assert lost.passed is False


def test_intensity_grows_in_order_or_fails() -> None:
    graded = [(amount, feeling(Emotion.HAPPY, amount).shift()) for amount in (0.4, 0.7, 1.0)]
    assert intensity_order(graded).passed
    swapped = [(0.4, graded[1][1]), (0.7, graded[0][1]), (1.0, graded[2][1])]
    assert intensity_order(swapped).passed is False
