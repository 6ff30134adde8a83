"""The two lips as separate layers that can slide over whatever is painted behind them.

A photo shows only one picture of the mouth: where the lips touch, or where teeth begin, the lip's own texture ends. Each layer
therefore continues its lip past the inner edge by folding the lip's own pixels over that edge, a little darker the farther in,
as a lip that rolls inwards is. The dark line between closed lips belongs to neither layer; it is kept apart as a residual
(:class:`LipSeam`), which is put back where and as long as the lips touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.topology import INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER
from pctalk_studio.render.mesh.mouth_frame import F32, U8, MouthFrame

WET_LINE = 0.012
"""How far from the inner edge, in E, the shadow between closed lips reaches."""

ROLL_SHADE = 0.30
"""How much darker the continued lip gets where it has turned inwards."""

ROLL_DEPTH = 0.05
"""Depth, in E, at which that shade is complete."""


@dataclass(frozen=True, slots=True, eq=False)
class LipCurves:
    """Edges of both lips in the unposed picture as tables over the mouth frame's grid.

    Parameters
    ----------
    upper, lower
        [n] float32 inner edges.
    top, bottom
        [n] float32 outer borders.
    left, right
        u of the inner corners on the picture's left and right.
    """

    upper: F32
    lower: F32
    top: F32
    bottom: F32
    left: float
    right: float

    @classmethod
    def of(cls, rig: FaceRig, frame: MouthFrame) -> LipCurves:
        """The lips as the landmarks have them."""
        marks = rig.landmarks[:, :2].astype(np.float64)
        rings = (INNER_LIP_UPPER, INNER_LIP_LOWER, OUTER_LIP_UPPER, OUTER_LIP_LOWER)
        upper, lower, top, bottom = (frame.table(marks[list(ring)]) for ring in rings)
        corners = frame.to_mouth(marks[[INNER_LIP_UPPER[0], INNER_LIP_UPPER[-1]]])[:, 0]
        return cls(upper, np.maximum(upper, lower), top, bottom, float(corners.min()), float(corners.max()))


def lip_layers(picture: U8, frame: MouthFrame, curves: LipCurves) -> tuple[U8, U8]:
    """Textures of the region for the upper and the lower layer, each [h, w, 3] uint8.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    frame
        The mouth's region.
    curves
        The lips in the picture.
    """
    middle = (curves.upper + curves.lower) / 2
    closed = np.clip(1 - (curves.lower - curves.upper) / (0.03 * frame.unit), 0, 1)
    seam = _dark_line(picture, frame, middle, curves)
    inset = (0.006 + WET_LINE * closed) * frame.unit
    # Where the dark line lies beside the landmarks, its far side counts.
    upper_edge = closed * np.minimum(curves.upper, seam) + (1 - closed) * curves.upper
    lower_edge = closed * np.maximum(curves.lower, seam) + (1 - closed) * curves.lower
    upper = _continued(picture, frame, curves, upper_edge, curves.top, inset)
    lower = _continued(picture, frame, curves, lower_edge, curves.bottom, inset)
    return upper, lower


def _dark_line(picture: U8, frame: MouthFrame, middle: F32, curves: LipCurves) -> F32:
    """The darkest line (v) within 0.025 E of the middle line, smooth along the mouth; [n] float32."""
    reach = max(round(0.025 * frame.unit / 0.5), 2)
    offsets = np.arange(-reach, reach + 1) * 0.5
    v = middle[None, :] + offsets[:, None]
    u = np.broadcast_to(frame.grid[None, :], v.shape)
    points = frame.to_picture(np.stack([u, v], -1))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    seen = cv2.remap(grey, points[..., 0].astype(np.float32), points[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    along = max(frame.unit * 0.03 / 0.5, 1.0)
    seen = cv2.GaussianBlur(seen, (0, 0), sigmaX=along, sigmaY=1.0, borderType=cv2.BORDER_REPLICATE)
    # Soft minimum: weights fall off quickly with brightness, so that a flat profile keeps the landmarks' line.
    seen = seen + 0.15 * np.abs(offsets)[:, None] * 40 / max(frame.unit * 0.025, 1.0)
    weight = np.exp(-(seen - seen.min(0)) / 4.0)
    shift = (weight * offsets[:, None]).sum(0) / weight.sum(0)
    inside = (frame.grid > curves.left) & (frame.grid < curves.right)
    even = cv2.GaussianBlur((shift * inside).astype(np.float32)[None], (0, 0), along)[0]
    return np.asarray(middle + even, np.float32)


def _continued(picture: U8, frame: MouthFrame, curves: LipCurves, edge: F32, rim: F32, inset: F32) -> U8:
    """The region with everything beyond a lip's inner edge replaced by the lip folded over that edge."""
    thick = np.abs(edge - rim)
    sign = 1.0 if float((edge - rim).mean()) >= 0 else -1.0
    width = max(curves.right - curves.left, 1.0)
    from_corner = np.minimum(frame.grid - curves.left, curves.right - frame.grid) / width
    taper = np.clip(from_corner / 0.12, 0, 1)
    inset = np.asarray(np.minimum(inset, 0.35 * thick) * taper, np.float32)
    start = edge - sign * inset
    beyond = sign * (frame.v - start[frame.column])
    period = np.maximum(0.6 * thick - inset, 1.0)[frame.column]
    folded = period - np.abs(period - np.mod(beyond, 2 * period))
    inside = (beyond > 0) & (from_corner > 0)[frame.column]
    v = np.where(inside, start[frame.column] - sign * folded, frame.v)
    points = frame.to_picture(np.stack([frame.u, v], -1)).astype(np.float32)
    texture = cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    depth = np.clip((beyond - inset[frame.column]) / (ROLL_DEPTH * frame.unit), 0, 1)
    shade = 1 - ROLL_SHADE * np.where(inside, depth * depth * (3 - 2 * depth), 0)
    own = picture[frame.roi.y0 : frame.roi.y1, frame.roi.x0 : frame.roi.x1]
    # Beyond the other lip the photo goes on as it is.
    far = frame.v > curves.bottom[frame.column] if sign > 0 else frame.v < curves.top[frame.column]
    keep = ~inside | far
    return np.where(keep[..., None], own, np.rint(texture * shade[..., None])).astype(np.uint8)
