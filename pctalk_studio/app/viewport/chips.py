"""Chips: quiet words at the edges of the frame."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from pctalk_studio.app.look import DARK, Tokens

MARGIN, PAD, GAP = 12.0, 8.0, 4.0


@dataclass(frozen=True, slots=True)
class Chip:
    """Some words.

    Parameters
    ----------
    text
        What it says.
    mark
        Colour of a mark before the text; None: no mark.
    hatched
        The mark is hatched, as what is stale is everywhere.
    """

    text: str
    mark: QColor | None = None
    hatched: bool = False


def paint_chips(painter: QPainter, pane: QRectF, chips: tuple[Chip, ...], tokens: Tokens, corner: Qt.Corner) -> None:
    """Lay chips in a row into a corner of a pane."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + 8
    right = corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner)
    bottom = corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
    y = pane.bottom() - MARGIN - height if bottom else pane.top() + MARGIN
    widths = [_width(chip, metrics) for chip in chips]
    x = pane.right() - MARGIN - sum(widths) - GAP * (len(chips) - 1) if right else pane.left() + MARGIN
    for chip, width in zip(chips, widths, strict=True):
        _paint(painter, QRectF(x, y, width, height), chip, tokens)
        x += width + GAP


def chips_width(painter: QPainter, chips: tuple[Chip, ...]) -> float:
    """How wide a row of chips is, with a gap after it."""
    metrics = QFontMetricsF(painter.font())
    return sum(_width(chip, metrics) + GAP for chip in chips)


def _width(chip: Chip, metrics: QFontMetricsF) -> float:
    mark = metrics.height() * 0.7 + 6 if chip.mark is not None else 0.0
    return metrics.horizontalAdvance(chip.text) + 2 * PAD + mark


def _paint(painter: QPainter, box: QRectF, chip: Chip, tokens: Tokens) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(tokens.panel)
    ground.setAlpha(225)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    left = box.left() + PAD
    if chip.mark is not None:
        side = QFontMetricsF(painter.font()).height() * 0.7
        square = QRectF(left, box.center().y() - side / 2, side, side)
        painter.setPen(QPen(chip.mark, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if chip.hatched else chip.mark)
        painter.drawRoundedRect(square, 2, 2)
        if chip.hatched:
            _hatch(painter, square, chip.mark, 4.0)
        left += side + 6
    painter.setPen(tokens.color("text"))
    painter.drawText(QRectF(left, box.top(), box.right() - left, box.height()), Qt.AlignmentFlag.AlignVCenter, chip.text)


def paint_stale_edge(painter: QPainter, box: QRectF) -> None:
    """A hatched band along the top of a picture that is another than the one that is meant."""
    # On the picture, whatever the room is like: the amber that shines.
    amber, band = DARK.color("stale"), QRectF(box.left(), box.top(), box.width(), 8)
    painter.fillRect(band, QColor(0, 0, 0, 170))
    _hatch(painter, band, amber)
    painter.fillRect(QRectF(box.left(), band.bottom(), box.width(), 1), amber)


def _hatch(painter: QPainter, box: QRectF, color: QColor, gap: float = 7.0) -> None:
    """Slanting lines, as wide on every screen; Qt's own patterns are too fine to be seen on sharp ones."""
    painter.save()
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(color, gap * 0.3))
    height, start = box.height(), box.left() - box.height()
    lines = [
        QLineF(start + number * gap, box.bottom(), start + number * gap + height, box.top())
        for number in range(int((box.width() + height) / gap) + 2)
    ]
    painter.drawLines(lines)
    painter.restore()
