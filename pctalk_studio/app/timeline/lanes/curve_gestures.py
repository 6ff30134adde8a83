"""What the pointer does with keys: move, stretch, turn tangents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from pctalk_studio.app.timeline.gestures import EditDrag
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, Plot
from pctalk_studio.app.timeline.timecode import moment_text
from pctalk_studio.document.curves import Curve, Handle, Key
from pctalk_studio.document.edits.keys import LIMITS, CurveName, curve_of
from pctalk_studio.session.selection import KeyRef, Selection

_LEAST_FACTOR = 0.05
_STRETCH = 120.0
"""Pixels of sideways movement that stretch keys to twice their distance when the pointer began at the pivot."""

Curves = dict[tuple[CurveName, int | None], list[KeyRef]]


def by_curve(refs: frozenset[KeyRef]) -> Curves:
    """Keys by the curve that they belong to, in order of time."""
    found: Curves = defaultdict(list)
    for ref in sorted(refs, key=lambda each: (each.curve, each.clip or 0, each.time)):
        found[ref.curve, ref.clip].append(ref)
    return dict(found)


class KeysDrag(EditDrag):
    """Moves the selected keys in time and value; Shift keeps to one of the two.

    Parameters
    ----------
    board
        What lanes share.
    pressed
        The key that was pressed; it snaps.
    plot
        Of its channel.
    pointer
        Where it was pressed.
    """

    def __init__(self, board: Board, pressed: KeyRef, plot: Plot, pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "keys")
        self._board, self._plot, self._origin = board, plot, pointer
        self._pressed = pressed
        self._refs = board.kit.editor.selection.keys
        self._done = (0.0, 0.0)
        project = board.kit.editor.project
        curve = curve_of(project, pressed.curve, pressed.clip)
        self._key = next(key for key in curve.keys if abs(key.time - pressed.time) < 1e-6)
        values = [(ref, _value(project_curve, ref)) for ref, project_curve in self._curves()]
        self._room = (
            max(LIMITS[ref.curve][0] - value for ref, value in values),
            min(LIMITS[ref.curve][1] - value for ref, value in values),
        )
        self._earliest = min(ref.time for ref in self._refs)

    def _curves(self) -> list[tuple[KeyRef, Curve]]:
        project = self.editor.project
        return [(ref, curve_of(project, ref.curve, ref.clip)) for ref in self._refs]

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        wish = self._key.time + pointer.time - self._origin.time
        view = self._board.view
        held = [ref.time + self._done[0] for ref in self._refs] + [ref.time for ref in self._refs]
        snap = self._board.snapper.snap(max(wish, 0.0), view.scale, free=pointer.free, without=held)
        shift = max(snap.time - self._key.time, -self._earliest)
        lift = self._plot.value(pointer.y) - self._plot.value(self._origin.y)
        if pointer.extends:
            if abs(pointer.x - self._origin.x) >= abs(pointer.y - self._origin.y):
                lift = 0.0
            else:
                shift = 0.0
        lift = min(max(lift, self._room[0]), self._room[1])
        if self._go_to(shift, lift):
            self.guide, self.snapped = self._key.time + shift, snap.kind is not None and bool(shift)
            text = moment_text(self._key.time + shift, self.editor.project.rate)
            self.read_out = f"{text}\n{self._key.value + lift:.2f}"

    def _go_to(self, shift: float, lift: float) -> bool:
        by, value = shift - self._done[0], lift - self._done[1]
        if abs(by) < 1e-9 and abs(value) < 1e-9:
            return True
        edits = []
        for (curve, clip), refs in by_curve(self._refs).items():
            times = [ref.time + self._done[0] for ref in refs]
            edits.append(("move_keys", {"curve": curve, "clip": clip, "times": times, "by": by, "value": value}))
        moved = Selection.of(keys=[replace(ref, time=ref.time + shift) for ref in self._refs])
        if self.apply_all(self.editor.tr("Move keys"), edits, selecting=replace(self.editor.selection, keys=moved.keys)):
            self._done = (shift, lift)
            return True
        return False


class KeysStretch(EditDrag):
    """Stretches the selected keys in time about the playhead, and with Shift their values about the neutral one instead.

    Parameters
    ----------
    board
        What lanes share.
    pivot
        Seconds.
    pointer
        Where it begins.
    """

    def __init__(self, board: Board, pivot: float, pointer: Pointer) -> None:
        super().__init__(board.kit.editor, "stretch")
        self._pivot, self._origin = pivot, pointer
        self._from = board.view.scale.x(pivot)
        self._refs = board.kit.editor.selection.keys
        self._done = (1.0, 1.0)
        self.guide = pivot

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        reach = self._origin.x - self._from
        factor = (pointer.x - self._from) / reach if abs(reach) > 20 else 2 ** ((pointer.x - self._origin.x) / _STRETCH)
        factor = max(factor, _LEAST_FACTOR)
        self._go_to(*((1.0, factor) if pointer.extends else (factor, 1.0)))
        self.read_out = f"x {factor:.2f}"

    def _go_to(self, time: float, value: float) -> None:
        edits = []
        for (curve, clip), refs in by_curve(self._refs).items():
            times = [self._pivot + (ref.time - self._pivot) * self._done[0] for ref in refs]
            arguments = {"curve": curve, "clip": clip, "times": times, "pivot": self._pivot}
            factors = {"factor": time / self._done[0], "value_factor": value / self._done[1]}
            edits.append(("scale_keys", {**arguments, **factors}))
        moved = [replace(ref, time=self._pivot + (ref.time - self._pivot) * time) for ref in self._refs]
        selection = replace(self.editor.selection, keys=frozenset(moved))
        if self.apply_all(self.editor.tr("Stretch keys"), edits, selecting=selection):
            self._done = (time, value)


class TangentDrag(EditDrag):
    """Turns a Bezier handle; the other one of the key stays in line with it unless Alt is held.

    Parameters
    ----------
    board
        What lanes share.
    channel, plot
        Whose key it is.
    key
        The key.
    leaving
        Which of its handles.
    """

    def __init__(self, board: Board, channel: Channel, plot: Plot, key: Key, leaving: bool) -> None:
        super().__init__(board.kit.editor, "tangent")
        self._channel, self._plot, self._key, self._leaving = channel, plot, key, leaving

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        key = self._key
        time = max(pointer.time - key.time, 0.0) if self._leaving else min(pointer.time - key.time, 0.0)
        handle = Handle(time, self._plot.value(pointer.y) - key.value)
        if self._leaving:
            turned = replace(key, leaving=handle)
            if not pointer.free and key.arriving is not None:
                turned = replace(turned, arriving=_in_line(key.arriving, handle))
        else:
            turned = replace(key, arriving=handle)
            if not pointer.free and key.leaving is not None:
                turned = replace(turned, leaving=_in_line(key.leaving, handle))
        self.apply("set_key", curve=self._channel.curve, clip=self._channel.clip, key=turned)
        self.read_out = f"{handle.time * 1000:+.0f} ms  {handle.value:+.2f}"


def _in_line(other: Handle, turned: Handle) -> Handle:
    """The opposite handle, as long in time as it was, on the same straight line."""
    if abs(turned.time) < 1e-6:
        return other
    return Handle(other.time, other.time * turned.value / turned.time)


def _value(curve: Curve, ref: KeyRef) -> float:
    return next(key.value for key in curve.keys if abs(key.time - ref.time) < 1e-6)
