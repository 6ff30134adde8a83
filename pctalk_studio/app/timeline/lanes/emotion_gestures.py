"""What the pointer does with emotion clips: move, trim, fade, make stronger or weaker."""

from __future__ import annotations

from typing import Any

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.lanes.emotion_layout import STRONGEST, Box
from pctalk_studio.app.timeline.timecode import span_text
from pctalk_studio.document.edits.emotions import SHORTEST_CLIP
from pctalk_studio.document.project import EmotionClip


class ClipsDrag(EditDrag):
    """Moves clips in time; the beginning or the end of the one that was pressed snaps."""

    def __init__(self, board: Board, pressed: Box, others: list[EmotionClip], pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "clips")
        self._board, self._pressed, self._origin = board, pressed, pointer
        self._all = [pressed.clip, *others]
        self._done = 0.0

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        box, scale = self._pressed, self._board.view.scale
        wish = pointer.time - self._origin.time
        held = [box.start, box.end, box.start + self._done, box.end + self._done]
        snaps = [(self._board.snapper.snap(edge + wish, scale, free=pointer.free, without=held), edge) for edge in held[:2]]
        snap, edge = min(snaps, key=lambda each: (each[0].kind is None, abs(each[0].time - each[1] - wish)))
        earliest = min((clip.start for clip in self._all if clip.start is not None), default=0.0)
        shift = max(snap.time - edge, -earliest)
        by = shift - self._done
        edits: list[tuple[str, dict[str, Any]]] = [("move_emotion", {"clip": clip.id, "by": by}) for clip in self._all]
        if self.apply_all(self.editor.tr("Move emotion clips"), edits):
            self._done = shift
            self.guide, self.snapped = edge + shift, snap.kind is not None
            self.read_out = span_text(box.start + shift, box.end + shift, self.editor.project.rate)


class TrimDrag(EditDrag):
    """Moves where a clip begins or ends; an open end is closed by it."""

    def __init__(self, board: Board, box: Box, part: str) -> None:
        super().__init__(board.kit.editor, "trim")
        self._board, self._box, self._part = board, box, part

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        box, clip = self._box, self._box.clip
        own = box.start if self._part == "start" else box.end
        snap = self._board.snapper.snap(pointer.time, self._board.view.scale, free=pointer.free, without=[own])
        start, end = clip.start, clip.end
        if self._part == "start":
            start = min(max(snap.time, 0.0), box.end - SHORTEST_CLIP)
        else:
            end = max(min(snap.time, self._board.view.duration), box.start + SHORTEST_CLIP)
        if self.apply("trim_emotion", clip=clip.id, start=start, end=end):
            self.guide, self.snapped = (start if self._part == "start" else end), snap.kind is not None
            first, last = (box.start if start is None else start), (box.end if end is None else end)
            self.read_out = span_text(first, last, self.editor.project.rate)


class FadeDrag(EditDrag):
    """Moves the end of a fade."""

    def __init__(self, board: Board, box: Box, part: str) -> None:
        super().__init__(board.kit.editor, "fade")
        self._board, self._box, self._part = board, box, part

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
        if self.apply("fade_emotion", clip=clip.id, fade_in=fade_in, fade_out=fade_out):
            self.guide, self.snapped = snap.time, snap.kind is not None
            self.read_out = self.editor.tr("fade {seconds} s").format(seconds=f"{fade:.2f}")


class LevelDrag(EditDrag):
    """Makes clips stronger or weaker."""

    def __init__(self, board: Board, box: Box, others: list[EmotionClip], pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "level")
        self._box, self._origin = box, pointer
        self._ids = [box.clip.id, *(clip.id for clip in others)]

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        box = self._box
        envelope = max(box.clip.envelope.at(self._origin.time), 0.05)
        wish = box.clip.intensity + (box.level.value(pointer.y) - box.level.value(self._origin.y)) / envelope
        intensity = round(min(max(wish, 0.0), STRONGEST), 2)
        if self.apply("set_intensity", clips=self._ids, intensity=intensity):
            self.read_out = self.editor.tr("intensity {value}").format(value=f"{intensity:.2f}")
