"""The button that shows a phone and opens the palette of all."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.chips import HEIGHT, PaintedButton
from pctalk_studio.app.widgets.phone_table import CLOSURES, IPA, tint


class PhoneButton(PaintedButton):
    """A phone, tinted by what the lips do: vowels warm, consonants cool, closures rose with a bar under them.

    Parameters
    ----------
    look
        Colours.
    label
        ARPAbet, or silence.
    parent
        Owner.
    """

    def __init__(self, look: Look, label: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.set_label(label)

    def set_label(self, label: str) -> None:
        """Show another phone."""
        self.setText(label)
        self.setAccessibleName(f"{label}, {IPA[label]}" if label in IPA else label)
        self.setToolTip(f"{label}  /{IPA[label]}/" if label in IPA else label)
        self.updateGeometry()
        self.update()

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def sizeHint(self) -> QSize:
        """Room for both ways of writing it."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance("MMM") + 12, max(HEIGHT, round(metrics.height() * 2.1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Label over IPA."""
        tokens, painter, label = self._look.tokens, QPainter(self), self.text()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = tint(label) if label in IPA else "field"
        chosen = self.isChecked() or self.hasFocus() or self.underMouse()
        painter.setPen(QPen(tokens.color("accent" if chosen else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(tokens.color(ground))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, 4, 4)
        if label in CLOSURES:
            painter.fillRect(QRectF(box.left() + 4, box.bottom() - 3, box.width() - 8, 2), tokens.color("closure_bar"))
        painter.setPen(tokens.color("text"))
        middle = Qt.AlignmentFlag.AlignCenter
        if label not in IPA:
            painter.drawText(box, middle, label)
            return
        upper = QRectF(box.left(), box.top() + 1, box.width(), box.height() / 2)
        painter.drawText(upper, middle, label)
        painter.setFont(self._small())
        painter.setPen(tokens.color("text", 0.8))
        painter.drawText(upper.translated(0, box.height() / 2 - 3), middle, IPA[label])
