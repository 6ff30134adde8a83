"""What stands in the viewport's place while nothing is open: an invitation."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Tokens
from pctalk_studio.app.widgets.icons import icon

NEW = ("project.new", "file.new")
"""Ids under which the window may offer to begin a project."""


class EmptyState(QWidget):
    """Says what to drop here, and offers to choose it.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    new_wanted = Signal()
    """Somebody wants to begin."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._picture = QLabel(self)
        self._title = QLabel(self.tr("Drop a portrait and a recording here"), self)
        self._hint = QLabel(self.tr("or a project that you have saved"), self)
        self.choose = QPushButton(self.tr("Choose files …"), self)
        self.choose.setMinimumHeight(28)
        self.choose.clicked.connect(self.new_wanted)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        for widget in (self._picture, self._title, self._hint, self.choose):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        kit.look.changed.connect(self._dress)
        self._dress(kit.look.tokens)

    def _dress(self, tokens: Tokens) -> None:
        side = 3 * self.fontMetrics().height()
        # The light theme's viewport is a middle grey, on which only its full text colour can be read.
        color = "dim" if tokens.dark else "text"
        self._picture.setPixmap(icon(tokens, "user-focus", color).pixmap(side, side))
        title = QFont(self.font())
        title.setPointSizeF(max(title.pointSizeF(), 9.0) * 1.3)
        self._title.setFont(title)
        self._title.setStyleSheet(f"color: {tokens.text}")
        self._hint.setStyleSheet(f"color: {getattr(tokens, color)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed border round where things can be dropped."""
        tokens, painter = self._kit.look.tokens, QPainter(self)
        painter.fillRect(self.rect(), tokens.color("viewport"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rim, alpha = ("faint", 1.0) if tokens.dark else ("text", 0.6)
        painter.setPen(QPen(tokens.color(rim, alpha), 1.5, Qt.PenStyle.DashLine))
        box = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        painter.drawRoundedRect(box, 8, 8)
