from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.hashing import row_hashes
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, LANDMARK_COUNT, MESH, Region
from pctalk_studio.core.motion import ROW_STEPS, Motion, MotionRow, rotation_of
from pctalk_studio.core.time import FrameRate

flat_rows = hnp.arrays(np.float32, len(ROW_STEPS), elements=st.floats(-2, 2, width=32))


def some_rig(seed: int = 0) -> FaceRig:
    rng = np.random.default_rng(seed)
    shape = rng.normal(0, 0.5, (LANDMARK_COUNT, 3)).astype(np.float32)
    rotation, scale, translation = rotation_of(4, -12, 7), 130.0, np.array([260.0, 240.0, 3.0])
    landmarks = (scale * (shape @ rotation) + translation).astype(np.float32)
    return FaceRig("h", (512, 512), landmarks, rotation, scale, translation, shape, shape * 0.98, "mesh", 1.0)


@given(flat_rows)
def test_quantising_is_idempotent_and_moves_no_channel_by_more_than_half_a_step(flat):
    row = MotionRow.of_flat(flat)
    once = row.quantised()
    assert np.array_equal(once.flat(), once.quantised().flat())
    assert np.all(np.abs(once.flat() - flat) <= ROW_STEPS * 0.5001)
    assert once.key() == row.key()


def test_rows_that_differ_by_a_step_have_different_keys_and_minus_zero_is_zero():
    rest = MotionRow.rest()
    keys = {rest.key()}
    for channel, step in enumerate(ROW_STEPS):
        flat = rest.flat()
        flat[channel] += step
        keys.add(MotionRow.of_flat(flat).key())
    assert len(keys) == len(ROW_STEPS) + 1
    assert MotionRow.of_flat(np.where(rest.flat() == 0, np.float32(-0.0), rest.flat())).key() == rest.key()


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(-60, 60))
def test_rotations_are_proper(pitch, yaw, roll):
    rotation = rotation_of(pitch, yaw, roll)
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert np.isclose(np.linalg.det(rotation), 1)


@pytest.mark.parametrize(
    ("angles", "point", "axis", "sign"),
    [((10, 0, 0), (0, 0, -1), 1, -1), ((0, 10, 0), (0, 0, -1), 0, 1), ((0, 0, 10), (0, -1, 0), 0, 1)],
    ids=["chin up lifts the nose", "yaw turns the nose to the picture's right", "roll tips the crown clockwise"],
)
def test_angles_have_the_signs_that_are_written(angles, point, axis, sign):
    moved = np.array(point, float) @ rotation_of(*angles)
    assert sign * moved[axis] > 0.1


def test_paper_equations_hold_for_keypoints():
    rig = some_rig()
    k_ori = rig.scale * ((rig.k_c() + rig.delta()) @ rig.rotation) + rig.translation
    assert np.allclose(k_ori, rig.k_ori(), atol=1e-3)
    rng = np.random.default_rng(1)
    lip, emotion = (rng.normal(0, 0.05, (3, KEYPOINT_COUNT, 3)).astype(np.float32) for _ in range(2))
    pose = np.tile(np.array([0, 0, 0, 0, 0, 1], np.float32), (3, 1))
    zero = np.zeros((3, 4), np.float32)
    motion = Motion(FrameRate(Fraction(25)), lip, emotion, pose, zero, zero, np.zeros(3, np.float32))
    d = rig.scale * ((lip + emotion) @ rig.rotation)
    assert np.allclose(motion.k_d(rig), rig.k_ori() + d, atol=1e-3)
    assert np.allclose(motion.row(1).deformation, lip[1] + emotion[1], atol=ROW_STEPS[0])


def test_a_rig_follows_its_picture():
    rig = some_rig()
    placed = rig.placed(2.0, (10.0, 20.0), (640, 480), "other")
    rebuilt = placed.scale * (placed.shape @ placed.rotation) + placed.translation
    assert np.allclose(rebuilt, placed.landmarks, atol=1e-3)
    # The centre of pixel (0, 0) lies at 0.5 in continuous coordinates; twice that, less the window and half a pixel.
    assert np.allclose(placed.landmarks[:, 0], (rig.landmarks[:, 0] + 0.5) * 2 - 0.5 - 10, atol=1e-3)
    assert placed.picture_size == (640, 480)


def test_the_layout_is_symmetric_and_names_the_lips():
    assert len(MESH.keypoints) == KEYPOINT_COUNT
    assert len({k.name for k in MESH.keypoints}) == KEYPOINT_COUNT
    assert len(MESH.indices(Region.LIPS)) == 8
    for keypoint in MESH.keypoints:
        assert len(set(keypoint.landmarks)) == len(keypoint.landmarks)
        if keypoint.name.endswith("_right"):
            twin = MESH.keypoints[MESH.index(keypoint.name.removesuffix("_right") + "_left")]
            assert len(twin.landmarks) == len(keypoint.landmarks)
    with pytest.raises(KeyError):
        MESH.index("ear")


def test_rows_hash_alike_one_by_one_and_all_together():
    random = np.random.default_rng(3)
    count = 9
    parts = {name: random.normal(0, 0.1, (count, n)).astype(np.float32) for name, n in (("pose", 6), ("eyes", 4), ("mouth", 4))}
    lip, emotion = random.normal(0, 1e-4, (2, count, KEYPOINT_COUNT, 3)).astype(np.float32)
    motion = Motion(FrameRate.parse("25"), lip, emotion, target_openness=np.zeros(count, np.float32), **parts)
    assert row_hashes(motion.quantised()) == tuple(motion.row(frame).key() for frame in range(count))
    assert row_hashes(motion.quantised()[:0]) == ()
