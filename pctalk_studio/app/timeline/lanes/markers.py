"""MarkerLane: named moments."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.gestures import ClickSelect, EditDrag, Gesture
from pctalk_studio.app.timeline.inline_field import InlineField
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.lanes.selecting import select_at_press
from pctalk_studio.app.timeline.painting import paint_hint
from pctalk_studio.app.timeline.timecode import moment_text
from pctalk_studio.document.project import Marker
from pctalk_studio.session.selection import Selection

_REACH = 8.0


class MarkerDrag(EditDrag):
    """Moves markers; the one that was pressed snaps."""

    def __init__(self, board: Board, pressed: Marker, others: list[Marker], pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "marker")
        self._board = board
        self._pressed = pressed
        self._grip = pointer.time - pressed.time
        self._all = [pressed, *others]

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        wish = min(max(pointer.time - self._grip, 0.0), self._board.view.duration)
        held = [marker.time for marker in self.editor.project.markers if marker.id in {each.id for each in self._all}]
        snap = self._board.snapper.snap(wish, self._board.view.scale, free=pointer.free, without=[*held, self._pressed.time])
        shift = snap.time - self._pressed.time
        edits = [
            ("change_marker", {"marker": each.id, "time": each.time + shift, "label": each.label})
            for each in self._all
        ]  # fmt: skip
        if self.apply_all(self.editor.tr("Move markers"), edits):
            self.guide, self.snapped = snap.time, snap.kind is not None
            self.read_out = moment_text(snap.time, self.editor.project.rate)


class MarkerLane(Lane):
    """Flags with names; double-click adds one, or renames the one that is there.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("markers", "", board, 24)
        self.title = self.tr("Markers")
        self._field = InlineField(self)

    def parts(self) -> tuple[object, ...]:
        """Markers, which are selected, and whether there is a recording."""
        return (self.project.markers, self.selection.markers, self.kit.editor.desk is None)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Flags with labels; a label ends where the next flag begins. A hint where there are none."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, tokens = strip.lettering.metrics, strip.tokens
        markers = self.project.markers
        for marker, following in itertools.zip_longest(markers, markers[1:]):
            x = strip.scale.x(marker.time)
            room = 286.0 if following is None else min(strip.scale.x(following.time) - x - 14, 286.0)
            if x > strip.width + 8 or x < -320:
                continue
            chosen = marker.id in self.selection.markers
            if chosen and marker.label:
                width = min(metrics.horizontalAdvance(marker.label), room) + 18
                painter.setBrush(tokens.color("selected"))
                painter.drawRoundedRect(QRectF(x - 4, 2, width + 4, strip.height - 4), 4, 4)
            painter.setBrush(tokens.color("accent" if chosen else "closure_bar"))
            painter.drawPolygon(flag(x, strip.height))
            if room > 12 and marker.label:
                text = metrics.elidedText(marker.label, Qt.TextElideMode.ElideRight, room)
                painter.setPen(tokens.color("text"))
                painter.drawText(QPointF(x + 9, (strip.height + metrics.ascent() - metrics.descent()) / 2), text)
                painter.setPen(Qt.PenStyle.NoPen)
        if not markers and self.kit.editor.desk is not None:
            paint_hint(painter, strip, self.tr("Double-click to mark a moment"))

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """A ring about the flag under the pointer."""
        if hover is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(strip.tokens.color("text"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(flag(strip.scale.x(hover.time), strip.height))

    # -- pointer -------------------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """The flag under a point."""
        near = min(self.project.markers, key=lambda each: abs(strip.scale.x(each.time) - at.x()), default=None)
        if near is None or abs(strip.scale.x(near.time) - at.x()) > _REACH:
            return None
        return Handle("flag", near.id, near.time, Qt.CursorShape.SizeHorCursor)

    def _marker(self, handle: Handle) -> Marker:
        return next(each for each in self.project.markers if each.id == handle.item)

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select and, when moved, drag."""
        if handle is None:
            return None
        marker, editor = self._marker(handle), self.kit.editor
        if not select_at_press(editor, Selection.of(markers=[marker.id]), pointer):
            return ClickSelect()
        others = [each for each in self.project.markers if each.id in editor.selection.markers and each is not marker]
        return MarkerDrag(self.board, marker, others, pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Add a marker, or rename the one that is there."""
        if self.kit.editor.desk is None:
            return False
        if handle is not None:
            self._rename(self._marker(handle))
            return True
        snap = self.board.snapper.snap(pointer.time, strip.scale, free=pointer.free)
        self.add_at(snap.time)
        return True

    def add_at(self, time: float) -> None:
        """Mark a moment and ask for its name."""
        number = self.project.next_id
        if self.kit.editor.apply("add_marker", time=min(max(time, 0.0), self.board.view.duration)):
            self.kit.editor.select(Selection.of(markers=[number]))
            self._rename(next(each for each in self.project.markers if each.id == number))

    def _rename(self, marker: Marker) -> None:
        def done(text: str) -> None:
            self.kit.editor.apply("change_marker", marker=marker.id, time=marker.time, label=text.strip())

        x = self.board.view.scale.x(marker.time)
        self._field.open(QRectF(x + 6, 0, 160, self.height), marker.label, self.tr("Name of the marker"), done)

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Markers in a rubber band."""
        low, high = strip.scale.time(area.left()), strip.scale.time(area.right())
        return Selection.of(markers=[each.id for each in self.project.markers if low <= each.time <= high])

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """Name and moment."""
        if handle is None:
            return moment_text(time, self.project.rate)
        marker = self._marker(handle)
        return f"{marker.label}   {moment_text(marker.time, self.project.rate)}".strip()

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Add, rename, delete."""
        if handle is not None and handle.item not in self.selection.markers:
            self.kit.editor.select(Selection.of(markers=[self._marker(handle).id]))
        if handle is None:
            menu.addAction(self.tr("Add a marker here"), lambda: self.add_at(pointer.time))
        add(Command.INSERT)
        if self.selection.markers:
            for command in (Command.CHANGE, Command.DELETE, Command.NUDGE_EARLIER, Command.NUDGE_LATER):
                add(command)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[Marker]:
        return [each for each in self.project.markers if each.id in self.selection.markers]

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Add, rename, delete, move, walk."""
        frame = 1 / float(self.project.rate)
        return {
            Command.INSERT: self._insert,
            Command.CHANGE: self._rename_chosen,
            Command.DELETE: self._delete,
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.SELECT_ALL: lambda: self.kit.editor.select(Selection.of(markers=[each.id for each in self.project.markers])),
            Command.NUDGE_EARLIER: lambda: self._shift(-frame),
            Command.NUDGE_LATER: lambda: self._shift(frame),
            Command.NUDGE_EARLIER_FINE: lambda: self._shift(-0.01),
            Command.NUDGE_LATER_FINE: lambda: self._shift(0.01),
        }

    def _rename_chosen(self) -> None:
        for marker in self._chosen()[:1]:
            self._rename(marker)

    def _insert(self) -> None:
        if self.kit.editor.desk is not None:
            self.add_at(self.kit.editor.desk.transport.seconds)

    def _delete(self) -> None:
        edits = [("delete_marker", {"marker": each.id}) for each in self._chosen()]
        if edits:
            self.kit.editor.apply_all(self.tr("Delete markers"), list(edits))

    def _shift(self, by: float) -> None:
        edits = [
            ("change_marker", {"marker": each.id, "time": max(0.0, each.time + by), "label": each.label})
            for each in self._chosen()
        ]  # fmt: skip
        if edits:
            self.kit.editor.apply_all(self.tr("Move markers"), list(edits))

    def _walk(self, step: int) -> None:
        markers, chosen = self.project.markers, self._chosen()
        if not markers or self.kit.editor.desk is None:
            return
        here = chosen[0].time if chosen else self.kit.editor.desk.transport.seconds
        ahead = [each for each in markers if (each.time - here) * step > 1e-9]
        if ahead:
            target = ahead[0 if step > 0 else -1]
            self.kit.editor.select(Selection.of(markers=[target.id]))
            self.board.view.reveal(target.time)

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Where markers are."""
        return np.array([each.time for each in self.project.markers], np.float64)

    def description(self) -> str:
        """The selected markers."""
        chosen = self._chosen()
        return ", ".join(f"{each.label} {each.time:.2f} s".strip() for each in chosen) or self.tr("no marker selected")


def flag(x: float, height: float) -> QPolygonF:
    """Outline of a flag that stands on a moment."""
    top, low, tip = height * 0.2, height * 0.55, height * 0.8
    return QPolygonF([QPointF(*corner) for corner in ((x - 5, top), (x + 5, top), (x + 5, low), (x, tip), (x - 5, low))])
