"""Blinks and gaze: rates, shapes, independence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.deformation.eyes import blink_moments
from pctalk_studio.document.project import Emotion, EmotionClip, Gaze, HeadMotion, Project


@pytest.fixture(scope="module")
def minute(speech_of):
    return speech_of([("SIL", 0.5), ("AA", 0.2), ("S", 0.1), ("IY", 0.2)] * 60)


def lids(face, speech, **kw) -> np.ndarray:
    return evaluate(Project(**kw), face, speech).eyes[:, :2]


def onsets(closed: np.ndarray) -> np.ndarray:
    shut = closed[:, 0] > 0.5
    return np.flatnonzero(shut[1:] & ~shut[:-1]) + 1


def test_rate_and_spread_of_blinks():
    moments = [blink_moments(600.0, seed) for seed in range(8)]
    rates = [len(m) / 10 for m in moments]
    assert all(15 <= rate <= 26 for rate in rates)
    assert np.mean(rates) == pytest.approx(20, abs=1.5)
    gaps = np.concatenate([np.diff(m) for m in moments])
    assert gaps.min() >= 0.1
    assert 0.03 < (gaps < 0.5).mean() < 0.13


@pytest.mark.parametrize("seed", range(3))
def test_every_blink_shuts_both_eyes_on_a_frame_and_closes_faster_than_it_opens(seed, face, minute):
    closed = lids(face, minute, seed=seed, gaze=Gaze.CAMERA)
    found = onsets(closed)
    assert 10 <= len(found) <= 33
    for start, following in itertools.pairwise([*found, len(closed)]):
        top = start + int(np.argmax(closed[start : min(start + 5, following), 0]))
        assert np.all(closed[top] == 1.0)
        if following - start < 12 or start < 6:
            continue
        before = int((closed[top - 5 : top, 0] > 0.05).sum())
        after = int((closed[top + 1 : top + 8, 0] > 0.05).sum())
        assert before < after


def test_blinks_fall_into_pauses(face, speech_of):
    speech = speech_of([("SIL", 0.4), ("AA", 1.4)] * 20)
    at = np.concatenate([onsets(lids(face, speech, seed=seed)) / 25 % 1.8 for seed in range(5)])
    # By chance it would be 0.4 of 1.8 seconds.
    assert (at < 0.4).mean() > 0.4


def test_no_blinks_when_switched_off(face, minute):
    assert not lids(face, minute, blink=False, gaze=Gaze.CAMERA).max() > 0.1


def test_blinks_care_for_neither_head_nor_lips(face, minute):
    plain = lids(face, minute)
    assert np.array_equal(plain, lids(face, minute, head=HeadMotion.LIVELY))
    assert np.array_equal(plain, lids(face, minute, lip_scale=0.3))


def test_surprise_holds_blinks_off(face, minute):
    for seed in range(10):
        starts = onsets(lids(face, minute, seed=seed)) / 25
        start = float(starts[2]) - 0.2
        closed = lids(face, minute, seed=seed, emotions=(EmotionClip(Emotion.SURPRISED, start=start),))
        at = np.arange(len(closed)) / 25
        assert closed[(at > start + 0.12) & (at < start + 0.5)].max() < 0.5


def test_camera_gaze_stays_on_the_camera_however_the_head_turns(face, minute):
    still = evaluate(Project(gaze=Gaze.CAMERA, head=HeadMotion.STILL), face, minute)
    assert 0.1 < np.hypot(*still.eyes[:, 2:].T).max() < 2.0
    turned = evaluate(Project(gaze=Gaze.CAMERA, head=HeadMotion.LIVELY), face, minute)
    assert np.abs(turned.eyes[:, 2] + turned.pose[:, 1]).max() < 2.0
    assert np.abs(turned.eyes[:, 3] + turned.pose[:, 0]).max() < 2.0
    assert np.corrcoef(turned.eyes[:, 2], turned.pose[:, 1])[0, 1] < -0.9


def test_natural_gaze_is_mostly_on_the_viewer_and_jumps_fast(face, minute):
    away, sizes, jumps = [], [], []
    for seed in range(6):
        gaze = evaluate(Project(head=HeadMotion.STILL, seed=seed), face, minute).eyes[:, 2:]
        away.append((np.hypot(*gaze.T) > 1.5).mean())
        sizes.append(np.hypot(*gaze.T).max())
        steps = np.hypot(*np.diff(gaze, axis=0).T)
        jumps.append((steps > 1.0).sum())
        # No saccade lasts longer than three frames.
        moving = np.convolve((steps > 0.75).astype(int), np.ones(4, int), "valid")
        assert moving.max() < 4
    assert 0.08 < np.mean(away) < 0.45
    assert max(sizes) <= 12
    assert min(jumps) >= 8


def test_lids_follow_eyes_that_look_down(face, minute):
    plain = lids(face, minute, blink=False, gaze=Gaze.CAMERA)
    sad = lids(face, minute, blink=False, gaze=Gaze.CAMERA, emotions=(EmotionClip(Emotion.SAD),))
    assert np.all(sad > plain)
    assert sad.max() < 0.3
