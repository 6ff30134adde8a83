"""Emotion clips as boxes: which row each lies in, so that overlapping ones stack, and what of a box is under a point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, Plot
from pctalk_studio.app.timeline.lanes.stacking import stacked
from pctalk_studio.deformation.emc.mood import presence
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import EmotionClip

STRONGEST = 1.5
"""Intensity at the top of a box."""

GAP = 2.0
"""Pixels between rows."""

EDGE = 6.0
"""Pixels within which an edge or fade is taken hold of."""

_STEP = 3.0
"""Pixels between two points of a drawn envelope."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
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

    clip: EmotionClip
    start: float
    end: float
    rect: QRectF

    @property
    def channel(self) -> Channel:
        """The clip's envelope."""
        return Channel(CurveName.ENVELOPE, "", clip=self.clip.id)

    @property
    def plot(self) -> Plot:
        """Where values of the envelope lie: the clip's intensity times them is as high as the box tells."""
        high = STRONGEST / self.clip.intensity if self.clip.intensity > 0 else STRONGEST
        return Plot(0.0, high, self.rect.top() + 2, self.rect.bottom() - 1)

    @property
    def level(self) -> Plot:
        """Where intensities lie."""
        return Plot(0.0, STRONGEST, self.rect.top() + 2, self.rect.bottom() - 1)

    def fades(self) -> tuple[float, float]:
        """Seconds of the fades as they act."""
        spec = emotion_tables().emotions[self.clip.emotion]
        rise = 0.0 if self.clip.start is None else spec.rise if self.clip.fade_in is None else self.clip.fade_in
        fall = 0.0 if self.clip.end is None else spec.fall if self.clip.fade_out is None else self.clip.fade_out
        squeeze = min(1.0, (self.end - self.start) / max(rise + fall, 1e-9))
        return rise * squeeze, fall * squeeze

    def fade_points(self, strip: Strip) -> tuple[QPointF, QPointF]:
        """Where the handles of the fades lie, at the top of the box."""
        rise, fall = self.fades()
        top = self.rect.top() + 5
        left = max(strip.scale.x(self.start + rise), self.rect.left() + 2 * EDGE)
        right = min(strip.scale.x(self.end - fall), self.rect.right() - 2 * EDGE)
        return QPointF(left, top), QPointF(max(right, left), top)

    def outline(self, strip: Strip) -> list[QPointF]:
        """How strongly the clip is felt, over the visible part of the box."""
        left, right = max(self.rect.left(), -_STEP), min(self.rect.right(), strip.width + _STEP)
        if right <= left:
            return []
        xs = np.unique(np.concatenate([np.arange(left, right, _STEP), [right]]))
        times = strip.scale.time(xs)
        spec = emotion_tables().emotions[self.clip.emotion]
        felt = self.clip.intensity * self.clip.envelope.values(times) * presence(self.clip, spec, times)
        ys = self.level.ys(np.clip(felt, 0.0, STRONGEST))
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def boxes(clips: Sequence[EmotionClip], duration: float, strip: Strip) -> list[Box]:
    """All clips as boxes, lowest in the stack first; each lies in the first row from the top in which it meets no other."""
    spans = [(0.0 if c.start is None else c.start, duration if c.end is None else c.end) for c in clips]
    placed, rows = stacked(spans)
    height = (strip.height - GAP) / max(rows, 2)
    found = []
    for number, clip in enumerate(clips):
        start, end = spans[number]
        left, right = strip.scale.x(start), strip.scale.x(end)
        rect = QRectF(left, GAP + placed[number] * height, max(right - left, 3.0), height - GAP)
        found.append(Box(clip, start, end, rect))
    return found


def part_at(box: Box, at: QPointF, strip: Strip) -> str | None:
    """What of a box lies under a point: ``start``, ``end``, ``fade_in``, ``fade_out``, ``level`` or ``body``."""
    rect = box.rect
    if not rect.adjusted(-EDGE / 2, 0, EDGE / 2, 0).contains(at):
        return None
    if rect.width() > 6 * EDGE:
        for part, point in zip(("fade_in", "fade_out"), box.fade_points(strip), strict=True):
            if math.hypot(point.x() - at.x(), point.y() - at.y()) <= EDGE:
                return part
    if at.x() - rect.left() <= EDGE:
        return "start"
    if rect.right() - at.x() <= EDGE:
        return "end"
    time = strip.scale.time(at.x())
    level = box.clip.intensity * box.clip.envelope.at(time)
    return "level" if abs(box.level.y(level) - at.y()) <= EDGE * 0.7 else "body"
