"""Emotion clips as pictures: the box, its envelope, its name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.clip_painting import paint_name
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
    paint_name(painter, strip, visible, emotion_name(box.clip.emotion), where_text(box.clip, painted))


def where_text(clip: EmotionClip, painted: str) -> str:
    """Regions of a clip, unless it is felt on all, and ``painted`` when it has a mask."""
    everywhere = clip.regions == frozenset(EmotionRegion)
    regions = "" if everywhere else ", ".join(region_name(each) for each in EmotionRegion if each in clip.regions)
    return ", ".join(each for each in (regions, painted if clip.mask is not None else "") if each)


def _faded(color: QColor, alpha: float) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
