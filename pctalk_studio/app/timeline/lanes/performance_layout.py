"""Performances as boxes: where each lies, what of a box is under a point, and how much the head moves in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.clip_box import ClipBox, stacked_rects
from pctalk_studio.deformation.performing import presence
from pctalk_studio.document.performance import Ending, PerformanceClip, Take

_STEP = 2.0
"""Pixels between two points of the line of motion."""
_WHOLE = 8.0
"""Degrees of a turn that reaches the top of a box; the line bends towards it, so that small and large turns both are seen."""


@lru_cache(maxsize=64)
def stirring(take: Take) -> npt.NDArray[np.float64]:
    """How far the head is turned from where it begins, frame by frame, [T] 0 to 1; what a take is known by at a glance."""
    turned = take.performance().pose[:, :3].astype(np.float64)
    return np.asarray(np.tanh(np.linalg.norm(turned - turned[0], axis=1) / _WHOLE))


@lru_cache(maxsize=64)
def shut(take: Take) -> npt.NDArray[np.float64]:
    """Seconds of the take at which eyes have just shut."""
    closed = take.performance().eyes[:, :2].max(axis=1) > 0.8
    return np.flatnonzero(closed & ~np.concatenate([[False], closed[:-1]])) / float(take.rate)


@dataclass(frozen=True, slots=True, eq=False)
class Box(ClipBox[PerformanceClip]):
    """A performance as it is drawn.

    Parameters
    ----------
    take
        What the clip plays; None where that is not there.
    """

    take: Take | None

    def wished_fades(self) -> tuple[float, float]:
        """Seconds that the clip asks for."""
        return self.clip.fade_in, self.clip.fade_out

    def outline(self, strip: Strip) -> list[QPointF]:
        """How much the head moves, as far as the clip is there, over the visible part of the box."""
        xs = self.line_xs(strip, _STEP)
        if self.take is None or not len(xs):
            return []
        times = np.asarray(strip.scale.time(xs), np.float64)
        moves = stirring(self.take)
        moments = self.clip.offset + (times - self.clip.start) * self.clip.speed
        if self.clip.ending is Ending.LOOP:
            moments = np.where(moments < 0, 0, np.mod(moments, self.take.duration))
        level = np.interp(moments * float(self.take.rate), np.arange(len(moves)), moves) * presence(self.clip, times)
        base, height = self.rect.bottom() - 1, self.rect.height() - 4
        return [QPointF(x, y) for x, y in zip(xs.tolist(), (base - height * level).tolist(), strict=True)]

    def seams(self) -> list[float]:
        """Moments of the clip at which its take begins again, or ends where it is held."""
        if self.take is None:
            return []
        first = self.clip.start + (self.take.duration - self.clip.offset) / self.clip.speed
        step = self.take.duration / self.clip.speed
        if self.clip.ending is Ending.HOLD:
            return [first] if self.clip.start < first < self.clip.end else []
        count = min(max(math.ceil((self.clip.end - first) / step), 0), 500)
        return [time for time in (first + step * number for number in range(count)) if self.clip.start < time < self.clip.end]

    def blinks(self) -> list[float]:
        """Moments of the clip at which its eyes shut, in the first round."""
        if self.take is None:
            return []
        times = self.clip.start + (shut(self.take) - self.clip.offset) / self.clip.speed
        return [time for time in times.tolist() if self.clip.start <= time < self.clip.end]


def boxes(clips: Sequence[PerformanceClip], takes: Sequence[Take], strip: Strip) -> list[Box]:
    """All clips as boxes, lowest in the stack first."""
    known = {take.id: take for take in takes}
    rects = stacked_rects([(clip.start, clip.end) for clip in clips], strip, least_rows=1)
    return [Box(clip, clip.start, clip.end, rect, known.get(clip.take)) for clip, rect in zip(clips, rects, strict=True)]
