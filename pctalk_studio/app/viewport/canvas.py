"""Canvas: the frame with everything over it, and where the hand touches it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.viewport.canvas_painting import BrushRing, CanvasPainting
from pctalk_studio.app.viewport.gestures import (
    Gesture,
    Panning,
    Pressing,
    Sizing,
    Stroking,
    Wiping,
    resize_brush,
    set_brush,
)
from pctalk_studio.app.viewport.looking import Looking
from pctalk_studio.app.viewport.options import Compare
from pctalk_studio.app.viewport.overlays import ring_of
from pctalk_studio.app.viewport.painting import FacePainter, brush_mode
from pctalk_studio.app.viewport.scene import ViewportScene
from pctalk_studio.app.viewport.targets import felt_at
from pctalk_studio.app.viewport.view import View
from pctalk_studio.session.face_space import FacePoint

ZOOM_STEP = 1.2
"""Growth of the frame for one notch of the wheel."""

_NOTCH = 120.0
_GRIP = 8.0
"""Logical pixels on either side of the divider in which it can be taken."""

_TREMBLE_PEN = 10.0
"""Logical pixels that a pen may slip in a click; a mouse has the system's own measure."""


class ViewportCanvas(QWidget):
    """The frame and the hand on it.

    Parameters
    ----------
    kit
        What every view is given.
    scene
        What there is to see.
    parent
        Owner.
    """

    view_changed = Signal()
    """Another part of the frame is shown, or at another size."""
    menu_wanted = Signal(object)
    """Somebody asks for the menu, at a global point."""
    tapped_space = Signal()
    """The space bar was pressed and let go without panning."""

    def __init__(self, kit: Kit, scene: ViewportScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.scene = scene
        self.painter = FacePainter(kit, scene, self)
        self.looking = Looking(kit, scene, self)
        self._painting = CanvasPainting(kit, scene)
        self._view = View()
        self._gesture: Gesture | None = None
        self._space = self._space_used = False
        self._pen = False
        self._cursor: QPointF | None = None
        self._ring_box = QRectF()
        self._ring_made: tuple[object, BrushRing] | None = None
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Viewport"))
        self.setAccessibleDescription(self.tr("The frame under the playhead; emotions are painted on the face here."))
        scene.changed.connect(self.update)
        self.looking.changed.connect(self.update)
        kit.look.changed.connect(self.update)

    # -- views ---------------------------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """Of the edited clip's frame."""
        return self._placed()[0]

    @property
    def other_view(self) -> View | None:
        """Of the unedited clip's frame beside it; None when it has no pane of its own."""
        return self._placed()[1]

    def _placed(self) -> tuple[View, View | None]:
        view = replace(self._view, frame=self.scene.size, ratio=self.devicePixelRatioF())
        options = self.scene.options
        divided = options.compare is Compare.SIDE and not options.alone
        return view.panes(float(self.width()), float(self.height()), divided=divided)

    def show_view(self, view: View) -> None:
        """Show this part of the frame at this size."""
        self._view = view
        self.view_changed.emit()
        self.update()

    def fit(self) -> None:
        """Show the whole frame."""
        self.show_view(self.view.fitted())

    def zoom_to(self, zoom: float) -> None:
        """Show a pixel of the frame as so many of the screen, about the pane's middle."""
        left, top, width, height = self.view.pane
        self.show_view(self.view.zoomed_to(zoom, left + width / 2, top + height / 2))

    def zoom_by(self, factor: float) -> None:
        """Larger by a factor."""
        self.zoom_to(self.view.factor * factor)

    def _view_at(self, at: QPointF) -> View:
        """The pane under a point."""
        view, other = self._placed()
        return other if other is not None and at.x() < view.pane[0] else view

    def face_at(self, at: QPointF) -> FacePoint | None:
        """The point of the face at a point of the widget."""
        face = self.scene.face
        if face is None:
            return None
        return face.at(*self._view_at(at).to_frame(at.x(), at.y()))

    # -- painting ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, what lies over it, and the words at its edges."""
        view, other = self._placed()
        ring = self._ring()
        self._ring_box = QRectF() if ring is None else ring[0].box
        self._painting.paint(self, view, other, ring, self._cursor, self.looking)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The view goes with the widget."""
        super().resizeEvent(event)
        self.view_changed.emit()

    def _ring(self) -> BrushRing:
        tool, at = self._kit.editor.paint_tool, self._cursor
        if isinstance(self._gesture, Sizing):
            at = self._gesture.start
        face = self.scene.face
        if not tool.active or at is None or face is None or self._space:
            return None
        brush, view = tool.brush, self._view_at(at)
        asked = (at, face, brush, view)
        if self._ring_made is None or self._ring_made[0] != asked:
            point = self.face_at(at)
            shape = point and ring_of(view, face, point, brush)
            self._ring_made = (asked, (shape, point) if shape and point else None)
        return self._ring_made[1]

    def _place_ring(self) -> None:
        """Draw anew where the ring was and where it is now."""
        ring = self._ring()
        box = QRectF() if ring is None else ring[0].box
        for each in (self._ring_box, box):
            if not each.isEmpty():
                self.update(each.toAlignedRect())
        self._ring_box = box
        self._set_cursor(hidden=ring is not None)

    def _set_cursor(self, *, hidden: bool) -> None:
        shape, panning = Qt.CursorShape.ArrowCursor, isinstance(self._gesture, Panning)
        if panning or self._space:
            shape = Qt.CursorShape.ClosedHandCursor if panning else Qt.CursorShape.OpenHandCursor
        elif self._cursor is not None and self._on_divider(self._cursor):
            shape = Qt.CursorShape.SplitHCursor
        elif hidden:
            shape = Qt.CursorShape.BlankCursor
        elif self.looking.aiming or self._kit.editor.paint_tool.active:
            shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)

    def _on_divider(self, at: QPointF) -> bool:
        options = self.scene.options
        if options.compare is not Compare.WIPE or options.alone or self.scene.shown is None:
            return False
        left, _, width, _ = self.view.box
        return abs(at.x() - (left + width * options.divider)) <= _GRIP

    # -- the hand ------------------------------------------------------------------------------------------------------

    def hand_down(
        self, at: QPointF, modifiers: Qt.KeyboardModifier, *, pressure: float = 1.0, pen: bool, eraser: bool = False
    ) -> None:
        """A button or a pen went down."""
        self._cursor = at
        if isinstance(self._gesture, Sizing) or self.scene.shown is None:
            return  # letting go confirms a size
        self.scene.change(held=False, switched=False)
        view, tool = self._view_at(at), self._kit.editor.paint_tool
        tremble = _TREMBLE_PEN if pen else float(QApplication.startDragDistance()) / 3
        if self._space:
            self._space_used = True
            self._gesture = Panning(self.view, at, self.show_view)
        elif self._on_divider(at):
            self._gesture = Wiping(self.scene, self.view)
        elif self.looking.aiming:
            self.looking.look(*view.to_frame(at.x(), at.y()))
        elif tool.active:
            control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            smooth = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            mode = brush_mode(tool.brush, invert=control, smooth=smooth, eraser=eraser)
            if self.painter.begin(self.face_at(at), pressure, mode):
                self._gesture = Stroking(self.painter, self.face_at)
        else:
            self._gesture = Pressing(Panning(self.view, at, self.show_view), at, tremble, self._clicked)
        self._place_ring()

    def hand_moved(self, at: QPointF, pressure: float = 1.0) -> None:
        """The hand moved, with or without a button."""
        self._cursor = at
        if self._gesture is not None:
            self._gesture.move(at, pressure)
        if self.scene.options.keypoints or self.scene.options.regions:
            self.update()
        self._place_ring()

    def hand_up(self) -> None:
        """The hand let go."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end()
        self._place_ring()

    def cancel(self) -> None:
        """What is under way is to be as if it had not begun; otherwise, modes end."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        elif not self.looking.end() and self._kit.editor.paint_tool.active:
            self._kit.editor.set_paint_tool(replace(self._kit.editor.paint_tool, active=False))
        self._place_ring()
        self.update()

    def _clicked(self, at: QPointF) -> None:
        self.looking.point_at(self.face_at(at))

    def begin_sizing(self, *, strength: bool) -> None:
        """Size or strength of the brush follows the hand until it presses, or lets go."""
        face = self.scene.face
        if face is None or self._gesture is not None or self._cursor is None:
            return
        unit = None if strength else face.scale * self.view.scale
        self._gesture = Sizing(self._kit.editor, self._cursor, unit)
        self._place_ring()

    def pick_strength(self) -> None:
        """Paint as strongly as it is felt under the cursor."""
        point = None if self._cursor is None else self.face_at(self._cursor)
        clip = self.scene.painted
        if point is not None and clip is not None:
            set_brush(self._kit.editor, strength=round(felt_at(clip, point), 3))

    # -- events --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left acts, the middle button pans."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.MiddleButton and self.scene.shown is not None and self._gesture is None:
            self._gesture = Panning(self.view, event.position(), self.show_view)
            self._place_ring()
        elif event.button() == Qt.MouseButton.LeftButton:
            self.hand_down(event.position(), event.modifiers(), pen=False)
        elif event.button() == Qt.MouseButton.RightButton and isinstance(self._gesture, Sizing):
            self.cancel()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """On with what is under way."""
        self.hand_moved(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of what is under way."""
        if event.button() != Qt.MouseButton.RightButton:
            self.hand_up()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Everything that can be done here."""
        self.menu_wanted.emit(event.globalPos())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The pen: pressure is strength, its other end erases."""
        event.accept()
        self._painting.eraser = eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._pen = True
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.hand_down(event.position(), event.modifiers(), pressure=event.pressure(), pen=True, eraser=eraser)
        elif event.type() == QEvent.Type.TabletMove:
            self.hand_moved(event.position(), event.pressure() if self._pen else 1.0)
        elif event.type() == QEvent.Type.TabletRelease and self._pen:
            self._pen = False
            self.hand_up()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the cursor; with Ctrl, while painting, size the brush."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / _NOTCH
        if not notches:
            return
        sizing = event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._kit.editor.paint_tool.active
        if sizing:
            resize_brush(self._kit.editor, notches)
        elif self.scene.shown is not None:
            at, view = event.position(), self._view_at(event.position())
            self.show_view(view.zoomed(ZOOM_STEP**notches, at.x(), at.y()))
        self._place_ring()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """The space bar pans here, though it plays everywhere else; Escape ends what is under way."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            busy = self._gesture is not None or self.looking.aiming
            if event.key() == Qt.Key.Key_Space and not event.modifiers():
                event.accept()
                return True
            if event.key() == Qt.Key.Key_Escape and (busy or self._kit.editor.paint_tool.active):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held pans, Escape takes back."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space, self._space_used = True, False
                self._place_ring()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self._gesture, Sizing):
            self.hand_up()
        else:
            self._show_modifiers(event)
            super().keyPressEvent(event)

    def _show_modifiers(self, event: QKeyEvent) -> None:
        """Say what the brush does with these keys held."""
        if event.key() in (Qt.Key.Key_Control, Qt.Key.Key_Shift) and self._kit.editor.paint_tool.active:
            self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting go of the space bar, without having panned, plays."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space and self._space:
            self._space = False
            if not self._space_used:
                self.tapped_space.emit()
            self._place_ring()
        self._show_modifiers(event)
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys work here."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever looks away holds nothing."""
        self._space = False
        if isinstance(self._gesture, Sizing):
            self.hand_up()
        self.update()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The ring goes with the cursor."""
        if not isinstance(self._gesture, Stroking):
            self._cursor = None
        self._place_ring()
        self.update()
