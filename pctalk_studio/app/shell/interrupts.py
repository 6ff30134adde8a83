"""Interrupts: Ctrl-C and the system's wish that the program ends, heard while Qt waits for events."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier


class Interrupts(QObject):
    """Calls something when the program is asked to end, until :meth:`remove`.

    Qt waits in C, where Python's handlers of signals do not run; the byte that Python writes to a socket wakes it.

    Parameters
    ----------
    told
        Called on the window's thread with the signal's number.
    parent
        Owner.
    """

    def __init__(self, told: Callable[[int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told = told
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._write.fileno())
        self._before = {number: signal.signal(number, self._ignore) for number in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)

    @staticmethod
    def _ignore(_number: int, _frame: FrameType | None) -> None:
        """What counts is the byte in the socket."""

    def _heard(self) -> None:
        numbers = self._read.recv(16)
        for number in numbers:
            if number in (signal.SIGINT, signal.SIGTERM):
                self._told(number)

    def remove(self) -> None:
        """Hear no more."""
        self._notifier.setEnabled(False)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        self._read.close()
        self._write.close()
