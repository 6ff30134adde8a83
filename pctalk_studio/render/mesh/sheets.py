"""The three weight maps of a face: the whole face coarsely, and finely around the mouth the sheets of both lips.

The mesh ends at the face oval; beyond it weights fall smoothly to zero, so that nothing farther out moves at all. Between the
lips, where the photo has no skin, each lip's sheet goes on with the values of the lip's edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from pctalk_studio.core import topology as topo
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.render.mesh.fields import Grid, Spread, WeightMap
from pctalk_studio.render.mesh.handles import resting_lines
from pctalk_studio.render.mesh.mouth_frame import MouthFrame
from pctalk_studio.render.mesh.weights import HandleWeights

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
B8 = npt.NDArray[np.bool_]

FACE_STEP, MOUTH_STEP = 0.042, 0.026
"""Distance of the nodes, E."""

SKIRT, JAW_SKIRT = 0.10, 0.34
"""How far beyond the face oval weights fall to zero, E: anywhere, and in addition where the jaw's weight is 1. A chin that drops
by 0.15 E needs at least that much of the neck to give way, or the skin would fold."""

_STILL_NODES = 3
"""Nodes around all that moves, so that enlarging a field finds zeros there."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSheets:
    """Weight maps of one face in one picture.

    Parameters
    ----------
    face
        Everything, with the lips' own motion averaged where they meet.
    upper, lower
        Around the mouth: the sheet of the upper and of the lower lip.
    """

    face: WeightMap
    upper: WeightMap
    lower: WeightMap

    @classmethod
    def of(cls, rig: FaceRig, weights: HandleWeights, frame: MouthFrame) -> FaceSheets:
        """Spread the weights over a rig's picture.

        Parameters
        ----------
        rig
            The face.
        weights
            Vertex weights.
        frame
            The mouth's axes and the region in which the mouth is put together.
        """
        points = rig.landmarks.astype(np.float64)
        lines = resting_lines(rig.landmarks, rig.scale)
        points[list(topo.INNER_LIP_UPPER)], points[list(topo.INNER_LIP_LOWER)] = lines.upper, lines.lower
        reach = (SKIRT + JAW_SKIRT + 2 * FACE_STEP) * rig.scale
        low, high = points[: topo.MESH_COUNT, :2].min(0) - reach, points[: topo.MESH_COUNT, :2].max(0) + reach
        face_grid = Grid.over(low, high, max(round(FACE_STEP * rig.scale), 1))
        face_grid, face = _trimmed(face_grid, _skin_weights(face_grid, points, weights, rig.scale))
        step = max(round(MOUTH_STEP * rig.scale), 1)
        roi = frame.roi
        mouth_grid = Grid.over(np.array([roi.x0, roi.y0]), np.array([roi.x1, roi.y1]), step)
        mouth = _skin_weights(mouth_grid, points, weights, rig.scale)
        lips = _LipZones.of(points, weights, frame)
        upper, lower = lips.sheets(mouth_grid, mouth)
        outside = ~lips.within(face_grid)
        return cls(WeightMap.of(face_grid, face, outside), upper, lower)


def _skin_weights(grid: Grid, points: F64, weights: HandleWeights, unit: float) -> F32:
    """Weights [rows, columns, P] at the nodes, falling to zero beyond the mesh; holes filled from their rim."""
    topology = topo.face_topology()
    holes = {tuple(t) for t in topology.mouth_triangles.tolist()}
    skin = np.array([t for t in topology.triangles.tolist() if tuple(t) not in holes], np.int32)
    spread = Spread.of(grid, points[:, :2], points[:, 2], skin)
    values = spread.values(weights.matrix)
    uncovered = (~spread.covered).astype(np.uint8)
    distance, label = cv2.distanceTransformWithLabels(
        uncovered, cv2.DIST_L2, cv2.DIST_MASK_PRECISE, labelType=cv2.DIST_LABEL_PIXEL
    )
    row_of, column_of = np.zeros(label.max() + 1, int), np.zeros(label.max() + 1, int)
    rows, columns = np.nonzero(spread.covered)
    row_of[label[rows, columns]], column_of[label[rows, columns]] = rows, columns
    nearest = values[row_of[label], column_of[label]]
    chin = np.clip(nearest[..., MESH.index("chin")], 0, 1)
    lips = np.clip(np.abs(nearest[..., :8]).max(-1), 0, 1)
    reach = (SKIRT + JAW_SKIRT * np.maximum(chin, lips)) * unit / grid.step
    reach = cv2.GaussianBlur(reach.astype(np.float32), (0, 0), 0.06 * unit / grid.step)
    part = np.clip(1 - distance / reach, 0, 1)
    hole = uncovered.astype(bool) & _enclosed(uncovered)
    fall = np.where(hole, 1, part * part * (3 - 2 * part))
    extended = (nearest * fall[..., None]).astype(np.float32)
    sigma = max(0.02 * unit / grid.step, 0.5)
    smooth = _blurred(extended, sigma)
    # Skin far from the rim keeps its exact values; the seam at the rim and the nearest-point creases beyond it are smoothed.
    inner = cv2.distanceTransform(1 - uncovered, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * grid.step / unit
    share = np.clip(1 - inner / 0.06, 0, 1)[..., None] * (~hole)[..., None]
    blended = extended + share.astype(np.float32) * (smooth - extended)
    blended[distance > reach] = 0
    return np.asarray(blended, np.float32)


def _trimmed(grid: Grid, weights: F32) -> tuple[Grid, F32]:
    """The part of a grid where any weight [rows, columns, P] is not zero, with a margin, and the weights there."""
    moving = weights.any(-1)
    parts = []
    for marked in (moving.any(1), moving.any(0)):
        places = np.flatnonzero(marked)
        first, last = (places[0], places[-1]) if len(places) else (0, 0)
        parts.append(slice(max(int(first) - _STILL_NODES, 0), min(int(last) + 1 + _STILL_NODES, len(marked))))
    rows, columns = parts
    kept = weights[rows, columns]
    x0, y0 = grid.x0 + columns.start * grid.step, grid.y0 + rows.start * grid.step
    return Grid(x0, y0, grid.step, kept.shape[1], kept.shape[0]), kept


def _enclosed(uncovered: npt.NDArray[np.uint8]) -> B8:
    """Uncovered nodes that are not joined to the border of the grid."""
    _, component = cv2.connectedComponents(uncovered, connectivity=4)
    rim = np.concatenate([component[0], component[-1], component[:, 0], component[:, -1]])
    return np.asarray(~np.isin(component, np.unique(rim)) & uncovered.astype(bool))


def _blurred(values: F32, sigma: float) -> F32:
    """Gaussian blur of [rows, columns, P], any number of channels."""
    out = np.empty_like(values)
    for p in range(values.shape[-1]):
        out[..., p] = cv2.GaussianBlur(values[..., p], (0, 0), sigma)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _LipZones:
    """Lip lines over the mouth's axis, and the handle weights along them.

    ``u`` and ``v`` are those of :class:`MouthFrame`.
    """

    frame: MouthFrame
    left: float
    right: float
    upper: PchipInterpolator
    lower: PchipInterpolator
    top: PchipInterpolator
    bottom: PchipInterpolator
    upper_weights: PchipInterpolator
    lower_weights: PchipInterpolator

    @classmethod
    def of(cls, points: F64, weights: HandleWeights, frame: MouthFrame) -> _LipZones:
        uv = frame.to_mouth(points[:, :2])

        def along(ring: tuple[int, ...], values: npt.NDArray[Any]) -> PchipInterpolator:
            u = np.maximum.accumulate(uv[list(ring), 0]) + 1e-4 * np.arange(len(ring))
            return PchipInterpolator(u, values, extrapolate=True)

        def line(ring: tuple[int, ...]) -> PchipInterpolator:
            return along(ring, uv[list(ring), 1])

        inner_upper, inner_lower = topo.INNER_LIP_UPPER, topo.INNER_LIP_LOWER
        return cls(
            frame,
            float(uv[inner_upper[0], 0]),
            float(uv[inner_upper[-1], 0]),
            line(inner_upper),
            line(inner_lower),
            line(topo.OUTER_LIP_UPPER),
            line(topo.OUTER_LIP_LOWER),
            along(inner_upper, weights.matrix[list(inner_upper)]),
            along(inner_lower, weights.matrix[list(inner_lower)]),
        )

    def within(self, grid: Grid) -> B8:
        """Nodes on or between the lips."""
        uv = self.frame.to_mouth(grid.nodes)
        u = np.clip(uv[..., 0], self.left, self.right)
        margin = 1.5 * grid.step
        level = (uv[..., 1] > self.top(u) - margin) & (uv[..., 1] < self.bottom(u) + margin)
        return np.asarray(level & (np.abs(u - uv[..., 0]) < margin))

    def sheets(self, grid: Grid, skin: F32) -> tuple[WeightMap, WeightMap]:
        """Both sheets on a grid, given the skin's weights on it."""
        uv = self.frame.to_mouth(grid.nodes)
        u, v = np.clip(uv[..., 0], self.left, self.right), uv[..., 1]
        inside = (uv[..., 0] > self.left) & (uv[..., 0] < self.right)
        from_corner = np.minimum(uv[..., 0] - self.left, self.right - uv[..., 0]).clip(0)
        upper, lower = self.upper(u), self.lower(u)
        maps = []
        for edge, far, rim, sign, along in (
            (upper, lower, self.bottom(u), 1, self.upper_weights),
            (lower, upper, self.top(u), -1, self.lower_weights),
        ):
            # The sheet is the edge's own across the opening and the nearer part of the other lip, then gives way to the skin.
            # Towards the corners, where the lips become one, the zone closes like a lens.
            thick = np.maximum(np.minimum(sign * (rim - far), 0.8 * from_corner), 0.25 * grid.step)
            beyond = np.clip((sign * (v - far) / thick - 0.45) / 0.55, 0, 1)
            kept = 1 - beyond * beyond * (3 - 2 * beyond)
            kept = np.where(inside & (sign * (v - edge) > 0), kept, 0)[..., None]
            sheet = skin + kept * (along(u) - skin)
            valid = ~inside | (sign * (v - edge) < 0.5 * grid.step)
            maps.append(WeightMap.of(grid, _blurred(sheet.astype(np.float32), 0.7), np.asarray(valid)))
        return maps[0], maps[1]
