"""Moving the boundaries between phones and words by hand."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.timecode import span_text
from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_edits import boundary_range
from pctalk_studio.document.speech_track import SAME_TIME, SHORTEST_PHONE, SpeechTrack


def reach(track: SpeechTrack, time: float, *, ripple: bool) -> tuple[float, float] | None:
    """How far the boundary at a time may be moved: (earliest, latest) seconds; None where there is none that can be.

    Parameters
    ----------
    track
        Words and phones.
    time
        Where the boundary is.
    ripple
        Everything later goes along; the silence at the end gives or takes the difference.
    """
    try:
        low, high = boundary_range(track, time)
    except EditRejected:
        return None
    if not ripple:
        return (low, high) if low <= high else None
    left = next(phone for phone in track.phones if abs(phone.end - time) <= SAME_TIME)
    last = track.phones[-1]
    return left.start + SHORTEST_PHONE, time + (last.end - last.start) - SHORTEST_PHONE


def neighbours_text(project: Project, time: float) -> str:
    """Start, end and duration of the phones on either side of a boundary, in seconds and frames; words where one ends there."""
    lines = []
    named = [(word.text, word.start, word.end) for word in project.speech.words]
    named += [(phone.label, phone.start, phone.end) for phone in project.speech.phones]
    for name, start, end in named:
        if abs(end - time) <= SAME_TIME or abs(start - time) <= SAME_TIME:
            lines.append(f"{name}   {span_text(start, end, project.rate)}")
    return "\n".join(lines)


class BoundaryDrag(EditDrag):
    """Drags a boundary; where it is that of a word and a phone, both move.

    Parameters
    ----------
    board
        What lanes share.
    time
        Where the boundary is.
    pointer
        At the press; Ctrl pushes everything later along, as ripple mode does.
    """

    def __init__(self, board: Board, time: float, pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "boundary")
        self._board = board
        self._grip = pointer.time - time
        self.ripple = pointer.toggles or board.kit.editor.modes.ripple
        self.time = time
        self._show()

    def _show(self) -> None:
        self.guide = self.time
        text = neighbours_text(self.editor.project, self.time)
        if self.ripple:
            text += "\n" + QCoreApplication.translate("BoundaryDrag", "Ripple: everything later moves along")
        self.read_out = text

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer as far as the neighbours let it."""
        project = self.editor.project
        limits = reach(project.speech, self.time, ripple=self.ripple)
        if limits is None:
            return
        # What is pushed along cannot be snapped to.
        beyond = self.time if self.ripple else math.inf
        wish = pointer.time - self._grip
        snap = self._board.snapper.snap(wish, self._board.view.scale, free=pointer.free, without=(self.time,), beyond=beyond)
        to = min(max(snap.time, limits[0]), limits[1])
        self.snapped = snap.kind is not None and to == snap.time
        if to != self.time and self.apply("move_boundary", time=self.time, to=to, ripple=self.ripple):
            self.time = to
        self._show()


def nudge(board: Board, time: float, by: float) -> float:
    """Move a boundary by some seconds, as far as it goes; where it is then. Nudges of one boundary are one step to undo."""
    editor = board.kit.editor
    ripple = editor.modes.ripple
    limits = reach(editor.project.speech, time, ripple=ripple)
    if limits is None:
        return time
    to = min(max(time + by, limits[0]), limits[1])
    if to != time and editor.apply("move_boundary", time=time, to=to, ripple=ripple, gesture="nudge boundary"):
        return to
    return time
