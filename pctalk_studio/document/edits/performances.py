"""Edits of performances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.listed import by_id, restacked
from pctalk_studio.document.performance import (
    SHORTEST_PERFORMANCE,
    Convention,
    Ending,
    PartStrengths,
    PerformanceClip,
    PerformancePart,
    Take,
)
from pctalk_studio.document.project import Project

MOST_TAKES = 256
"""Recordings in a project."""


def performance_clip(project: Project, clip: int) -> PerformanceClip:
    """A clip by id.

    Raises
    ------
    EditRejected
        When there is none.
    """
    return by_id(project.performances, clip, "performance")


def take_of(project: Project, clip: PerformanceClip) -> Take:
    """What a clip plays.

    Raises
    ------
    EditRejected
        When the project has no such take.
    """
    for each in project.takes:
        if each.id == clip.take:
            return each
    raise EditRejected(f"The project holds no recording of '{clip.name:.80}'; import it again.")


def _exchanged(project: Project, clip: PerformanceClip) -> Project:
    lasts = clip.end - clip.start
    finite = all(map(math.isfinite, (clip.start, clip.end, clip.offset)))
    if not finite or clip.start < 0 or lasts < SHORTEST_PERFORMANCE - 1e-9:
        raise EditRejected(f"A performance begins at 0 or later and lasts {SHORTEST_PERFORMANCE} s at least; choose other times.")
    return replace(project, performances=tuple(clip if each.id == clip.id else each for each in project.performances))


def _changed(project: Project, clip: int, **fields: object) -> Project:
    return _exchanged(project, replace(performance_clip(project, clip), **fields))  # type: ignore[arg-type]


def add_performance(project: Project, *, take: Take, clip: PerformanceClip) -> Project:
    """Lay a take on the timeline, on top of the others; it and, unless the project has it already, the take get new ids."""
    known = next((each for each in project.takes if each.rate == take.rate and each.rows == take.rows), None)
    if known is None and len(project.takes) >= MOST_TAKES:
        raise EditRejected(f"A project holds {MOST_TAKES} recorded performances at most; delete one first.")
    if known is None:
        known = replace(take, id=project.next_id)
        project = replace(project, takes=(*project.takes, known), next_id=project.next_id + 1)
    added = replace(clip, id=project.next_id, take=known.id, name=clip.name or take.name)
    grown = replace(project, performances=(*project.performances, added), next_id=project.next_id + 1)
    return _exchanged(grown, added)


def delete_performance(project: Project, *, clip: int) -> Project:
    """Delete a clip, and its take when no other clip plays it."""
    gone = performance_clip(project, clip)
    left = tuple(each for each in project.performances if each is not gone)
    played = {each.take for each in left}
    return replace(project, performances=left, takes=tuple(take for take in project.takes if take.id in played))


def move_performance(project: Project, *, clip: int, by: float) -> Project:
    """Shift a clip in time."""
    old = performance_clip(project, clip)
    return _changed(project, clip, start=old.start + by, end=old.end + by)


def trim_performance(project: Project, *, clip: int, start: float, end: float) -> Project:
    """Set where a clip begins and ends; what is played when stays as it is."""
    return _changed(project, clip, start=start, end=end, offset=performance_clip(project, clip).moment(start))


def slip_performance(project: Project, *, clip: int, offset: float) -> Project:
    """Set which second of the take is on where a clip begins; the clip stays where it is."""
    return _changed(project, clip, offset=offset)


def split_performance(project: Project, *, clip: int, at: float) -> Project:
    """Cut a clip in two that go on from one to the other without a fade."""
    old = performance_clip(project, clip)
    second = replace(old, id=project.next_id, start=at, offset=old.moment(at), fade_in=0.0)
    project = _exchanged(project, replace(old, end=at, fade_out=0.0))
    place = next(i for i, each in enumerate(project.performances) if each.id == clip) + 1
    clips = (*project.performances[:place], second, *project.performances[place:])
    return _exchanged(replace(project, performances=clips, next_id=project.next_id + 1), second)


def fade_performance(project: Project, *, clip: int, fade_in: float, fade_out: float) -> Project:
    """Set how long a clip fades in and out."""
    return _changed(project, clip, fade_in=fade_in, fade_out=fade_out)


def reorder_performance(project: Project, *, clip: int, to: int) -> Project:
    """Move a clip in the stack: 0 is the lowest; later ones lie on top."""
    return replace(project, performances=restacked(project.performances, performance_clip(project, clip), to))


def rename_performance(project: Project, *, clip: int, name: str) -> Project:
    """Call a clip something else."""
    return _changed(project, clip, name=name)


def set_performance_speed(project: Project, *, clip: int, speed: float) -> Project:
    """Play faster or slower; the clip lasts as long as what it plays."""
    old = performance_clip(project, clip)
    stretched = replace(old, speed=speed)  # refuses a speed of 0 before anything is divided by it
    return _exchanged(project, replace(stretched, end=old.start + old.duration * old.speed / speed))


def set_performance_ending(project: Project, *, clip: int, ending: Ending) -> Project:
    """Set what comes after the last frame of the take."""
    return _changed(project, clip, ending=ending)


def set_performance_convention(project: Project, *, clip: int, convention: Convention) -> Project:
    """Set whether the portrait follows the performer, or takes on pose and expression."""
    return _changed(project, clip, convention=convention)


def set_performance_parts(project: Project, *, clip: int, parts: Sequence[PerformancePart]) -> Project:
    """Set what a clip drives."""
    return _changed(project, clip, parts=frozenset(parts))


def set_performance_strengths(project: Project, *, clip: int, strengths: PartStrengths) -> Project:
    """Set how strongly each part acts, 0 to 1.5."""
    return _changed(project, clip, strengths=strengths)


ALL = (
    add_performance,
    delete_performance,
    move_performance,
    trim_performance,
    slip_performance,
    split_performance,
    fade_performance,
    reorder_performance,
    rename_performance,
    set_performance_speed,
    set_performance_ending,
    set_performance_convention,
    set_performance_parts,
    set_performance_strengths,
)
"""The edits of this module."""
