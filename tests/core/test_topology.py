"""The shipped mesh is what its docstrings promise."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pctalk_studio.core import topology
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.topology import FaceTopology, closed_ring, face_topology


@pytest.fixture(scope="module")
def mesh() -> FaceTopology:
    return face_topology()


def directed_edges(triangles: np.ndarray) -> Counter[tuple[int, int]]:
    return Counter((int(t[i]), int(t[(i + 1) % 3])) for t in triangles for i in range(3))


def boundary_length(triangles: np.ndarray) -> int:
    edges = directed_edges(triangles)
    return sum((b, a) not in edges for a, b in edges)


def test_the_filled_mesh_is_an_oriented_disk(mesh: FaceTopology) -> None:
    edges = directed_edges(mesh.triangles)
    assert max(edges.values()) == 1, "an edge is run through twice in one direction"
    undirected = {frozenset(edge) for edge in edges}
    euler = topology.MESH_COUNT - len(undirected) + len(mesh.triangles)
    assert euler == 1
    border = {frozenset(edge) for edge in edges if edge[::-1] not in edges}
    oval = topology.FACE_OVAL
    assert border == {frozenset((a, b)) for a, b in zip(oval, oval[1:] + oval[:1], strict=True)}
    assert set(np.unique(mesh.triangles)) == set(range(topology.MESH_COUNT))


def test_the_skin_has_three_holes_at_mouth_and_eyes(mesh: FaceTopology) -> None:
    assert [len(part) for part in (mesh.skin_triangles, mesh.mouth_triangles)] == [852, 18]
    assert len(mesh.eye_right_triangles) == len(mesh.eye_left_triangles) == 14
    assert boundary_length(mesh.skin_triangles) == 36 + 20 + 16 + 16
    mouth = closed_ring(topology.INNER_LIP_UPPER, topology.INNER_LIP_LOWER)
    right = closed_ring(topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER)
    left = closed_ring(topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER)
    assert set(mesh.mouth_triangles.ravel()) == set(mouth)
    assert set(mesh.eye_right_triangles.ravel()) == set(right)
    assert set(mesh.eye_left_triangles.ravel()) == set(left)


def test_nearly_all_triangles_face_the_viewer_and_none_is_empty(mesh: FaceTopology) -> None:
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert np.linalg.norm(normals, axis=1).min() > 1e-6
    assert (normals[:, 2] < 0).sum() > 888, "only the rims of nostrils and ears turn away"
    fills = np.concatenate([mesh.mouth_triangles, mesh.eye_right_triangles, mesh.eye_left_triangles])
    assert len(fills) == 46
    assert (normals[852:, 2] < 0).all()


def test_the_mean_face_is_symmetric_to_the_last_bit(mesh: FaceTopology) -> None:
    assert mesh.vertices.dtype == np.float32
    np.testing.assert_array_equal(mesh.mirror[mesh.mirror], np.arange(478))
    np.testing.assert_array_equal(mesh.mirrored(mesh.vertices), mesh.vertices)
    for right, left in (
        (topology.EYE_RIGHT_UPPER, topology.EYE_LEFT_UPPER),
        (topology.EYE_RIGHT_LOWER, topology.EYE_LEFT_LOWER),
        (topology.BROW_RIGHT_UPPER, topology.BROW_LEFT_UPPER),
        (topology.BROW_RIGHT_LOWER, topology.BROW_LEFT_LOWER),
        *((ring[:6], ring[:4:-1]) for ring in (*topology.LIP_UPPER_RINGS, *topology.LIP_LOWER_RINGS)),
    ):
        np.testing.assert_array_equal(mesh.mirror[list(right)], left)
    assert mesh.mirror[468] == 473


def test_the_mean_face_lies_in_the_face_frame(mesh: FaceTopology) -> None:
    v = mesh.vertices
    np.testing.assert_allclose(v[list(topology.OUTER_EYE_CORNERS)], [[-0.5, 0, 0], [0.5, 0, 0]], atol=1e-7)
    assert v[topology.CHIN, 1] > v[14, 1] > v[13, 1] > v[topology.NOSE_TIP, 1] > 0 > v[topology.FOREHEAD, 1]
    assert v[topology.FOREHEAD, 2] == pytest.approx(v[topology.CHIN, 2], abs=1e-6)
    assert v[topology.NOSE_TIP, 2] < v[14, 2] < v[454, 2], "z points away from the viewer"
    assert v[14, 1] - v[13, 1] == pytest.approx(0.002, abs=1e-4)
    opening = v[145, 1] - v[159, 1]
    assert 0.09 < opening < 0.13
    assert 0.49 < np.linalg.norm(v[308] - v[78]) < 0.60


def test_the_lip_rings_are_nested(mesh: FaceTopology) -> None:
    for rings, sign in ((topology.LIP_UPPER_RINGS, -1), (topology.LIP_LOWER_RINGS, 1)):
        heights = np.array([mesh.vertices[list(ring[2:9]), 1] for ring in rings]) * sign
        assert (np.diff(heights, axis=0) > 0).all(), "a ring crosses the next one"


def test_keypoint_groups_name_landmarks_of_their_own_side(mesh: FaceTopology) -> None:
    for keypoint in MESH.keypoints:
        centre = mesh.vertices[list(keypoint.landmarks), 0].mean()
        side = -1 if "right" in keypoint.name else 1 if "left" in keypoint.name else 0
        assert np.sign(round(float(centre), 3)) == side, keypoint.name


def test_lines_that_share_no_ends_make_no_ring() -> None:
    with pytest.raises(ValueError, match="share"):
        closed_ring((1, 2, 3), (1, 4, 5))


def test_shipped_arrays_cannot_be_changed(mesh: FaceTopology) -> None:
    with pytest.raises(ValueError, match="read-only"):
        mesh.vertices[0] = 0
