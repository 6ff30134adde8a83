"""What is written on clips of every kind."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from pctalk_studio.app.timeline.lane import Strip


def paint_name(painter: QPainter, strip: Strip, visible: QRectF, name: str, details: str) -> None:
    """Write on a clip what it is, bold, and what else there is room for.

    Parameters
    ----------
    painter, strip
        On what is painted.
    visible
        Part of the clip's box that can be seen, pixels.
    name, details
        Texts; details may be empty.
    """
    left = max(visible.left(), 0.0) + 8
    room = visible.right() - 6 - left
    bold = QFont(strip.font)
    bold.setBold(True)
    metrics, plain = QFontMetricsF(bold), strip.lettering.metrics
    if room < metrics.averageCharWidth() * 2:
        return
    name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
    baseline = visible.top() + metrics.ascent() + 2
    painter.setPen(strip.tokens.color("text"))
    painter.setFont(bold)
    painter.drawText(QPointF(left, baseline), name)
    painter.setFont(strip.font)
    left += metrics.horizontalAdvance(name) + 10
    rest = visible.right() - 6 - left
    if details and rest > plain.averageCharWidth() * 4:
        painter.drawText(QPointF(left, baseline), plain.elidedText(details, Qt.TextElideMode.ElideRight, rest))
