"""Pointing: from mouse and pen events to gestures, with thresholds, Escape, zoom and pan; the base of canvas and ruler."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.timeline.gestures import Gesture
from pctalk_studio.app.timeline.lane import Pointer
from pctalk_studio.app.timeline.time_view import ZOOM_STEP, TimeView

MOUSE_THRESHOLD = 3.0
"""Pixels that a mouse may move before a press is a drag."""

PEN_THRESHOLD = 10.0
"""The same for pens, which never rest."""

_NOTCH = 120
_EDGE_PAN = 24.0
"""Pixels by which the view moves on when something is dragged beyond its edge."""


class Pointing(QWidget):
    """Turns events into gestures. Children say what a press means.

    Parameters
    ----------
    view
        What wheel and middle button zoom and pan.
    parent
        Owner.
    """

    wheel_zooms = False
    """The wheel zooms without Ctrl."""

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.gesture: Gesture | None = None
        self._moved = False
        self._panning = False
        self._pressed_at = QPointF()
        self._pointer_at = QPointF()
        self._threshold = MOUSE_THRESHOLD

    # -- for children --------------------------------------------------------------------------------------------------

    def pointer(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """A point as gestures want it."""
        return Pointer(self._view.scale.time(at.x()), at.x(), at.y(), modifiers)

    def press_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Gesture | None:
        """What a press begins."""
        return None

    def double_click_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a double click means something."""
        return False

    def hover_at(self, at: QPointF | None) -> None:
        """The pointer is over a point, or has left."""

    def hang(self, gesture: Gesture) -> None:
        """Let a gesture follow the pointer without a button, until a click ends it or Escape gives it up."""
        if self.gesture is None:
            self.gesture, self._moved, self._threshold = gesture, True, 0.0
            self.update()

    # -- events --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or to pan."""
        self._pressed_at = self._pointer_at = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = True
        elif event.button() == Qt.MouseButton.LeftButton and self.gesture is None:
            pen = event.pointingDevice().pointerType() == QPointingDevice.PointerType.Pen
            self._threshold = PEN_THRESHOLD if pen else MOUSE_THRESHOLD
            self._moved = False
            self.gesture = self.press_at(event.position(), event.modifiers())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what was begun, or show what lies under the pointer."""
        at = event.position()
        if self._panning:
            self._view.pan(self._pointer_at.x() - at.x())
        elif self.gesture is not None:
            self._drag_to(at, event.modifiers())
        else:
            self.hover_at(at)
        self._pointer_at = at

    def _drag_to(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self.gesture is None:
            return
        if not self._moved and (at - self._pressed_at).manhattanLength() < self._threshold:
            return
        self._moved = True
        if at.x() < 0:
            self._view.pan(-_EDGE_PAN)
        elif at.x() > self.width():
            self._view.pan(_EDGE_PAN)
        self.gesture.move(self.pointer(at, modifiers))
        self._pointer_at = at
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what was begun."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = False
        elif event.button() == Qt.MouseButton.LeftButton and self.gesture is not None:
            gesture, self.gesture = self.gesture, None
            gesture.finish() if self._moved else gesture.click()
            self.hover_at(event.position())
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """What a double click means; a press where it means nothing."""
        if event.button() != Qt.MouseButton.LeftButton or not self.double_click_at(event.position(), event.modifiers()):
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing lies under the pointer."""
        super().leaveEvent(event)
        if self.gesture is None:
            self.hover_at(None)

    def event(self, event: QEvent) -> bool:
        """Escape belongs to the gesture while there is one, whatever it does elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.gesture is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives the gesture up; Alt, Ctrl and Shift act on it at once."""
        if self.gesture is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.give_up()

    def give_up(self) -> None:
        """All as before the gesture."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms about the pointer; Shift and sideways wheels pan; otherwise the lanes scroll up and down, if they can."""
        turns, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier or (self.wheel_zooms and not turns.x()):
            self._view.zoom(ZOOM_STEP ** (turns.y() / _NOTCH), event.position().x())
            event.accept()
        elif turns.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            delta = turns.x() or turns.y()
            self._view.pan(-float(pixels.x() or delta))
            event.accept()
        elif self.visibleRegion().boundingRect().height() < self.height():
            event.ignore()
        else:
            self._view.pan(-float(turns.y()))
            event.accept()
