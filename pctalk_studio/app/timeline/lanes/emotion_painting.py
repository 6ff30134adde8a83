"""Emotion clips as pictures: the box, its envelope, its name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.emotion_layout import Box
from pctalk_studio.app.widgets.names import emotion_name, region_name
from pctalk_studio.document.project import EmotionClip, EmotionRegion


def paint_box(painter: QPainter, strip: Strip, box: Box, *, chosen: bool, painted: str) -> None:
    """A box in the colour of its emotion, the envelope as a filled area, name and regions."""
    tokens = strip.tokens
    color = tokens.emotion(box.clip.emotion)
    visible = box.rect.intersected(QRectF(-8, 0, strip.width + 16, strip.height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_faded(color, 0.28))
    painter.drawRoundedRect(visible, 4, 4)
    line = box.outline(strip)
    if line:
        painter.setBrush(_faded(color, 0.55))
        bottom = visible.bottom()
        painter.drawPolygon(QPolygonF([QPointF(line[0].x(), bottom), *line, QPointF(line[-1].x(), bottom)]))
        painter.setPen(QPen(color, 1.5))
        painter.drawPolyline(QPolygonF(line))
    painter.setPen(QPen(tokens.color("accent"), 2) if chosen else QPen(color, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(visible.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    _paint_name(painter, strip, box, visible, painted)


def _paint_name(painter: QPainter, strip: Strip, box: Box, visible: QRectF, painted: str) -> None:
    left = max(visible.left(), 0.0) + 8
    room = visible.right() - 6 - left
    bold = QFont(strip.font)
    bold.setBold(True)
    metrics, plain = QFontMetricsF(bold), strip.lettering.metrics
    if room < metrics.averageCharWidth() * 2:
        return
    name = metrics.elidedText(emotion_name(box.clip.emotion), Qt.TextElideMode.ElideRight, room)
    baseline = visible.top() + metrics.ascent() + 2
    painter.setPen(strip.tokens.color("text"))
    painter.setFont(bold)
    painter.drawText(QPointF(left, baseline), name)
    painter.setFont(strip.font)
    left += metrics.horizontalAdvance(name) + 10
    where = where_text(box.clip, painted)
    if where and visible.right() - 6 - left > plain.averageCharWidth() * 4:
        shown = plain.elidedText(where, Qt.TextElideMode.ElideRight, visible.right() - 6 - left)
        painter.drawText(QPointF(left, baseline), shown)


def where_text(clip: EmotionClip, painted: str) -> str:
    """Regions of a clip, unless it is felt on all, and ``painted`` when it has a mask."""
    everywhere = clip.regions == frozenset(EmotionRegion)
    regions = "" if everywhere else ", ".join(region_name(each) for each in EmotionRegion if each in clip.regions)
    return ", ".join(each for each in (regions, painted if clip.mask is not None else "") if each)


def _faded(color: QColor, alpha: float) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
