"""Paint that glows on the face: what is felt where, in a colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from pctalk_studio.document.masks import MASK_SIDE, FaceMask
from pctalk_studio.document.project import EmotionClip, EmotionRegion
from pctalk_studio.session.face_regions import area
from pctalk_studio.session.face_space import FaceMap

RIM, RIM_WIDTH = 0.16, 0.07
"""Weight along which the glow has a dark rim, and how far that reaches: warm skin hides a warm colour that fades out."""

_DARKER = 300
"""Percent by which the rim is darker than the glow."""

U8 = npt.NDArray[np.uint8]

FINER = 2
"""Pixels of the glow for a node of the map; the screen's own would cost ten times as much and show no more."""


def felt_weights(clip: EmotionClip) -> U8:
    """How strongly a clip is felt where: its mask within its regions, [MASK_SIDE, MASK_SIDE] uint8."""
    everywhere = len(clip.regions) == len(EmotionRegion)
    mask = clip.mask or FaceMask()
    weights = np.frombuffer(mask.weights, np.uint8).reshape(MASK_SIDE, MASK_SIDE)
    if everywhere:
        return weights
    within = np.frombuffer(area(clip.regions).weights, np.uint8).reshape(MASK_SIDE, MASK_SIDE)
    return np.asarray(weights.astype(np.uint16) * within // 255, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Glow:
    """A glow over a part of the frame.

    Parameters
    ----------
    image
        Premultiplied colours.
    box
        Left, top, width and height in the frame, measured from its top left corner, pixels.
    pixels
        What the image looks at.
    """

    image: QImage
    box: tuple[float, float, float, float]
    pixels: U8


def glow_of(face: FaceMap, weights: U8, color: QColor, opacity: float) -> Glow:
    """Paint weights over a face.

    Parameters
    ----------
    face
        The frame, mapped back to the face.
    weights
        [MASK_SIDE, MASK_SIDE] uint8.
    color, opacity
        Of full weight.
    """
    left, top, right, bottom = face.box
    rows, columns = face.nodes.shape[:2]
    size = FINER * (columns - 1), FINER * (rows - 1)
    # A window between the centres of nodes, whose first sample lies half a sample inside.
    seen = face.seen(weights, (left, top, right - left, bottom - top), size)
    pixels = np.take(_shades(color, opacity), seen, axis=0)
    image = QImage(pixels.data, size[0], size[1], 4 * size[0], QImage.Format.Format_ARGB32_Premultiplied)
    return Glow(image, (left + 0.5, top + 0.5, right - left, bottom - top), pixels)


def _shades(color: QColor, opacity: float) -> U8:
    """A colour at 256 opacities, premultiplied, [256, 4] uint8 in the order of a 32-bit ARGB word."""
    from sys import byteorder

    weight = np.arange(256) / 255
    fill, rim = weight * opacity, opacity * np.exp(-(((weight - RIM) / RIM_WIDTH) ** 2))
    rim[0] = 0.0  # where nothing is felt the picture is as it is
    dark = color.darker(_DARKER)
    pairs = ((color.blue(), dark.blue()), (color.green(), dark.green()), (color.red(), dark.red()), (255, 255))
    # The rim lies over the fill.
    shades = np.round(np.stack([own * fill * (1 - rim) + over * rim for own, over in pairs], axis=1)).astype(np.uint8)
    return np.ascontiguousarray(shades if byteorder == "little" else shades[:, ::-1])
