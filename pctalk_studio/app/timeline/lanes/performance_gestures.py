"""What the pointer does with performances alone: trim, stretch."""

from __future__ import annotations

from typing import Any

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.timecode import span_text
from pctalk_studio.document.performance import FASTEST, SHORTEST_PERFORMANCE, SLOWEST, PerformanceClip


class PerformanceTrim(EditDrag):
    """Moves where a clip begins or ends; with Ctrl (Cmd) its end stretches it instead, so that it plays slower or faster."""

    def __init__(self, board: Board, clip: PerformanceClip, part: str) -> None:
        super().__init__(board.kit.editor, "trim performance")
        self._board, self._clip, self._part = board, clip, part

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        clip = self._clip
        own = clip.start if self._part == "start" else clip.end
        snap = self._board.snapper.snap(pointer.time, self._board.view.scale, free=pointer.free, without=[own])
        start, end = clip.start, clip.end
        if self._part == "start":
            start = min(max(snap.time, 0.0), end - SHORTEST_PERFORMANCE)
        else:
            end = max(snap.time, start + SHORTEST_PERFORMANCE)
        edits: list[tuple[str, dict[str, Any]]] = []
        whole = self.editor.project
        now = next((each for each in whole.performances if each.id == clip.id), clip)
        text = span_text(start, end, whole.rate)
        if self._part == "end" and pointer.toggles:
            speed = min(max(clip.speed * clip.duration / (end - start), SLOWEST), FASTEST)
            end = start + clip.duration * clip.speed / speed
            text = self.editor.tr("speed {speed}").format(speed=f"{speed:.2f}")
            edits.append(("set_performance_speed", {"clip": clip.id, "speed": speed}))
        elif now.speed != clip.speed:
            edits.append(("set_performance_speed", {"clip": clip.id, "speed": clip.speed}))
        edits.append(("trim_performance", {"clip": clip.id, "start": start, "end": end}))
        if self.apply_all(self.editor.tr("Trim a performance"), edits):
            self.guide, self.snapped = (start if self._part == "start" else end), snap.kind is not None
            self.read_out = text
