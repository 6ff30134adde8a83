"""What the scheduler remembers of each worker that draws for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pctalk_studio.jobs import Outcome, Request
from pctalk_studio.preview.requests import Landed
from pctalk_studio.preview.wish import Wish
from pctalk_studio.render.api import FrameLook

_FOLLOW = 0.2
"""Share of the newest frame in the running mean of the drawing time."""


class Pace:
    """How large the pictures of an engine are and how long they take, learned anew for each engine and quality."""

    def __init__(self) -> None:
        self._look: FrameLook | None = None
        self._bytes = 0
        self.takes = 0.0
        """Seconds for a frame; 0 until one was drawn."""

    def learn(self, landed: Landed) -> None:
        """Take note of a picture; only one that was drawn tells how long that takes."""
        result = landed.result
        if self._look != result.key.look:
            self._look, self.takes = result.key.look, 0.0
        self._bytes = result.picture.nbytes
        if landed.drawn:
            mean = self.takes or result.seconds
            self.takes = mean + _FOLLOW * (result.seconds - mean)

    def bytes_of(self, look: FrameLook) -> int:
        """Of one picture of a look; 0 while that is not known."""
        return self._bytes if self._look == look else 0


class Lane:
    """One worker's share of the work.

    Attributes
    ----------
    pace
        Of what it draws.
    taken_for
        The wish for which it took what it does.
    no_room_for
        A wish under which there was no room in spite of the plan: it waits for another one.
    """

    def __init__(self) -> None:
        self.pace = Pace()
        self.taken_for: Wish | None = None
        self.no_room_for: Wish | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LaneSource:
    """A lane as a runner sees it; see :class:`pctalk_studio.jobs.Source`."""

    take: Callable[[], Request[Any] | None]
    settle: Callable[[Request[Any], Outcome[Any]], None]
