"""What an emotion changes is told from what it must not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spoken import asked_apertures, sentence, track_with

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.deformation.emc.tables import REGIONS, emotion_tables
from pctalk_studio.document.project import Emotion, EmotionRegion
from pctalk_studio.evaluation.pairs import (
    intensity_order,
    leakage,
    pair_metrics,
    prototype,
    read_back,
    shift_between,
    silent_frames,
)
from pctalk_studio.evaluation.report import Metric
from pctalk_studio.evaluation.track import ClipTrack

SENTENCE = sentence()
NEUTRAL = track_with(asked_apertures(SENTENCE), seed=1)


def feeling(emotion: Emotion, amount: float = 1.0, mask: np.ndarray | None = None, mirrored: bool = False) -> ClipTrack:
    """The neutral track with the keypoints' landmarks moved as the table of an emotion says; mouth corners of speech kept."""
    moved = prototype(emotion) * amount
    if mask is not None:
        moved = moved * mask[:, None]
    track = track_with(asked_apertures(SENTENCE), seed=2)
    shapes = track.shapes.copy()
    for shift, keypoint in zip(moved, MESH.keypoints, strict=True):
        marks = [m for m in keypoint.landmarks if m not in (13, 14)]
        # 13 and 14 carry the aperture; the others of their groups make up for them.
        shapes[:, marks, :2] += shift * len(keypoint.landmarks) / len(marks)
    if mirrored:
        from pctalk_studio.core.topology import face_topology

        shapes = shapes[:, face_topology().mirror] * (-1, 1, 1)
    return replace(track, shapes=shapes)


def by_code(metrics: list[Metric]) -> dict[str, Metric]:
    return {metric.code: metric for metric in metrics}


@pytest.mark.parametrize("emotion", list(Emotion))
def test_each_emotion_is_read_back(emotion: Emotion) -> None:
    metrics = by_code(pair_metrics(NEUTRAL, feeling(emotion), SENTENCE, emotion))
    assert metrics["M15"].passed
    if emotion is not Emotion.NEUTRAL:
        assert metrics["M15cos"].value > 0.97
    assert metrics["M17"].passed
    assert metrics["M17closures"].passed


def test_another_emotion_than_meant_is_noticed() -> None:
    metrics = by_code(pair_metrics(NEUTRAL, feeling(Emotion.SAD), SENTENCE, Emotion.HAPPY))
    assert metrics["M15"].passed is False
    assert metrics["M15cos"].passed is False


def test_likeness_is_judged_in_silence_and_only_told_where_there_is_none() -> None:
    happy = feeling(Emotion.HAPPY)
    assert by_code(pair_metrics(NEUTRAL, happy, SENTENCE, Emotion.HAPPY))["M15cos"].passed
    told = by_code(pair_metrics(NEUTRAL, happy, None, Emotion.HAPPY))["M15cos"]
    assert told.passed is None
    assert told.value > 0.9
    silent = silent_frames(NEUTRAL, SENTENCE)
    assert 0.2 < silent.mean() < 0.35
    assert NEUTRAL.aperture[silent].max() < 0.03


def test_contempt_may_be_on_either_side() -> None:
    assert read_back(shift_between(NEUTRAL, feeling(Emotion.CONTEMPT, mirrored=True)))[0] is Emotion.CONTEMPT


def test_a_turned_and_scaled_head_is_no_emotion() -> None:
    turned = replace(NEUTRAL, shapes=NEUTRAL.shapes @ rotation_of(3, 4, 2) * 1.03 + (0.02, 0.01, 0.0))
    shift = shift_between(NEUTRAL, turned)
    assert shift.size < 0.002
    assert read_back(shift)[0] is Emotion.NEUTRAL


def test_leakage_is_what_lies_outside_the_regions() -> None:
    regions = emotion_tables().regions
    mouth = regions[:, REGIONS.index(EmotionRegion.MOUTH)]
    everything = leakage(shift_between(NEUTRAL, feeling(Emotion.HAPPY)), [EmotionRegion.MOUTH])
    only_mouth = leakage(shift_between(NEUTRAL, feeling(Emotion.HAPPY, mask=(mouth > 0.99).astype(float))), [EmotionRegion.MOUTH])
    assert everything > 0.2
    assert only_mouth < 0.02
    assert leakage(shift_between(NEUTRAL, feeling(Emotion.HAPPY)), list(EmotionRegion)) < 1e-6


def test_an_emotion_that_changes_the_lips_timing_is_noticed() -> None:
    late = track_with(asked_apertures(SENTENCE, 0.12))
    assert by_code(pair_metrics(NEUTRAL, late, SENTENCE))["M17"].passed is False


def test_a_lost_closure_is_counted() -> None:
    apertures = np.maximum(asked_apertures(SENTENCE), 0.05)
    lost = by_code(pair_metrics(NEUTRAL, track_with(apertures), SENTENCE))["M17closures"]
    assert lost.value >= 12
    assert lost.passed is False


def test_intensity_grows_in_order_or_fails() -> None:
    graded = [(amount, feeling(Emotion.HAPPY, amount)) for amount in (0.4, 0.7, 1.0)]
    assert intensity_order(NEUTRAL, graded).passed
    swapped = [(0.4, graded[1][1]), (0.7, graded[0][1]), (1.0, graded[2][1])]
    assert intensity_order(NEUTRAL, swapped).passed is False


def test_clips_of_different_length_are_not_compared() -> None:
    with pytest.raises(UsageError, match="frames"):
        pair_metrics(NEUTRAL, track_with(np.zeros(20)))
