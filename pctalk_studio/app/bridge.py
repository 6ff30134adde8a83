"""From worker threads to the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class WindowThread(QObject):
    """Runs callables on the thread that made it, in the order in which they were given; see jobs' ``deliver``."""

    _given = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._given.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def __call__(self, tell: Callable[[], None]) -> None:
        """Run a callable soon; returns at once, from any thread."""
        self._given.emit(tell)

    @Slot(object)
    def _run(self, tell: Callable[[], None]) -> None:
        tell()
