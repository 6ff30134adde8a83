"""Painting that several lanes share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.spans import Item, Spans
from pctalk_studio.document.speech_track import Owner

CROWDED = 5.0
"""Mean pixels of an item below which items are drawn as columns of colour, for names would not be read anyway."""


_ROOM_FOR_SIGN = 36.0


def crowded(count: int, width: float) -> bool:
    """Whether so many items are too many to be drawn one by one."""
    return count * CROWDED > width


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
        By rank; None draws nothing.
    strip
        Where.
    """
    width = int(strip.width)
    edges = strip.scale.time(np.arange(width + 1, dtype=np.float64))
    low = np.searchsorted(spans.ends, edges[:-1], side="right")
    high = np.searchsorted(spans.starts, edges[1:], side="left")
    seen = np.flatnonzero(low < high)
    if not len(seen):
        return
    bounds = np.stack([low[seen], high[seen]], 1).ravel()
    best = np.zeros(width, np.int64)
    best[seen] = np.maximum.reduceat(np.append(ranks, np.uint8(0)).astype(np.int64), bounds)[::2] + 1
    cuts = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), width]
    for left, right in itertools.pairwise(cuts):
        color = colors[best[left] - 1] if best[left] else None
        if color is not None:
            painter.fillRect(QRectF(left, 3, right - left, strip.height - 6), color)


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


def polyline(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> QPainterPath:
    """A path through [n] points, thinned to what a pixel can show: of each pixel column first, lowest, highest and last."""
    path = QPainterPath()
    if not len(xs):
        return path
    if len(xs) > 4 * max(1.0, float(xs[-1] - xs[0])):
        columns = np.floor(xs).astype(np.int64)
        starts = np.flatnonzero(np.append(True, np.diff(columns) != 0))
        stops = np.append(starts[1:], len(xs)) - 1
        lowest, highest = np.minimum.reduceat(ys, starts), np.maximum.reduceat(ys, starts)
        xs = np.repeat(xs[starts], 4)
        ys = np.stack([ys[starts], lowest, highest, ys[stops]], 1).ravel()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
    return path
