"""The message bar: one sentence at a time, in place of boxes that stop the work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.following import follow, repaint_with
from pctalk_studio.app.widgets.icons import IconButton, icon, icon_side
from pctalk_studio.session.notices import Told

PASSES = 8000
"""Milliseconds after which a remark goes by itself; what warns or failed stays until it is dismissed."""


class Severity(StrEnum):
    """How much a message matters; each has an icon and a colour of its own."""

    REMARK = "remark"
    WARNING = "warning"
    ERROR = "error"


_SIGNS = {
    Severity.REMARK: ("info", "accent"),
    Severity.WARNING: ("warning", "stale"),
    Severity.ERROR: ("warning-octagon", "error"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence, and what can be done about it.

    Parameters
    ----------
    text
        The sentence.
    severity
        How much it matters.
    action, run
        Label of a button, and what it does; the message goes with it.
    code
        Of two messages with one code only the newer is kept; empty: the text is its own code.
    """

    text: str
    severity: Severity = Severity.REMARK
    action: str = ""
    run: Callable[[], object] | None = None
    code: str = ""

    @classmethod
    def of(cls, told: Told) -> Message:
        """What the project told."""
        return cls(told.problem.text, Severity.ERROR if told.error else Severity.WARNING)


class MessageBar(QWidget):
    """Shows messages one after another, the worst first; hidden while there are none. Escape dismisses the one shown.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._queue: deque[Message] = deque()
        self._sign = QLabel(self)
        self._text = QLabel(self, wordWrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QLabel(self)
        self._more.setProperty("quiet", True)
        self._action = QPushButton(self)
        self._action.clicked.connect(self._act)
        self._close: QToolButton = IconButton(look, "x", self.tr("Dismiss (Esc)"), self)
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        for widget in (self._sign, self._text, self._more, self._action, self._close):
            row.addWidget(widget, 1 if widget is self._text else 0)
        self._passing = QTimer(self, singleShot=True, interval=PASSES)
        self._passing.timeout.connect(self.dismiss)
        follow(self, look, lambda _: self._show())
        repaint_with(self, look)
        self.hide()

    @property
    def message(self) -> Message | None:
        """The one that is shown."""
        return self._queue[0] if self._queue else None

    @property
    def count(self) -> int:
        """How many wait, the one that is shown included."""
        return len(self._queue)

    def say(self, message: Message) -> None:
        """Show a message, after those that matter more; one that says the same as another takes its place."""
        code = message.code or message.text
        kept = [each for each in self._queue if (each.code or each.text) != code]
        rank = list(Severity)
        place = sum(rank.index(each.severity) >= rank.index(message.severity) for each in kept)
        # What is being read is not taken away by something of the same weight; something worse comes before it.
        kept.insert(place, message)
        self._queue = deque(kept)
        self._show()

    def say_told(self, told: Told) -> None:
        """Show what the project told; see :attr:`pctalk_studio.app.editor.Editor.told`."""
        self.say(Message.of(told))

    def dismiss(self) -> None:
        """Take the message that is shown away."""
        if self._queue:
            self._queue.popleft()
        self._show()

    def clear(self, code: str) -> None:
        """Take messages of a code away, because what they say is no longer so."""
        self._queue = deque(each for each in self._queue if each.code != code)
        self._show()

    def _act(self) -> None:
        message = self.message
        self.dismiss()
        if message is not None and message.run is not None:
            message.run()

    def _show(self) -> None:
        message = self.message
        self.setVisible(message is not None)
        self._passing.stop()
        if message is None:
            return
        name, color = _SIGNS[message.severity]
        side = icon_side(self)
        self._sign.setPixmap(icon(self._look.tokens, name, color).pixmap(QSize(side, side), self.devicePixelRatioF()))
        self._text.setText(message.text)
        self._more.setText(self.tr("{count} more").format(count=self.count - 1) if self.count > 1 else "")
        self._action.setVisible(bool(message.action))
        self._action.setText(message.action)
        named = {
            Severity.REMARK: self.tr("Remark"),
            Severity.WARNING: self.tr("Warning"),
            Severity.ERROR: self.tr("Error"),
        }[message.severity]
        self._sign.setAccessibleName(named)
        self.setAccessibleName(f"{named}: {message.text}")
        if message.severity is Severity.REMARK:
            self._passing.start()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised bar with its severity's colour along the left edge."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.fillRect(self.rect(), tokens.color("raised"))
        if self.message is not None:
            painter.fillRect(0, 0, 3, self.height(), tokens.color(_SIGNS[self.message.severity][1]))
        painter.setPen(tokens.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
