"""PerformanceLane: recorded performances, cut, stretched, stacked and cross-faded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.clip_gestures import ClipEdits, ClipsDrag, FadeDrag
from pctalk_studio.app.timeline.lanes.clip_lane import ClipLane
from pctalk_studio.app.timeline.lanes.performance_gestures import PerformanceTrim
from pctalk_studio.app.timeline.lanes.performance_layout import Box, boxes
from pctalk_studio.app.timeline.lanes.performance_painting import details, paint_box
from pctalk_studio.app.timeline.lanes.selecting import select_at_press, select_unless_chosen
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


class PerformanceLane(ClipLane[PerformanceClip]):
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
        return ClipEdits(
            delete="delete_performance",
            move="move_performance",
            fade="fade_performance",
            reorder="reorder_performance",
            deleting=self.tr("Delete performances"),
            moving=self.tr("Move performances"),
        )

    def items(self) -> tuple[PerformanceClip, ...]:
        """Performances of the document."""
        return self.project.performances

    def chosen_ids(self) -> frozenset[int]:
        """Ids of the selected clips."""
        return self.selection.performances

    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of some clips."""
        return Selection.of(performances=ids)

    def _boxes(self, strip: Strip) -> list[Box]:
        return boxes(self.project.performances, self.project.takes, strip)

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

    # -- pointer -------------------------------------------------------------------------------------------------------

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select, and begin what the part under the pointer is for."""
        box = self.box_of(handle, strip)
        if handle is None or box is None:
            return None
        clip = box.clip
        if handle.part == "end" and pointer.toggles:
            return PerformanceTrim(self.board, clip, "end")
        if not select_at_press(self.kit.editor, self.selecting([clip.id]), pointer):
            return ClickSelect()
        if handle.part in ("start", "end"):
            return PerformanceTrim(self.board, clip, handle.part)
        if handle.part in ("fade_in", "fade_out"):
            return FadeDrag(self.board, self.edits, box, handle.part)
        return ClipsDrag(self.board, self.edits, box, self.others_than(clip), pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Bring in a performance where there is none; a fade goes away."""
        clip = self.clip_of(handle)
        if self.kit.editor.desk is None:
            return False
        if handle is None or clip is None:
            self.kit.editor.desk.transport.seek_seconds(max(pointer.time, 0.0))
            self.insert()
        elif handle.part in ("fade_in", "fade_out"):
            fades = (0.0, clip.fade_out) if handle.part == "fade_in" else (clip.fade_in, 0.0)
            return self.kit.editor.apply("fade_performance", clip=clip.id, fade_in=fades[0], fade_out=fades[1])
        return True

    def insert(self) -> None:
        """Ask for a template, where the window offers that."""
        if any(spec.id == IMPORT for spec in self.kit.actions):
            self.kit.actions[IMPORT].trigger()

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """What is played, what it drives, and when."""
        clip, rate = self.clip_of(handle), self.project.rate
        if clip is None:
            return moment_text(time, rate)
        parts = ", ".join(part_name(part) for part in PerformancePart if part in clip.parts) or self.tr("nothing")
        speed = "" if clip.speed == 1.0 else f"   {clip.speed:.2f} ×"
        hint = self.tr("   Ctrl stretches") if handle is not None and handle.part == "end" else ""
        return f"{clip.name}   {parts}{speed}   {span_text(clip.start, clip.end, rate)}{hint}"

    # -- menu and keys -------------------------------------------------------------------------------------------------

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Parts, convention, ending, and commands."""
        clip = self.clip_of(handle)
        if clip is None:
            if any(spec.id == IMPORT for spec in self.kit.actions):
                menu.addAction(self.kit.actions[IMPORT])
            add(Command.PASTE)
            return
        select_unless_chosen(self.kit.editor, self.selecting([clip.id]))
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
        self.end_menu(add)

    def _offer(self, menu: QMenu, text: str, on: bool, edit: str, **arguments: Any) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _=False: self.kit.editor.apply(edit, **arguments))

    def split(self) -> None:
        """Split the selected clips at the playhead."""
        desk = self.kit.editor.desk
        now = 0.0 if desk is None else desk.transport.seconds
        for clip in self.chosen() if desk is not None else ():
            if clip.start + SHORTEST_PERFORMANCE < now < clip.end - SHORTEST_PERFORMANCE:
                self.kit.editor.apply("split_performance", clip=clip.id, at=now)

    def copy(self) -> None:
        """Keep the selected clips with what they play, to be pasted."""
        takes = {take.id: take for take in self.project.takes}
        self._copied = tuple((clip, takes[clip.take]) for clip in self.chosen() if clip.take in takes) or self._copied

    def paste(self) -> None:
        """Add what was copied at the playhead, one beside the other as before."""
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

    def description(self) -> str:
        """The selected clips."""
        texts = [" ".join(filter(None, (each.name, details(each), f"{each.start:.2f} s"))) for each in self.chosen()]
        return ", ".join(texts) or self.tr("no performance selected")
