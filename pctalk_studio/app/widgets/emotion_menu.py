"""The menu of emotions, each with its colour and name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.names import emotion_name
from pctalk_studio.document.project import Emotion


def dot_icon(color: QColor) -> QIcon:
    """A round dot."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(4, 4, 24, 24))
    painter.end()
    return QIcon(pixmap)


class EmotionMenu(QMenu):
    """The eight emotions, each with its colour and name.

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
        super().__init__(parent)
        self._look = look
        self.entries = {emotion: self.addAction(emotion_name(emotion)) for emotion in Emotion}
        for emotion, action in self.entries.items():
            action.triggered.connect(lambda _=False, emotion=emotion: self.chosen.emit(emotion))
        self.aboutToShow.connect(self._tint)

    def _tint(self) -> None:
        for emotion, action in self.entries.items():
            action.setIcon(dot_icon(self._look.tokens.emotion(emotion)))
