"""Time while playing: a path through the clip, and clocks that tell how far along it we are.

The path is a pure function of elapsed time, so that a position is always computed anew and never added up: nothing drifts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Now = Callable[[], float]
"""Seconds on a steady clock."""


@dataclass(frozen=True, slots=True)
class PlayPath:
    """How playing moves through a clip.

    Parameters
    ----------
    begin
        Where it begins, seconds in the clip.
    start, stop
        What is played, seconds in the clip; ``begin`` lies inside.
    speed
        Seconds of the clip a second; negative backwards.
    loop
        Go on at ``start`` after ``stop``, or the other way round.
    """

    begin: float
    start: float
    stop: float
    speed: float = 1.0
    loop: bool = False

    def __post_init__(self) -> None:
        if not (self.start <= self.begin <= self.stop and self.start < self.stop and self.speed):
            raise ValueError(f"no path leads from {self.begin} through {self.start} to {self.stop} at {self.speed}")

    def travelled(self, elapsed: float) -> float:
        """Seconds of the clip played after ``elapsed`` seconds, all rounds of a loop together; ends where the path ends."""
        way = max(elapsed, 0.0) * abs(self.speed)
        return way if self.loop else min(way, self._way)

    def position(self, elapsed: float) -> float:
        """Where playing is after ``elapsed`` seconds, seconds in the clip."""
        way = self.travelled(elapsed)
        ahead = self.begin - self.start + (way if self.speed > 0 else -way)
        if self.loop:
            ahead %= self.stop - self.start
        return self.start + ahead

    def ended(self, elapsed: float) -> bool:
        """Playing has come to the end, or backwards to the beginning; a loop never does."""
        return not self.loop and elapsed * abs(self.speed) >= self._way

    @property
    def _way(self) -> float:
        """Seconds of the clip from where it begins to where it ends."""
        return self.stop - self.begin if self.speed > 0 else self.begin - self.start


class PlaybackClock(Protocol):
    """Tells how much of a path has been played."""

    def start(self, path: PlayPath) -> None:
        """Play a path from its beginning, instead of whatever was played."""
        ...

    def stop(self) -> None:
        """Play nothing."""
        ...

    def scrub(self, seconds: float) -> None:
        """Let a moment be heard, if there is something to hear."""
        ...

    def elapsed(self) -> float:
        """Seconds of the path that have been heard, or would have been; never falls while a path is played."""
        ...

    @property
    def alive(self) -> bool:
        """It still runs; a device that was unplugged does not."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


class SilentClock:
    """The clock where there is no sound: a steady clock of the machine.

    Parameters
    ----------
    now
        Seconds.
    """

    def __init__(self, now: Now) -> None:
        self._now = now
        self._since: float | None = None

    def start(self, path: PlayPath) -> None:
        """See :class:`PlaybackClock`."""
        self._since = self._now()

    def stop(self) -> None:
        """See :class:`PlaybackClock`."""
        self._since = None

    def scrub(self, seconds: float) -> None:
        """There is nothing to hear."""

    def elapsed(self) -> float:
        """See :class:`PlaybackClock`."""
        return 0.0 if self._since is None else self._now() - self._since

    @property
    def alive(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """There is no device."""
