"""What is asked of a runner, and the receipt for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from pctalk_studio.core.errors import Cancelled
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs.outcomes import Done, Failed, Outcome

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class CancelToken:
    """Asks running work to stop; once set it stays set."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked = threading.Event()

    @property
    def asked(self) -> bool:
        """Somebody wants the work to stop."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask for the work to stop at its next checkpoint."""
        self._asked.set()


class Control:
    """What running work may say and must ask.

    Parameters
    ----------
    token
        Set when the work is to stop.
    between
        Called at every checkpoint with what is to be told, or None.
    """

    __slots__ = ("_between", "_token")

    def __init__(self, token: CancelToken, between: Callable[[ProgressEvent | None], None]) -> None:
        self._token = token
        self._between = between

    @property
    def cancelled(self) -> bool:
        """The work should stop; for work that has something to put away first."""
        return self._token.asked

    def checkpoint(self, progress: ProgressEvent | None = None) -> None:
        """Stand between two steps: tell how far the work is, and give up if asked to.

        Raises
        ------
        Cancelled
            When somebody asked; let it through.
        """
        self._between(progress)
        if self._token.asked:
            raise Cancelled("The work was cancelled.")


class Request(Protocol[R_co]):
    """A piece of work with all its inputs captured: a frozen, picklable value that gives a frozen, picklable result."""

    def __call__(self, control: Control, /) -> R_co:
        """Do the work; pass ``control.checkpoint()`` between steps.

        Raises
        ------
        Exception
            Anything; it becomes the ticket's failure.
        """
        ...


class Source(Protocol):
    """Somebody who decides only at the last moment what comes next, such as a preview.

    Both methods are called on the worker thread, never at once, and must be quick.
    """

    def take(self) -> Request[Any] | None:
        """The most useful work now; None when there is none until the runner is woken."""
        ...

    def settle(self, request: Request[Any], outcome: Outcome[Any]) -> None:
        """Take note of how work that :meth:`take` gave has ended, before it is asked again."""
        ...


class Ticket(Generic[R]):
    """Receipt for a request. It ends exactly once: done, failed or cancelled.

    Made by :class:`pctalk_studio.jobs.runner.Runner`; safe to use from any thread.
    """

    __slots__ = ("_cancel", "_ended", "_outcome", "number")

    def __init__(self, number: int, cancel: Callable[[int], None]) -> None:
        self.number = number
        self._cancel = cancel
        self._ended = threading.Event()
        self._outcome: Outcome[R] | None = None

    @property
    def outcome(self) -> Outcome[R] | None:
        """How it ended; None while it waits or runs."""
        return self._outcome

    def cancel(self) -> None:
        """Drop the request if it waits, ask it to stop if it runs; without effect once it has ended."""
        self._cancel(self.number)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, not for its listeners; False when ``timeout`` seconds passed first."""
        return self._ended.wait(timeout)

    def result(self, timeout: float | None = None) -> R:
        """Wait for the result.

        Raises
        ------
        TimeoutError
            When the work had not ended after ``timeout`` seconds.
        Cancelled
            When it was cancelled.
        BaseException
            The error with which it failed.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"ticket {self.number} has not ended after {timeout} s")
        match self._outcome:
            case Done(result):
                return result
            case Failed(error):
                raise error
            case _:
                raise Cancelled("The work was cancelled.")

    def _end(self, outcome: Outcome[R]) -> None:
        """Set the outcome; the runner calls this once, holding its lock."""
        if self._outcome is not None:
            raise RuntimeError(f"ticket {self.number} ends twice")
        self._outcome = outcome
        self._ended.set()
