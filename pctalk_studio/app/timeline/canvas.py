"""LaneCanvas: the lanes, one above the other, with everything that lies over all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.timeline import overlay
from pctalk_studio.app.timeline.gestures import Gesture, RubberBand
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.lane_scene import LaneScene, Row
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.timeline.pointing import Pointing
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.session.selection import Selection

GAP = 1
"""Pixels of line between lanes."""

_AT_A_TIME = 0.004
"""Seconds of painting lanes anew for another view, after which the hand and the eye come first and the rest follows."""


class LaneCanvas(Pointing):
    """Shows the scene of all lanes, and the playhead, guides and rubber band over it; passes on what the pointer does.

    Parameters
    ----------
    board
        What lanes share.
    lanes
        From top to bottom.
    parent
        Owner.
    """

    hovered = Signal(str)
    """A line about what is under the pointer."""
    rows_changed = Signal()
    """Lanes lie elsewhere."""
    lane_focused = Signal(object)
    """Lane to which keys go now."""
    menu_wanted = Signal(object, object, object, object)
    """(lane, handle, pointer, global position)."""

    def __init__(self, board: Board, lanes: Sequence[Lane], parent: QWidget | None = None) -> None:
        super().__init__(board.view, parent)
        self._board = board
        self._kit: Kit = board.kit
        self.lanes = tuple(lanes)
        self.rows: tuple[Row, ...] = ()
        self.scene = LaneScene()
        self._lettering: tuple[str, Lettering] | None = None
        self._focus_lane: Lane | None = None
        self._hover: tuple[Lane, Handle] | None = None
        self._pressed: Row | None = None
        self._playhead = 0.0
        self._current = QRect()
        """Where the scene is known to be as things are now; empty when something may be another."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Timeline"))
        for lane in self.lanes:
            lane.setParent(self)
            lane.changed.connect(self._lane_changed)
            lane.resized.connect(self._lay_out)
            board.snapper.add(lane.snap_times)
        editor = board.kit.editor
        editor.project_changed.connect(self._redraw)
        editor.selection_changed.connect(self._selected)
        editor.modes_changed.connect(self._redraw)
        editor.desk_changed.connect(self._redraw)
        board.view.changed.connect(self._redraw)
        repaint_with(self, board.kit.look)
        self._lay_out()

    # -- layout --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        rows, top = [], 0
        for lane in self.lanes:
            if lane.visible:
                lane.top = top
                rows.append(Row(lane, top, top + lane.height))
                top += lane.height + GAP
        self.rows = tuple(rows)
        self.setMinimumHeight(top)
        self.rows_changed.emit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The view is as wide as the canvas."""
        super().resizeEvent(event)
        self._board.view.set_width(self.width())

    def _lane_changed(self) -> None:
        for row in self.rows:
            if row.lane is self.sender():
                self.scene.drop(row.lane)
                self.update(0, row.top, self.width(), row.bottom - row.top)

    def _redraw(self, *_: object) -> None:
        self.update()

    def _selected(self, _: object) -> None:
        self.update()
        self._tell_description()

    def strip(self, lane: Lane) -> Strip:
        """What a lane paints on now."""
        return Strip(self.width(), lane.height, self._board.view.scale, self._kit.look.tokens, self._lettered())

    def _lettered(self) -> Lettering:
        """For texts of lanes; made anew for another font."""
        key = self.font().key()
        if self._lettering is None or self._lettering[0] != key:
            self._lettering = key, Lettering(QFont(self.font()))
        return self._lettering[1]

    def row_at(self, y: float) -> Row | None:
        """The lane at a height; None below all."""
        return next((row for row in self.rows if row.top <= y < row.bottom + GAP), None)

    # -- focus ---------------------------------------------------------------------------------------------------------

    @property
    def focus_lane(self) -> Lane | None:
        """The lane to which keys go."""
        if self._focus_lane is not None and self._focus_lane.visible:
            return self._focus_lane
        return None

    def focus_on(self, lane: Lane) -> None:
        """Send keys to a lane."""
        if lane is not self._focus_lane:
            self._focus_lane = lane
            self.lane_focused.emit(lane)
            self._tell_description()
            self.update()

    def focus_neighbour(self, step: int) -> None:
        """Send keys to a lane above (-1) or below (1) that answers to some."""
        lanes = [row.lane for row in self.rows if row.lane.commands()]
        if lanes:
            at = lanes.index(self._focus_lane) + step if self._focus_lane in lanes else 0
            self.focus_on(lanes[min(max(at, 0), len(lanes) - 1)])

    def perform(self, command: Command) -> bool:
        """Do something with the lane in focus; whether it answers to that."""
        lane = self.focus_lane
        action = None if lane is None else lane.commands().get(command)
        if action is not None:
            action()
            self._tell_description()
        return action is not None

    def _tell_description(self) -> None:
        lane = self._focus_lane
        text = "" if lane is None else f"{lane.title}: {lane.description()}"
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where keys go."""
        super().focusInEvent(event)
        if self._focus_lane is None:
            self.focus_neighbour(0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.update()

    # -- painting ------------------------------------------------------------------------------------------------------

    def set_playhead(self, time: float) -> None:
        """Draw the playhead at a moment; nothing but two narrow strips of what was painted last is shown anew for it."""
        scale = self._board.view.scale
        for moment in (self._playhead, time):
            super().update(overlay.playhead_area(scale.x(moment), self.height()))
        self._playhead = time

    def update(self, *area: Any) -> None:
        """Paint anew, soon, lanes that look different; the playhead moves over what was painted without asking them."""
        self._current = QRect()
        super().update(*area)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the scene, in which lanes that look different are painted anew first, and over it what changes more often."""
        if self._kit.editor.desk is None:
            self._paint_nothing_open()
            return
        if not self._current.contains(event.rect()):
            # What is scrolled out of sight is not painted before it is seen.
            self._current = self.visibleRegion().boundingRect().united(event.rect())
            self._refresh()
        tokens, board = self._kit.look.tokens, self._board
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self.scene.pixmap)
            self._paint_over(painter, event.rect())
            overlay.shade_outside(painter, board, self.rect())
            overlay.paint_playhead(painter, board.view.scale.x(self._playhead), self.height(), tokens)
            overlay.paint_gesture(painter, board, self.gesture, self.rect(), self._pointer_at)

    def _paint_nothing_open(self) -> None:
        """No lanes and no playhead, which would look like a clip that is empty: a sentence."""
        tokens = self._kit.look.tokens
        text = self.tr("Open a project, or make one from a portrait and a recording, to see here what is said and when")
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), tokens.color("panel"))
            overlay.paint_hint(painter, tokens, text, self.visibleRegion().boundingRect())

    def _refresh(self) -> None:
        self.scene.lay_out(self.rows, self.size(), self.devicePixelRatioF(), self._kit.look.tokens.color("window"))
        width, scale, tokens, lettering = self.width(), self._board.view.scale, self._kit.look.tokens, self._lettered()
        seen = [row for row in self.rows if row.meets(self._current)]
        if not self.scene.refresh([(row, Strip(width, row.lane.height, scale, tokens, lettering)) for row in seen], _AT_A_TIME):
            self.update()

    def _paint_over(self, painter: QPainter, area: QRect) -> None:
        """What lies over single lanes: what the pointer may take hold of, and where keys go."""
        tokens = self._kit.look.tokens
        for row in self.rows:
            hover = self._hover[1] if self._hover is not None and self._hover[0] is row.lane else None
            if row.meets(area) and (hover is not None or row.lane.overlaid):
                strip = self.strip(row.lane)
                painter.save()
                painter.translate(0, self.scene.row_top(row))
                painter.setClipRect(strip.rect)
                painter.setFont(strip.font)
                row.lane.paint_over(painter, strip, hover)
                painter.restore()
            if row.lane is self._focus_lane and self.hasFocus():
                painter.fillRect(QRect(0, row.top, 2, row.bottom - row.top), tokens.color("accent"))

    # -- pointer -------------------------------------------------------------------------------------------------------

    def pointer(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """A point in the coordinates of the lane that was pressed, or of the canvas."""
        top = self._pressed.top if self._pressed is not None else 0
        return Pointer(self._board.view.scale.time(at.x()), at.x(), at.y() - top, modifiers)

    def press_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Gesture | None:
        """Ask the lane for a gesture, or begin a rubber band."""
        self._pressed = None
        self.hovered.emit("")  # what is dragged tells its times beside the pointer; those of before would contradict them
        row = self.row_at(at.y())
        if row is not None:
            self.focus_on(row.lane)
            strip = self.strip(row.lane)
            handle = row.lane.hit(QPointF(at.x(), at.y() - row.top), strip)
            self._pressed = row
            gesture = row.lane.press(handle, self.pointer(at, modifiers), strip)
            if gesture is not None:
                return gesture
            self._pressed = None
        return RubberBand(self._kit.editor, self.pointer(at, modifiers), self._touched)

    def hang_in(self, lane: Lane, gesture: Callable[[Pointer], Gesture | None]) -> None:
        """Let a gesture of a lane follow the pointer without a button; it is given where the pointer is."""
        self._pressed = next((row for row in self.rows if row.lane is lane), None)
        at = QPointF(self.mapFromGlobal(QCursor.pos()))
        made = gesture(self.pointer(at, Qt.KeyboardModifier.NoModifier))
        if made is not None:
            self.hang(made)

    def _touched(self, left: float, top: float, right: float, bottom: float) -> Selection:
        found = Selection()
        for row in self.rows:
            if row.bottom >= top and row.top <= bottom:
                area = QRectF(left, max(top - row.top, 0), right - left, min(bottom, row.bottom) - max(top, row.top))
                found = found | row.lane.inside(area, self.strip(row.lane))
        return found

    def double_click_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Ask the lane."""
        row = self.row_at(at.y())
        if row is None:
            return False
        self._pressed, strip = row, self.strip(row.lane)
        handle = row.lane.hit(QPointF(at.x(), at.y() - row.top), strip)
        return row.lane.double_click(handle, self.pointer(at, modifiers), strip)

    def _found(self, at: QPointF) -> tuple[Row, Handle | None] | None:
        row = self.row_at(at.y())
        return None if row is None else (row, row.lane.hit(QPointF(at.x(), at.y() - row.top), self.strip(row.lane)))

    def hover_at(self, at: QPointF | None) -> None:
        """Show what could be taken hold of."""
        found = None if at is None else self._found(at)
        handle = None if found is None else found[1]
        now = None if found is None or handle is None else (found[0].lane, handle)
        if now != self._hover:
            self._hover = now
            self.setCursor(Qt.CursorShape.ArrowCursor if handle is None else handle.cursor)
            self.update()
        time = 0.0 if at is None else self._board.view.scale.time(at.x())
        self.hovered.emit("" if found is None else found[0].lane.hover_text(handle, time))

    def event(self, event: QEvent) -> bool:
        """Tool tips tell of what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._found(QPointF(event.pos()))
            text = "" if found is None else found[0].lane.hover_text(found[1], self._board.view.scale.time(event.pos().x()))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Everything that can be done, beside what was clicked, or, from the keyboard, beside the playhead."""
        at = QPointF(event.pos())
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = next((r for r in self.rows if r.lane is self._focus_lane), None) if by_key else self.row_at(at.y())
        if row is None:
            return
        if by_key:
            at = QPointF(min(max(self._board.view.scale.x(self._playhead), 0), self.width()), (row.top + row.bottom) / 2)
        self._pressed, strip = row, self.strip(row.lane)
        handle = None if by_key else row.lane.hit(QPointF(at.x(), at.y() - row.top), strip)
        pointer = self.pointer(at, Qt.KeyboardModifier.NoModifier)
        self.focus_on(row.lane)
        self.menu_wanted.emit(row.lane, handle, pointer, self.mapToGlobal(at.toPoint()))
