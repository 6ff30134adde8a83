"""The same person at rest: lips closed, part of a smile undone, lids open.

K_c, the identity, is taken from this shape; what the picture shows beyond it is its resting expression. Only the lips are moved
by rule; the skin around follows so that it bends as little as it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core import topology
from pctalk_studio.core.topology import MESH_COUNT, face_topology

ShapeF64 = npt.NDArray[np.float64]
"""Landmarks [478, 3] float64 in the face frame, unit E."""

_UPPER_SHARE = 0.3
"""Share of the way that the upper lip goes to meet the lower one: parted lips are parted by the jaw more than by the lip."""
_WIDE_MOUTH = 0.57
"""Inner mouth width from which on a mouth counts as drawn wide, E; resting ones measure 0.49 to 0.57."""
_WIDTH_UNDONE, _RAISE_UNDONE = 0.4, 0.5
"""Shares of a smile's widening and of its raised corners that are taken back; the rest may be the person's own build."""
_FALLOFF = (1.0, 0.97, 0.93, 0.88)
"""How far the lip lines from the inside out follow the inner line."""
_LIP_ONLY = 0.03
"""A gap that the lower lip closes without the jaw, E."""
_CHIN_SHARE = 0.85
"""How far the chin follows the lower lip beyond that; it lies nearer to the joint's circle."""
_LID_OPENING = (0.06, 0.16)
"""Lids further closed or opened than this are brought back to it, E."""

_CHIN_POINTS = (152, 148, 377, 176, 400, 175, 199, 171, 396, 208, 428, 200)


@cache
def _skin_solver() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """(handles, free, weights): displacements of free landmarks are ``weights @`` those of handles.

    Free landmarks minimise the squared Laplacian over the skin's edges (thin-plate energy on the mesh). Handles are lips, chin
    and everything from the nose upwards, which stays.
    """
    mesh = face_topology()
    lips = {i for ring in (*topology.LIP_UPPER_RINGS, *topology.LIP_LOWER_RINGS) for i in ring}
    still = {i for i in range(MESH_COUNT) if mesh.vertices[i, 1] < 0.36}
    border = {i for i in topology.FACE_OVAL if mesh.vertices[i, 1] < 0.85}
    handles = np.array(sorted(lips | still | border | set(_CHIN_POINTS)))
    free = np.setdiff1d(np.arange(MESH_COUNT), handles)
    adjacency = np.zeros((MESH_COUNT, MESH_COUNT))
    for a, b, c in mesh.skin_triangles:
        adjacency[[a, b, c, b, c, a], [b, c, a, a, b, c]] = 1.0
    laplacian = np.eye(MESH_COUNT) - adjacency / adjacency.sum(axis=1, keepdims=True)
    weights = np.linalg.lstsq(laplacian[:, free], -laplacian[:, handles], rcond=None)[0]
    return handles, free, np.asarray(weights)


@dataclass(frozen=True, slots=True, eq=False)
class _Mouth:
    """Inner lip lines [11, 3] from the right to the left corner, ends shared."""

    upper: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]

    @classmethod
    def of(cls, shape: ShapeF64) -> _Mouth:
        return cls(shape[list(topology.INNER_LIP_UPPER)], shape[list(topology.INNER_LIP_LOWER)])

    def closed(self) -> npt.NDArray[np.float64]:
        """The line [11, 3] on which relaxed lips meet."""
        line = self.upper + _UPPER_SHARE * (self.lower - self.upper)
        across = line[-1] - line[0]
        width = float(np.linalg.norm(across))
        narrower = _WIDTH_UNDONE * max(0.0, width - _WIDE_MOUTH)
        side = np.linspace(-1.0, 1.0, len(line))[:, None]
        line = line - side * (narrower / 2) * across / width
        raised = float(line[len(line) // 2, 1] - line[[0, -1], 1].mean())
        lowered = _RAISE_UNDONE * max(0.0, raised - 0.02)
        # A smile lifts the corners most; the middle stays.
        line[:, 1] += lowered * side[:, 0] ** 2
        return np.asarray(line)


def _moved_lips(shape: ShapeF64) -> ShapeF64:
    """Displacement [478, 3] of lips and chin towards rest; zero elsewhere."""
    move = np.zeros_like(shape)
    mouth = _Mouth.of(shape)
    line = mouth.closed()
    for rings, inner in ((topology.LIP_UPPER_RINGS, mouth.upper), (topology.LIP_LOWER_RINGS, mouth.lower)):
        for ring, follow in zip(rings, _FALLOFF, strict=True):
            move[list(ring)] = (line - inner) * follow
    lower = move[topology.INNER_LIP_MIDDLES[1]]
    size = float(np.linalg.norm(lower))
    if size > _LIP_ONLY:
        move[list(_CHIN_POINTS)] = lower * (_CHIN_SHARE * (size - _LIP_ONLY) / size)
    return move


def _moved_lids(shape: ShapeF64) -> ShapeF64:
    """Displacement [478, 3] of the upper lids to a usual opening; zero where they are open as usual."""
    move = np.zeros_like(shape)
    for upper, lower in (
        (topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER),
        (topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER),
    ):
        opening = float(np.linalg.norm(shape[upper[4]] - shape[lower[4]]))
        change = float(np.clip(opening, *_LID_OPENING)) - opening
        bulge = np.sin(np.linspace(0.0, np.pi, len(upper)))
        move[list(upper), 1] -= change * bulge
    return move


def relaxed(shape: npt.NDArray[np.float32] | ShapeF64) -> ShapeF64:
    """The shape [478, 3] (face frame, E) of the same person with relaxed face; a relaxed one hardly changes.

    Inner lips meet exactly.
    """
    source = np.asarray(shape, np.float64)
    move = _moved_lips(source)
    handles, free, weights = _skin_solver()
    move[free] = weights @ move[handles]
    return source + move + _moved_lids(source)
