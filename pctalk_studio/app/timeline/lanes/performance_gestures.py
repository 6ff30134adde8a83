"""What the pointer does with performances: move, trim, stretch, fade."""

from __future__ import annotations

from typing import Any

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.timecode import span_text
from pctalk_studio.document.performance import FASTEST, SHORTEST_PERFORMANCE, SLOWEST, PerformanceClip


class PerformancesDrag(EditDrag):
    """Moves clips in time; the beginning or the end of the one that was pressed snaps."""

    def __init__(self, board: Board, pressed: PerformanceClip, others: list[PerformanceClip], pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "performances")
        self._board, self._pressed, self._origin = board, pressed, pointer
        self._all = [pressed, *others]
        self._done = 0.0

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        clip, scale = self._pressed, self._board.view.scale
        wish = pointer.time - self._origin.time
        held = [clip.start, clip.end, clip.start + self._done, clip.end + self._done]
        snaps = [(self._board.snapper.snap(edge + wish, scale, free=pointer.free, without=held), edge) for edge in held[:2]]
        snap, edge = min(snaps, key=lambda each: (each[0].kind is None, abs(each[0].time - each[1] - wish)))
        shift = max(snap.time - edge, -min(each.start for each in self._all))
        by = shift - self._done
        edits: list[tuple[str, dict[str, Any]]] = [("move_performance", {"clip": each.id, "by": by}) for each in self._all]
        if self.apply_all(self.editor.tr("Move performances"), edits):
            self._done = shift
            self.guide, self.snapped = edge + shift, snap.kind is not None
            self.read_out = span_text(clip.start + shift, clip.end + shift, self.editor.project.rate)


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


class PerformanceFade(EditDrag):
    """Moves the end of a fade."""

    def __init__(self, board: Board, clip: PerformanceClip, part: str) -> None:
        super().__init__(board.kit.editor, "fade performance")
        self._board, self._clip, self._part = board, clip, part

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        clip = self._clip
        snap = self._board.snapper.snap(pointer.time, self._board.view.scale, free=pointer.free)
        fade_in, fade_out = clip.fade_in, clip.fade_out
        if self._part == "fade_in":
            fade = fade_in = min(max(snap.time - clip.start, 0.0), clip.duration)
        else:
            fade = fade_out = min(max(clip.end - snap.time, 0.0), clip.duration)
        if self.apply("fade_performance", clip=clip.id, fade_in=fade_in, fade_out=fade_out):
            self.guide, self.snapped = snap.time, snap.kind is not None
            self.read_out = self.editor.tr("fade {seconds} s").format(seconds=f"{fade:.2f}")
