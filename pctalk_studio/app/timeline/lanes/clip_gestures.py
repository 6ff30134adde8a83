"""What the pointer does with clips of every kind: move, fade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.lanes.clip_box import ClipBox, ClipT
from pctalk_studio.app.timeline.timecode import span_text


@dataclass(frozen=True, slots=True)
class ClipEdits:
    """How clips of a kind are edited.

    Parameters
    ----------
    delete, move, fade, reorder
        Names of the edits.
    deleting, moving
        What a step to undo is called that deletes or moves several, translated.
    """

    delete: str
    move: str
    fade: str
    reorder: str
    deleting: str
    moving: str


class ClipsDrag(EditDrag):
    """Moves clips in time; the beginning or the end of the one that was pressed snaps."""

    def __init__(
        self, board: Board, edits: ClipEdits, pressed: ClipBox[ClipT], others: Sequence[ClipT], pointer: Pointer
    ) -> None:
        super().__init__(board.kit.editor, "clips")
        self._board, self._edits, self._origin = board, edits, pointer
        self._start, self._end = pressed.start, pressed.end
        clips = [pressed.clip, *others]
        self._ids = [clip.id for clip in clips]
        self._earliest = min((clip.start for clip in clips if clip.start is not None), default=0.0)
        self._done = 0.0

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        start, end, scale = self._start, self._end, self._board.view.scale
        wish = pointer.time - self._origin.time
        held = [start, end, start + self._done, end + self._done]
        snaps = [(self._board.snapper.snap(edge + wish, scale, free=pointer.free, without=held), edge) for edge in held[:2]]
        snap, edge = min(snaps, key=lambda each: (each[0].kind is None, abs(each[0].time - each[1] - wish)))
        shift = max(snap.time - edge, -self._earliest)
        by = shift - self._done
        edits: list[tuple[str, dict[str, Any]]] = [(self._edits.move, {"clip": number, "by": by}) for number in self._ids]
        if self.apply_all(self._edits.moving, edits):
            self._done = shift
            self.guide, self.snapped = edge + shift, snap.kind is not None
            self.read_out = span_text(start + shift, end + shift, self.editor.project.rate)


class FadeDrag(EditDrag):
    """Moves the end of a fade."""

    def __init__(self, board: Board, edits: ClipEdits, box: ClipBox[Any], part: str) -> None:
        super().__init__(board.kit.editor, "fade")
        self._board, self._edits, self._box, self._part = board, edits, box, part

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        box, clip = self._box, self._box.clip
        snap = self._board.snapper.snap(pointer.time, self._board.view.scale, free=pointer.free)
        length = box.end - box.start
        fade_in, fade_out = clip.fade_in, clip.fade_out
        if self._part == "fade_in":
            fade = fade_in = min(max(snap.time - box.start, 0.0), length)
        else:
            fade = fade_out = min(max(box.end - snap.time, 0.0), length)
        if self.apply(self._edits.fade, clip=clip.id, fade_in=fade_in, fade_out=fade_out):
            self.guide, self.snapped = snap.time, snap.kind is not None
            self.read_out = self.editor.tr("fade {seconds} s").format(seconds=f"{fade:.2f}")
