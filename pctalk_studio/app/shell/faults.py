"""Faults: errors that nobody expected are written down and told, and never end the program silently."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from pctalk_studio.core.user_folders import state_folder

_LARGEST = 1 << 20
"""Bytes of the log before it is begun anew; one older one is kept."""

_log = logging.getLogger("pctalk_studio")


def log_path() -> Path:
    """File to which faults are written; it may not exist yet."""
    return state_folder() / "log.txt"


class Faults:
    """Hears of every error that nobody caught, on any thread, from :meth:`install` to :meth:`remove`.

    Parameters
    ----------
    tell
        Told on the thread on which it happened; must not raise.
    """

    def __init__(self, tell: Callable[[BaseException], None]) -> None:
        self._tell = tell
        self._handler: logging.Handler | None = None
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Begin."""
        try:
            log_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handler = RotatingFileHandler(log_path(), maxBytes=_LARGEST, backupCount=1, encoding="utf-8", delay=True)
        except OSError:
            # Without a log, faults are still told.
            self._handler = logging.NullHandler()
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        _log.addHandler(self._handler)
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._hear
        threading.excepthook = lambda hooked: self._hear(hooked.exc_type, hooked.exc_value, hooked.exc_traceback)

    def remove(self) -> None:
        """End."""
        sys.excepthook, threading.excepthook = self._before
        if self._handler is not None:
            _log.removeHandler(self._handler)
            self._handler.close()

    def _hear(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            return
        if isinstance(error, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        _log.error("A fault of the program.", exc_info=(kind, error, trace))
        self._tell(error)
