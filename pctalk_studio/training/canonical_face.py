"""The mean face and its triangles: ``python -m pctalk_studio.training.canonical_face PORTRAIT... -o FILE.npz``.

The mesh network's makers publish the edges of its mesh, but its wheel holds no mean face. Ours is a statistic: the median of the
landmarks of all given portraits that look into the camera with closed lips, each also mirrored, after generalised
Procrustes alignment (Gower 1975). No picture and no single face can be recovered from it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.detection import SURE_PRESENCE, candidates
from pctalk_studio.analysis.face.networks import FaceNetworks, PictureU8
from pctalk_studio.analysis.face.pose import similarity
from pctalk_studio.analysis.face.reading import Window, averaged, look
from pctalk_studio.core import topology
from pctalk_studio.core.topology import MESH_COUNT

ArrayF64 = npt.NDArray[np.float64]
Triangle = tuple[int, int, int]

_CLOSED = 0.03
"""Largest inner-lip gap of a portrait that counts, E."""
_FRONTAL = 0.17
"""Largest sideways offset of the nose tip from the eyes' middle, E; about 20 degrees of yaw."""
_STEADY = 0.016
"""Largest disagreement of looks, E."""
_HALF_GAP = 0.001
"""Half the gap that is left between the closed lips' middles, E, so that the mouth's triangles are not empty."""
_JITTER = (
    (0.0, 0.0, 1.0, 0.0),
    (0.03, 0.02, 1.04, 3.0),
    (-0.03, -0.02, 0.97, -3.0),
    (0.02, -0.03, 0.95, -1.5),
    (-0.02, 0.03, 1.06, 1.5),
)
_CROOKED = 0.1
"""Largest distance of a landmark from the mirror image of its partner, E."""
_ROUNDS = 30


def read_portrait(networks: FaceNetworks, picture: PictureU8) -> ArrayF64 | None:
    """Landmarks [478, 3] of the surest face if it is frontal, relaxed and read with certainty.

    Mirrored looks are not used, because the table of mirror images is what is to be made.
    """
    found = candidates(networks, picture)
    if not found:
        return None
    window = found[0].window
    for _ in range(2):
        window = Window.around(look(networks, picture, window).landmarks)
    reading = averaged([look(networks, picture, window.jittered(*jitter)) for jitter in _JITTER])
    points = reading.landmarks
    across = points[263] - points[33]
    unit = float(np.linalg.norm(across))
    gap = float(np.linalg.norm(points[13] - points[14])) / unit
    aside = abs(float((points[topology.NOSE_TIP] - (points[33] + points[263]) / 2)[:2] @ across[:2])) / unit**2
    good = reading.presence >= SURE_PRESENCE and reading.spread() < _STEADY and gap < _CLOSED and aside < _FRONTAL
    return points if good else None


def _in_face_frame(points: ArrayF64) -> ArrayF64:
    """Turn, move and scale into the face frame: eye corners level, forehead over chin, E the unit."""
    across = points[263] - points[33]
    x = across / np.linalg.norm(across)
    y = points[topology.CHIN] - points[topology.FOREHEAD]
    y = y - x * (x @ y)
    y /= np.linalg.norm(y)
    frame = np.stack([x, y, np.cross(x, y)], axis=1)
    out = (points - (points[33] + points[263]) / 2) @ frame
    return np.asarray(out / (out[263, 0] - out[33, 0]), np.float64)


def _flipped(points: ArrayF64) -> ArrayF64:
    return np.asarray(points * np.array([-1.0, 1.0, 1.0]), np.float64)


def mirror_table(points: ArrayF64) -> npt.NDArray[np.int32]:
    """[478] which landmark is whose mirror image: the assignment of least distance between a face and its mirror image."""
    from scipy.optimize import linear_sum_assignment

    distance = np.linalg.norm(points[:, None] - _flipped(points)[None], axis=2)
    rows, columns = linear_sum_assignment(distance)
    mirror = np.asarray(columns, np.int32)
    if (mirror[mirror] != rows).any() or distance[rows, columns].max() > _CROOKED:
        raise ValueError("the portraits are too few or too crooked to tell which landmark mirrors which")
    return mirror


def mean_face(faces: Sequence[ArrayF64]) -> tuple[ArrayF64, npt.NDArray[np.int32]]:
    """Symmetric median [478, 3] in the face frame after generalised Procrustes alignment, and the mirror table."""
    weights = np.ones(len(faces[0]))
    mean = _in_face_frame(faces[0])

    def aligned(points: ArrayF64) -> ArrayF64:
        return np.asarray(similarity(points, mean, weights).to_picture(points))

    for _ in range(_ROUNDS // 3):
        mean = _in_face_frame(np.median([aligned(points) for points in faces], axis=0))
    mirror = mirror_table(mean)
    both = [*faces, *(_flipped(points)[mirror] for points in faces)]
    for _ in range(_ROUNDS):
        mean = np.median([aligned(points) for points in both], axis=0)
        mean = _in_face_frame((mean + _flipped(mean)[mirror]) / 2)
    return mean, mirror


def with_closed_lips(points: ArrayF64) -> ArrayF64:
    """The face with its inner lips brought together except for a hair's breadth."""
    out = points.copy()
    lines = zip(topology.INNER_LIP_UPPER[1:-1], topology.INNER_LIP_LOWER[1:-1], strict=True)
    for column, (upper, lower) in enumerate(lines, 1):
        middle = (points[upper] + points[lower]) / 2
        half = np.array([0.0, _HALF_GAP * np.sin(np.pi * column / 10), 0.0])
        out[upper], out[lower] = middle - half, middle + half
    return out


def skin_triangles(edges: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """Triangles of a mesh that is given by its edges.

    Three edges that close are a triangle, unless all of them already border two others: then they run round a piece of the mesh.
    """
    neighbours: dict[int, set[int]] = {}
    for a, b in edges:
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    closed = {frozenset((a, b, c)) for a in neighbours for b in neighbours[a] for c in neighbours[a] & neighbours[b]}
    uses = Counter(side for three in closed for side in _sides(three))
    return [three for three in closed if any(uses[side] <= 2 for side in _sides(three))]


def _sides(three: frozenset[int]) -> list[frozenset[int]]:
    return [three - {corner} for corner in three]


def oriented(triangles: Iterable[frozenset[int]], first: Triangle) -> list[Triangle]:
    """Corners in the order in which neighbours agree, beginning with ``first``; sorted, smallest corner in front."""
    waiting: dict[frozenset[int], list[frozenset[int]]] = {}
    for three in triangles:
        for side in _sides(three):
            waiting.setdefault(side, []).append(three)
    done: dict[frozenset[int], Triangle] = {frozenset(first): first}
    stack = [first]
    while stack:
        a, b, c = stack.pop()
        for x, y in ((a, b), (b, c), (c, a)):
            for three in waiting[frozenset((x, y))]:
                if three not in done:
                    (far,) = three - {x, y}
                    done[three] = (y, x, far)
                    stack.append(done[three])
    return sorted(_rotated(triangle) for triangle in done.values())


def _rotated(triangle: Triangle) -> Triangle:
    a, b, c = triangle
    return min((a, b, c), (b, c, a), (c, a, b))


def strip(upper: Sequence[int], lower: Sequence[int]) -> list[Triangle]:
    """Triangles between two lines that share both ends, the diagonals mirrored about the middle; normals towards the viewer.

    ``upper`` runs to the picture's right.
    """
    last = len(upper) - 1
    out = [(upper[0], lower[1], upper[1]), (upper[last - 1], lower[last - 1], upper[last])]
    for k in range(1, last - 1):
        a, b, c, d = upper[k], upper[k + 1], lower[k + 1], lower[k]
        out += [(a, c, b), (a, d, c)] if k < last / 2 else [(a, d, b), (b, d, c)]
    return [_rotated(triangle) for triangle in out]


def all_triangles(edges: Iterable[tuple[int, int]], vertices: ArrayF64) -> npt.NDArray[np.int32]:
    """[898, 3]: skin, mouth, right eye, left eye; see ``core.topology.FaceTopology``."""
    skin = skin_triangles(edges)
    a, b, c = min(tuple(sorted(three)) for three in skin if topology.NOSE_TIP in three)
    normal = np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])
    out = oriented(skin, (a, b, c) if normal[2] < 0 else (a, c, b))
    out += strip(topology.INNER_LIP_UPPER, topology.INNER_LIP_LOWER)
    out += strip(topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER)
    out += strip(topology.EYE_LEFT_UPPER[::-1], topology.EYE_LEFT_LOWER[::-1])
    return np.array(out, np.int32)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the file that ships as resources/canonical_face.npz; 0 on success."""
    import cv2
    from mediapipe.python.solutions.face_mesh_connections import FACEMESH_TESSELATION

    parser = argparse.ArgumentParser(prog="python -m pctalk_studio.training.canonical_face", description=__doc__)
    parser.add_argument("portraits", type=Path, nargs="+", help="photographs; those that are frontal and relaxed are used")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    faces = []
    with FaceNetworks() as networks:
        for path in options.portraits:
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            points = None if picture is None else read_portrait(networks, np.asarray(picture[:, :, ::-1], np.uint8))
            if points is not None:
                faces.append(points)
                sys.stdout.write(f"{path.name}\n")
    mean, mirror = mean_face(faces)
    mean = with_closed_lips(mean)
    vertices = mean.astype(np.float32)
    vertices = (vertices + vertices[mirror] * np.array([-1, 1, 1], np.float32)) / np.float32(2)
    np.savez(options.out, vertices=vertices, triangles=all_triangles(FACEMESH_TESSELATION, mean), mirror=mirror)
    sys.stdout.write(f"{len(faces)} faces of {MESH_COUNT} landmarks\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
