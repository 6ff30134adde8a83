"""The pill that names an emotion in its colour."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.chips import HEIGHT, PaintedButton, ink_on
from pctalk_studio.app.widgets.emotion_menu import EmotionMenu
from pctalk_studio.app.widgets.names import emotion_name
from pctalk_studio.document.project import Emotion


class EmotionChoice(PaintedButton):
    """Names the emotion of the selected clips in its colour; a click opens the menu of all.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    chosen = Signal(object)
    """Emotion."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._emotion: Emotion | None = None
        self.menu = EmotionMenu(look, self)
        self.menu.chosen.connect(self.chosen)
        self.clicked.connect(lambda: self.menu.popup(self.mapToGlobal(QPoint(0, self.height()))))
        self.setToolTip(QCoreApplication.translate("EmotionChoice", "What is felt; click to choose another"))

    def set_emotion(self, emotion: Emotion | None) -> None:
        """Show one; None: the selected clips differ."""
        self._emotion = emotion
        text = QCoreApplication.translate("EmotionChoice", "several") if emotion is None else emotion_name(emotion)
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Round its text and arrow."""
        metrics = QFontMetrics(self.font())
        return QSize(self._text_width(bold=True) + metrics.height() * 2 + 8, max(HEIGHT, metrics.height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A pill in the emotion's colour."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = tokens.color("raised") if self._emotion is None else tokens.emotion(self._emotion)
        focus = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(tokens.color("text") if focus else fill, 2 if self.hasFocus() else 1))
        painter.setBrush(fill)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        ink = tokens.color("text") if self._emotion is None else ink_on(fill)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(ink)
        arrow = box.height()
        painter.drawText(box.adjusted(arrow * 0.3, 0, -arrow * 0.9, 0), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setPen(QPen(ink, 1.5, c=Qt.PenCapStyle.RoundCap))
        tip = QPointF(box.right() - arrow * 0.5, box.center().y() + 2)
        painter.drawPolyline([tip + QPointF(-3.5, -3.5), tip, tip + QPointF(3.5, -3.5)])
