"""What lets the interpreter serve the window's thread before its workers."""

from __future__ import annotations

import gc
import sys
import time

from PySide6.QtCore import QObject, QTimer

from pctalk_studio.app.editor import Editor

SWITCH = 0.001
"""Seconds after which a worker that computes in Python lets the window's thread go on, if that waits.

With the interpreter's own 5 ms, which a repaint may have to wait for several times, two to three times as many gaps of more than
50 ms were counted in a run of edits.
"""

LOOKS = 40
"""Milliseconds between two looks whether there is garbage to collect; what is made in them takes one to collect."""

PAUSE, LONGEST = 1.0, 600.0
"""Seconds without an edit for which a collection of everything waits, as it takes tens of milliseconds; and the longest wait."""


class WindowFirst(QObject):
    """Keeps the interpreter from holding the window up; one for the program, and none in tests of its parts.

    Garbage is collected between two events of the window's thread and nowhere else. Left to itself the interpreter collects in
    whichever thread makes objects: a worker's would take apart pages that were closed, and a painter's would in the midst of
    painting, neither of which Qt survives.

    A collection of all garbage looks at every object that there is, and stops all threads for it: some 80 ms once engines and
    libraries are loaded, whichever thread comes to it. What is there when a project stands ready is there to stay, so it is set
    aside, and collections look at what came later.

    Parameters
    ----------
    editor
        Says when a project stands ready.
    parent
        Owner.
    """

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._ready: object = None
        self._before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        self._collects = gc.isenabled()
        gc.disable()
        self._looks = QTimer(self)
        self._looks.setInterval(LOOKS)
        self._looks.timeout.connect(self._collect)
        self._looks.start()
        self._acted = self._whole = time.monotonic()
        for signal in (editor.project_changed, editor.selection_changed):
            signal.connect(self._act)
        editor.frames_changed.connect(self._frames_changed)

    def _act(self, *_: object) -> None:
        self._acted = time.monotonic()

    def _collect(self) -> None:
        """Collect what the interpreter would by itself: the generations of which enough was made since the last time."""
        now = time.monotonic()
        whole = now - self._acted >= PAUSE or now - self._whole >= LONGEST
        made, enough = gc.get_count(), gc.get_threshold()
        due = [generation for generation in (0, 1, 2) if made[generation] > enough[generation] and (generation < 2 or whole)]
        if due:
            gc.collect(due[-1])
            self._whole = now if due[-1] == 2 else self._whole

    def _frames_changed(self) -> None:
        """Set aside what there is, once for every project and engine."""
        desk = self._editor.desk
        ready = None if desk is None else desk.stage
        if ready is not None and ready is not self._ready:
            self._ready = ready
            gc.freeze()

    def end(self) -> None:
        """All as it was before."""
        self._editor.frames_changed.disconnect(self._frames_changed)
        for signal in (self._editor.project_changed, self._editor.selection_changed):
            signal.disconnect(self._act)
        self._ready = None
        self._looks.stop()
        if self._collects:
            gc.enable()
        sys.setswitchinterval(self._before)
        gc.unfreeze()
