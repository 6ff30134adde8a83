"""Work off the caller's thread: one queue per device, priorities, newest wins, cancelling, progress, exactly one outcome.

Must not know what the work is about, nor Qt: results reach a window through a callable that it passes in.
"""

from pctalk_studio.jobs.outcomes import Abandoned, Done, Ended, Event, Failed, Moved, Outcome, Priority, Started
from pctalk_studio.jobs.runner import Runner, RunnerClosed
from pctalk_studio.jobs.tickets import CancelToken, Control, Request, Source, Ticket

__all__ = [
    "Abandoned",
    "CancelToken",
    "Control",
    "Done",
    "Ended",
    "Event",
    "Failed",
    "Moved",
    "Outcome",
    "Priority",
    "Request",
    "Runner",
    "RunnerClosed",
    "Source",
    "Started",
    "Ticket",
]
