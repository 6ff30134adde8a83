"""A frame on the screen: the part that is seen, at the screen's own pixels, made once for each frame and view."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from pctalk_studio.app.viewport.view import View
from pctalk_studio.render.api import PictureU8

COUNTABLE = 4.0
"""Device pixels for a pixel of the frame from which on pixels are shown as squares."""

_SHARPEST = 0.75
"""Reduction down to which sharpness matters more than what the finest lines turn into."""


class FrameImage:
    """Paints pictures, and remembers the last one as it was scaled."""

    def __init__(self) -> None:
        self._made: tuple[PictureU8, View, QImage, QPointF, PictureU8] | None = None

    def paint(self, painter: QPainter, picture: PictureU8, view: View) -> None:
        """Paint the picture of a whole frame, whatever its size, into the view's pane."""
        made = self._made
        if made is None or made[0] is not picture or made[1] != view:
            scaled = _scaled(picture, view)
            if scaled is None:
                return
            image, corner, pixels = scaled
            self._made = made = (picture, view, image, corner, pixels)
        painter.drawImage(made[3], made[2])


def _scaled(picture: PictureU8, view: View) -> tuple[QImage, QPointF, PictureU8] | None:
    """What of a picture is in the pane, in device pixels; None when nothing is."""
    rows, columns = picture.shape[:2]
    ratio = view.ratio
    # Device pixels for a pixel of this picture; frames of a quicker preview are smaller than the frame that is meant.
    across, down = view.frame[0] / columns * view.factor, view.frame[1] / rows * view.factor
    left, top = (round(value * ratio) for value in view.corner)
    pane = [round(value * ratio) for value in (view.pane[0], view.pane[1])]
    edges = pane[0] + round(view.pane[2] * ratio), pane[1] + round(view.pane[3] * ratio)
    x0, x1 = _seen(pane[0] - left, edges[0] - left, across, columns)
    y0, y1 = _seen(pane[1] - top, edges[1] - top, down, rows)
    if x1 <= x0 or y1 <= y0:
        return None
    target = [round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down)]
    size = max(target[2] - target[0], 1), max(target[3] - target[1], 1)
    part = picture[y0:y1, x0:x1]
    if size != (x1 - x0, y1 - y0):
        part = _resized(part, size)
    elif not part.flags.c_contiguous:
        part = np.ascontiguousarray(part)
    # No copy: the image looks at the array, which is kept beside it.
    image = QImage(part.data, size[0], size[1], part.strides[0], QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(ratio)
    return image, QPointF((left + target[0]) / ratio, (top + target[1]) / ratio), part


def _seen(start: int, stop: int, scale: float, count: int) -> tuple[int, int]:
    """Range of pixels that lie between two device pixels, with some to spare; its ends are even, so that it can be halved."""
    first, last = max(int(start / scale) - 1, 0), min(int(stop / scale) + 2, count)
    return first - first % 2, min(last + last % 2, count)


def _resized(picture: PictureU8, size: tuple[int, int]) -> PictureU8:
    """A picture at another size, at a quarter of what averaging over areas of any size costs.

    It is halved exactly as often as goes, which averages; the rest of the way, less than half, is interpolated.
    """
    while size[0] * 2 <= picture.shape[1] and size[1] * 2 <= picture.shape[0]:
        half = picture.shape[1] // 2, picture.shape[0] // 2
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    scale = size[0] / picture.shape[1]
    how = cv2.INTER_NEAREST if scale >= COUNTABLE else cv2.INTER_CUBIC if scale > _SHARPEST else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)
