"""The mean face is made as it is documented, and what ships is what the edges of the mesh give."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.core import topology
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.topology import face_topology
from pctalk_studio.training.canonical_face import all_triangles, mean_face, oriented, skin_triangles, strip, with_closed_lips


def crooked_faces(count: int) -> list[np.ndarray]:
    """The shipped face, each time in another pose, of another size and with asymmetric dents."""
    rng = np.random.default_rng(5)
    faces = []
    for _ in range(count):
        dented = face_topology().vertices + rng.normal(0, 0.001, (478, 3))
        turned = dented @ rotation_of(*rng.uniform(-15, 15, 3))
        faces.append(turned * rng.uniform(50, 300) + rng.uniform(-100, 100, 3))
    return faces


def test_the_mean_of_crooked_faces_is_the_face_they_were_made_from() -> None:
    mean, mirror = mean_face(crooked_faces(12))
    np.testing.assert_array_equal(mirror, face_topology().mirror)
    np.testing.assert_allclose(mean, face_topology().vertices, atol=0.005)
    np.testing.assert_allclose(mean[mirror] * (-1, 1, 1), mean, atol=1e-9)


def test_too_crooked_faces_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="too few or too crooked"):
        mean_face([rng.normal(size=(478, 3)) for _ in range(2)])


def test_closing_the_lips_leaves_all_else() -> None:
    opened = face_topology().vertices.astype(np.float64).copy()
    opened[list(topology.INNER_LIP_LOWER[1:-1]), 1] += 0.1
    closed = with_closed_lips(opened)
    lips = set(topology.INNER_LIP_UPPER) | set(topology.INNER_LIP_LOWER)
    others = [i for i in range(478) if i not in lips]
    np.testing.assert_array_equal(closed[others], opened[others])
    assert closed[14, 1] - closed[13, 1] == pytest.approx(0.002)


def test_the_shipped_triangles_are_those_of_the_published_edges() -> None:
    from mediapipe.python.solutions.face_mesh_connections import FACEMESH_TESSELATION

    mesh = face_topology()
    made = all_triangles(FACEMESH_TESSELATION, mesh.vertices.astype(np.float64))
    np.testing.assert_array_equal(made, mesh.triangles)


def test_a_ring_of_edges_round_a_piece_is_no_triangle() -> None:
    """A tetrahedron without its floor: the floor's three edges close, but bound the piece instead of a triangle."""
    cone = [(0, 3), (1, 3), (2, 3), (0, 1), (1, 2), (2, 0)]
    skirt = [(0, 4), (1, 4), (1, 5), (2, 5), (2, 6), (0, 6)]
    found = skin_triangles(cone + skirt)
    assert frozenset((0, 1, 2)) not in found
    assert len(found) == 6


def test_orientation_spreads_from_the_first_triangle() -> None:
    quad = [frozenset((0, 1, 2)), frozenset((0, 2, 3))]
    assert oriented(quad, (0, 1, 2)) == [(0, 1, 2), (0, 2, 3)]
    assert oriented(quad, (0, 2, 1)) == [(0, 2, 1), (0, 3, 2)]


def test_a_strip_fills_the_ring_between_two_lines() -> None:
    triangles = strip((0, 1, 2, 3, 4), (0, 11, 12, 13, 4))
    assert len(triangles) == 6
    edges = [(t[i], t[(i + 1) % 3]) for t in triangles for i in range(3)]
    assert len(set(edges)) == len(edges)
    border = {edge for edge in edges if edge[::-1] not in edges}
    assert border == {(1, 0), (2, 1), (3, 2), (4, 3), (0, 11), (11, 12), (12, 13), (13, 4)}
