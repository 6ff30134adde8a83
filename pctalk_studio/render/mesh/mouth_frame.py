"""The mouth's own plane: picture pixels seen along and across the lips, and lip curves as tables over that axis.

*Mouth frame*: u along the face's x axis as the picture shows it (so head roll is taken out), v perpendicular to it, downwards
in the face; both in picture pixels, origin between the middles of the inner lips. A lip curve is a function v(u), which makes
"how far below the upper lip is this pixel" one table look-up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import INNER_LIP_MIDDLES, OUTER_LIP_LOWER, OUTER_LIP_UPPER

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32] | npt.NDArray[np.float64]

MARGIN = (0.22, 0.20, 0.22, 0.46)
"""Region around the lips, E: beside them, above, beside, and below, where a dropped jaw takes the lower lip."""

TABLE_STEP = 0.5
"""Pixels between two entries of a curve table."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, half-open: columns x0 to x1, rows y0 to y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def empty(self) -> bool:
        """True when there is no pixel inside."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    def clipped(self, width: int, height: int) -> Box:
        """The part inside a picture of some size; without pixels when there is none."""
        x0, y0 = min(max(self.x0, 0), width), min(max(self.y0, 0), height)
        return Box(x0, y0, max(min(self.x1, width), x0), max(min(self.y1, height), y0))


@dataclass(frozen=True, slots=True, eq=False)
class MouthFrame:
    """Mouth coordinates of every pixel of a region of interest.

    Parameters
    ----------
    roi
        The region, picture pixels.
    unit
        Pixels per E.
    origin
        [2] float64 picture pixels: where u = v = 0.
    axes
        [2, 2] float64: unit vectors of u and v (rows) in the picture.
    u, v
        [h, w] float32 mouth coordinates of the region's pixel centres.
    column
        [h, w] index of each pixel into a curve table.
    grid
        [n] float64 u of each table entry.
    """

    roi: Box
    unit: float
    origin: F64
    axes: F64
    u: F32
    v: F32
    column: npt.NDArray[np.intp]
    grid: F64

    @classmethod
    def of(cls, rig: FaceRig) -> MouthFrame:
        """Frame and region of a face: the lips with :data:`MARGIN` around them."""
        marks = rig.landmarks[:, :2].astype(np.float64)
        across = rig.rotation[0, :2]
        u_axis = across / max(float(np.linalg.norm(across)), 1e-6)
        axes = np.array([u_axis, [-u_axis[1], u_axis[0]]])
        origin = marks[list(INNER_LIP_MIDDLES)].mean(0)
        ring = (marks[list(OUTER_LIP_UPPER + OUTER_LIP_LOWER)] - origin) @ axes.T
        low, high = ring.min(0) - np.array(MARGIN[:2]) * rig.scale, ring.max(0) + np.array(MARGIN[2:]) * rig.scale
        corners = np.array([[a, b] for a in (low[0], high[0]) for b in (low[1], high[1])]) @ axes + origin
        width, height = rig.picture_size
        x0, y0 = np.floor(corners.min(0)).astype(int)
        x1, y1 = np.ceil(corners.max(0)).astype(int) + 1
        return cls.on(Box(x0, y0, x1, y1).clipped(width, height), rig.scale, origin, axes)

    @classmethod
    def on(cls, roi: Box, unit: float, origin: F64, axes: F64) -> MouthFrame:
        """Frame with given axes on a given region."""
        ys, xs = np.mgrid[roi.y0 : roi.y1, roi.x0 : roi.x1]
        du, dv = xs - origin[0], ys - origin[1]
        u = du * axes[0, 0] + dv * axes[0, 1]
        v = du * axes[1, 0] + dv * axes[1, 1]
        first, last = (float(u.min()), float(u.max())) if u.size else (0.0, 0.0)
        grid = np.arange(first, last + 2 * TABLE_STEP, TABLE_STEP)
        column = np.rint((u - first) / TABLE_STEP).astype(np.intp)
        return cls(roi, unit, origin, axes, u.astype(np.float32), v.astype(np.float32), column, grid)

    def to_mouth(self, points: Points) -> F64:
        """Picture points [..., 2] in mouth coordinates (u, v)."""
        return np.asarray((points - self.origin) @ self.axes.T, np.float64)

    def to_picture(self, points: Points) -> F64:
        """Mouth points [..., 2] in picture pixels."""
        return np.asarray(points @ self.axes + self.origin, np.float64)

    def table(self, curve: Points) -> F32:
        """A curve's v at every table entry.

        Parameters
        ----------
        curve
            [N, 2] picture pixels from the right corner (picture's left) to the left one.

        Returns
        -------
        [n] float32; beyond the ends the end's own v.
        """
        points = self.to_mouth(curve)
        # A curve that doubles back at a corner is cut there: u may only grow.
        u = np.maximum.accumulate(points[:, 0]) + 1e-6 * np.arange(len(points))
        return np.interp(self.grid, u, points[:, 1]).astype(np.float32)

    def box_of(self, points: Points, margin: float) -> Box:
        """Bounding box of picture points in the region's own pixels, grown by a margin and clipped to the region."""
        roi, (left, top), (right, bottom) = self.roi, points.min(0).tolist(), points.max(0).tolist()
        x0, y0 = math.floor(left - margin - roi.x0), math.floor(top - margin - roi.y0)
        x1, y1 = math.ceil(right + margin - roi.x0) + 1, math.ceil(bottom + margin - roi.y0) + 1
        return Box(x0, y0, x1, y1).clipped(roi.x1 - roi.x0, roi.y1 - roi.y0)
