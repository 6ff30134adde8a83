"""The bar of a slider: it fills from the neutral mark, so that an edited value is seen without reading."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.app.widgets.scale import ValueScale

KNOB = 12
"""Diameter, logical pixels."""


class ValueTrack(QWidget):
    """A slider's bar. It shows one value, or the span of several that differ.

    Parameters
    ----------
    look
        Colours.
    scale
        What its numbers mean.
    parent
        Owner.
    """

    grasped = Signal()
    """A hand took the knob."""
    moved = Signal(float)
    """Value under the hand."""
    released = Signal()
    """The hand let go."""
    cancelled = Signal()
    """Escape was pressed with the knob in hand."""
    stepped = Signal(float)
    """Steps by wheel or arrow key, up positive."""
    reset = Signal()
    """Back to neutral, by key."""

    def __init__(self, look: Look, scale: ValueScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._scale = look, scale
        self._values: tuple[float, ...] = ()
        self._fill: QColor | None = None
        self._grip: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMinimumSize(64, 24)
        repaint_with(self, look)

    def set_values(self, values: Sequence[float]) -> None:
        """Show a value; of several that differ, their span; of none, an empty bar."""
        shown = tuple(sorted({self._scale.held(value) for value in values}))
        if shown != self._values:
            self._values = shown
            self.update()

    def set_scale(self, scale: ValueScale) -> None:
        """Its numbers mean something else from now on."""
        self._scale = scale
        self.update()

    def set_color(self, fill: QColor | None) -> None:
        """Colour of the filled part; None: that of whatever is active."""
        if fill != self._fill:
            self._fill = fill
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to aim at."""
        return QSize(96, 24)

    # -- geometry ------------------------------------------------------------------------------------------------------

    @property
    def _left(self) -> float:
        return KNOB / 2 + 1

    @property
    def _room(self) -> float:
        return max(self.width() - KNOB - 2.0, 1.0)

    def x_of(self, value: float) -> float:
        """Where a value lies, logical pixels."""
        return self._left + self._scale.share(value) * self._room

    def _value_at(self, x: float) -> float:
        return self._scale.at((x - self._left) / self._room)

    # -- by hand -------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the knob where it is, or bring it under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        x = event.position().x()
        on_knob = len(self._values) == 1 and abs(x - self.x_of(self._values[0])) <= KNOB / 2 + 2
        self._grip = self.x_of(self._values[0]) - x if on_knob else 0.0
        self.grasped.emit()
        if not on_knob:
            self.moved.emit(self._value_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the knob."""
        if self._grip is not None:
            self.moved.emit(self._value_at(event.position().x() + self._grip))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step when it has the focus; otherwise the panel scrolls, so that scrolling past never changes a value."""
        if self.hasFocus() and event.angleDelta().y():
            self.stepped.emit(event.angleDelta().y() / 120 * _pace(event.modifiers()))
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move the knob from the window's own use of them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Backspace)
            held = self._grip is not None and event.key() == Qt.Key.Key_Escape
            if event.key() in own or held:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Page Up and Page Down step, Backspace resets, Escape gives a drag up."""
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._grip is not None:
            self._grip = None
            self.cancelled.emit()
        elif key in steps:
            self.stepped.emit(steps[key] * _pace(event.modifiers()))
        elif key == Qt.Key.Key_Backspace:
            self.reset.emit()
        else:
            super().keyPressEvent(event)

    # -- drawing -------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, neutral mark, filled part and knob."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, neutral = self.height() / 2, self.x_of(self._scale.neutral)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("line"))
        painter.drawRoundedRect(QRectF(self._left - 2, middle - 2, self._room + 4, 4), 2, 2)
        if not self.isEnabled() or not self._values:
            return
        painter.setBrush(self._fill or tokens.color("accent"))
        first, last = self.x_of(self._values[0]), self.x_of(self._values[-1])
        several = len(self._values) > 1
        left, right = (first, last) if several else (min(first, neutral), max(first, neutral))
        painter.drawRect(QRectF(left, middle - 2, right - left, 4))
        painter.setBrush(tokens.color("dim"))
        painter.drawRect(QRectF(neutral - 0.5, middle - 5, 1, 10))
        if several:
            painter.setBrush(tokens.color("text"))
            for x in (first, last):
                painter.drawRect(QRectF(x - 1, middle - 5, 2, 10))
            return
        radius = KNOB / 2 + (1 if self.underMouse() or self._grip is not None else 0)
        painter.setBrush(tokens.color("text" if tokens.dark else "panel"))
        rim = tokens.color("accent") if self.hasFocus() else tokens.color("panel" if tokens.dark else "dim")
        painter.setPen(QPen(rim, 2 if self.hasFocus() else 1.2))
        painter.drawEllipse(QPointF(first, middle), radius, radius)


def _pace(modifiers: Qt.KeyboardModifier) -> float:
    """Shift steps ten times as far, Ctrl a tenth."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return 10.0
    return 0.1 if modifiers & Qt.KeyboardModifier.ControlModifier else 1.0
