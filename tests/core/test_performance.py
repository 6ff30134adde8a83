from __future__ import annotations

import numpy as np
import pytest
from helpers.performances import RATE, performance
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.performance import LARGEST_MOVE, MOUTH, PERFORMED, FacePerformance, angles_of, rotations_of

degrees = st.floats(-80, 80)


@given(degrees, degrees, degrees)
def test_angles_undo_rotations(pitch, yaw, roll):
    assert angles_of(rotation_of(pitch, yaw, roll)) == pytest.approx([pitch, yaw, roll], abs=1e-6)


def test_many_rotations_are_as_one_by_one():
    angles = np.random.default_rng(3).uniform(-80, 80, (40, 3))
    assert rotations_of(angles) == pytest.approx(np.stack([rotation_of(*each) for each in angles]), abs=1e-12)


def test_between_frames_it_moves_straight_on_and_beyond_it_rests():
    made = performance(26, yaw=10)
    seen = made.at(np.array([-5.0, 0.0, 0.02, 0.5, 1.0, 9.0]))
    assert seen.pose[:, 1] == pytest.approx([0, 0, 0.2, 5, 10, 10], abs=1e-5)


def test_one_frame_is_a_pose_held():
    made = performance(1)
    assert np.array_equal(made.at(np.array([0.0, 3.0])).pose, np.repeat(made.pose, 2, axis=0))


def test_a_blend_lies_between():
    one, other = performance(5, yaw=0), performance(5, yaw=10)
    half = one.blended(other, np.full(5, 0.5))
    assert half.pose == pytest.approx((one.pose + other.pose) / 2, abs=1e-6)


def test_numbers_that_no_face_has_are_brought_to_what_one_may_have():
    for number in (-32768, 32767):
        wild = FacePerformance.unpacked(RATE, np.full((2, PERFORMED), number, np.int16))
        assert np.abs(wild.expression).max() <= LARGEST_MOVE
        assert 0 <= wild.eyes[:, :2].min() <= wild.eyes[:, :2].max() <= 1
        assert wild.pose[:, 5].min() >= 0.25


def test_packing_is_exact_the_second_time():
    numbers = performance(9).packed()
    assert np.array_equal(FacePerformance.unpacked(RATE, numbers).packed(), numbers)


def test_the_mouth_is_lips_and_jaw():
    assert len(MOUTH) == 9
