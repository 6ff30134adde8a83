"""How work ends, and what is told of it on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from pctalk_studio.core.progress import ProgressEvent

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Priority(IntEnum):
    """What goes first; work of equal priority goes in the order in which it came."""

    BACKGROUND = 0
    NORMAL = 10
    URGENT = 20


@dataclass(frozen=True, slots=True)
class Done(Generic[R_co]):
    """The work gave a result, even if somebody asked too late to stop it."""

    result: R_co


@dataclass(frozen=True, slots=True)
class Failed:
    """The work raised ``error``."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The work was cancelled, before it began or between two steps."""


Outcome = Done[R] | Failed | Abandoned
"""How one piece of work ended."""


@dataclass(frozen=True, slots=True)
class Started:
    """The worker has taken a ticket up.

    Parameters
    ----------
    ticket
        Its number.
    """

    ticket: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A ticket's work is further on."""

    ticket: int
    progress: ProgressEvent


@dataclass(frozen=True, slots=True)
class Ended(Generic[R_co]):
    """A ticket has ended; the last event of every ticket, told exactly once.

    Parameters
    ----------
    ticket
        Its number.
    request
        What was asked for; whoever listens to a source knows the work by it.
    outcome
        How it ended.
    """

    ticket: int
    request: object
    outcome: Outcome[R_co]


Event = Started | Moved | Ended[R]
"""What listeners are told."""
