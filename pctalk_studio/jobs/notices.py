"""Telling listeners: every listener hears of every event, whatever the others do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from pctalk_studio.jobs.outcomes import Event

Listener = Callable[[Event[Any]], None]
"""Told of a ticket's events; see :class:`pctalk_studio.jobs.runner.Runner` for the thread."""

Deliver = Callable[[Callable[[], None]], None]
"""Runs a round of listeners: at once, or by passing it to another thread's event loop, in order."""

Report = Callable[[Sequence[Exception]], None]
"""Told what listeners raised, after all of them have been called."""

_log = logging.getLogger(__name__)


def at_once(tell: Callable[[], None]) -> None:
    """Deliver on the thread that is."""
    tell()


def log_failures(errors: Sequence[Exception]) -> None:
    """Write what listeners raised to the log."""
    for error in errors:
        _log.error("A listener failed.", exc_info=error)


def notification_round(listeners: Sequence[Listener], event: Event[Any], report: Report) -> Callable[[], None]:
    """A call that tells all listeners of an event, collects what they raise and reports it at the end."""

    def tell() -> None:
        errors: list[Exception] = []
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - one failing listener must not starve the others
                errors.append(error)
        if errors:
            report(tuple(errors))

    return tell
