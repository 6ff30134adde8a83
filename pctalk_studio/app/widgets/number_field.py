"""A number that can be typed, dragged sideways, and stepped by wheel and arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from pctalk_studio.app.widgets.scale import ValueScale

SEVERAL = "–"
"""Shown where several things are selected whose values differ."""


class NumberField(QLineEdit):
    """A number. A click or Return begins typing; pressing and moving sideways drags it.

    Parameters
    ----------
    scale
        What it means.
    parent
        Owner.
    """

    grasped = Signal()
    """A hand begins to drag it."""
    moved = Signal(float)
    """Value under the hand."""
    released = Signal()
    """The hand let go."""
    cancelled = Signal()
    """Escape was pressed during a drag."""
    stepped = Signal(float)
    """Steps by wheel or arrow key, up positive."""
    typed = Signal(float)
    """Value that was typed."""

    def __init__(self, scale: ValueScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._values: tuple[float, ...] = ()
        self._pressed: tuple[float, float] | None = None
        self._dragging = False
        self.setReadOnly(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setMinimumHeight(24)

    def sizeHint(self) -> QSize:
        """Room for its longest number."""
        texts = [self._scale.text(each) for each in (self._scale.low, self._scale.high)]
        width = max(QFontMetrics(self.font()).horizontalAdvance(text) for text in (*texts, "-0.00"))
        return QSize(width + 18, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the numbers that there usually are."""
        usual = QFontMetrics(self.font()).horizontalAdvance("000.000 s") + 18
        return QSize(min(usual, self.sizeHint().width()), self.sizeHint().height())

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown."""
        return self._values

    def set_scale(self, scale: ValueScale) -> None:
        """Its numbers mean something else from now on."""
        if scale != self._scale:
            self._scale = scale
            self.updateGeometry()
            self.set_values(self._values)

    def set_values(self, values: Sequence[float]) -> None:
        """Show a value, or that there are several; what is being typed stays."""
        self._values = tuple(values)
        if not self.typing:
            self.setText(self._shown())

    @property
    def typing(self) -> bool:
        """Somebody is typing into it."""
        return not self.isReadOnly()

    def _shown(self) -> str:
        if not self._values:
            return ""
        texts = {self._scale.text(value) for value in self._values}
        return texts.pop() if len(texts) == 1 else SEVERAL

    # -- typing --------------------------------------------------------------------------------------------------------

    def begin_typing(self, text: str = "") -> None:
        """Let somebody type, in place of what is there."""
        self.setReadOnly(False)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if text:
            self.setText(text)
        else:
            self.selectAll()

    def _end_typing(self, *, keep: bool) -> None:
        if not self.typing:
            return
        value, was = self._scale.read(self.text()), self._shown()
        changed = keep and value is not None and self.text() != was
        self.setReadOnly(True)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.deselect()
        self.setText(was)
        if changed and value is not None:
            self.typed.emit(value)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed counts."""
        self._end_typing(keep=True)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take from the window only the keys that mean something here now."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.typing:
            own = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) or (self._dragging and event.key() == Qt.Key.Key_Escape)
            event.setAccepted(own)
            return own
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return begins and ends typing, Escape gives it up, Up and Down step."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._end_typing(keep=True)
            pace = {Qt.KeyboardModifier.ShiftModifier: 10.0, Qt.KeyboardModifier.ControlModifier: 0.1}
            self.stepped.emit((1 if key == Qt.Key.Key_Up else -1) * pace.get(event.modifiers(), 1.0))
        elif key == Qt.Key.Key_Escape and (self.typing or self._dragging):
            self._give_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.typing:
                self._end_typing(keep=True)
            else:
                self.begin_typing()
        elif not self.typing and event.text() and event.text() in "0123456789.,+-":
            self.begin_typing(event.text())
        else:
            super().keyPressEvent(event)

    def _give_up(self) -> None:
        if self._dragging:
            self._pressed, self._dragging = None, False
            self.cancelled.emit()
        self._end_typing(keep=False)

    # -- dragging ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag, perhaps."""
        if self.typing or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif self._values:
            self._pressed = (event.position().x(), sum(self._values) / len(self._values))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag: a step every two pixels; with Shift ten times as fast, with Ctrl a tenth."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        start, value = self._pressed
        distance = event.position().x() - start
        if not self._dragging:
            if abs(distance) < QApplication.startDragDistance():
                return
            self._dragging = True
            self.grasped.emit()
        pace = {Qt.KeyboardModifier.ShiftModifier: 10.0, Qt.KeyboardModifier.ControlModifier: 0.1}
        self.moved.emit(self._scale.held(value + distance * self._scale.step / 2 * pace.get(event.modifiers(), 1.0)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; where there was none, begin typing."""
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        self._pressed = None
        if self._dragging:
            self._dragging = False
            self.released.emit()
        else:
            self.begin_typing()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select what is being typed."""
        if self.typing:
            self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step when it has the focus; otherwise the panel scrolls."""
        if self.hasFocus() and event.angleDelta().y():
            self._end_typing(keep=True)
            self.stepped.emit(event.angleDelta().y() / 120)
            event.accept()
        else:
            event.ignore()
