"""Painting that several lanes share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF
from shiboken6 import VoidPtr

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.spans import Item, Spans
from pctalk_studio.document.speech_track import Owner

CROWDED = 8.0
"""Mean pixels of an item below which items are drawn as columns of colour, for names would not be read anyway."""

_COLUMN_EDGE = 3.0
"""Pixels between columns of colour and the edges of the lane."""

_ROOM_FOR_SIGN = 36.0

_POINTS = 2
"""Points to a pixel up to which a line is drawn from point to point."""


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


def paint_hint(painter: QPainter, strip: Strip, text: str) -> None:
    """A quiet line in a lane that has nothing else to show."""
    painter.setPen(strip.tokens.color("dim"))
    strip.lettering.write_from(painter, 12.0, strip.lettering.base(strip.height / 2), text)


def paint_hatch(painter: QPainter, box: QRectF, color: QColor) -> None:
    """Hatch a box."""
    painter.fillRect(box, QBrush(color, Qt.BrushStyle.BDiagPattern))


def paint_wave_line(painter: QPainter, left: float, right: float, y: float, color: QColor) -> None:
    """A wavy line, as under words that a spelling checker does not know."""
    xs = np.arange(left, right, 2.0)
    if len(xs) < 2:
        return
    ys = np.full(len(xs), y - 1.0)
    ys[1::2] = y + 1.0
    painter.setPen(QPen(color, 1.0))
    painter.drawPolyline(polygon(xs, ys))


def polygon(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> QPolygonF:
    """A polygon of [n] points, written to its memory at once rather than point by point."""
    made = QPolygonF()
    if len(xs):
        made.resize(len(xs))
        # A QPointF is two doubles. The stubs of VoidPtr know neither what data() gives nor that it can be written to.
        memory: Any = VoidPtr(made.data(), 16 * len(xs), True)  # type: ignore[call-arg, arg-type]
        points = np.frombuffer(memory, np.float64).reshape(-1, 2)
        points[:, 0], points[:, 1] = xs, ys
    return made


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
    highest, lowest = (upper, lower) if drawn.all() else (upper[drawn], lower[drawn])
    top = max(int(np.floor(highest.min())), 0)
    bottom = min(int(np.ceil(lowest.max())), round(strip.height * ratio))
    if bottom <= top:
        return
    # In steps of 1/255 pixel, counted from the topmost row: as whole numbers, which are narrower than floats and index the table.
    steps = 255 * np.arange(bottom - top + 1, dtype=np.int32)[:, None]
    covered = np.minimum(((lower - top) * 255).astype(np.int32), steps[1:])
    covered -= np.maximum(((upper - top) * 255).astype(np.int32), steps[:-1])
    # Below nothing is nothing: that is clipped on the way.
    paint_pixels(painter, _shades(color.rgba()).take(covered, mode="clip"), top / ratio)


def paint_ticks(painter: QPainter, width: float, xs: npt.NDArray[np.float64], area: tuple[float, float], color: QColor) -> None:
    """Draw upright lines a logical pixel wide, any number of them as one image.

    Parameters
    ----------
    painter, width
        Draws, and logical pixels that are seen.
    xs
        [n] left edges, logical pixels.
    area
        Logical pixels from the top at which they begin and end.
    color
        Of all.
    """
    ratio = painter.device().devicePixelRatioF()
    count, thick = max(1, round(width * ratio)), max(1, round(ratio))
    columns = np.rint(xs[(xs > -2) & (xs < width + 1)] * ratio).astype(np.int64)
    # Room at either end for what is seen in part or not at all.
    room = 3 * thick + 1
    row = np.zeros(count + 2 * room, np.uint32)
    for offset in range(room, room + thick):
        row[columns + offset] = _shades(color.rgba())[255]
    top, bottom = round(area[0] * ratio), round(area[1] * ratio)
    paint_pixels(painter, np.tile(row[room : room + count], (max(bottom - top, 1), 1)), top / ratio)


def paint_dashes(
    painter: QPainter,
    strip: Strip,
    lefts: npt.NDArray[np.float64],
    rights: npt.NDArray[np.float64],
    area: tuple[float, float],
    color: QColor,
) -> None:
    """Draw rectangles of one height and colour on whole device pixels, any number of them as one image.

    Parameters
    ----------
    painter, strip
        Draws, and where.
    lefts, rights
        [n] logical pixels.
    area
        Logical pixels from the top at which they begin and end.
    color
        Of all.
    """
    count, ratio = column_count(painter, strip), painter.device().devicePixelRatioF()
    edges = np.zeros(count + 1, np.int64)
    for ends, step in ((lefts, 1), (rights, -1)):
        np.add.at(edges, np.clip(np.rint(ends * ratio), 0, count).astype(np.int64), step)
    row = np.where(np.cumsum(edges[:-1]) > 0, _shades(color.rgba())[255], np.uint32(0))
    top, bottom = round(area[0] * ratio), round(area[1] * ratio)
    paint_pixels(painter, np.tile(row, (max(bottom - top, 1), 1)), top / ratio)


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
    if width * ratio <= 1.0 and len(xs) < _POINTS * count:
        # Qt has a way of its own for lines of a pixel, which is the fastest while there are not many points.
        for ys, color in lines:
            painter.setPen(QPen(color, width))
            painter.drawPolyline(polygon(xs, ys))
        return
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
