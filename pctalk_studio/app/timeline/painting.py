"""Painting that several lanes share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.spans import Item, Spans
from pctalk_studio.document.speech_track import Owner

CROWDED = 8.0
"""Mean pixels of an item below which items are drawn as columns of colour, for names would not be read anyway."""

_COLUMN_EDGE = 3.0
"""Pixels between columns of colour and the edges of the lane."""

_ROOM_FOR_SIGN = 36.0

_REMEMBERED = 10_000
"""Shortened texts that are kept."""


def crowded(count: int, width: float, least: float = CROWDED) -> bool:
    """Whether so many items are too many to be drawn one by one, since each would have fewer pixels than it needs."""
    return count * least > width


def paint_columns(
    painter: QPainter, spans: Spans[Item], ranks: npt.NDArray[np.uint8], colors: Sequence[QColor | None], strip: Strip
) -> None:
    """Draw items as columns a pixel wide; where several share a pixel, the one of the highest rank.

    Parameters
    ----------
    painter
        Draws.
    spans, ranks
        Items, and for each [n] which colour it has; a higher rank wins.
    colors
        By rank, opaque; None draws nothing.
    strip
        Where.
    """
    count, ratio = column_count(painter, strip), painter.device().devicePixelRatioF()
    edges = strip.scale.time(np.arange(count + 1, dtype=np.float64) / ratio)
    low = np.searchsorted(spans.ends, edges[:-1], side="right")
    high = np.searchsorted(spans.starts, edges[1:], side="left")
    seen = np.flatnonzero(low < high)
    if not len(seen):
        return
    bounds = np.stack([low[seen], high[seen]], 1).ravel()
    best = np.zeros(count, np.int64)
    best[seen] = np.maximum.reduceat(np.append(ranks, np.uint8(0)).astype(np.int64), bounds)[::2] + 1
    # One image instead of hundreds of rectangles; nothing, the first of these, is transparent.
    shades = np.array([0, *(0 if color is None else color.rgba() for color in colors)], np.uint32)
    rows = round((strip.height - 2 * _COLUMN_EDGE) * ratio)
    paint_pixels(painter, np.tile(shades[best], (max(rows, 1), 1)), _COLUMN_EDGE)


def paint_pixels(painter: QPainter, pixels: npt.NDArray[np.uint32], top: float) -> None:
    """Paint [rows, columns] device pixels, premultiplied ARGB, from the left edge and some logical pixels down."""
    ratio, (count, width) = painter.device().devicePixelRatioF(), pixels.shape
    image = QImage(pixels.data, width, count, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QRectF(0, top, width / ratio, count / ratio), image)


def paint_owner(painter: QPainter, owner: Owner, box: QRectF, tokens: Tokens) -> None:
    """Sign of an owner: a dot for what was edited, a lock for what is locked, nothing for the rest.

    In the upper right corner; of narrow boxes, where it would lie on the name, a dot or a line along the upper edge.
    """
    if owner is Owner.AUTOMATIC or box.width() < 4:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("text"))
    narrow = box.width() < _ROOM_FOR_SIGN
    if owner is Owner.EDITED:
        at = QPointF(box.center().x(), box.top() + 2) if narrow else QPointF(box.right() - 5.5, box.top() + 5.5)
        painter.drawEllipse(at, 1.5, 1.5)
    elif narrow:
        painter.drawRect(QRectF(box.left() + 1.5, box.top(), box.width() - 3, 1.5))
    else:
        x, y = box.right() - 6, box.top() + 5.5
        painter.drawRect(QRectF(x - 2.5, y, 5, 3.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.color("text"), 1))
        painter.drawArc(QRectF(x - 1.5, y - 3, 3, 5), 0, 180 * 16)


def paint_hatch(painter: QPainter, box: QRectF, color: QColor) -> None:
    """Hatch a box."""
    painter.fillRect(box, QBrush(color, Qt.BrushStyle.BDiagPattern))


def paint_wave_line(painter: QPainter, left: float, right: float, y: float, color: QColor) -> None:
    """A wavy line, as under words that a spelling checker does not know."""
    xs = np.arange(left, right, 2.0)
    if len(xs) < 2:
        return
    points = QPolygonF([QPointF(float(x), y + (1.0 if number % 2 else -1.0)) for number, x in enumerate(xs)])
    painter.setPen(QPen(color, 1.2))
    painter.drawPolyline(points)


@lru_cache(maxsize=64)
def _shades(rgba: int) -> npt.NDArray[np.uint32]:
    """[256] premultiplied pixels of a colour, by how much of a pixel is covered."""
    shades = np.arange(256) * (rgba >> 24) // 255
    whole = shades << 24
    for shift in (16, 8, 0):
        whole |= shades * ((rgba >> shift) & 255) // 255 << shift
    table = whole.astype(np.uint32)
    table.setflags(write=False)
    return table


class Lettering:
    """Lines of text in a font. How wide they are, and how they are shortened, is remembered: measuring costs as much as writing.

    Parameters
    ----------
    font
        In which is written.
    """

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self._middle = (self.metrics.ascent() - self.metrics.descent()) / 2
        self._widths: dict[str, float] = {}
        self._shortened: dict[tuple[str, int], str] = {}

    def width(self, text: str) -> float:
        """Pixels that a text takes."""
        width = self._widths.get(text)
        if width is None:
            width = self._widths[text] = self.metrics.horizontalAdvance(text)
        return width

    def fitting(self, text: str, room: float) -> str:
        """The text, or its beginning and an ellipsis, so that it takes no more than some pixels."""
        if self.width(text) <= room:
            return text
        key = (text, int(room))
        if key not in self._shortened:
            if len(self._shortened) > _REMEMBERED:
                self._shortened.clear()
            self._shortened[key] = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, key[1])
        return self._shortened[key]

    def write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Write about a point, with a painter that has the font; many times as fast as letting Qt lay it out."""
        painter.drawText(QPointF(x - self.width(text) / 2, y + self._middle), text)


def paint_band(
    painter: QPainter, strip: Strip, upper: npt.NDArray[np.float64], lower: npt.NDArray[np.float64], color: QColor
) -> None:
    """Fill, in each column of device pixels, what lies between two heights; edges that cover a pixel in part are softened.

    One image is drawn however many columns there are, which is many times as fast as a polygon.

    Parameters
    ----------
    painter, strip
        Draws, and where.
    upper, lower
        [n] device pixels from the top, one for each column of the strip; nothing is drawn where ``upper >= lower``.
    color
        Of the band.
    """
    ratio = painter.device().devicePixelRatioF()
    drawn = upper < lower
    if not drawn.any():
        return
    # Only rows that are touched: most lines lie within a few.
    top = max(int(np.floor(upper[drawn].min())), 0)
    bottom = min(int(np.ceil(lower[drawn].max())), round(strip.height * ratio))
    if bottom <= top:
        return
    # In steps of 1/255 pixel, counted from the topmost row: as whole numbers, which are narrower than floats and index the table.
    steps = 255 * np.arange(bottom - top + 1, dtype=np.int32)[:, None]
    covered = np.minimum(((lower - top) * 255).astype(np.int32), steps[1:])
    covered -= np.maximum(((upper - top) * 255).astype(np.int32), steps[:-1])
    # Below nothing is nothing: that is clipped on the way.
    paint_pixels(painter, _shades(color.rgba()).take(covered, mode="clip"), top / ratio)


def column_count(painter: QPainter, strip: Strip) -> int:
    """Columns of device pixels of a strip."""
    return max(1, round(strip.width * painter.device().devicePixelRatioF()))


def paint_line(
    painter: QPainter, strip: Strip, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], color: QColor, width: float
) -> None:
    """Draw a line through points from left to right, however many there are.

    Parameters
    ----------
    painter, strip
        Draws, and where.
    xs, ys
        [n] pixels, rising in x; two points at one x make a step.
    color, width
        Of the line.
    """
    paint_lines(painter, strip, xs, [(ys, color)], width)


def paint_lines(
    painter: QPainter,
    strip: Strip,
    xs: npt.NDArray[np.float64],
    lines: Sequence[tuple[npt.NDArray[np.float64], QColor]],
    width: float,
) -> None:
    """Draw lines through points of the same x, as :func:`paint_line` does each, from the lowest to the topmost."""
    if not len(xs):
        return
    count, ratio = column_count(painter, strip), painter.device().devicePixelRatioF()
    edges = np.arange(count + 1) / ratio
    columns = np.floor(xs * ratio).astype(np.int64)
    inside = slice(*np.searchsorted(columns, (0, count)))
    columns = columns[inside]
    first, last = np.searchsorted(edges, xs[0], side="right") - 1, np.searchsorted(edges, xs[-1])
    for ys, color in lines:
        at = np.interp(edges, xs, ys)
        upper, lower = np.minimum(at[:-1], at[1:]), np.maximum(at[:-1], at[1:])
        np.minimum.at(upper, columns, ys[inside])
        np.maximum.at(lower, columns, ys[inside])
        # A steep line would be thinner across than a flat one, were it as thick from top to bottom.
        half = width / 2 * np.minimum(np.hypot(1.0, np.diff(at) * ratio), 1.8)
        upper -= half
        lower += half
        for beyond in (slice(0, max(first, 0)), slice(last, None)):
            upper[beyond] = lower[beyond] = 0.0
        paint_band(painter, strip, upper * ratio, lower * ratio, color)
