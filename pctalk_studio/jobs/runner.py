"""Runner: one worker thread with one queue, for one device.

Every ticket ends exactly once. Its listeners are told through one ``deliver`` callable, called on the worker thread and never
with a lock held, so a listener may submit, cancel and wait for nothing.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pctalk_studio.core.errors import Cancelled
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs.notices import Deliver, Listener, Report, at_once, log_failures, notification_round
from pctalk_studio.jobs.outcomes import Abandoned, Done, Ended, Event, Failed, Moved, Outcome, Priority, Started
from pctalk_studio.jobs.queue import WaitingLine
from pctalk_studio.jobs.tickets import CancelToken, Control, Request, Source, Ticket

R = TypeVar("R")


class RunnerClosed(RuntimeError):
    """Work was submitted to a runner that has been closed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """A ticket with what it takes to work on it; ``source`` is who gave the request, if it was not submitted."""

    ticket: Ticket[Any]
    request: Request[Any]
    token: CancelToken
    listeners: tuple[Listener, ...] = ()
    replaces: Hashable = None
    source: Source | None = None


class Runner:
    """A worker thread that does one thing at a time.

    Parameters
    ----------
    name
        Of the thread; shown when it does not stop.
    deliver
        Runs each round of listeners; the default does so at once, on the worker thread.
    report
        Told what listeners raised.
    """

    def __init__(self, name: str, *, deliver: Deliver = at_once, report: Report = log_failures) -> None:
        self._deliver = deliver
        self._report = report
        self._state = threading.Condition()
        self._waiting: WaitingLine[_Job] = WaitingLine()
        self._notices: deque[tuple[tuple[Listener, ...], Event[Any]]] = deque()
        self._sources: tuple[tuple[int, Source, tuple[Listener, ...]], ...] = ()
        self._numbers = itertools.count(1)
        self._running: _Job | None = None
        self._wakes = 0
        self._idle = False
        self._closed = False
        # A daemon, so that work that does not stop cannot keep the program from ending once it has been reported.
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def submit(
        self,
        request: Request[R],
        *,
        priority: int = Priority.NORMAL,
        replaces: Hashable = None,
        listeners: Sequence[Listener] = (),
    ) -> Ticket[R]:
        """Ask for work; returns at once.

        Parameters
        ----------
        request
            What to do, a frozen value.
        priority
            Higher goes first.
        replaces
            Newest wins: an earlier request with an equal key is cancelled if it waits and asked to stop if it runs.
        listeners
            Told of the start, of progress and, in any case, of the end.

        Raises
        ------
        RunnerClosed
            After :meth:`close`.
        """
        with self._state:
            if self._closed:
                raise RunnerClosed(f"runner '{self.name}' is closed")
            ticket: Ticket[R] = Ticket(next(self._numbers), self._cancel)
            job = _Job(ticket, request, CancelToken(), tuple(listeners), replaces)
            older = self._waiting.push(ticket.number, job, priority, replaces)
            if older is not None:
                self._end(older[1], Abandoned())
            if replaces is not None and self._running is not None and self._running.replaces == replaces:
                self._running.token.ask()
            self._woken()
        return ticket

    def attach(self, source: Source, *, priority: int = Priority.BACKGROUND, listeners: Sequence[Listener] = ()) -> None:
        """Take work from a source whenever nothing of higher or equal priority waits.

        Each request that it gives becomes a ticket, of which ``listeners`` are told.
        """
        with self._state:
            entry = (priority, source, tuple(listeners))
            self._sources = tuple(sorted((*self._sources, entry), key=lambda known: -known[0]))
            self._woken()

    def detach(self, source: Source) -> None:
        """Take no more work from a source, and ask for what it gave to stop."""
        with self._state:
            self._sources = tuple(entry for entry in self._sources if entry[1] is not source)
            if self._running is not None and self._running.source is source:
                self._running.token.ask()

    def wake(self) -> None:
        """Ask the sources again; cheap, from any thread, as often as one likes."""
        with self._state:
            self._woken()

    @property
    def name(self) -> str:
        """Of the thread."""
        return self._thread.name

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Wait until nothing waits or runs and all listeners have been delivered to; for scripts and tests.

        Returns
        -------
        bool
            False when ``timeout`` seconds passed first.
        """
        with self._state:
            return self._state.wait_for(lambda: self._idle or not self._thread.is_alive(), timeout)

    def close(self, timeout: float) -> tuple[int, ...]:
        """Cancel what waits, ask what runs to stop, and wait for the thread to end. May be called again.

        Parameters
        ----------
        timeout
            Seconds to wait.

        Returns
        -------
        tuple[int, ...]
            Number of the ticket that did not stop in time; empty when all is well.
        """
        with self._state:
            self._shut()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        with self._state:
            return (self._running.ticket.number,) if self._running is not None else ()

    def _shut(self) -> None:
        self._closed = True
        self._sources = ()
        while (popped := self._waiting.pop()) is not None:
            self._end(popped[1], Abandoned())
        if self._running is not None:
            self._running.token.ask()
        self._woken()

    def _woken(self) -> None:
        self._wakes += 1
        self._idle = False
        self._state.notify_all()

    def _cancel(self, number: int) -> None:
        with self._state:
            job = self._waiting.remove(number)
            if job is not None:
                self._end(job, Abandoned())
            elif self._running is not None and self._running.ticket.number == number:
                self._running.token.ask()

    def _end(self, job: _Job, outcome: Outcome[Any]) -> None:
        """End a ticket and leave word for its listeners; the lock is held."""
        job.ticket._end(outcome)
        self._leave_word(job, Ended(job.ticket.number, job.request, outcome))

    def _leave_word(self, job: _Job, event: Event[Any]) -> None:
        if job.listeners:
            self._notices.append((job.listeners, event))
            # The worker may sleep; word of a cancelled ticket must not wait for the next request.
            self._idle = False
            self._state.notify_all()

    def _serve(self) -> None:
        try:
            while True:
                self._tell()
                job = self._next()
                if job is not None:
                    self._do(job)
                elif not self._sleep():
                    return
        finally:
            with self._state:
                # Reached by an error only if it is one that ends threads; nothing may then wait for ever.
                self._shut()
                self._idle = True
                self._state.notify_all()
            self._tell()

    def _sleep(self) -> bool:
        """Wait for something to do; False when the runner is closed and all is told."""
        with self._state:
            if self._notices or len(self._waiting):
                return True
            if self._closed:
                return False
            if self._wakes:
                self._wakes = 0
                return True
            self._idle = True
            self._state.notify_all()
            self._state.wait_for(lambda: not self._idle)
            self._wakes = 0
            return True

    def _next(self) -> _Job | None:
        with self._state:
            sources, top = self._sources, self._waiting.top()
            self._wakes = 0
        for priority, source, listeners in sources:
            if top is not None and top >= priority:
                break
            # Asked without the lock: a source has a lock of its own and wakes the runner while holding it.
            request = self._taken(source)
            if request is not None:
                ticket: Ticket[Any] = Ticket(next(self._numbers), self._cancel)
                return self._begun(_Job(ticket, request, CancelToken(), listeners, source=source))
        with self._state:
            popped = self._waiting.pop()
        return None if popped is None else self._begun(popped[1])

    def _taken(self, source: Source) -> Request[Any] | None:
        try:
            return source.take()
        except Exception as error:  # noqa: BLE001 - a source that fails must not end the thread of all others
            self._report((error,))
            return None

    def _begun(self, job: _Job) -> _Job:
        with self._state:
            self._running = job
            self._leave_word(job, Started(job.ticket.number))
            if self._closed:
                job.token.ask()
        return job

    def _do(self, job: _Job) -> None:
        outcome: Outcome[Any] = Abandoned()
        try:
            self._tell()
            if not job.token.asked:
                outcome = Done(job.request(Control(job.token, lambda progress: self._between(job, progress))))
        except Cancelled:
            outcome = Abandoned()
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes the ticket's failure
            outcome = Failed(error)
        except BaseException as error:
            outcome = Failed(error)
            raise
        finally:
            self._settle(job, outcome)

    def _settle(self, job: _Job, outcome: Outcome[Any]) -> None:
        try:
            if job.source is not None:
                job.source.settle(job.request, outcome)
        except Exception as error:  # noqa: BLE001 - a source that fails must not end the thread of all others
            self._report((error,))
        with self._state:
            self._running = None
            self._end(job, outcome)

    def _between(self, job: _Job, progress: ProgressEvent | None) -> None:
        if progress is not None:
            with self._state:
                self._leave_word(job, Moved(job.ticket.number, progress))
        self._tell()

    def _tell(self) -> None:
        """Deliver what there is to tell, in order."""
        while True:
            with self._state:
                if not self._notices:
                    return
                listeners, event = self._notices.popleft()
            try:
                self._deliver(notification_round(listeners, event, self._report))
            except Exception as error:  # noqa: BLE001 - a window that is gone must not end the thread of all others
                self._report((error,))
