"""Rounded boxes, any number of them as one image: each look is drawn once, and repeated column by column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.painting import column_count, paint_pixels

BAR = 2.0
"""Pixels of a bar at the foot of a box, which keeps as many from its ends."""


@dataclass(frozen=True, slots=True)
class BoxLook:
    """How a kind of box looks; colours are names of tokens, and no name draws nothing.

    Parameters
    ----------
    ground, line
        Colours of the box and of the line around it.
    width
        Pixels of the line, which lies inside.
    bar
        Colour of a bar at the foot.
    strength
        Opacity of the ground.
    """

    ground: str = ""
    line: str = ""
    width: float = 1.0
    bar: str = ""
    strength: float = 1.0


class BoxPainter:
    """Paints the boxes of a lane. A box begins and ends on whole device pixels, so that its edges are sharp.

    Parameters
    ----------
    looks
        Of kind 0, 1, ...
    radius
        Pixels of the rounded corners.
    margin, gap
        Pixels between boxes and the lane's upper and lower edge, and between one box and the next.
    height
        Pixels of boxes in the middle of the lane; None lets them fill it but for the margin.
    """

    def __init__(
        self, looks: Sequence[BoxLook], radius: float, margin: float = 0.0, gap: float = 0.0, height: float | None = None
    ) -> None:
        self._looks = tuple(looks)
        self._radius = radius
        self._margin = margin
        self._gap = gap
        self._height = height
        self._columns: tuple[tuple[Tokens, float, float], npt.NDArray[np.uint32]] | None = None

    def paint(
        self,
        painter: QPainter,
        strip: Strip,
        lefts: npt.NDArray[np.float64],
        rights: npt.NDArray[np.float64],
        kinds: Sequence[int] | npt.NDArray[np.int64],
    ) -> None:
        """Draw boxes, of which one may begin before the one before it ends, and lies over it then.

        Parameters
        ----------
        painter, strip
            Draws, and where.
        lefts, rights
            [n] pixels, lefts rising.
        kinds
            [n] which look each has.
        """
        ratio, count = painter.device().devicePixelRatioF(), column_count(painter, strip)
        # Far beyond the view a pixel would not fit a whole number.
        gap = round(self._gap * ratio)
        first = np.clip(np.rint(lefts * ratio) + gap // 2, -1e6, 1e6).astype(np.int64)
        stop = np.clip(np.rint(rights * ratio) - (gap + 1) // 2, -1e6, 1e6).astype(np.int64)
        stop = np.maximum(stop, first + 1)
        cap = self._cap(ratio)
        across = 2 * cap + 1
        columns = np.arange(count)
        box = np.searchsorted(first, columns, side="right") - 1
        owner = np.maximum(box, 0)
        from_left, to_right = columns - first[owner], stop[owner] - 1 - columns
        within = np.where(from_left <= to_right, np.minimum(from_left, cap), across - 1 - np.minimum(to_right, cap))
        chosen = np.asarray(kinds, np.int64)[owner] * across + within
        # The last column is empty.
        chosen[(box < 0) | (to_right < 0)] = across * len(self._looks)
        top, _ = self._rows(strip, ratio)
        paint_pixels(painter, self._table(strip, ratio).take(chosen, axis=1), top / ratio)

    def _rows(self, strip: Strip, ratio: float) -> tuple[int, int]:
        """(first, number) of the device pixels from the top that boxes fill."""
        whole, margin = round(strip.height * ratio), self._margin
        if self._height is not None:
            margin = max((strip.height - self._height) / 2, 0.0)
        top = math.floor(margin * ratio)
        return top, max(whole - 2 * top, 1)

    def _cap(self, ratio: float) -> int:
        """Device pixels of an end of a box, beyond which all its columns are the same."""
        return math.ceil((self._radius + BAR) * ratio)

    def _table(self, strip: Strip, ratio: float) -> npt.NDArray[np.uint32]:
        """[rows, columns] premultiplied pixels: an end, a middle column and an end of each look, and one empty column."""
        key = (strip.tokens, strip.height, ratio)
        if self._columns is None or self._columns[0] != key:
            drawn = [self._drawn(look, strip, ratio) for look in self._looks]
            self._columns = key, np.concatenate([*drawn, np.zeros((len(drawn[0]), 1), np.uint32)], axis=1)
        return self._columns[1]

    def _drawn(self, look: BoxLook, strip: Strip, ratio: float) -> npt.NDArray[np.uint32]:
        across = 2 * self._cap(ratio) + 1
        _, rows = self._rows(strip, ratio)
        image = QImage(across, rows, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        width, height = across / ratio, image.height() / ratio
        ground = strip.tokens.color(look.ground, look.strength) if look.ground else QColor(0, 0, 0, 0)
        inset = look.width / 2 if look.line else 0.0
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(strip.tokens.color(look.line), look.width) if look.line else Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            area = QRectF(inset, inset, width - 2 * inset, height - 2 * inset)
            painter.drawRoundedRect(area, self._radius, self._radius)
            if look.bar:
                foot = QRectF(BAR, height - BAR - 1, width - 2 * BAR, BAR)
                painter.fillRect(foot, strip.tokens.color(look.bar))
        return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, :across].copy()
