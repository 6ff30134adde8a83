"""InlineField: a line of text edited where it stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from pctalk_studio.app.timeline.lane import Lane


class InlineField(QObject):
    """Opens a field over a lane. Return takes the text over, so does a click elsewhere; Escape leaves it.

    Parameters
    ----------
    lane
        Over which; it lies on the canvas by the time the field is opened.
    """

    def __init__(self, lane: Lane) -> None:
        super().__init__(lane)
        self._lane = lane
        self._field: QLineEdit | None = None
        self._done: Callable[[str], None] | None = None

    def open(self, area: QRectF, text: str, name: str, done: Callable[[str], None]) -> None:
        """Edit a text.

        Parameters
        ----------
        area
            Where, in the lane's own coordinates; made wide enough.
        text
            What stands there now.
        name
            What it is, for screen readers and as a hint.
        done
            Given the text when it was changed.
        """
        self.close(take=True)
        canvas = self._lane.canvas
        if canvas is None:
            return
        field = QLineEdit(text, canvas)
        field.setAccessibleName(name)
        field.setPlaceholderText(name)
        height = max(field.sizeHint().height(), 24)
        width = max(area.width(), field.fontMetrics().horizontalAdvance(text + "MMMM") + 16, 96)
        left = min(max(area.left(), 0.0), max(canvas.width() - width, 0.0))
        top = self._lane.top + area.center().y() - height / 2
        field.setGeometry(round(left), max(0, round(top)), round(width), height)
        field.installEventFilter(self)
        self._field, self._done = field, done
        field.show()
        field.selectAll()
        field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close(self, *, take: bool) -> None:
        """Take the field away, and take its text over or not."""
        field, done, self._field, self._done = self._field, self._done, None, None
        if field is None:
            return
        changed, text, focused = field.isModified(), field.text(), field.hasFocus()
        field.removeEventFilter(self)
        field.hide()
        field.deleteLater()
        if focused and self._lane.canvas is not None:
            self._lane.canvas.setFocus()
        if take and changed and done is not None:
            done(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return, Escape, Tab and a click elsewhere end it; all other keys are text and no commands."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if ends:
                self.close(take=event.key() != Qt.Key.Key_Escape)
                return True
        if event.type() == QEvent.Type.FocusOut:
            self.close(take=True)
        return False
