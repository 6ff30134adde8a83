"""How every mesh vertex follows the keypoints and the lip handles: smooth weights, solved once on the mean face.

A weight function is the smoothest one (bending energy of the cotangent Laplacian, Botsch & Sorkine 2008, "On linear variational
surface deformation methods") that takes given values where the anatomy says so. Lips and lids are cut apart, so nothing leaks
across the mouth. Because the mean face is mirror symmetric, so are the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from pctalk_studio.core import topology as topo
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, LANDMARK_COUNT, MESH, Region
from pctalk_studio.core.topology import FaceTopology

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]

LIP_COLUMNS = len(topo.INNER_LIP_UPPER) - 2
"""Lip handles a lip: the landmarks of a ring without the two corners."""

HANDLE_COUNT = KEYPOINT_COUNT + 4 * LIP_COLUMNS
"""Keypoints, then inner-lip handles (upper, lower), then lip-border handles (upper, lower)."""

JAW_OVAL = (58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288)
"""Part of the face oval that belongs to the lower jaw, from the subject's right to the left."""
JAW_HINGES = (132, 361)
"""Oval landmarks level with the ear lobes: the jaw turns about the line through them."""

STILL = (33, 133, 362, 263, 168, 6, 4, 195)
"""Eye corners and the ridge of the nose: no keypoint moves them."""

# How much of an inner-lip handle's way each lip ring goes, from inside to outside: closing lips slide more than they stretch.
SLIDE_PROFILE = (1.0, 0.95, 0.88, 0.78)
# And of a border handle's: the inner edge stays, the border moves, the red between them stretches.
SWELL_PROFILE = (0.0, 0.35, 0.7, 1.0)

GLASSES = (0.66, -0.21, 0.32, 0.12)
"""What glasses cover, E: so far to each side of the root of the nose, from their upper rim to their lower one; and the width over
which skin around them gives way. Brows begin where it does."""
GLASSES_HOLD, LENS_HOLD, LENS = 0.85, 0.5, 0.1
"""Share of the skin's motion that rims take away, and lenses at the line of the eyes; half the height, E, in which they do. A rim
that follows a brow is bent; an eye behind a lens must still widen."""

_JAW_STIFFNESS = 40.0
_HARMONIC = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class HandleWeights:
    """Vertex weights of all handles.

    Parameters
    ----------
    matrix
        [478, 57] float32: vertex displacement = matrix @ handle displacements, in whatever frame the handles are given.
    """

    matrix: F32

    @classmethod
    def solve(cls, face: FaceTopology) -> HandleWeights:
        """Solve on the mean face; deterministic, about 30 ms."""
        energy = _bending_energy(face)
        keypoints = _keypoint_weights(energy, face)
        lips = _lip_weights(energy)
        skin = np.hstack([keypoints, lips])
        matrix = np.zeros((LANDMARK_COUNT, HANDLE_COUNT), np.float32)
        matrix[: topo.MESH_COUNT] = skin
        return cls(_symmetrised(matrix, face.mirror))

    def behind_glasses(self, shape: F32) -> HandleWeights:
        """The same for a face with glasses: the skin that they cover moves less, for they are one picture with it.

        Glasses should stand still altogether; but eyes that never widen would cost the expression.

        Parameters
        ----------
        shape
            [478, 3] the face in the face frame, unit E.
        """
        side, top, bottom, edge = GLASSES
        away = np.maximum(np.maximum(np.abs(shape[:, 0]) - side, top - shape[:, 1]), shape[:, 1] - bottom) / edge
        part = np.clip(1 - away, 0, 1)
        covered = part * part * (3 - 2 * part)
        hold = GLASSES_HOLD - (GLASSES_HOLD - LENS_HOLD) * np.exp(-((shape[:, 1] / LENS) ** 2))
        return HandleWeights((self.matrix * (1 - hold * covered)[:, None]).astype(np.float32))


def mirrored_handles() -> npt.NDArray[np.int64]:
    """For every handle the one on the other side, [57] int64."""
    names = [keypoint.name for keypoint in MESH.keypoints]
    swapped = [n.replace("right", "#").replace("left", "right").replace("#", "left") for n in names]
    order = [names.index(n) for n in swapped]
    for block in range(4):
        first = KEYPOINT_COUNT + block * LIP_COLUMNS
        order.extend(range(first + LIP_COLUMNS - 1, first - 1, -1))
    return np.asarray(order, np.int64)


def _symmetrised(matrix: F32, mirror: npt.NDArray[np.int32]) -> F32:
    """Average with the mirror image, which removes the solver's last-bit asymmetry."""
    reflected = matrix[mirror][:, mirrored_handles()]
    return np.asarray((matrix + reflected) / 2, np.float32)


def _bending_energy(face: FaceTopology) -> F64:
    """Quadratic form [468, 468] whose minimiser is smooth: L' M^-1 L with a little L."""
    vertices, n = face.vertices[: topo.MESH_COUNT].astype(np.float64), topo.MESH_COUNT
    laplacian, mass = np.zeros((n, n)), np.zeros(n)
    for a, b, c in face.skin_triangles:
        area = 0.5 * np.linalg.norm(np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a]))
        mass[[a, b, c]] += area / 3
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            cosine = (vertices[i] - vertices[k]) @ (vertices[j] - vertices[k])
            # Slivers give huge or negative cotangents; bounded ones keep the form well conditioned and weights monotone.
            half = 0.5 * np.clip(cosine / max(2 * area, 1e-9), 0.05, 5.0)
            laplacian[i, j] -= half
            laplacian[j, i] -= half
            laplacian[i, i] += half
            laplacian[j, j] += half
    mass = np.maximum(mass, 1e-5)
    # At the rims of mouth, eyes and face the discrete Laplacian also measures the slope across the rim. Leaving those rows out
    # lets weights run straight over a rim instead of levelling off (Stein et al. 2018, "Natural boundary conditions").
    inner = np.ones(n)
    inner[_rim(face.skin_triangles)] = 0
    energy = laplacian.T @ (laplacian * (inner / mass)[:, None]) * float(mass.mean()) + _HARMONIC * laplacian * float(mass.mean())
    return np.asarray(energy)


def _rim(triangles: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Vertices on edges that belong to one triangle only."""
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    return np.asarray(np.unique(unique[count == 1]), np.int64)


def _minimise(energy: F64, rows: F64, values: F64, pull: F64 | None = None) -> F64:
    """Minimise x' energy x - 2 pull' x subject to ``rows @ x == values`` (Lagrange multipliers); a solution a column."""
    n, m = len(energy), len(rows)
    system = np.block([[energy, rows.T], [rows, np.zeros((m, m))]])
    top = np.zeros((n, values.shape[1])) if pull is None else pull
    return np.asarray(np.linalg.solve(system, np.vstack([top, values]))[:n])


def _unit_rows(vertices: tuple[int, ...]) -> F64:
    rows = np.zeros((len(vertices), topo.MESH_COUNT))
    rows[np.arange(len(vertices)), list(vertices)] = 1
    return rows


def _still_oval() -> tuple[int, ...]:
    return tuple(v for v in topo.FACE_OVAL if v not in JAW_OVAL)


def jaw_share(face: FaceTopology) -> F64:
    """How far each vertex of JAW_OVAL follows the chin, [15] float64.

    The lower jaw turns about the hinges; for a small turn the drop of a point is proportional to its distance in front of them.
    """
    depth = face.vertices[:, 2].astype(np.float64)
    hinge, chin = depth[list(JAW_HINGES)].mean(), depth[topo.CHIN]
    share = np.clip((hinge - depth[list(JAW_OVAL)]) / (hinge - chin), 0, 1)
    return np.asarray(share**1.25)


def _lip_profiles(face: FaceTopology, lip: str) -> F64:
    """How the 11 columns of a lip follow the keypoints, [11, 21]: a natural cubic spline along the lip.

    The keypoints of a lip are its corners, the columns between corner and middle in pairs, and the middle column. The spline's
    knots lie there; their values are solved for so that the mean of each group is exact.
    """
    names = ("lip_corner_right", f"lip_{lip}_right", f"lip_{lip}_mid", f"lip_{lip}_left", "lip_corner_left")
    columns = ((0,), (2, 3), (5,), (7, 8), (10,))
    place = face.vertices[list(topo.INNER_LIP_UPPER), 0].astype(np.float64)
    knots = np.array([place[list(group)].mean() for group in columns])
    unit = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")(place)
    means = np.array([unit[list(group)].mean(0) for group in columns])
    profile = np.zeros((len(place), KEYPOINT_COUNT))
    profile[:, [MESH.index(name) for name in names]] = unit @ np.linalg.inv(means)
    return profile


def _keypoint_weights(energy: F64, face: FaceTopology) -> F64:
    """[468, 21]: the mean over a keypoint's group is 1 for that keypoint and 0 for all others."""
    lips: dict[int, F64] = {}
    for name, rings in (("upper", topo.LIP_UPPER_RINGS), ("lower", topo.LIP_LOWER_RINGS)):
        for ring in rings:
            lips.update(zip(ring, _lip_profiles(face, name), strict=True))
    others = [k for k, keypoint in enumerate(MESH.keypoints) if keypoint.region is not Region.LIPS]
    groups = np.zeros((len(others), topo.MESH_COUNT))
    for row, k in enumerate(others):
        groups[row, list(MESH.keypoints[k].landmarks)] = 1 / len(MESH.keypoints[k].landmarks)
    still = _unit_rows(STILL + _still_oval())
    rows = np.vstack([_unit_rows(tuple(lips)), groups, still])
    values = np.vstack([np.array(list(lips.values())), np.eye(KEYPOINT_COUNT)[others], np.zeros((len(still), KEYPOINT_COUNT))])
    # The jaw line follows the chin softly: a hard value there would fight the group mean of the chin itself.
    jaw = _unit_rows(JAW_OVAL)
    target = np.zeros((topo.MESH_COUNT, KEYPOINT_COUNT))
    target[:, MESH.index("chin")] = jaw.T @ jaw_share(face)
    held = energy + _JAW_STIFFNESS * jaw.T @ jaw
    return _minimise(held, rows, values, _JAW_STIFFNESS * target)


def _lip_weights(energy: F64) -> F64:
    """[468, 36]: inner-lip handles slide their column of the lip, border handles swell it; chin, nose and cheeks stay."""
    rings = (topo.LIP_UPPER_RINGS, topo.LIP_LOWER_RINGS)
    lips = sorted({v for lip in rings for ring in lip for v in ring})
    around = {v for keypoint in MESH.keypoints for v in keypoint.landmarks} | {*STILL, *topo.FACE_OVAL}
    fixed = tuple(lips + sorted(around - set(lips)))
    place = {v: i for i, v in enumerate(fixed)}
    blocks = []
    for profile in (SLIDE_PROFILE, SWELL_PROFILE):
        for lip in rings:
            values = np.zeros((len(fixed), LIP_COLUMNS))
            for ring, share in zip(lip, profile, strict=True):
                for column, v in enumerate(ring[1:-1]):
                    values[place[v], column] = share
            blocks.append(values)
    return _minimise(energy, _unit_rows(fixed), np.hstack(blocks))
