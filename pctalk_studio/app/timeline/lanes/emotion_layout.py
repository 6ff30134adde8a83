"""Emotion clips as boxes: how strongly each is felt, and what of a box is under a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.app.timeline.lanes.clip_box import EDGE, ClipBox, stacked_rects
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, Plot
from pctalk_studio.deformation.emc.mood import presence
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import EmotionClip

STRONGEST = 1.5
"""Intensity at the top of a box."""

_STEP = 3.0
"""Pixels between two points of a drawn envelope."""


@dataclass(frozen=True, slots=True, eq=False)
class Box(ClipBox[EmotionClip]):
    """An emotion clip as it is drawn."""

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

    def wished_fades(self) -> tuple[float, float]:
        """Seconds that a person or else the emotion asks for; open ends have none."""
        spec = emotion_tables().emotions[self.clip.emotion]
        rise = 0.0 if self.clip.start is None else spec.rise if self.clip.fade_in is None else self.clip.fade_in
        fall = 0.0 if self.clip.end is None else spec.fall if self.clip.fade_out is None else self.clip.fade_out
        return rise, fall

    def inner_part(self, at: QPointF, strip: Strip) -> str:
        """``level`` on the line that tells how strong the emotion is, else ``body``."""
        level = self.clip.intensity * self.clip.envelope.at(strip.scale.time(at.x()))
        return "level" if abs(self.level.y(level) - at.y()) <= EDGE * 0.7 else "body"

    def outline(self, strip: Strip) -> list[QPointF]:
        """How strongly the clip is felt, over the visible part of the box."""
        xs = self.line_xs(strip, _STEP)
        if not len(xs):
            return []
        times = strip.scale.time(xs)
        spec = emotion_tables().emotions[self.clip.emotion]
        felt = self.clip.intensity * self.clip.envelope.values(times) * presence(self.clip, spec, times)
        ys = self.level.ys(np.clip(felt, 0.0, STRONGEST))
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def boxes(clips: Sequence[EmotionClip], duration: float, strip: Strip) -> list[Box]:
    """All clips as boxes, lowest in the stack first."""
    spans = [(0.0 if c.start is None else c.start, duration if c.end is None else c.end) for c in clips]
    rects = stacked_rects(spans, strip, least_rows=2)
    return [Box(clip, *span, rect) for clip, span, rect in zip(clips, spans, rects, strict=True)]
