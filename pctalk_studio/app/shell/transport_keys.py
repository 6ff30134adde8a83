"""Every command of the transport: play, shuttle, step, range, loop, markers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.kit import Kit
from pctalk_studio.session.transport import Transport

_SCREEN = 16
"""Milliseconds between two ticks while playing; about as often as screens are drawn."""

STOP = "transport.stop"


class TransportKeys(QObject):
    """Makes the transport's actions, and lets time go on while something plays.

    Parameters
    ----------
    kit
        What every view is given.
    window
        In which the keys work.
    """

    scrub_sound_changed = Signal(bool)
    """Whether steps and scrubbing are heard."""

    def __init__(self, kit: Kit, window: QWidget) -> None:
        super().__init__(window)
        self._kit, self._window = kit, window
        self._stop_held = False
        self._ticker = QTimer(self, interval=_SCREEN, timerType=Qt.TimerType.PreciseTimer)
        self._ticker.timeout.connect(self._tick)
        self._add_playing()
        self._add_moving()
        self._add_marking()
        kit.editor.playhead_moved.connect(self._moved)
        kit.editor.desk_changed.connect(self._desk_changed)
        self._desk_changed()
        # Keys that no view takes for itself come by the window.
        window.installEventFilter(self)

    def play_selection_in(self, *views: QWidget) -> None:
        """Let Tab play the selection while the keyboard is in one of these; elsewhere it goes on to the next control."""
        text, group = self.tr("Play selection"), self.tr("Transport")
        spec = ActionSpec("transport.play_selection_tab", text, ("Tab",), group)
        action = self._kit.actions.add(spec, self.play_selection, views[0], focused=True)
        for view in views[1:]:
            view.addAction(action)

    # -- actions -------------------------------------------------------------------------------------------------------

    def _add(self, id_: str, text: str, keys: tuple[str, ...], run: Callable[..., object], **more: bool) -> QAction:
        spec = ActionSpec(f"transport.{id_}", text, keys, self.tr("Transport"), **more)
        return self._kit.actions.add(spec, run, self._window)

    def _add_playing(self) -> None:
        self._add("play", self.tr("Play or stop"), ("Space",), self._on(Transport.toggle))
        self._add("play_selection", self.tr("Play selection"), ("Shift+Space",), self.play_selection)
        self._add("backwards", self.tr("Play backwards, faster each time"), ("J",), lambda: self._shuttle(-1))
        self._add("stop", self.tr("Stop; held, J and L go single frames"), ("K",), self._on(Transport.pause))
        self._add("forwards", self.tr("Play forwards, faster each time"), ("L",), lambda: self._shuttle(1))
        self._add("loop", self.tr("Loop"), ("Ctrl+L",), self._set_loop, checkable=True)
        scrub = self._add("scrub_sound", self.tr("Scrub with sound"), (), self._set_scrub_sound, checkable=True)
        scrub.setChecked(self._kit.settings.value("transport/scrub_sound", "on") == "on")

    def _add_moving(self) -> None:
        step, seconds = Transport.step, Transport.step_seconds
        self._add("back_frame", self.tr("One frame back"), ("Left",), self._on(step, -1), repeats=True)
        self._add("next_frame", self.tr("One frame on"), ("Right",), self._on(step, 1), repeats=True)
        self._add("back_second", self.tr("One second back"), ("Shift+Left",), self._on(seconds, -1.0), repeats=True)
        self._add("next_second", self.tr("One second on"), ("Shift+Right",), self._on(seconds, 1.0), repeats=True)
        self._add("home", self.tr("To the beginning"), ("Home",), self._on(Transport.seek, 0))
        self._add("end", self.tr("To the end"), ("End",), self._to_end)

    def _add_marking(self) -> None:
        self._add("set_in", self.tr("Range begins here"), ("I",), lambda: self._set_range(start=True))
        self._add("set_out", self.tr("Range ends here"), ("O",), lambda: self._set_range(start=False))
        self._add("clear_in", self.tr("Range begins at the beginning"), ("Alt+I",), lambda: self._clear_range(start=True))
        self._add("clear_out", self.tr("Range ends at the end"), ("Alt+O",), lambda: self._clear_range(start=False))
        self._add("marker", self.tr("Marker here"), ("M",), self._mark)

    def _on(self, call: Callable[..., object], *arguments: float) -> Callable[[], None]:
        """A call on the transport of whatever is open."""

        def run() -> None:
            desk = self._kit.editor.desk
            if desk is not None:
                call(desk.transport, *arguments)

        return run

    def _shuttle(self, direction: int) -> None:
        self._on(Transport.step if self._stop_held else Transport.shuttle, direction)()

    def _to_end(self) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            desk.transport.seek(max(desk.frame_count - 1, 0))

    def _set_loop(self, on: bool) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            desk.transport.set_loop(on)

    def _set_scrub_sound(self, on: bool) -> None:
        self._kit.settings.setValue("transport/scrub_sound", "on" if on else "off")
        self._desk_changed()
        self.scrub_sound_changed.emit(on)

    def play_selection(self) -> None:
        """Play what is selected; what lies between in and out when nothing that lasts is selected."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        span = desk.selection.span(desk.project)
        if span is None:
            desk.transport.play(desk.transport.chosen_range)
        else:
            desk.transport.play_seconds(*span)

    def _set_range(self, *, start: bool) -> None:
        desk = self._kit.editor.desk
        if desk is None:
            return
        project, transport = desk.project, desk.transport
        here = transport.seconds if start else desk.rate.time_of(transport.frame + 1)
        begin, end = (here, project.out_point) if start else (project.in_point, here)
        # The point that was moved counts: the other gives way where it would lie on the wrong side.
        if begin is not None and end is not None and begin >= end:
            begin, end = (begin, None) if start else (None, end)
        self._kit.editor.apply("set_range", start=begin, end=end)

    def _clear_range(self, *, start: bool) -> None:
        project = self._kit.editor.project
        begin, end = (None, project.out_point) if start else (project.in_point, None)
        self._kit.editor.apply("set_range", start=begin, end=end)

    def _mark(self) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            self._kit.editor.apply("add_marker", time=desk.transport.seconds)

    # -- time ----------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        desk = self._kit.editor.desk
        if desk is None or not desk.transport.tick().playing:
            self._ticker.stop()

    def _moved(self, _frame: int, playing: bool) -> None:
        if playing and not self._ticker.isActive():
            self._ticker.start()
        elif not playing:
            self._ticker.stop()

    def _desk_changed(self) -> None:
        self._ticker.stop()
        desk = self._kit.editor.desk
        if desk is not None:
            desk.transport.set_scrub_heard(self._kit.actions["transport.scrub_sound"].isChecked())
            desk.transport.set_loop(self._kit.actions["transport.loop"].isChecked())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Know whether the key that stops is held; it is never taken from anybody."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_stop(event):
            self._stop_held = True
        elif event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if self._is_stop(event) and not event.isAutoRepeat():
                self._stop_held = False
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._stop_held = False
        return False

    def _is_stop(self, event: QKeyEvent) -> bool:
        return any(QKeySequence(key) == QKeySequence(event.key()) for key in self._kit.actions.keys(STOP))
