"""Clips as boxes: in which row each lies, where the handles of its fades are, and what of a box is under a point."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.stacking import stacked
from pctalk_studio.document.performance import PerformanceClip
from pctalk_studio.document.project import EmotionClip

ClipT = TypeVar("ClipT", bound=EmotionClip | PerformanceClip)

GAP = 2.0
"""Pixels between rows."""

EDGE = 6.0
"""Pixels within which an edge or fade is taken hold of."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipBox(ABC, Generic[ClipT]):
    """A clip as it is drawn.

    Parameters
    ----------
    clip
        The clip.
    start, end
        Seconds; open ends at the recording's.
    rect
        Pixels of the strip.
    """

    clip: ClipT
    start: float
    end: float
    rect: QRectF

    @abstractmethod
    def wished_fades(self) -> tuple[float, float]:
        """Seconds of the fades, were the clip long enough for both."""

    def inner_part(self, at: QPointF, strip: Strip) -> str:
        """What lies under a point between the edges."""
        return "body"

    def fades(self) -> tuple[float, float]:
        """Seconds of the fades as they act."""
        rise, fall = self.wished_fades()
        squeeze = min(1.0, (self.end - self.start) / max(rise + fall, 1e-9))
        return rise * squeeze, fall * squeeze

    @property
    def shows_fades(self) -> bool:
        """Whether there is room for the handles of its fades."""
        return self.rect.width() > 6 * EDGE

    def fade_points(self, strip: Strip) -> tuple[QPointF, QPointF]:
        """Where the handles of the fades lie, at the top of the box."""
        rise, fall = self.fades()
        top = self.rect.top() + 5
        left = max(strip.scale.x(self.start + rise), self.rect.left() + 2 * EDGE)
        right = min(strip.scale.x(self.end - fall), self.rect.right() - 2 * EDGE)
        return QPointF(left, top), QPointF(max(right, left), top)

    def part_at(self, at: QPointF, strip: Strip) -> str | None:
        """What lies under a point: ``start``, ``end``, ``fade_in``, ``fade_out`` or :meth:`inner_part`; None outside."""
        rect = self.rect
        if not rect.adjusted(-EDGE / 2, 0, EDGE / 2, 0).contains(at):
            return None
        if self.shows_fades:
            for part, point in zip(("fade_in", "fade_out"), self.fade_points(strip), strict=True):
                if math.hypot(point.x() - at.x(), point.y() - at.y()) <= EDGE:
                    return part
        if at.x() - rect.left() <= EDGE:
            return "start"
        return "end" if rect.right() - at.x() <= EDGE else self.inner_part(at, strip)

    def line_xs(self, strip: Strip, step: float) -> npt.NDArray[np.float64]:
        """Pixels, ``step`` apart, at which a line over the visible part of the box is drawn; none where it cannot be seen."""
        left, right = max(self.rect.left(), -step), min(self.rect.right(), strip.width + step)
        if right <= left:
            return np.zeros(0)
        return np.asarray(np.unique(np.concatenate([np.arange(left, right, step), [right]])))


def stacked_rects(spans: Sequence[tuple[float, float]], strip: Strip, least_rows: int) -> list[QRectF]:
    """Where clips lie, pixels; each in the first row from the top in which it meets no other.

    Parameters
    ----------
    spans
        (start, end) seconds.
    strip
        In which they lie.
    least_rows
        For how many rows there is room, however few are needed.
    """
    placed, rows = stacked(spans)
    height = (strip.height - GAP) / max(rows, least_rows)
    rects = []
    for (start, end), row in zip(spans, placed, strict=True):
        left, right = strip.scale.x(start), strip.scale.x(end)
        rects.append(QRectF(left, GAP + row * height, max(right - left, 3.0), height - GAP))
    return rects
