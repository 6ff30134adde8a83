"""BlinkLane: blinks that a person added, and those that come by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.boxes import BoxLook, BoxPainter
from pctalk_studio.app.timeline.gestures import ClickSelect, EditDrag, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.lanes.selecting import select_at_press
from pctalk_studio.app.timeline.timecode import moment_text
from pctalk_studio.core.motion import EYE_CHANNELS
from pctalk_studio.document.project import BLINK_WITHIN, BlinkEvent, Track
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.session.selection import Selection

_SHUT = 0.5
"""Lid closure from which an eye counts as shut."""

_HALF = 5.0
"""Half the height of a bar."""

_LEAST = 8.0
"""Pixels of a blink at least, so that it can be seen and taken hold of."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A blink as it is seen: seconds at which lids are half shut and half open again, and when they are shut most."""

    start: float
    end: float
    shut: float


def closures(clip: ClipFrames) -> tuple[Closure, ...]:
    """Every blink of a clip, in order."""
    rate = float(clip.rate)
    lids = clip.motion.eyes[:, [EYE_CHANNELS.index("blink_right"), EYE_CHANNELS.index("blink_left")]].max(axis=1)
    shut = np.concatenate([[False], lids > _SHUT, [False]])
    edges = np.flatnonzero(shut[1:] != shut[:-1])
    found = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        most = first + int(lids[first:stop].argmax())
        found.append(Closure(first / rate, stop / rate, most / rate))
    return tuple(found)


class BlinkDrag(EditDrag):
    """Moves an added blink."""

    def __init__(self, board: Board, blink: BlinkEvent, pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "blink")
        self._board, self._blink, self._grip = board, blink, pointer.time - blink.time

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        wish = min(max(pointer.time - self._grip, 0.0), self._board.view.duration)
        snap = self._board.snapper.snap(wish, self._board.view.scale, free=pointer.free, without=[self._blink.time])
        if self.apply("move_blink", blink=self._blink.id, to=snap.time):
            self.guide, self.snapped = snap.time, snap.kind is not None
            self.read_out = moment_text(snap.time, self.editor.project.rate)


class BlinkLane(Lane):
    """Blinks over time. Double-click adds one; an automatic one that is deleted stays away."""

    def __init__(self, board: Board) -> None:
        super().__init__("blinks", "", board, 24, Track.BLINK)
        self.title = self.tr("Blinks")
        self._seen: tuple[ClipFrames | None, tuple[Closure, ...]] = (None, ())
        self._boxes = BoxPainter([BoxLook("dim", "dim", strength=0.35)], radius=5.0, height=2 * _HALF)

    def parts(self) -> tuple[object, ...]:
        """Blinks added and seen, and which are selected."""
        desk = self.kit.editor.desk
        return (self.project.blinks, self.selection.blinks, None if desk is None else desk.clip)

    def automatic(self) -> tuple[Closure, ...]:
        """Blinks that come by themselves."""
        desk = self.kit.editor.desk
        clip = None if desk is None else desk.clip
        if clip is None:
            return ()
        if self._seen[0] is not clip:
            self._seen = (clip, closures(clip))
        added = [blink.time for blink in self.project.blinks]
        return tuple(each for each in self._seen[1] if all(abs(each.shut - time) > BLINK_WITHIN / 2 for time in added))

    # -- painting ------------------------------------------------------------------------------------------------------

    def _bar(self, start: float, end: float, strip: Strip) -> QRectF:
        left, right = strip.scale.x(start), strip.scale.x(end)
        middle, width = (left + right) / 2, max(right - left, _LEAST)
        return QRectF(middle - width / 2, strip.height / 2 - _HALF, width, 2 * _HALF)

    def _added_bar(self, blink: BlinkEvent, strip: Strip) -> QRectF:
        return self._bar(blink.time - 0.08, blink.time + blink.held + 0.12, strip)

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Outlined bars for what comes by itself, filled ones for what was added."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, automatic = strip.tokens, self.automatic()
        if automatic:
            ends = strip.scale.x(np.array([(each.start, each.end) for each in automatic]))
            half = np.maximum(ends[:, 1] - ends[:, 0], _LEAST) / 2
            middle = ends.mean(axis=1)
            self._boxes.paint(painter, strip, middle - half, middle + half, np.zeros(len(ends), np.int64))
        for blink in self.project.blinks:
            chosen = blink.id in self.selection.blinks
            painter.setPen(QPen(tokens.color("accent"), 2) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("stale"))
            painter.drawRoundedRect(self._added_bar(blink, strip), 5, 5)

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """An outline about the blink under the pointer."""
        if hover is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(strip.tokens.color("text"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect = None
        if hover.part == "added":
            rect = next((self._added_bar(each, strip) for each in self.project.blinks if each.id == hover.item), None)
        elif isinstance(hover.item, Closure):
            rect = self._bar(hover.item.start, hover.item.end, strip)
        if rect is not None:
            painter.drawRoundedRect(rect, 5, 5)

    # -- pointer -------------------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """The blink under a point; added ones first."""
        for blink in self.project.blinks:
            if self._added_bar(blink, strip).adjusted(-2, -6, 2, 6).contains(at):
                return Handle("added", blink.id, blink.time, Qt.CursorShape.SizeHorCursor)
        for each in self.automatic():
            if self._bar(each.start, each.end, strip).adjusted(-2, -6, 2, 6).contains(at):
                return Handle("automatic", each, each.shut, Qt.CursorShape.PointingHandCursor)
        return None

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select, and drag what was added; an automatic blink moves the playhead there."""
        editor = self.kit.editor
        if handle is None:
            return None
        if handle.part == "automatic":
            if editor.desk is not None:
                editor.desk.transport.seek_seconds(handle.time)
            return ClickSelect()
        blink = next(each for each in self.project.blinks if each.id == handle.item)
        if not select_at_press(editor, Selection.of(blinks=[blink.id]), pointer):
            return ClickSelect()
        return BlinkDrag(self.board, blink, pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Add a blink; make an automatic one one's own."""
        if self.kit.editor.desk is None or (handle is not None and handle.part == "added"):
            return False
        if handle is not None:
            self._take_over(handle.time)
        else:
            self.add_at(self.board.snapper.snap(pointer.time, strip.scale, free=pointer.free).time)
        return True

    def add_at(self, time: float) -> None:
        """Shut the eyes at a moment."""
        number = self.project.next_id
        time = min(max(time, 0.0), self.board.view.duration)
        self.kit.editor.apply("add_blink", time=time, selecting=Selection.of(blinks=[number]))

    def _take_over(self, time: float) -> None:
        edits = [("remove_automatic_blink", {"time": time}), ("add_blink", {"time": time})]
        chosen = Selection.of(blinks=[self.project.next_id])
        self.kit.editor.apply_all(self.tr("Edit a blink"), list(edits), selecting=chosen)

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Added blinks in a rubber band."""
        return Selection.of(blinks=[b.id for b in self.project.blinks if self._added_bar(b, strip).intersects(area)])

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """What kind of blink, and when."""
        rate = self.project.rate
        if handle is None:
            return moment_text(time, rate)
        kind = self.tr("blink") if handle.part == "added" else self.tr("automatic blink; double-click to make it yours")
        return f"{kind}   {moment_text(handle.time, rate)}"

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Add, take away, give back."""
        if handle is None:
            menu.addAction(self.tr("Blink here"), lambda: self.add_at(pointer.time))
        elif handle.part == "automatic":
            time = handle.time
            menu.addAction(self.tr("Make this blink mine"), lambda: self._take_over(time))
            menu.addAction(self.tr("Take this blink away"), lambda: self.kit.editor.apply("remove_automatic_blink", time=time))
        elif handle.item not in self.selection.blinks and isinstance(handle.item, int):
            self.kit.editor.select(Selection.of(blinks=[handle.item]))
        if self.project.blinks_removed:
            menu.addAction(self.tr("Give automatic blinks back"), lambda: self.kit.editor.apply("restore_automatic_blinks"))
        for command in (Command.INSERT, Command.DELETE, Command.NUDGE_EARLIER, Command.NUDGE_LATER):
            add(command)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[BlinkEvent]:
        return [each for each in self.project.blinks if each.id in self.selection.blinks]

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Add, delete, move, walk."""
        frame = 1 / float(self.project.rate)
        return {
            Command.INSERT: self._insert,
            Command.TOGGLE_KEY: self._insert,
            Command.DELETE: self._delete,
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.NEXT_KEY: lambda: self._walk(1),
            Command.PREVIOUS_KEY: lambda: self._walk(-1),
            Command.SELECT_ALL: lambda: self.kit.editor.select(Selection.of(blinks=[b.id for b in self.project.blinks])),
            Command.NUDGE_EARLIER: lambda: self._shift(-frame),
            Command.NUDGE_LATER: lambda: self._shift(frame),
            Command.NUDGE_EARLIER_FINE: lambda: self._shift(-0.01),
            Command.NUDGE_LATER_FINE: lambda: self._shift(0.01),
        }

    def _insert(self) -> None:
        if self.kit.editor.desk is not None:
            self.add_at(self.kit.editor.desk.transport.seconds)

    def _delete(self) -> None:
        edits = [("delete_blink", {"blink": each.id}) for each in self._chosen()]
        if edits:
            self.kit.editor.apply_all(self.tr("Delete blinks"), list(edits))
        elif self.kit.editor.desk is not None:
            here = self.kit.editor.desk.transport.seconds
            near = [each for each in self.automatic() if abs(each.shut - here) <= BLINK_WITHIN]
            if near:
                self.kit.editor.apply("remove_automatic_blink", time=near[0].shut)

    def _shift(self, by: float) -> None:
        edits = [("move_blink", {"blink": each.id, "to": each.time + by}) for each in self._chosen()]
        if edits:
            self.kit.editor.apply_all(self.tr("Move blinks"), list(edits))

    def _walk(self, step: int) -> None:
        desk = self.kit.editor.desk
        if desk is None:
            return
        here, half = desk.transport.seconds, 0.5 / float(self.project.rate)
        times = sorted([each.shut for each in self.automatic()] + [each.time for each in self.project.blinks])
        ahead = [time for time in times if (time - here) * step > half]
        if ahead:
            time = ahead[0 if step > 0 else -1]
            desk.transport.seek(round(time * float(self.project.rate)))
            self.kit.editor.select(Selection.of(blinks=[b.id for b in self.project.blinks if b.time == time]))
            self.board.view.reveal(time)

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Where added blinks are."""
        return np.sort(np.array([each.time for each in self.project.blinks], np.float64))

    def description(self) -> str:
        """The selected blinks."""
        return ", ".join(f"{each.time:.2f} s" for each in self._chosen()) or self.tr("no blink selected")
