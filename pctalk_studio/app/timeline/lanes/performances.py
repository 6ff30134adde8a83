"""PerformanceLane: recorded performances, cut, stretched, stacked and cross-faded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.lanes.clip_gestures import ClipEdits, ClipsDrag, FadeDrag
from pctalk_studio.app.timeline.lanes.performance_gestures import PerformanceTrim
from pctalk_studio.app.timeline.lanes.performance_layout import Box, boxes
from pctalk_studio.app.timeline.lanes.performance_painting import details, paint_box
from pctalk_studio.app.timeline.timecode import moment_text, span_text
from pctalk_studio.app.widgets.names import part_name
from pctalk_studio.document.performance import (
    SHORTEST_PERFORMANCE,
    Convention,
    Ending,
    PerformanceClip,
    PerformancePart,
    Take,
)
from pctalk_studio.document.project import Track
from pctalk_studio.session.selection import Selection

IMPORT = "file.performance"
"""The command that brings in a performance."""

_CURSORS = {
    "start": Qt.CursorShape.SizeHorCursor,
    "end": Qt.CursorShape.SizeHorCursor,
    "fade_in": Qt.CursorShape.SizeHorCursor,
    "fade_out": Qt.CursorShape.SizeHorCursor,
    "body": Qt.CursorShape.OpenHandCursor,
}


class PerformanceLane(Lane):
    """Performances over time. Double-click on free room brings one in."""

    def __init__(self, board: Board) -> None:
        super().__init__("performances", "", board, 52, Track.PERFORMANCE)
        self.title = self.tr("Performance")
        self._copied: tuple[tuple[PerformanceClip, Take], ...] = ()

    def parts(self) -> tuple[object, ...]:
        """The clips, what they play, what is selected, and whether a project is open."""
        project = self.project
        return (project.performances, project.takes, self.selection.performances, self.kit.editor.desk is None)

    @property
    def edits(self) -> ClipEdits:
        """How performances are edited."""
        return ClipEdits(move="move_performance", fade="fade_performance", moving=self.tr("Move performances"))

    def _boxes(self, strip: Strip) -> list[Box]:
        return boxes(self.project.performances, self.project.takes, strip)

    def _box_of(self, handle: Handle, strip: Strip) -> Box | None:
        return next((box for box in self._boxes(strip) if box.clip.id == handle.item), None)

    def _clip(self, handle: Handle | None) -> PerformanceClip | None:
        number = None if handle is None else handle.item
        return next((clip for clip in self.project.performances if clip.id == number), None)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Boxes with the motion of the head as a filled area; how to get one where there is none."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box in self._boxes(strip):
            if box.rect.right() >= 0 and box.rect.left() <= strip.width:
                paint_box(painter, strip, box, chosen=box.clip.id in self.selection.performances)
        if not self.project.performances and self.kit.editor.desk is not None:
            painter.setPen(strip.tokens.color("dim"))
            text = self.tr("Drop a motion template (.pkl) here, or double-click")
            painter.drawText(strip.rect.adjusted(12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """Handles of the clip under the pointer."""
        box = None if hover is None else self._box_of(hover, strip)
        if box is None or box.rect.width() <= 36:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(strip.tokens.color("text"), 1.5))
        painter.setBrush(strip.tokens.color("window"))
        for point in box.fade_points(strip):
            painter.drawEllipse(point, 3.5, 3.5)

    # -- pointer -------------------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """What of which clip lies under a point; the clip on top first."""
        for box in reversed(self._boxes(strip)):
            part = box.part_at(at, strip)
            if part is not None:
                return Handle(part, box.clip.id, strip.scale.time(at.x()), _CURSORS[part])
        return None

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select, and begin what the part under the pointer is for."""
        editor = self.kit.editor
        box = None if handle is None else self._box_of(handle, strip)
        if handle is None or box is None:
            return None
        clip = box.clip
        one = Selection.of(performances=[clip.id])
        if handle.part == "end" and pointer.toggles:
            return PerformanceTrim(self.board, clip, "end")
        if pointer.toggles or pointer.extends:
            editor.select(editor.selection.toggled(one) if pointer.toggles else editor.selection | one)
            return ClickSelect()
        if clip.id not in editor.selection.performances:
            editor.select(one)
        if handle.part in ("start", "end"):
            return PerformanceTrim(self.board, clip, handle.part)
        if handle.part in ("fade_in", "fade_out"):
            return FadeDrag(self.board, self.edits, box, handle.part)
        others = [each for each in self._chosen() if each.id != clip.id]
        return ClipsDrag(self.board, self.edits, box, others, pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Bring in a performance where there is none; a fade goes away."""
        clip = self._clip(handle)
        if self.kit.editor.desk is None:
            return False
        if handle is None or clip is None:
            self.kit.editor.desk.transport.seek_seconds(max(pointer.time, 0.0))
            self._import()
        elif handle.part in ("fade_in", "fade_out"):
            fades = (0.0, clip.fade_out) if handle.part == "fade_in" else (clip.fade_in, 0.0)
            return self.kit.editor.apply("fade_performance", clip=clip.id, fade_in=fades[0], fade_out=fades[1])
        return True

    def _import(self) -> None:
        """Ask for a template, where the window offers that."""
        if any(spec.id == IMPORT for spec in self.kit.actions):
            self.kit.actions[IMPORT].trigger()

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Clips that a rubber band touches."""
        return Selection.of(performances=[box.clip.id for box in self._boxes(strip) if box.rect.intersects(area)])

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """What is played, what it drives, and when."""
        clip, rate = self._clip(handle), self.project.rate
        if clip is None:
            return moment_text(time, rate)
        parts = ", ".join(part_name(part) for part in PerformancePart if part in clip.parts) or self.tr("nothing")
        speed = "" if clip.speed == 1.0 else f"   {clip.speed:.2f} ×"
        hint = self.tr("   Ctrl stretches") if handle is not None and handle.part == "end" else ""
        return f"{clip.name}   {parts}{speed}   {span_text(clip.start, clip.end, rate)}{hint}"

    # -- menu and keys -------------------------------------------------------------------------------------------------

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Parts, convention, ending, and commands."""
        clip, editor = self._clip(handle), self.kit.editor
        if clip is None:
            if any(spec.id == IMPORT for spec in self.kit.actions):
                menu.addAction(self.kit.actions[IMPORT])
            add(Command.PASTE)
            return
        if clip.id not in self.selection.performances:
            editor.select(Selection.of(performances=[clip.id]))
        drives = menu.addMenu(self.tr("Drives"))
        for part in PerformancePart:
            wanted = sorted(clip.parts ^ {part})
            self._offer(drives, part_name(part), part in clip.parts, "set_performance_parts", clip=clip.id, parts=wanted)
        absolute = clip.convention is Convention.ABSOLUTE
        other = Convention.RELATIVE if absolute else Convention.ABSOLUTE
        text = self.tr("The performer's own pose and expression")
        self._offer(menu, text, absolute, "set_performance_convention", clip=clip.id, convention=other)
        loops = clip.ending is Ending.LOOP
        ending = Ending.HOLD if loops else Ending.LOOP
        self._offer(menu, self.tr("Again and again"), loops, "set_performance_ending", clip=clip.id, ending=ending)
        self._offer(menu, self.tr("At its own speed"), clip.speed == 1.0, "set_performance_speed", clip=clip.id, speed=1.0)
        menu.addSeparator()
        for command in (
            Command.SPLIT,
            Command.RAISE,
            Command.LOWER,
            Command.COPY,
            Command.PASTE,
            Command.DUPLICATE,
            Command.DELETE,
        ):
            add(command)

    def _offer(self, menu: QMenu, text: str, on: bool, edit: str, **arguments: Any) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _=False: self.kit.editor.apply(edit, **arguments))

    def _chosen(self) -> list[PerformanceClip]:
        return [each for each in self.project.performances if each.id in self.selection.performances]

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Bring in, delete, split, stack, copy, move, walk."""
        frame, ids = 1 / float(self.project.rate), [each.id for each in self.project.performances]
        return {
            Command.INSERT: self._import,
            Command.DELETE: self._delete,
            Command.SPLIT: self._split,
            Command.RAISE: lambda: self._restack(1),
            Command.LOWER: lambda: self._restack(-1),
            Command.COPY: self._copy,
            Command.PASTE: self._paste,
            Command.DUPLICATE: self._duplicate,
            Command.SELECT_ALL: lambda: self.kit.editor.select(Selection.of(performances=ids)),
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.NUDGE_EARLIER: lambda: self._shift(-frame),
            Command.NUDGE_LATER: lambda: self._shift(frame),
            Command.NUDGE_EARLIER_FINE: lambda: self._shift(-0.01),
            Command.NUDGE_LATER_FINE: lambda: self._shift(0.01),
            Command.PLAY: self._play,
        }

    def _delete(self) -> None:
        gone = [("delete_performance", {"clip": each.id}) for each in self._chosen()]
        if gone:
            self.kit.editor.apply_all(self.tr("Delete performances"), list(gone))

    def _split(self) -> None:
        desk = self.kit.editor.desk
        now = 0.0 if desk is None else desk.transport.seconds
        for clip in self._chosen() if desk is not None else ():
            if clip.start + SHORTEST_PERFORMANCE < now < clip.end - SHORTEST_PERFORMANCE:
                self.kit.editor.apply("split_performance", clip=clip.id, at=now)

    def _restack(self, step: int) -> None:
        order = [each.id for each in self.project.performances]
        for clip in self._chosen()[:1]:
            to = min(max(order.index(clip.id) + step, 0), len(order) - 1)
            self.kit.editor.apply("reorder_performance", clip=clip.id, to=to)

    def _copy(self) -> None:
        takes = {take.id: take for take in self.project.takes}
        self._copied = tuple((clip, takes[clip.take]) for clip in self._chosen() if clip.take in takes) or self._copied

    def _paste(self) -> None:
        desk = self.kit.editor.desk
        if desk is None or not self._copied:
            return
        by = desk.transport.seconds - min(clip.start for clip, _ in self._copied)
        edits = [
            ("add_performance", {"take": take, "clip": replace(clip, start=clip.start + by, end=clip.end + by)})
            for clip, take in self._copied
        ]
        before = {clip.id for clip in self.project.performances}
        if self.kit.editor.apply_all(self.tr("Paste performances"), list(edits)):
            added = [clip.id for clip in self.project.performances if clip.id not in before]
            self.kit.editor.select(Selection.of(performances=added))

    def _duplicate(self) -> None:
        self._copy()
        self._paste()

    def _shift(self, by: float) -> None:
        edits = [(self.edits.move, {"clip": each.id, "by": by}) for each in self._chosen()]
        if edits:
            self.kit.editor.apply_all(self.edits.moving, list(edits))

    def _walk(self, step: int) -> None:
        clips = sorted(self.project.performances, key=lambda each: each.start)
        if not clips:
            return
        chosen = [number for number, clip in enumerate(clips) if clip.id in self.selection.performances]
        at = 0 if not chosen else min(max(chosen[0] + step, 0), len(clips) - 1)
        self.kit.editor.select(Selection.of(performances=[clips[at].id]))
        self.board.view.reveal(clips[at].start)

    def _play(self) -> None:
        desk, span = self.kit.editor.desk, self.selection.span(self.project)
        if desk is not None and span is not None:
            desk.transport.play_seconds(*span)

    # -- others --------------------------------------------------------------------------------------------------------

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Where clips begin and end."""
        return np.array(sorted(edge for clip in self.project.performances for edge in (clip.start, clip.end)), np.float64)

    def description(self) -> str:
        """The selected clips."""
        texts = [" ".join(filter(None, (each.name, details(each), f"{each.start:.2f} s"))) for each in self._chosen()]
        return ", ".join(texts) or self.tr("no performance selected")
