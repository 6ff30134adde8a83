"""ClipLane: what the lanes of clips that stack share: selecting, moving, fading, stacking, walking, playing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from pctalk_studio.app.timeline.lane import Command, Handle, Lane, Strip
from pctalk_studio.app.timeline.lanes.clip_box import ClipBox, ClipT
from pctalk_studio.app.timeline.lanes.clip_gestures import ClipEdits
from pctalk_studio.session.selection import Selection

_CURSORS = {
    "start": Qt.CursorShape.SizeHorCursor,
    "end": Qt.CursorShape.SizeHorCursor,
    "fade_in": Qt.CursorShape.SizeHorCursor,
    "fade_out": Qt.CursorShape.SizeHorCursor,
    "level": Qt.CursorShape.SizeVerCursor,
    "body": Qt.CursorShape.OpenHandCursor,
}

_OF_CLIPS = (
    Command.SPLIT,
    Command.RAISE,
    Command.LOWER,
    Command.COPY,
    Command.PASTE,
    Command.DUPLICATE,
    Command.DELETE,
)
"""Commands that the menu of a clip ends with."""


class ClipLane(Lane, Generic[ClipT]):
    """A lane of clips, which lie below one another where they overlap."""

    # -- for children --------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def edits(self) -> ClipEdits:
        """How its clips are edited."""

    @abstractmethod
    def items(self) -> tuple[ClipT, ...]:
        """Clips of the document, lowest in the stack first."""

    @abstractmethod
    def chosen_ids(self) -> frozenset[int]:
        """Ids of those that are selected."""

    @abstractmethod
    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of some clips."""

    @abstractmethod
    def insert(self) -> None:
        """Begin to add a clip at the playhead."""

    @abstractmethod
    def split(self) -> None:
        """Split the selected clips at the playhead."""

    @abstractmethod
    def copy(self) -> None:
        """Keep the selected clips, to be pasted."""

    @abstractmethod
    def paste(self) -> None:
        """Add what was copied at the playhead."""

    @abstractmethod
    def _boxes(self, strip: Strip) -> Sequence[ClipBox[ClipT]]:
        """The clips as they are drawn."""

    # -- finding -------------------------------------------------------------------------------------------------------

    def chosen(self) -> list[ClipT]:
        """The selected clips, lowest in the stack first."""
        ids = self.chosen_ids()
        return [clip for clip in self.items() if clip.id in ids]

    def clip_of(self, handle: Handle | None) -> ClipT | None:
        """The clip that a handle belongs to."""
        number = None if handle is None else handle.item
        return next((clip for clip in self.items() if clip.id == number), None)

    def box_of(self, handle: Handle | None, strip: Strip) -> ClipBox[ClipT] | None:
        """The same as it is drawn."""
        clip = self.clip_of(handle)
        return next((box for box in self._boxes(strip) if box.clip is clip), None)

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """What of which clip lies under a point."""
        return self.hit_among(self._boxes(strip), at, strip)

    def hit_among(self, boxes: Sequence[ClipBox[ClipT]], at: QPointF, strip: Strip) -> Handle | None:
        """What of which of some boxes lies under a point; the clip on top first."""
        for box in reversed(boxes):
            part = box.part_at(at, strip)
            if part is not None:
                return Handle(part, box.clip.id, strip.scale.time(at.x()), _CURSORS[part])
        return None

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Clips that a rubber band touches."""
        return self.selecting(box.clip.id for box in self._boxes(strip) if box.rect.intersects(area))

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """Handles of the clip under the pointer."""
        box = self.box_of(hover, strip)
        if box is None or not box.shows_fades:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(strip.tokens.color("text"), 1.5))
        painter.setBrush(strip.tokens.color("window"))
        for point in box.fade_points(strip):
            painter.drawEllipse(point, 3.5, 3.5)

    # -- for presses and menus -----------------------------------------------------------------------------------------

    def others_than(self, clip: ClipT) -> list[ClipT]:
        """Other selected clips."""
        return [each for each in self.chosen() if each.id != clip.id]

    def end_menu(self, add: Callable[[Command], None]) -> None:
        """Add the commands with which the menu of a clip ends."""
        for command in _OF_CLIPS:
            add(command)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Add, delete, split, stack, copy, move, walk."""
        frame = 1 / float(self.project.rate)
        return {
            Command.INSERT: self.insert,
            Command.DELETE: self.delete,
            Command.SPLIT: self.split,
            Command.RAISE: lambda: self._restack(1),
            Command.LOWER: lambda: self._restack(-1),
            Command.COPY: self.copy,
            Command.PASTE: self.paste,
            Command.DUPLICATE: self._duplicate,
            Command.SELECT_ALL: lambda: self.kit.editor.select(self.selecting(clip.id for clip in self.items())),
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.NUDGE_EARLIER: lambda: self._shift(-frame),
            Command.NUDGE_LATER: lambda: self._shift(frame),
            Command.NUDGE_EARLIER_FINE: lambda: self._shift(-0.01),
            Command.NUDGE_LATER_FINE: lambda: self._shift(0.01),
            Command.PLAY: self._play,
        }

    def delete(self) -> None:
        """Delete the selected clips."""
        gone: list[tuple[str, dict[str, Any]]] = [(self.edits.delete, {"clip": each.id}) for each in self.chosen()]
        if gone:
            self.kit.editor.apply_all(self.edits.deleting, gone)

    def _restack(self, step: int) -> None:
        order = [each.id for each in self.items()]
        for clip in self.chosen()[:1]:
            to = min(max(order.index(clip.id) + step, 0), len(order) - 1)
            self.kit.editor.apply(self.edits.reorder, clip=clip.id, to=to)

    def _duplicate(self) -> None:
        self.copy()
        self.paste()

    def _shift(self, by: float) -> None:
        moved: list[tuple[str, dict[str, Any]]] = [(self.edits.move, {"clip": each.id, "by": by}) for each in self.chosen()]
        if moved:
            self.kit.editor.apply_all(self.edits.moving, moved)

    def _walk(self, step: int) -> None:
        clips = sorted(self.items(), key=lambda each: each.start or 0.0)
        if not clips:
            return
        ids = self.chosen_ids()
        chosen = [number for number, clip in enumerate(clips) if clip.id in ids]
        at = 0 if not chosen else min(max(chosen[0] + step, 0), len(clips) - 1)
        self.kit.editor.select(self.selecting([clips[at].id]))
        self.board.view.reveal(clips[at].start or 0.0)

    def _play(self) -> None:
        desk, span = self.kit.editor.desk, self.selection.span(self.project)
        if desk is not None and span is not None:
            desk.transport.play_seconds(*span)

    # -- others --------------------------------------------------------------------------------------------------------

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Where clips begin and end."""
        edges = [edge for clip in self.items() for edge in (clip.start, clip.end) if edge is not None]
        return np.array(sorted(edges), np.float64)
