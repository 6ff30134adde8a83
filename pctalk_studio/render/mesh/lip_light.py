"""Light and shadow on moving lips: what the photo shows at their meeting, and what changes as they part, press and stretch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, U8, MouthFrame, Points

TOUCHING = 0.03
"""Gap in the photo, E, from which its lips do not touch at all; they touch fully below half of it."""

PARTED = 0.016
"""Gap, E, at which nothing of the seam is left."""

LINE_DEPTH = 0.45
"""How dark a painted lip line is, where the photo itself has none."""

LINE_WIDTH = 0.007
"""Its half width, E."""


@dataclass(frozen=True, slots=True, eq=False)
class LipSeam:
    """What the photo shows at the meeting of the lips and the two layers do not: the dark line, moist glints, hairs.

    Parameters
    ----------
    residual
        [h, w, 3] float32: photo minus the layers put together as in the photo.
    rest
        [n] float32: v of the line where the layers meet in the photo.
    slack
        [n] float32: how far apart the landmarks of touching lips lie in the photo, pixels; a gap up to this is no opening.
    painted
        [n] float32: 1 where the photo's lips are too far apart to have a seam, so that one must be painted, else 0.
    left, right
        u of the photo's inner corners.
    """

    residual: F32
    rest: F32
    slack: F32
    painted: F32
    left: float
    right: float

    @classmethod
    def of(cls, picture: U8, frame: MouthFrame, curves: LipCurves, upper: U8, lower: U8) -> LipSeam:
        """The seam of a photo, given its layers."""
        rest = ((curves.upper + curves.lower) / 2).astype(np.float32)
        offset = frame.v - rest[frame.column]
        below = np.clip(offset + 0.5, 0, 1)[..., None]
        residual = picture[frame.roi.slices].astype(np.float32) - (upper * (1 - below) + lower * below)
        near = np.clip((0.06 - np.abs(offset) / frame.unit) / 0.02, 0, 1)
        touch = np.clip(2 - 2 * (curves.lower - curves.upper) / (TOUCHING * frame.unit), 0, 1).astype(np.float32)
        inside = (frame.grid > curves.left) & (frame.grid < curves.right)
        open_mouth = float(np.mean(touch[inside])) < 0.5 if inside.any() else False
        slack = np.zeros_like(touch) if open_mouth else np.minimum(curves.lower - curves.upper, TOUCHING * frame.unit)
        painted = (1 - touch) if open_mouth else np.zeros_like(touch)
        weight = (near * touch[frame.column])[..., None] * (0.0 if open_mouth else 1.0)
        return cls((residual * weight).astype(np.float32), rest, slack, painted, curves.left, curves.right)

    def laid_on(self, region: U8, frame: MouthFrame, above: F32, below: F32, left: float, right: float) -> None:
        """Put the seam where lips touch, in place.

        Parameters
        ----------
        region
            [h, w, 3] uint8, changed.
        frame
            Of the region.
        above, below
            [n] float32: the lips' inner edges now.
        left, right
            u of the inner corners now.
        """
        near = np.clip(1 - (below - above - self.slack) * (1 / (PARTED * frame.unit)), 0, 1).astype(np.float32)
        middle = (above + below) * np.float32(0.5)
        among = (frame.grid >= left - 0.1 * frame.unit) & (frame.grid <= right + 0.1 * frame.unit)
        if not np.any(near[among] > 0):
            return
        ends = np.array([[frame.grid[among][0], middle[among].min()], [frame.grid[among][-1], middle[among].max()]])
        corners = np.array([[u, v] for u in ends[:, 0] for v in ends[:, 1]])
        box = frame.box_of(frame.to_picture(corners), 0.065 * frame.unit)
        if box.empty:
            return
        column = frame.column[box.slices]
        offset = frame.v[box.slices] - middle[column]
        stretch = (self.right - self.left) / max(right - left, 1.0)
        u = (frame.u[box.slices] - np.float32(left)) * np.float32(stretch) + np.float32(self.left)
        rest_u = (frame.grid - left) * stretch + self.left
        v = offset + np.interp(rest_u, frame.grid, self.rest).astype(np.float32)[column]
        axes = frame.axes.astype(np.float32)
        x0, y0 = frame.origin - (frame.roi.x0, frame.roi.y0)
        map_x, map_y = u * axes[0, 0] + v * axes[1, 0] + np.float32(x0), u * axes[0, 1] + v * axes[1, 1] + np.float32(y0)
        seam = cv2.remap(self.residual, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        weight = near[column]
        part = region[box.slices].astype(np.float32) + seam * weight[..., None]
        line = np.exp(-((offset * (1 / max(LINE_WIDTH * frame.unit, 0.7))) ** 2)) * (weight * self.painted[column])
        inside = (frame.u[box.slices] >= left) & (frame.u[box.slices] <= right)
        part *= (1 - LINE_DEPTH * line * inside)[..., None]
        region[box.slices] = np.rint(np.clip(part, 0, 255)).astype(np.uint8)


def lit_lips(
    region: U8, frame: MouthFrame, seam: LipSeam, lips: tuple[Points, Points], press: float, smile: float, stretch: float
) -> U8:
    """Put the seam and the light on a composed region; see :meth:`pctalk_studio.render.mesh.mouth.MouthLayers.shade`."""
    shaded = region.copy()
    ends = frame.to_mouth(np.asarray([lips[0][0], lips[0][-1]]))[:, 0]
    above, below = frame.table(lips[0]), frame.table(lips[1])
    seam.laid_on(shaded, frame, above, np.maximum(above, below), float(ends[0]), float(ends[1]))
    return shaded
