"""The diamond beside a control: whether its curve has a key at the playhead, and the button that makes or deletes one."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.chips import HEIGHT, PaintedButton


class KeyState(StrEnum):
    """What a diamond says.

    ``NONE``: the curve has no key. ``ELSEWHERE``: it has, but not at the playhead. ``HERE``: there is one at the playhead.
    """

    NONE = "none"
    ELSEWHERE = "elsewhere"
    HERE = "here"


class KeyDiamond(PaintedButton):
    """A key at the playhead: empty, half or filled; a click makes or deletes it.

    Parameters
    ----------
    look
        Colours.
    name
        Of the control beside it.
    parent
        Owner.
    """

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._name = name
        self._state: KeyState | None = None
        self.set_state(KeyState.NONE)

    @property
    def state(self) -> KeyState | None:
        """What it says."""
        return self._state

    def set_state(self, state: KeyState) -> None:
        """Say this."""
        if state is self._state:
            return
        self._state = state
        said = {
            KeyState.NONE: QCoreApplication.translate("KeyDiamond", "{name}: not keyed. Click to set a key at the playhead."),
            KeyState.ELSEWHERE: QCoreApplication.translate(
                "KeyDiamond", "{name}: keyed, but not here. Click to set a key at the playhead."
            ),
            KeyState.HERE: QCoreApplication.translate("KeyDiamond", "{name}: a key at the playhead. Click to delete it."),
        }[state].format(name=self._name)
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:
        """A target of its own."""
        return QSize(HEIGHT, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The diamond."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, reach = QPointF(self.width() / 2, self.height() / 2), 5.0
        left, right = middle - QPointF(reach, 0), middle + QPointF(reach, 0)
        top, bottom = middle - QPointF(0, reach), middle + QPointF(0, reach)
        keyed = self._state is not KeyState.NONE
        line = "accent" if self.hasFocus() else "stale" if keyed else "text" if self.underMouse() else "dim"
        if self._state is not KeyState.NONE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("stale"))
            filled = [top, right, bottom, left] if self._state is KeyState.HERE else [top, bottom, left]
            painter.drawPolygon(QPolygonF(filled))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.color(line), 2 if self.hasFocus() else 1.2))
        painter.drawPolygon(QPolygonF([top, right, bottom, left]))
