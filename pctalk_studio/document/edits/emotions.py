"""Edits of emotion clips and the masks painted for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.curves import Curve
from pctalk_studio.document.listed import by_id, restacked
from pctalk_studio.document.masks import Brush, Dab, FaceMask
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Project, Side

SHORTEST_CLIP = 0.04
"""Seconds; a frame at 25 frames a second."""


def emotion_clip(project: Project, clip: int | None) -> EmotionClip:
    """A clip by id.

    Raises
    ------
    EditRejected
        When there is none.
    """
    return by_id(project.emotions, clip, "emotion clip")


def _exchanged(project: Project, clip: EmotionClip) -> Project:
    start, end = clip.start or 0.0, clip.end
    finite = math.isfinite(start) and (end is None or math.isfinite(end))
    if not finite or start < 0 or (end is not None and end - start < SHORTEST_CLIP - 1e-9):
        raise EditRejected(f"An emotion clip begins at 0 or later and lasts {SHORTEST_CLIP} s at least; choose other times.")
    return replace(project, emotions=tuple(clip if each.id == clip.id else each for each in project.emotions))


def add_emotion(project: Project, *, clip: EmotionClip) -> Project:
    """Add a clip on top of the others; it gets a new id."""
    added = replace(clip, id=project.next_id)
    grown = replace(project, emotions=(*project.emotions, added), next_id=project.next_id + 1)
    return _exchanged(grown, added)


def delete_emotion(project: Project, *, clip: int) -> Project:
    """Delete a clip."""
    gone = emotion_clip(project, clip)
    return replace(project, emotions=tuple(each for each in project.emotions if each is not gone))


def _shifted(curve: Curve, by: float) -> Curve:
    return replace(curve, keys=tuple(replace(key, time=key.time + by) for key in curve.keys))


def move_emotion(project: Project, *, clip: int, by: float) -> Project:
    """Shift a clip in time, its envelope with it. An open end stays open."""
    old = emotion_clip(project, clip)
    if old.start is None and old.end is None:
        raise EditRejected("This clip lasts from the beginning to the end; give it a start or an end first.")
    start = None if old.start is None else old.start + by
    end = None if old.end is None else old.end + by
    return _exchanged(project, replace(old, start=start, end=end, envelope=_shifted(old.envelope, by)))


def trim_emotion(project: Project, *, clip: int, start: float | None, end: float | None) -> Project:
    """Set where a clip begins and ends; the envelope stays where it is."""
    return _exchanged(project, replace(emotion_clip(project, clip), start=start, end=end))


def fade_emotion(project: Project, *, clip: int, fade_in: float | None, fade_out: float | None) -> Project:
    """Set how long a clip fades in and out; None lets the emotion come and go at its own pace."""
    return _exchanged(project, replace(emotion_clip(project, clip), fade_in=fade_in, fade_out=fade_out))


def reorder_emotion(project: Project, *, clip: int, to: int) -> Project:
    """Move a clip in the stack: 0 is the lowest; later ones lie on top."""
    return replace(project, emotions=restacked(project.emotions, emotion_clip(project, clip), to))


def set_emotion(project: Project, *, clip: int, emotion: Emotion) -> Project:
    """Let a clip feel something else: that emotion's usual look, as a person chose it."""
    return _exchanged(project, replace(emotion_clip(project, clip), emotion=emotion, look=(), confidence=1.0))


def set_intensity(project: Project, *, clips: Sequence[int], intensity: float) -> Project:
    """Set how strongly clips are felt, 0 to 1.5."""
    for clip in clips:
        project = _exchanged(project, replace(emotion_clip(project, clip), intensity=intensity))
    return project


def set_regions(project: Project, *, clip: int, regions: Sequence[EmotionRegion]) -> Project:
    """Set on which regions a clip is felt."""
    return _exchanged(project, replace(emotion_clip(project, clip), regions=frozenset(regions)))


def set_side(project: Project, *, clip: int, side: Side) -> Project:
    """Set the side of a one-sided emotion."""
    return _exchanged(project, replace(emotion_clip(project, clip), side=side))


def paint_stroke(project: Project, *, clip: int, brush: Brush, dabs: Sequence[Dab]) -> Project:
    """Paint one stroke into a clip's mask. The first stroke on a clip without a mask starts from its regions' full weight."""
    old = emotion_clip(project, clip)
    return _exchanged(project, replace(old, mask=(old.mask or FaceMask()).stroked(brush, dabs)))


def set_mask(project: Project, *, clip: int, mask: FaceMask | None) -> Project:
    """Exchange a clip's mask: a filled, inverted or pasted one, or none."""
    return _exchanged(project, replace(emotion_clip(project, clip), mask=mask))


ALL = (
    add_emotion,
    delete_emotion,
    move_emotion,
    trim_emotion,
    fade_emotion,
    reorder_emotion,
    set_emotion,
    set_intensity,
    set_regions,
    set_side,
    paint_stroke,
    set_mask,
)
"""The edits of this module."""
