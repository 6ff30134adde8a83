"""FaceTrack: each frame a rig, and time going forth and back."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.facts import frontal_rig
from helpers.videos import track_of_rigs
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.hashing import row_hashes
from pctalk_studio.core.motion import Motion, MotionRow, rotation_of
from pctalk_studio.core.time import FrameRate


@pytest.fixture(scope="module")
def track():
    return track_of_rigs([frontal_rig(256)] * 10)


def test_each_frame_is_a_rig_that_obeys_equation_1(track):
    rig = track.rig(3)
    assert np.allclose(rig.scale * (rig.shape @ rig.rotation) + rig.translation, rig.landmarks, atol=1e-3)
    assert rig.picture_hash != track.rig(4).picture_hash


def test_a_movie_plays_forth_and_back_without_a_jump(track):
    frames = track.frames_at(np.arange(60) / 25)
    assert frames[:10].tolist() == list(range(10))
    assert frames[9:19].tolist() == list(range(9, -1, -1))
    assert np.abs(np.diff(frames)).max() == 1


@given(st.floats(1, 240), st.integers(1, 200))
def test_other_rates_take_the_nearest_frame(rate, count):
    track = track_of_rigs([frontal_rig(64)] * 30)
    seconds = np.arange(count) / rate
    seconds = seconds[seconds <= track.times[-1]]
    away = np.abs(track.times[track.frames_at(seconds)] - seconds)
    assert away.max() <= 0.5 / 25 + 1e-6


def test_one_frame_is_a_movie_too():
    assert track_of_rigs([frontal_rig(64)]).frames_at(np.array([0.0, 5.0])).tolist() == [0, 0]


def test_it_goes_along_when_its_frames_are_cut(track):
    cut, whole = track.placed(0.5, (10.0, 4.0), (100, 90)).rig(2), track.rig(2)
    asked = whole.placed(0.5, (10.0, 4.0), (100, 90), "")
    assert np.allclose(cut.landmarks, asked.landmarks, atol=1e-3)
    assert cut.picture_size == (100, 90)


def still(count, source=None):
    pose = np.tile(MotionRow.rest().pose, (count, 1))
    none, four = np.zeros((count, 21, 3), np.float32), np.zeros((count, 4), np.float32)
    return Motion(FrameRate.parse("25"), none, none, pose, four, four, np.zeros(count, np.float32), source)


def test_a_row_s_identity_holds_the_frame_that_it_is_drawn_from():
    motion = still(4, np.array([0, 1, 2, 1], np.int32))
    keys = [motion.row(frame).key() for frame in range(4)]
    assert tuple(keys) == row_hashes(motion.quantised())
    assert keys[1] == keys[3]
    assert len({*keys, still(1).row(0).key()}) == 4
    assert motion.row(2).at_rest


def test_driven_keypoints_follow_each_frame_s_pose():
    straight, turned = frontal_rig(256), frontal_rig(256)
    object.__setattr__(turned, "rotation", rotation_of(0, 0, 20))
    track = track_of_rigs([straight, turned])
    motion = still(2, np.array([1, 0], np.int32))
    driven = motion.k_d(track)
    assert np.allclose(driven, motion.k_ori(track), atol=1e-3)
    assert np.allclose(driven[1], straight.k_ori(), atol=1e-3)
    assert np.abs(driven[0] - driven[1]).max() > 5
    with pytest.raises(ValueError, match="one picture"):
        still(2).k_d(track)
