"""Which emotion clip a hand on the face means."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pctalk_studio.document.masks import FaceMask, Stroke, StrokeMode
from pctalk_studio.document.project import EmotionClip, EmotionRegion, Project
from pctalk_studio.session.face_regions import area
from pctalk_studio.session.face_space import FacePoint
from pctalk_studio.session.selection import Selection

TOUCHED = 0.1
"""Weight from which on a stroke has reached into a region."""


def selected_clip(project: Project, selection: Selection) -> EmotionClip | None:
    """The emotion clip that is selected, the topmost of several."""
    return next((clip for clip in reversed(project.emotions) if clip.id in selection.emotions), None)


def clips_at(project: Project, seconds: float) -> tuple[EmotionClip, ...]:
    """Emotion clips that are felt at a moment, the topmost first."""
    return tuple(
        clip for clip in reversed(project.emotions) if (clip.start or 0.0) <= seconds and (clip.end is None or seconds < clip.end)
    )


def felt_at(clip: EmotionClip, point: FacePoint) -> float:
    """How strongly a clip is felt at a point of the face by its mask and regions, 0 to 1."""
    place = np.array([point.x, point.y])
    mask = 1.0 if clip.mask is None else float(clip.mask.at(place))
    share = 1.0 if len(clip.regions) == len(EmotionRegion) else float(area(clip.regions).at(place))
    return mask * share


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a stroke or a fill begins with.

    Parameters
    ----------
    clip
        The clip as it was.
    mask
        Weights to begin with.
    fresh
        They are none at all, because the clip was felt everywhere, and adding to that would do nothing.
    """

    clip: EmotionClip
    mask: FaceMask
    fresh: bool

    @classmethod
    def of(cls, clip: EmotionClip, *, adds: bool) -> Ground:
        """Of a clip that something is to be added to, or taken from."""
        fresh = adds and clip.mask is None and len(clip.regions) == len(EmotionRegion)
        return cls(clip, FaceMask.empty() if fresh else clip.mask or FaceMask(), fresh)

    def opened(self, regions: frozenset[EmotionRegion]) -> FaceMask:
        """The mask with regions joined that the clip was not felt on: whatever it says there was hidden, and stays so."""
        added = regions - self.clip.regions
        return self.mask.filled(area(added), 0.0) if added else self.mask


def stroked_clip(ground: Ground, stroke: Stroke) -> EmotionClip:
    """The clip after a stroke; paint on a region that the clip was not felt on lets it be felt there."""
    regions = ground.clip.regions
    if stroke.brush.mode is StrokeMode.PAINT and stroke.amount is not None:
        amount = stroke.amount
        regions |= {
            region
            for region in EmotionRegion
            if region not in regions and float(np.max(amount * area([region]).values())) > TOUCHED
        }
    mask = replace(stroke, start=ground.opened(regions)).mask()
    return replace(ground.clip, regions=regions, mask=mask)


def filled_clip(ground: Ground, regions: frozenset[EmotionRegion], where: FaceMask, weight: float) -> EmotionClip:
    """The clip with a weight laid over an area of some regions."""
    joined = ground.clip.regions | regions if weight > 0 else ground.clip.regions
    return replace(ground.clip, regions=joined, mask=ground.opened(joined).filled(where, weight))
