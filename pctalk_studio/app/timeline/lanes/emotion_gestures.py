"""What the pointer does with emotion clips alone: trim, make stronger or weaker."""

from __future__ import annotations

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.lanes.emotion_layout import STRONGEST, Box
from pctalk_studio.app.timeline.timecode import span_text
from pctalk_studio.document.edits.emotions import SHORTEST_CLIP
from pctalk_studio.document.project import EmotionClip


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
