"""Performances as pictures: the box, how much the head moves in it, where eyes shut, where the take begins again, its name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.clip_painting import paint_name
from pctalk_studio.app.timeline.lanes.performance_layout import Box
from pctalk_studio.app.widgets.names import part_name
from pctalk_studio.document.performance import BESIDE_SPEECH, PerformanceClip, PerformancePart

COLOR = "performance"
_NOTCH = 4.0


def paint_box(painter: QPainter, strip: Strip, box: Box, *, chosen: bool) -> None:
    """A clip."""
    tokens = strip.tokens
    visible = box.rect.intersected(QRectF(-8, 0, strip.width + 16, strip.height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color(COLOR, 0.26))
    painter.drawRoundedRect(visible, 4, 4)
    line = box.outline(strip)
    if line:
        painter.setBrush(tokens.color(COLOR, 0.4))
        painter.drawPolygon(QPolygonF([QPointF(line[0].x(), visible.bottom()), *line, QPointF(line[-1].x(), visible.bottom())]))
        painter.setPen(QPen(tokens.color(COLOR), 1.25))
        painter.drawPolyline(QPolygonF(line))
    _paint_marks(painter, strip, box, visible)
    painter.setPen(QPen(tokens.color("accent"), 2) if chosen else QPen(tokens.color(COLOR), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(visible.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    paint_name(painter, strip, visible, box.clip.name, details(box.clip))


def _paint_marks(painter: QPainter, strip: Strip, box: Box, visible: QRectF) -> None:
    """A tick at the foot where eyes shut, and a dashed line where the take ends or begins again."""
    if PerformancePart.EYES in box.clip.parts:
        painter.setPen(QPen(strip.tokens.color("text", 0.7), 1.5))
        for time in box.blinks():
            x = strip.scale.x(time)
            if visible.left() < x < visible.right():
                painter.drawLine(QPointF(x, visible.bottom() - 2 - _NOTCH), QPointF(x, visible.bottom() - 2))
    painter.setPen(QPen(strip.tokens.color("text", 0.5), 1, Qt.PenStyle.DashLine))
    for time in box.seams():
        x = strip.scale.x(time)
        if visible.left() < x < visible.right():
            painter.drawLine(QPointF(x, visible.top() + 1), QPointF(x, visible.bottom() - 1))


def details(clip: PerformanceClip) -> str:
    """What is not as usual: speed, and other parts than those that are driven beside speech."""
    speed = "" if clip.speed == 1.0 else f"{clip.speed:.2f} ×"
    parts = "" if clip.parts == BESIDE_SPEECH else ", ".join(part_name(part) for part in PerformancePart if part in clip.parts)
    return "  ".join(filter(None, (speed, parts)))
