"""Worker: slow things that no open project does, such as opening one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs import Abandoned, Done, Ended, Event, Failed, Moved, Request, Runner, Ticket
from pctalk_studio.jobs.notices import Deliver

R = TypeVar("R")

_CLOSING = 5.0
"""Seconds that the thread gets to stop."""


def _ignore(_: object) -> None:
    return None


class Worker(QObject):
    """One thread, begun when there is first something to do; answers come on the window's thread.

    Parameters
    ----------
    deliver
        Brings calls to the window's thread.
    parent
        Owner.
    """

    def __init__(self, deliver: Deliver, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deliver = deliver
        self._runner: Runner | None = None

    def do(
        self,
        request: Request[R],
        done: Callable[[R], None],
        failed: Callable[[BaseException], None],
        *,
        moved: Callable[[ProgressEvent], None] = _ignore,
        given_up: Callable[[], None] = lambda: None,
    ) -> Ticket[R]:
        """Do something; exactly one of ``done``, ``failed`` and ``given_up`` is called in the end."""

        def hear(event: Event[Any]) -> None:
            match event:
                case Moved(_, progress):
                    moved(progress)
                case Ended(_, _, Done(result)):
                    done(result)
                case Ended(_, _, Failed(error)):
                    failed(error)
                case Ended(_, _, Abandoned()):
                    given_up()

        if self._runner is None:
            self._runner = Runner("shell", deliver=self._deliver)
        return self._runner.submit(request, listeners=(hear,))

    def close(self) -> None:
        """Stop; what still runs is asked to give up."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close(_CLOSING)
