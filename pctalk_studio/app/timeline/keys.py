"""TimelineKeys: every command of the timeline as an action, with its keys, and the context menus made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.modes import EditingModes
from pctalk_studio.app.timeline.canvas import LaneCanvas
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer
from pctalk_studio.app.timeline.time_view import ZOOM_STEP
from pctalk_studio.app.widgets.doubtful import doubtful_words
from pctalk_studio.session.selection import Selection

_REPEATING = {
    Command.NEXT,
    Command.PREVIOUS,
    Command.EXTEND_NEXT,
    Command.EXTEND_PREVIOUS,
    Command.NUDGE_EARLIER,
    Command.NUDGE_LATER,
    Command.NUDGE_EARLIER_FINE,
    Command.NUDGE_LATER_FINE,
    Command.RAISE,
    Command.LOWER,
}


class TimelineKeys(QObject):
    """Makes the timeline's actions.

    Parameters
    ----------
    board
        What lanes share.
    canvas
        Whose lane in focus answers.
    owner
        In which the keys work; the panel.
    """

    def __init__(self, board: Board, canvas: LaneCanvas, owner: QWidget) -> None:
        super().__init__(owner)
        self._board = board
        self._kit = board.kit
        self._canvas = canvas
        self._owner = owner
        self._group = self.tr("Timeline")
        self._mode_actions: dict[str, QAction] = {}
        self._add_commands()
        self._add_view()
        self._add_modes()
        self._kit.editor.modes_changed.connect(self._show_modes)

    # -- actions -------------------------------------------------------------------------------------------------------

    def _texts(self) -> dict[Command, tuple[str, tuple[str, ...]]]:
        return {
            Command.PLAY: (self.tr("Play this"), ("P",)),
            Command.CHANGE: (self.tr("Change …"), ("Return", "Enter", "F2")),
            Command.SPLIT: (self.tr("Split at the playhead"), ("S",)),
            Command.MERGE: (self.tr("Join with the next"), ("Ctrl+J",)),
            Command.CLOSE: (self.tr("Close the lips here"), ("C",)),
            Command.INSERT: (self.tr("Insert here"), ("Ins",)),
            Command.DELETE: (self.tr("Delete"), ("Del", "Backspace", "X")),
            Command.LOCK: (self.tr("Owner: automatic, edited, locked"), ("Shift+O",)),
            Command.RESET: (self.tr("Reset"), ("Ctrl+Backspace",)),
            Command.NEXT: (self.tr("Select the next"), ("Ctrl+Right",)),
            Command.PREVIOUS: (self.tr("Select the previous"), ("Ctrl+Left",)),
            Command.EXTEND_NEXT: (self.tr("Extend the selection to the next"), ("Ctrl+Shift+Right",)),
            Command.EXTEND_PREVIOUS: (self.tr("Extend the selection to the previous"), ("Ctrl+Shift+Left",)),
            Command.SELECT_ALL: (self.tr("Select all of the lane"), ("Ctrl+A",)),
            Command.NUDGE_EARLIER: (self.tr("Move a frame earlier"), (",",)),
            Command.NUDGE_LATER: (self.tr("Move a frame later"), (".",)),
            Command.NUDGE_EARLIER_FINE: (self.tr("Move 10 ms earlier"), ("Alt+,",)),
            Command.NUDGE_LATER_FINE: (self.tr("Move 10 ms later"), ("Alt+.",)),
            Command.RAISE: (self.tr("Raise"), ("Alt+Up",)),
            Command.LOWER: (self.tr("Lower"), ("Alt+Down",)),
            Command.COPY: (self.tr("Copy"), ("Ctrl+C",)),
            Command.PASTE: (self.tr("Paste at the playhead"), ("Ctrl+V",)),
            Command.DUPLICATE: (self.tr("Duplicate at the playhead"), ("Shift+D",)),
            Command.GRAB: (self.tr("Move with the mouse"), ("G",)),
            Command.SCALE: (self.tr("Scale with the mouse"), ("Shift+S",)),
            Command.TOGGLE_KEY: (self.tr("Add or remove a key at the playhead"), (";",)),
            Command.NEXT_KEY: (self.tr("To the next key"), ("Alt+]",)),
            Command.PREVIOUS_KEY: (self.tr("To the previous key"), ("Alt+[",)),
        }

    def _add_commands(self) -> None:
        for command, (text, keys) in self._texts().items():
            spec = ActionSpec(f"timeline.{command.value}", text, keys, self._group, repeats=command in _REPEATING)
            self._kit.actions.add(spec, partial(self._canvas.perform, command), self._owner, focused=True)

    def _add(
        self, id_: str, text: str, keys: tuple[str, ...], run: Callable[..., object], *, focused: bool, checkable: bool = False
    ) -> QAction:
        spec = ActionSpec(f"timeline.{id_}", text, keys, self._group, checkable=checkable, repeats=not checkable)
        return self._kit.actions.add(spec, run, self._owner, focused=focused)

    def _add_view(self) -> None:
        view = self._board.view
        self._add("zoom_in", self.tr("Zoom in"), ("+", "="), partial(self._zoom, ZOOM_STEP**2), focused=True)
        self._add("zoom_out", self.tr("Zoom out"), ("-",), partial(self._zoom, ZOOM_STEP**-2), focused=True)
        self._add("fit", self.tr("Show all"), ("0", "\\"), view.fit, focused=True)
        self._add("zoom_selection", self.tr("Zoom to the selection"), ("Ctrl+W",), self.zoom_to_selection, focused=True)
        self._add("lane_up", self.tr("To the lane above"), ("Ctrl+Up",), partial(self._canvas.focus_neighbour, -1), focused=True)
        self._add(
            "lane_down", self.tr("To the lane below"), ("Ctrl+Down",), partial(self._canvas.focus_neighbour, 1), focused=True
        )
        self._add("next_doubtful", self.tr("Next doubtful word"), ("F8",), partial(self.jump, 1), focused=False)
        self._add("previous_doubtful", self.tr("Previous doubtful word"), ("Shift+F8",), partial(self.jump, -1), focused=False)

    def _add_modes(self) -> None:
        modes = (
            ("snap", self.tr("Snap to edges, keys, frames and the playhead"), ("Ctrl+P",)),
            ("ripple", self.tr("Ripple: a moved edge pushes everything later along"), ("Ctrl+R",)),
            ("spectrogram", self.tr("Show the spectrogram"), ("Ctrl+Shift+G",)),
            ("ipa", self.tr("Write phones in IPA"), ("Ctrl+Shift+I",)),
        )
        for name, text, keys in modes:
            run = partial(self._set_mode, name)
            self._mode_actions[name] = self._add(name, text, keys, run, focused=False, checkable=True)
        self._show_modes(self._kit.editor.modes)

    def _set_mode(self, name: str, on: bool) -> None:
        self._kit.editor.set_modes(replace(self._kit.editor.modes, **{name: on}))

    def _show_modes(self, modes: EditingModes) -> None:
        for name, action in self._mode_actions.items():
            action.setChecked(getattr(modes, name))

    # -- what they do --------------------------------------------------------------------------------------------------

    def _zoom(self, factor: float) -> None:
        """Zoom about the playhead while it is seen, else about the middle."""
        desk, view = self._kit.editor.desk, self._board.view
        x = view.width / 2 if desk is None else view.scale.x(desk.transport.seconds)
        view.zoom(factor, x if 0 <= x <= view.width else None)

    def zoom_to_selection(self) -> None:
        """Fill the view with what is selected; with the part between in and out when nothing is."""
        editor = self._kit.editor
        project = editor.project
        span = editor.selection.span(project)
        moments = [key.time for key in editor.selection.keys]
        moments += [blink.time for blink in project.blinks if blink.id in editor.selection.blinks]
        moments += [marker.time for marker in project.markers if marker.id in editor.selection.markers]
        if span is None and moments:
            # All of it is at one moment, which cannot fill anything.
            self._board.view.reveal(moments[0])
            return
        if span is None and (project.in_point is not None or project.out_point is not None):
            end = self._board.view.duration if project.out_point is None else project.out_point
            span = (project.in_point or 0.0, end)
        if span is not None:
            self._board.view.show(*span)

    def jump(self, step: int) -> None:
        """Select the next (1) or previous (-1) doubtful word after the playhead, round and round, and bring it into view."""
        editor = self._kit.editor
        desk = editor.desk
        words = doubtful_words(editor.project.speech)
        if desk is None or not words:
            editor.tell("no-doubt", self.tr("No word is doubtful."), error=False)
            return
        chosen = [word.start for word in words if word.id in editor.selection.words]
        here = chosen[0] if chosen else desk.transport.seconds
        ahead = [word for word in words if (word.start > here if step > 0 else word.start < here)]
        word = (ahead or words)[0 if step > 0 else -1]
        editor.select(Selection.of(words=[word.id]))
        desk.transport.seek_seconds(word.start)
        self._board.view.reveal(word.start, word.end)

    # -- menus ---------------------------------------------------------------------------------------------------------

    def fill_menu(self, menu: QMenu, lane: Lane, handle: Handle | None, pointer: Pointer) -> None:
        """Fill a context menu: what the lane offers there, then what is offered everywhere."""

        def add(command: Command) -> None:
            action = self._kit.actions[f"timeline.{command.value}"]
            menu.addAction(action)
            action.setEnabled(True)

        lane.fill_menu(menu, handle, pointer, add)
        if not menu.isEmpty():
            menu.addSeparator()
        for name in ("snap", "ripple", "ipa", "spectrogram"):
            menu.addAction(self._mode_actions[name])
        menu.addSeparator()
        for name in ("zoom_selection", "fit", "next_doubtful"):
            menu.addAction(self._kit.actions[f"timeline.{name}"])
