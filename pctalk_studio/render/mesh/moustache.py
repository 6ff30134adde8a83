"""Hair that hangs over the mouth: where a moustache hides the lips, what opens is seen from under its fringe.

The photo shows the strands above the mouth but not where they end once the lips part. Each column's strand is continued over the
opening by a length that follows the strands' own light and dark, so that the fringe belongs to the hair above it.
"""

from __future__ import annotations

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import LIPS_UNCLEAR
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth_frame import F32, TABLE_STEP, U8, MouthFrame

THICK, STRANDS = 0.014, 0.040
"""Length of the fringe over the opening, E: everywhere, and of its longest strands besides."""

SHARE = 0.55
"""Most of an opening that hair hides."""

TIP = 0.016
"""Over how much of their length strands thin out, E."""

_STRAND = 0.008  # width of a bundle of strands that tells from its neighbours, E
_ABOVE = (0.010, 0.040)  # band of the moustache that tells of them, E above the lip


def hides_lips(rig: FaceRig) -> bool:
    """Whether a beard hides the lips of a face."""
    return any(problem.code == LIPS_UNCLEAR for problem in rig.problems)


def fringe(picture: U8, rig: FaceRig, frame: MouthFrame, curves: LipCurves) -> F32 | None:
    """How far hair hangs over the opening, pixels below the upper lip's edge.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    rig
        The face.
    frame, curves
        The mouth's plane, and its lips in the picture.

    Returns
    -------
    F32 | None
        [n], a table over the mouth frame's grid; None for lips that can be seen.
    """
    if not hides_lips(rig):
        return None
    rows = np.arange(_ABOVE[0] * frame.unit, max(_ABOVE[1] * frame.unit, _ABOVE[0] * frame.unit + 2.0))[:, None]
    at = np.stack([np.broadcast_to(frame.grid, (len(rows), len(frame.grid))), curves.upper[None] - rows], axis=-1)
    points = frame.to_picture(at).astype(np.float32)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    seen = cv2.remap(grey, points[..., 0], points[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    along = max(_STRAND * frame.unit / TABLE_STEP, 1.0)
    strands = _smooth(seen.mean(axis=0), 0.5 * along) - _smooth(seen.mean(axis=0), 3 * along)
    strands = np.clip(0.5 + 0.5 * strands / max(float(strands.std()), 1e-3), 0, 1)
    ends = np.clip(np.minimum(frame.grid - curves.left, curves.right - frame.grid) / (0.06 * frame.unit), 0, 1)
    return np.asarray((THICK + STRANDS * strands) * frame.unit * ends, np.float32)


def bared(cover: F32, under: F32, fringe: F32, gap: F32, unit: float) -> F32:
    """What of the opening can be seen below the fringe, 0 to 1.

    Parameters
    ----------
    cover
        How much of each pixel lies between the lips, 0 to 1.
    under
        Distance of each pixel below the upper lip's edge, pixels.
    fringe, gap
        Length of the hair, and the opening, at each pixel's column, pixels.
    unit
        Pixels per E.
    """
    # Where little opens, the fringe is there in small: cut off straight it would be an edge.
    part = np.minimum(np.float32(SHARE / (THICK + STRANDS)) * gap / unit, 1)
    return np.asarray(cover * np.clip((under - fringe * part) * np.float32(1 / (TIP * unit)) + 0.5, 0, 1), np.float32)


def _smooth(values: F32, sigma: float) -> F32:
    return np.asarray(cv2.GaussianBlur(values[None].astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0])
