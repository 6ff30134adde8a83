"""The corners of a mouth that was photographed open: the dark that gathers there belongs to the opening, not to the lips.

Landmarks end before the darkness does. Left in the lips' texture it would stay behind as two dark hooks when the mouth closes or
its corners go down.
"""

from __future__ import annotations

import numpy as np

from pctalk_studio.render.mesh.eye_fill import blurred, luma_of, spread
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, U8, MouthFrame

OPEN = (0.02, 0.05)
"""Gap in the photo, E, from which corners begin to be healed, and from which they are healed fully."""

REACH = 0.085
"""How far around a corner its dark is looked for, E."""

DARK = (0.12, 0.35)
"""How much darker than lips and skin around, as a part, begins to count as dark, and counts fully."""

HEALED = 0.8
"""Part of the dark that goes: corners of closed lips are a little dark, too."""


def without_dark_corners(picture: U8, frame: MouthFrame, curves: LipCurves) -> U8:
    """The picture with lips and skin continued over the dark in the corners of an open mouth.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    frame, curves
        The mouth's region, and its lips in the picture.

    Returns
    -------
    U8
        The same array where the lips are closed; otherwise a new one that differs around the corners alone.
    """
    gap = curves.lower - curves.upper
    share = float(np.clip((gap.max() / frame.unit - OPEN[0]) / (OPEN[1] - OPEN[0]), 0, 1))
    if share == 0:
        return picture
    region = picture[frame.roi.slices].astype(np.float32)
    light = np.maximum(luma_of(region), 4.0)
    column, margin = frame.column, np.float32(0.012 * frame.unit)
    opening = (frame.v > curves.upper[column] - margin) & (frame.v < curves.lower[column] + margin)
    opening &= (frame.u > curves.left) & (frame.u < curves.right)
    near = _around_corners(frame, curves)
    trusted = np.where(opening, np.float32(1e-6), np.float32(1)) * (1 / (1 + np.square(near * 3)))
    level = luma_of(spread(region, trusted.astype(np.float32), 0.02 * frame.unit))
    for _ in range(2):
        off = np.maximum(level - light, 0) / np.maximum(level, 4.0)
        trusted = np.where(opening, np.float32(1e-6), 1 / (1 + np.square(off / np.float32(0.10)))).astype(np.float32)
        plain = spread(region, trusted, 0.012 * frame.unit)
        level = luma_of(plain)
    dark = np.clip(((level - light) / np.maximum(level, 4.0) - DARK[0]) / (DARK[1] - DARK[0]), 0, 1)
    cover = blurred((dark * near).astype(np.float32), max(0.006 * frame.unit, 0.5))
    out = picture.copy()
    healed = region + (HEALED * share * np.clip(cover, 0, 1))[..., None] * (plain - region)
    out[frame.roi.slices] = np.rint(np.clip(healed, 0, 255)).astype(np.uint8)
    return out


def _around_corners(frame: MouthFrame, curves: LipCurves) -> F32:
    """1 at the corners, falling to 0 at some distance, [h, w] float32."""
    near = np.zeros_like(frame.u)
    middle = (curves.upper + curves.lower) / 2
    for inner, outer in ((curves.left, curves.first), (curves.right, curves.last)):
        u = (inner + outer) / 2
        v = float(np.interp(u, frame.grid, middle))
        away = np.hypot(frame.u - np.float32(u), frame.v - np.float32(v)) * np.float32(1 / (REACH * frame.unit))
        near = np.maximum(near, np.clip(2 - 2 * away, 0, 1))
    return np.asarray(near, np.float32)
