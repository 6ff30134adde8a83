"""Pose, keypoints and crop as the published code computes them."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.liveportrait_weights import sample_keypoints
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.nets.liveportrait.crop import (
    DRIVING_CROP,
    POINTS_203,
    CropRule,
    crop_matrix,
    eye_ratios_203,
    inverse_of,
    lip_ratio_203,
)
from pctalk_studio.nets.liveportrait.pose import FaceMotion, angles_of, degrees_of_bins, rotation_matrix, transform


def landmarks() -> np.ndarray:
    a = np.arange(203)
    points = np.stack([300 + 80 * np.cos(6 * np.pi * a / 203 + 0.1), 260 + 110 * np.sin(6 * np.pi * a / 203)], -1)
    points[[0, 6, 12, 18]] = (265, 230)
    points[[24, 30, 36, 42]] = (330, 240)
    points[[48, 66, 90, 102]] = [(270, 320), (320, 326), (296, 316), (295, 331)]
    return points.astype(np.float32)


def test_rotation_has_the_published_signs_and_order():
    wanted = [[0.9361168, 0.08189961, 0.3420202], [-0.1449968, 0.975884, 0.1631759], [-0.320408, -0.2023436, 0.9254165]]
    np.testing.assert_allclose(rotation_matrix(10, -20, 5), wanted, atol=1e-7)


@given(st.floats(-170, 170), st.floats(-89, 89), st.floats(-170, 170))
def test_angles_come_back_from_their_rotation(pitch, yaw, roll):
    np.testing.assert_allclose(angles_of(rotation_matrix(pitch, yaw, roll)), [pitch, yaw, roll], atol=1e-6)


@given(st.floats(-80, 80), st.sampled_from([-90.0, 90.0]), st.floats(-80, 80))
def test_looking_sideways_has_angles_that_give_the_same_rotation(pitch, yaw, roll):
    rotation = rotation_matrix(pitch, yaw, roll)
    angles = angles_of(np.stack([rotation, np.eye(3)]))
    np.testing.assert_allclose(rotation_matrix(*angles[0]), rotation, atol=1e-6)
    np.testing.assert_allclose(angles[1], 0, atol=1e-12)


def test_keypoints_turn_then_deform_then_scale_then_move_in_the_plane():
    source, driving = (k[0].numpy() for k in sample_keypoints())
    moved = transform(source, rotation_matrix(10, -20, 5), driving - source, 1.5, np.array([0.05, -0.1, 0.3]))
    np.testing.assert_allclose(moved[0], [0.01475143, 0.3391478, 0.08842917], atol=1e-6)
    np.testing.assert_allclose(moved[20], [0.346737, 0.2214175, 0.05302909], atol=1e-6)
    assert moved.dtype == np.float32


def test_a_reading_places_its_own_keypoints():
    source, driving = (k[0].numpy() for k in sample_keypoints())
    motion = FaceMotion(10, -20, 5, np.array([0.05, -0.1, 0.3], np.float32), driving - source, 1.5, source)
    np.testing.assert_allclose(motion.keypoints[20], [0.346737, 0.2214175, 0.05302909], atol=1e-6)


@given(st.integers(0, 65))
def test_a_certain_bin_is_its_angle(bin_index):
    logits = np.full((1, 66), -1e4)
    logits[0, bin_index] = 1e4
    assert degrees_of_bins(logits)[0] == pytest.approx(3 * bin_index - 97.5)


def test_a_single_column_is_degrees_already():
    assert degrees_of_bins(np.array([[12.5], [-3.0]])).tolist() == [12.5, -3.0]


def test_crop_of_the_reference_points():
    matrix = crop_matrix(landmarks(), POINTS_203)
    np.testing.assert_allclose(matrix, [[1.009606, 0.02868377, -54.34357], [-0.02868377, 1.009606, 66.11203]], rtol=1e-4)
    assert lip_ratio_203(landmarks()) == pytest.approx(0.2985242, rel=1e-5)


@given(st.floats(-180, 180), st.floats(0.2, 5), st.floats(-900, 900), st.floats(-900, 900))
def test_an_upright_crop_does_not_depend_on_where_the_face_is(angle, size, x, y):
    """Turn, scale and move the picture: every landmark stays where it is in the crop."""
    points = landmarks().astype(np.float64)
    c, s = size * np.cos(np.radians(angle)), size * np.sin(np.radians(angle))
    turned = points @ np.array([[c, s], [-s, c]]) + (x, y)

    def in_crop(p: np.ndarray) -> np.ndarray:
        matrix = crop_matrix(p, POINTS_203)
        return p @ matrix[:, :2].T + matrix[:, 2]

    np.testing.assert_allclose(in_crop(turned), in_crop(points), atol=1e-6)


def test_a_driving_crop_stays_level_and_keeps_its_centre():
    matrix = crop_matrix(landmarks(), POINTS_203, DRIVING_CROP)
    assert matrix[0, 1] == matrix[1, 0] == 0
    low, high = landmarks().min(0), landmarks().max(0)
    centre = (low + high) / 2 + (0, -0.1 * 2.2 * (high - low).max())
    np.testing.assert_allclose(matrix[:, :2] @ centre + matrix[:, 2], [256, 256], atol=1e-4)


def test_the_way_back_is_the_inverse():
    matrix = crop_matrix(landmarks(), POINTS_203, CropRule(scale=1.8, side=256))
    back = inverse_of(matrix)
    point = np.array([12.0, 200.0])
    np.testing.assert_allclose(back[:, :2] @ (matrix[:, :2] @ point + matrix[:, 2]) + back[:, 2], point)


def test_points_without_extent_are_refused():
    with pytest.raises(ValueError, match="coincide"):
        crop_matrix(np.zeros((203, 2)), POINTS_203)


def test_ratios_are_heights_over_widths():
    points = np.zeros((203, 2))
    points[[0, 12, 6, 18]] = [(0, 0), (10, 0), (5, -1), (5, 2)]
    points[[24, 36, 30, 42]] = [(0, 0), (20, 0), (5, -1), (5, 1)]
    assert eye_ratios_203(points) == pytest.approx((0.3, 0.1), rel=1e-5)
