"""Snapper: where moved things stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.timeline.scale import TimeScale
from pctalk_studio.document.speech_track import SAME_TIME

REACH = 7.0
"""Pixels within which something attracts."""

_FRAME_REACH = 5.0
_FRAMES_FROM = 14.0
"""Pixels of a frame from which on frames attract; below, everything would stick somewhere."""

_ZERO_REACH = 0.0015
"""Seconds within which a zero crossing is looked for."""

_ZERO_FROM = 1500.0
"""Pixels a second from which on zero crossings attract."""

Times = npt.NDArray[np.float64]


class SnapKind(StrEnum):
    """What something stopped at."""

    EDGE = "edge"
    PLAYHEAD = "playhead"
    FRAME = "frame"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Snapped:
    """A moment, and what made it that; None where nothing attracted."""

    time: float
    kind: SnapKind | None = None


class Snapper:
    """Finds what attracts near a moment.

    Parameters
    ----------
    kit
        What every view is given.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._sources: list[Callable[[], Times]] = []

    def add(self, source: Callable[[], Times]) -> None:
        """Let the moments of a lane attract, [n] seconds, rising."""
        self._sources.append(source)

    def snap(
        self,
        time: float,
        scale: TimeScale,
        *,
        free: bool = False,
        without: Collection[float] = (),
        beyond: float = math.inf,
    ) -> Snapped:
        """Where a moment ends up.

        Parameters
        ----------
        time
            Seconds.
        scale
            Of the view; what attracts, does so by pixels.
        free
            The person holds the key that suspends snapping.
        without
            Moments that attract nothing, such as where the moved thing itself is.
        beyond
            Edges after this moment attract nothing, since they move along.
        """
        if free or not self._kit.editor.modes.snap:
            return Snapped(time)
        strong = self._strong(time, scale.seconds(REACH), without, beyond)
        if strong is not None:
            return strong
        frame = self._frame(time, scale)
        return frame if frame is not None else self._zero(time, scale)

    def _strong(self, time: float, reach: float, without: Collection[float], beyond: float) -> Snapped | None:
        best: Snapped | None = None
        for candidate in self._candidates(time, reach):
            near = abs(candidate.time - time)
            if near > reach or any(abs(candidate.time - other) <= SAME_TIME for other in without):
                continue
            if candidate.kind is SnapKind.EDGE and candidate.time > beyond:
                continue
            if best is None or near < abs(best.time - time):
                best = candidate
        return best

    def _candidates(self, time: float, reach: float) -> list[Snapped]:
        found = []
        for source in self._sources:
            times = source()
            low, high = np.searchsorted(times, (time - reach, time + reach))
            found += [Snapped(float(each), SnapKind.EDGE) for each in times[low : high + 1]]
        project = self._kit.editor.project
        ends = [each for each in (project.in_point, project.out_point) if each is not None]
        found += [Snapped(each, SnapKind.EDGE) for each in ends]
        desk = self._kit.editor.desk
        if desk is not None:
            found.append(Snapped(desk.transport.seconds, SnapKind.PLAYHEAD))
        return found

    def _frame(self, time: float, scale: TimeScale) -> Snapped | None:
        rate = self._kit.editor.project.rate
        if scale.density / float(rate) < _FRAMES_FROM:
            return None
        nearest = rate.time_of(max(0, round(time * float(rate))))
        return Snapped(nearest, SnapKind.FRAME) if abs(nearest - time) <= scale.seconds(_FRAME_REACH) else None

    def _zero(self, time: float, scale: TimeScale) -> Snapped:
        desk = self._kit.editor.desk
        if desk is None or scale.density < _ZERO_FROM:
            return Snapped(time)
        sound = desk.sources.sound
        reach = min(_ZERO_REACH, scale.seconds(REACH))
        low = max(0, int((time - reach) * sound.rate))
        piece = sound.samples[low : int((time + reach) * sound.rate) + 2].mean(axis=1)
        crossings = np.flatnonzero(np.signbit(piece[:-1]) != np.signbit(piece[1:]))
        if not len(crossings):
            return Snapped(time)
        # Between the two samples, where the straight line through them is zero.
        before, after = piece[crossings].astype(float), piece[crossings + 1].astype(float)
        times = (low + crossings + before / (before - after)) / sound.rate
        nearest = float(times[np.abs(times - time).argmin()])
        return Snapped(nearest, SnapKind.ZERO) if abs(nearest - time) <= reach else Snapped(time)
