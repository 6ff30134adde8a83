"""CurveLane: one or several curves of the project, with their keys, in the lane itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.gestures import Gesture
from pctalk_studio.app.timeline.key_clipboard import copied_keys, keep_keys
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.lanes.curve_gestures import KeysDrag, KeysStretch, by_curve
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, KeyTable, Plot
from pctalk_studio.app.timeline.lanes.key_handles import SIDE, diamond, key_at, paint_keys, press_key, tangent_at
from pctalk_studio.app.timeline.painting import paint_line
from pctalk_studio.app.timeline.timecode import moment_text
from pctalk_studio.document.curves import Interpolation, Key
from pctalk_studio.document.edits.keys import curve_of
from pctalk_studio.document.project import Track
from pctalk_studio.session.selection import KeyRef, Selection

if TYPE_CHECKING:
    from pctalk_studio.app.timeline.canvas import LaneCanvas

_NUDGE = 0.05
"""Share of a curve's range by which Raise and Lower move keys."""

_HERE = 1e-4
"""Seconds within which a key is at the playhead."""


class CurveLane(Lane):
    """Curves over time. One of them is active: its keys can be edited; the others are seen behind it.

    Parameters
    ----------
    id_, title, board, height, track
        As for :class:`pctalk_studio.app.timeline.lane.Lane`.
    channels
        The curves.
    """

    def __init__(
        self, id_: str, title: str, board: Board, height: int, channels: Sequence[Channel], track: Track | None = None
    ) -> None:
        super().__init__(id_, title, board, height, track)
        self.channels = tuple(channels)
        self._active = 0
        self._tables: dict[Channel, KeyTable] = {}

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def active(self) -> Channel:
        """The curve whose keys are edited."""
        return self.channels[self._active]

    def activate(self, channel: Channel) -> None:
        """Edit the keys of another curve from now on."""
        if channel != self.active:
            self._active = self.channels.index(channel)
            self.changed.emit()

    def table(self, channel: Channel) -> KeyTable:
        """The keys of a curve; made anew when the document has another curve."""
        curve, table = channel.of(self.project), self._tables.get(channel)
        if table is None or table.curve is not curve:
            table = self._tables[channel] = KeyTable(curve)
        return table

    def plot(self, channel: Channel, strip: Strip) -> Plot:
        """Where values of a curve lie."""
        return Plot.of(channel, strip)

    def parts(self) -> tuple[object, ...]:
        """The curves, what is selected of them, and which is active."""
        keys, project = self.selection.keys, self.project
        own = self._own(keys) if keys else keys
        return (*(channel.of(project) for channel in self.channels), own and keys, self.active)

    def _own(self, refs: Iterable[KeyRef]) -> frozenset[KeyRef]:
        mine = {(channel.curve, channel.clip) for channel in self.channels}
        return frozenset(ref for ref in refs if (ref.curve, ref.clip) in mine)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """The neutral line, what moves by itself, the other curves, the active one with its keys, and which that is."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, project = self.plot(self.active, strip), self.project
        neutral = plot.y(self.active.of(project).default)
        pen = QPen(strip.tokens.color("line"), 1)
        pen.setDashPattern([2, 4])
        painter.setPen(pen)
        painter.drawLine(QPointF(0, neutral), QPointF(strip.width, neutral))
        self.paint_behind(painter, strip)
        for channel in self.channels:
            # A curve without keys says nothing, unless it is the one that would get some.
            if channel is not self.active and channel.of(project).keys:
                self._draw(painter, strip, channel, strip.tokens.color(channel.color, 0.55), 1.0)
        self._draw(painter, strip, self.active, strip.tokens.color(self.active.color), 2.0)
        paint_keys(painter, strip, self.active, plot, self.selection.keys, self.table(self.active))
        if len(self.channels) > 1:
            painter.setPen(strip.tokens.color("dim"))
            text, lettering = self.active.title, strip.lettering
            lettering.write_from(painter, strip.width - 8 - lettering.width(text), 2 + lettering.metrics.ascent(), text)

    def paint_behind(self, painter: QPainter, strip: Strip) -> None:
        """What the clip does without keys, for lanes that show it."""

    def _draw(self, painter: QPainter, strip: Strip, channel: Channel, color: QColor, width: float) -> None:
        paint_line(painter, strip, *self.table(channel).outline(strip, self.plot(channel, strip)), color, width)

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """A ring about the key under the pointer."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hover is not None and hover.part == "key" and isinstance(hover.item, KeyRef):
            curve = curve_of(self.project, hover.item.curve, hover.item.clip)
            y = self.plot(self.active, strip).y(curve.at(hover.time))
            painter.setPen(QPen(strip.tokens.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(diamond(strip.scale.x(hover.time), y, SIDE + 2))

    # -- pointer -------------------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """The tangent or key under a point."""
        plot = self.plot(self.active, strip)
        return tangent_at(at, strip, self.active, plot, self.selection.keys, self.project) or key_at(
            at, strip, self.active, plot, self.table(self.active)
        )

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select and drag keys, or turn a tangent."""
        plot = self.plot(self.active, strip)
        if handle is None:
            return None
        return press_key(self.board, self.active, plot, handle, pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Add a key under the pointer; set the one that is there back to neutral."""
        channel, project = self.active, self.project
        if self.kit.editor.desk is None:
            return False
        curve = channel.of(project)
        if handle is not None and isinstance(handle.item, KeyRef):
            old = next(key for key in curve.keys if abs(key.time - handle.time) < _HERE)
            key = replace(old, value=curve.default, arriving=None, leaving=None)
        else:
            time = self.board.snapper.snap(pointer.time, strip.scale, free=pointer.free).time
            key = Key(min(max(time, 0.0), self.board.view.duration), self.plot(channel, strip).value(pointer.y))
        self._set(key)
        return True

    def _set(self, key: Key) -> None:
        chosen = Selection.of(keys=[self.active.ref(key)])
        self.kit.editor.apply("set_key", curve=self.active.curve, clip=self.active.clip, key=key, selecting=chosen)

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Keys of the active curve in a rubber band."""
        plot, channel = self.plot(self.active, strip), self.active
        low, high = strip.scale.time(area.left()), strip.scale.time(area.right())
        keys = self.table(channel).keys(low, high)
        return Selection.of(keys=[channel.ref(k) for k in keys if area.top() - 4 <= plot.y(k.value) <= area.bottom() + 4])

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """Moment and values."""
        rate = self.project.rate
        if handle is not None and isinstance(handle.item, KeyRef):
            time = handle.time
        values = [f"{c.title} {c.of(self.project).at(time):.2f}{c.unit}" for c in self.channels]
        return f"{moment_text(time, rate)}   " + "   ".join(values)

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Curves to choose from, what keys can be, and commands."""
        if handle is not None and isinstance(handle.item, KeyRef) and handle.item not in self.selection.keys:
            self.kit.editor.select(Selection.of(keys=[handle.item]))
        if len(self.channels) > 1:
            for channel in self.channels:
                action = menu.addAction(channel.title, lambda each=channel: self.activate(each))
                action.setCheckable(True)
                action.setChecked(channel == self.active)
            menu.addSeparator()
        if self._own(self.selection.keys):
            self._offer_interpolations(menu)
            for command in (Command.DELETE, Command.COPY, Command.DUPLICATE, Command.GRAB, Command.SCALE, Command.RESET):
                add(command)
        for command in (Command.TOGGLE_KEY, Command.PASTE, Command.PREVIOUS_KEY, Command.NEXT_KEY, Command.SELECT_ALL):
            add(command)

    def _offer_interpolations(self, menu: QMenu) -> None:
        texts = {
            Interpolation.HOLD: self.tr("Hold until the next key"),
            Interpolation.LINEAR: self.tr("Straight to the next key"),
            Interpolation.SMOOTH: self.tr("Smooth, without overshoot"),
            Interpolation.BEZIER: self.tr("By tangents"),
        }
        for interpolation, text in texts.items():
            menu.addAction(text, lambda each=interpolation: self.set_interpolation(each))
        menu.addSeparator()

    def set_interpolation(self, interpolation: Interpolation) -> None:
        """Let the curve run on from the selected keys like this."""
        edits = [
            ("set_interpolation", {"curve": curve, "clip": clip, "times": _times(refs), "interpolation": interpolation})
            for (curve, clip), refs in by_curve(self._own(self.selection.keys)).items()
        ]
        self.kit.editor.apply_all(self.tr("Change how keys run on"), list(edits))

    # -- keys ----------------------------------------------------------------------------------------------------------

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Everything that is done with keys."""
        frame = 1 / float(self.project.rate)
        low, high = self.active.limits
        step = (high - low) * _NUDGE
        return {
            Command.TOGGLE_KEY: self._toggle_key,
            Command.INSERT: self._toggle_key,
            Command.DELETE: self._delete,
            Command.SELECT_ALL: self._select_all,
            Command.NEXT_KEY: lambda: self._walk(1),
            Command.PREVIOUS_KEY: lambda: self._walk(-1),
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.NUDGE_EARLIER: lambda: self._shift(-frame, 0.0),
            Command.NUDGE_LATER: lambda: self._shift(frame, 0.0),
            Command.NUDGE_EARLIER_FINE: lambda: self._shift(-0.01, 0.0),
            Command.NUDGE_LATER_FINE: lambda: self._shift(0.01, 0.0),
            Command.RAISE: lambda: self._shift(0.0, step),
            Command.LOWER: lambda: self._shift(0.0, -step),
            Command.RESET: self._reset,
            Command.COPY: self._copy,
            Command.PASTE: self._paste,
            Command.DUPLICATE: self._duplicate,
            Command.GRAB: self._grab,
            Command.SCALE: self._stretch,
        }

    def _now(self) -> float | None:
        desk = self.kit.editor.desk
        return None if desk is None else desk.transport.seconds

    def _toggle_key(self) -> None:
        now, channel = self._now(), self.active
        if now is None:
            return
        curve = channel.of(self.project)
        there = [key.time for key in curve.keys if abs(key.time - now) < _HERE]
        if there:
            self.kit.editor.apply("delete_keys", curve=channel.curve, clip=channel.clip, times=there)
        else:
            self._set(Key(now, curve.at(now)))

    def _delete(self) -> None:
        edits = [
            ("delete_keys", {"curve": curve, "clip": clip, "times": _times(refs)})
            for (curve, clip), refs in by_curve(self._own(self.selection.keys)).items()
        ]
        if edits:
            self.kit.editor.apply_all(self.tr("Delete keys"), list(edits))

    def _select_all(self) -> None:
        channel = self.active
        self.kit.editor.select(Selection.of(keys=[channel.ref(key) for key in channel.of(self.project).keys]))

    def _walk(self, step: int) -> None:
        desk, now, channel = self.kit.editor.desk, self._now(), self.active
        if desk is None or now is None:
            return
        keys = channel.of(self.project).keys
        ahead = [key for key in keys if (key.time - now) * step > 0.5 / float(self.project.rate)]
        if ahead:
            key = ahead[0 if step > 0 else -1]
            desk.transport.seek(round(key.time * float(self.project.rate)))
            self.kit.editor.select(Selection.of(keys=[channel.ref(key)]))
            self.board.view.reveal(key.time)

    def _shift(self, by: float, value: float) -> None:
        refs = self._own(self.selection.keys)
        edits = [
            ("move_keys", {"curve": curve, "clip": clip, "times": _times(each), "by": by, "value": value})
            for (curve, clip), each in by_curve(refs).items()
        ]
        if edits:
            moved = Selection.of(keys=[replace(ref, time=ref.time + by) for ref in refs])
            self.kit.editor.apply_all(self.tr("Move keys"), list(edits), selecting=moved)

    def _reset(self) -> None:
        edits = []
        for (curve, clip), refs in by_curve(self._own(self.selection.keys)).items():
            known = curve_of(self.project, curve, clip)
            for key in known.chosen(_times(refs)):
                neutral = replace(key, value=known.default, arriving=None, leaving=None)
                edits.append(("set_key", {"curve": curve, "clip": clip, "key": neutral}))
        if edits:
            self.kit.editor.apply_all(self.tr("Reset keys"), list(edits))

    def _copy(self) -> None:
        channel = self.active
        refs = [ref for ref in self.selection.keys if (ref.curve, ref.clip) == (channel.curve, channel.clip)]
        if refs:
            keep_keys(channel.of(self.project).chosen(sorted(_times(refs))))

    def _paste(self) -> None:
        now, keys, channel = self._now(), copied_keys(), self.active
        if now is None or not keys:
            return
        low, high = channel.limits
        fitting = [replace(key, value=min(max(key.value, low), high)) for key in keys]
        shift = now - min(key.time for key in keys)
        pasted = Selection.of(keys=[channel.ref(replace(key, time=key.time + shift)) for key in keys])
        self.kit.editor.apply("paste_keys", curve=channel.curve, clip=channel.clip, keys=fitting, at=now, selecting=pasted)

    def _duplicate(self) -> None:
        self._copy()
        self._paste()

    # -- moving without a button ---------------------------------------------------------------------------------------

    def _hang(self, make: Callable[[Pointer], Gesture | None]) -> None:
        if self.canvas is not None and self._own(self.selection.keys):
            self._lanes().hang_in(self, make)

    def _lanes(self) -> LaneCanvas:
        return cast("LaneCanvas", self.canvas)  # lanes lie on nothing else

    def _grab(self) -> None:
        def make(pointer: Pointer) -> Gesture | None:
            refs = [ref for ref in self._own(self.selection.keys) if (ref.curve, ref.clip) == self._active_curve]
            if not refs:
                return None
            nearest = min(refs, key=lambda ref: abs(ref.time - pointer.time))
            return KeysDrag(self.board, nearest, self.plot(self.active, self._lanes().strip(self)), pointer)

        self._hang(make)

    def _stretch(self) -> None:
        self._hang(lambda pointer: KeysStretch(self.board, self._now() or 0.0, pointer))

    @property
    def _active_curve(self) -> tuple[object, int | None]:
        return self.active.curve, self.active.clip

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Where keys of the active curve are."""
        return self.table(self.active).times

    def description(self) -> str:
        """The selected keys."""
        chosen = self._own(self.selection.keys)
        if not chosen:
            return self.tr("{curve}, no key selected").format(curve=self.active.title)
        times = ", ".join(f"{time:.2f} s" for time in sorted(ref.time for ref in chosen)[:8])
        return self.tr("{curve}, keys at {times}").format(curve=self.active.title, times=times)


def _times(refs: Iterable[KeyRef]) -> list[float]:
    return [ref.time for ref in refs]
