"""Furrows of a lid that the photo does not show: those of the skin below the eye, folded up over it.

Skin below an eye is as old as the lid and lies in the same light; it is always there, and no brow, lash or shadow of the socket
crosses it. Folded along the lower lid its creases run as a lid's do.
"""

from __future__ import annotations

import cv2
import numpy as np

from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_fill import ColourF32, blurred, luma_of
from pctalk_studio.render.mesh.eye_frame import EyeFrame, ease

BELOW = 0.20
"""Distance below the lower lid, over that of the corners, from which skin is plain: above lie lashes and the wet rim."""

SQUEEZE = 0.8
"""Height of the skin that is looked at over that of the lid which gets its furrows: a lid's lie closer."""

COARSE = 0.075
"""Standard deviation, over the distance of the corners, from which detail is shape and no furrow."""

PLAUSIBLE = 0.45
"""Natural logarithm of the brightness of a furrow over that of the skin beside it; what differs much more is none."""

FURROWED, YOUNG = (0.05, 0.11), 0.6
"""Deviations of detail below the eye of faces without furrows and with many, and how much less the former's lids have."""

DEPTH = np.array([0.85, 1.05, 1.2], np.float32)
"""How deep the lid's furrows are over those below the eye in R, G, B: light that gets into a furrow is redder."""


def lid_texture(picture: PictureU8, frame: EyeFrame) -> ColourF32:
    """Light on a lid's furrows over that on plain skin, [h, w, 3] float32 over an eye's window.

    Parameters
    ----------
    picture
        [H, W, 3] uint8.
    frame
        The eye.
    """
    width = frame.width
    x0, y0, x1, y1 = frame.window
    # Around a small eye there is no telling furrows from lashes.
    depth = DEPTH * np.float32(ease(width, 16.0, 40.0))
    away = frame.lower + np.float32(BELOW * width) + np.float32(SQUEEZE) * np.maximum(frame.lower - frame.v, 0) - frame.v
    columns, rows = np.meshgrid(np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32))
    x, y = columns + away * np.float32(frame.down[0]), rows + away * np.float32(frame.down[1])
    low = np.maximum(np.floor([x.min(), y.min()]) - 2 * COARSE * width, 0).astype(int)
    high = np.minimum(np.ceil([x.max(), y.max()]) + 2 * COARSE * width + 1, picture.shape[1::-1]).astype(int)
    if (high - low < 8).any():
        return np.ones((*frame.u.shape, 3), np.float32)
    light = np.log(luma_of(picture[low[1] : high[1], low[0] : high[0]].astype(np.float32)) + np.float32(8))
    detail = light - blurred(light, COARSE * width)
    detail /= 1 + np.square(detail / np.float32(PLAUSIBLE))
    x, y = x - np.float32(low[0]), y - np.float32(low[1])
    folded = np.asarray(cv2.remap(detail, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.float32)
    # What creases a young face has below the eye are those of its smile: its lids have none.
    seen = folded[(frame.v > frame.fold) & (frame.v < frame.lower) & (frame.u > 0) & (frame.u < width)]
    furrowed = ease(float(seen.std()), *FURROWED) if seen.size else 0.0
    depth = depth * np.float32(1 - YOUNG * (1 - furrowed))
    return np.asarray(np.exp(folded[..., None] * depth), np.float32)
