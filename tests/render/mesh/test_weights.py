"""Vertex weights: exact at keypoint groups, still where nothing moves, symmetric, smooth along the lips."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.core import topology as topo
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.render.mesh.weights import (
    GLASSES_HOLD,
    HANDLE_COUNT,
    JAW_OVAL,
    LENS_HOLD,
    LIP_COLUMNS,
    STILL,
    HandleWeights,
    mirrored_handles,
)


@pytest.fixture(scope="module")
def matrix():
    return HandleWeights.solve(topo.face_topology()).matrix


def test_the_mean_of_each_group_follows_its_own_keypoint_only(matrix):
    means = np.array([matrix[list(k.landmarks)].mean(0) for k in MESH.keypoints])[:, :KEYPOINT_COUNT]
    assert np.abs(means - np.eye(KEYPOINT_COUNT)).max() < 1e-3


def test_still_parts_and_the_upper_rim_do_not_move(matrix):
    assert matrix.shape == (478, HANDLE_COUNT)
    rim = [v for v in topo.FACE_OVAL if v not in JAW_OVAL]
    assert np.abs(matrix[[*STILL, *rim]]).max() < 1e-4
    assert not matrix[468:].any()


def test_the_jaw_line_follows_the_chin_less_and_less_towards_the_hinges(matrix):
    follow = matrix[list(JAW_OVAL), MESH.index("chin")]
    half = follow[: len(follow) // 2 + 1]
    assert (np.diff(half) > 0).all()
    assert half[0] < 0.12
    assert half[-1] > 0.9


def test_weights_are_mirror_images(matrix):
    mirror = topo.face_topology().mirror
    assert np.array_equal(matrix, matrix[mirror][:, mirrored_handles()])


def test_lips_are_cut_apart(matrix):
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    assert matrix[13, upper] > 0.99
    assert abs(matrix[13, lower]) < 1e-3
    assert matrix[14, lower] > 0.99
    assert abs(matrix[14, upper]) < 1e-3


@pytest.mark.parametrize("ring", [topo.INNER_LIP_UPPER, topo.OUTER_LIP_LOWER])
def test_a_stretch_of_the_mouth_stretches_it_evenly(matrix, ring):
    shape = topo.face_topology().vertices[:, 0]
    keypoints = np.array([shape[list(k.landmarks)].mean() for k in MESH.keypoints])
    led = matrix[list(ring), :KEYPOINT_COUNT] @ keypoints
    steps = np.diff(led) / np.diff(shape[list(ring)])
    assert steps.min() > 0.6
    assert steps.max() < 1.5


def test_inner_handles_move_one_column_each(matrix):
    for block, ring in ((0, topo.INNER_LIP_UPPER), (1, topo.INNER_LIP_LOWER)):
        first = KEYPOINT_COUNT + block * LIP_COLUMNS
        assert np.abs(matrix[list(ring[1:-1]), first : first + LIP_COLUMNS] - np.eye(LIP_COLUMNS)).max() < 1e-3
        assert np.abs(matrix[[ring[0], ring[-1]], first : first + LIP_COLUMNS]).max() < 1e-3


def test_glasses_hold_the_skin_that_they_cover(matrix):
    shape = topo.face_topology().vertices
    held = HandleWeights(matrix).behind_glasses(shape).matrix
    share = np.abs(held).sum(axis=1) / np.abs(matrix).sum(axis=1).clip(1e-9)
    assert share[[159, 145, 386, 374]].min() > 0.7 * (1 - LENS_HOLD), "eyes widen behind lenses"
    rims = [i for i in range(topo.MESH_COUNT) if abs(shape[i, 0]) < 0.5 and 0.2 < shape[i, 1] < 0.3]
    assert rims
    assert share[rims] == pytest.approx(1 - GLASSES_HOLD, abs=0.05), "rims stay"
    assert np.array_equal(held[list(topo.INNER_LIP_UPPER)], matrix[list(topo.INNER_LIP_UPPER)])
    assert np.array_equal(held[[10, 152]], matrix[[10, 152]])
