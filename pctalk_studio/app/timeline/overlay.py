"""What lies over all lanes: playhead, the part that does not count, guides, read-outs and the rubber band."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.gestures import Gesture, RubberBand
from pctalk_studio.app.timeline.lane import Board

_HALO = 3
"""Pixels to either side of the playhead that are drawn anew when it moves."""

_PAD = 6.0

COLUMN = "   "
"""Between the parts of a line that are aligned with those of other lines."""


def playhead_area(x: float, height: int) -> QRect:
    """What the playhead covers at a pixel; clamped, since far away it covers nothing that is seen."""
    return QRect(round(min(max(x, -1e5), 1e5)) - _HALO, 0, 2 * _HALO + 1, height)


def paint_playhead(painter: QPainter, x: float, height: int, tokens: Tokens) -> None:
    """A line at a pixel."""
    if -_HALO <= x <= 1e5:
        painter.setPen(QPen(tokens.color("playhead"), 1.5))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))


def shade_outside(painter: QPainter, board: Board, area: QRect) -> None:
    """Dim what lies before the in point, after the out point, and outside the recording."""
    project, scale = board.kit.editor.project, board.view.scale
    shade = QColor(board.kit.look.tokens.color("window", 0.4))
    start = project.in_point or 0.0
    end = board.view.duration if project.out_point is None else project.out_point
    left, right = min(scale.x(start), area.width()), max(scale.x(end), 0.0)
    if left > 0:
        painter.fillRect(QRectF(0, 0, left, area.height()), shade)
    if right < area.width() and board.view.duration:
        painter.fillRect(QRectF(right, 0, area.width() - right, area.height()), shade)


def paint_gesture(painter: QPainter, board: Board, gesture: Gesture | None, area: QRect, pointer: QPointF) -> None:
    """Guide, read-out and rubber band of what is being done."""
    if gesture is None:
        return
    tokens = board.kit.look.tokens
    if isinstance(gesture, RubberBand) and gesture.corners is not None:
        left, top, right, bottom = gesture.corners
        painter.setPen(QPen(tokens.color("accent"), 1))
        painter.setBrush(tokens.color("accent", 0.12))
        painter.drawRect(QRectF(left, top, right - left, bottom - top))
    if gesture.guide is not None:
        pen = QPen(tokens.color("accent"), 1)
        pen.setStyle(Qt.PenStyle.SolidLine if gesture.snapped else Qt.PenStyle.DotLine)
        painter.setPen(pen)
        x = board.view.scale.x(gesture.guide)
        painter.drawLine(QPointF(x, 0), QPointF(x, area.height()))
    if gesture.read_out:
        paint_read_out(painter, tokens, gesture.read_out, area, pointer)


def paint_read_out(painter: QPainter, tokens: Tokens, text: str, area: QRect, pointer: QPointF) -> None:
    """Lines in a box below the pointer, or above it where there is no room; always inside the area.

    Parts of a line between :data:`COLUMN` stand below one another.
    """
    metrics = QFontMetricsF(painter.font())
    rows = [line.split(COLUMN) for line in text.split("\n")]
    count = max(len(row) for row in rows)
    # A line of one part is a sentence, and may run across the columns.
    cells = [row for row in rows if len(row) > 1] or rows
    widths = [max((metrics.horizontalAdvance(row[n]) for row in cells if n < len(row)), default=0.0) + 12 for n in range(count)]
    sentences = max((metrics.horizontalAdvance(row[0]) for row in rows if len(row) == 1), default=0.0)
    width = max(sum(widths) - 12, sentences) + 2 * _PAD
    height = metrics.height() * len(rows) + _PAD
    x = min(max(pointer.x() + 14, 4.0), max(area.width() - width - 4, 4.0))
    y = pointer.y() + 28
    if y + height > area.height() - 2:
        y = max(pointer.y() - height - 12, 2.0)
    painter.setPen(QPen(tokens.color("line"), 1))
    painter.setBrush(tokens.color("raised"))
    painter.drawRoundedRect(QRectF(x, y, width, height), 4, 4)
    painter.setPen(tokens.color("text"))
    for number, row in enumerate(rows):
        left, line = x + _PAD, y + _PAD / 2 + number * metrics.height() + metrics.ascent()
        for part, wide in zip(row, widths, strict=False):
            painter.drawText(QPointF(left, line), part)
            left += wide


def paint_hint(painter: QPainter, tokens: Tokens, text: str, area: QRect) -> None:
    """A quiet sentence in the middle of what is empty."""
    painter.setPen(tokens.color("dim"))
    centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(24, 8, -24, -8), int(centred), text)
