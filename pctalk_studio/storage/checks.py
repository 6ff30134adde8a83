"""What must hold of a whole document and no single record can tell: for documents from strangers.

Edits keep all of this; a file may not. Each check gives the first thing that is wrong, as place and clause, or None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType

from pctalk_studio.document.curves import Curve
from pctalk_studio.document.edits.keys import LIMITS, CurveName, curve_of
from pctalk_studio.document.edits.performances import MOST_TAKES
from pctalk_studio.document.performance import SHORTEST_PERFORMANCE
from pctalk_studio.document.project import HeadKeys, Project
from pctalk_studio.storage.extras import Place

LONGEST = 2 * 3600.0
"""Seconds of a recording: the longest that the program reads."""

LATEST = 1e6
"""Seconds, forwards and backwards, within which everything of a project lies."""

_CURVES: Mapping[CurveName, Place] = MappingProxyType(
    {
        CurveName.LIP_SCALE: ("lip_scale_keys",),
        CurveName.GAZE_X: ("gaze_keys", "x"),
        CurveName.GAZE_Y: ("gaze_keys", "y"),
        **{CurveName(each.name): ("head_keys", each.name) for each in fields(HeadKeys)},
    }
)
"""Where in the file each curve is; envelopes are in their clips."""

Fault = tuple[Place, str]


def fault_of(project: Project) -> Fault | None:
    """The first thing that no edit could have made."""
    return next(_faults(project), None)


def _faults(project: Project) -> Iterator[Fault]:
    if not 0 <= project.speech.duration <= LONGEST:
        yield ("project", "speech", "duration"), f"lies outside 0 to {LONGEST:g} s"
    if project.seed < 0:
        yield ("project", "seed"), "is less than 0"
    if project.media.face is not None and project.media.face < 1:
        yield ("project", "media", "face"), "is less than 1"
    yield from _identities(project)
    yield from _times(project)
    yield from _performances(project)
    for name, place in _CURVES.items():
        yield from _levels(name, curve_of(project, name), ("project", *place))
    for clip in project.emotions:
        yield from _levels(CurveName.ENVELOPE, clip.envelope, ("project", "emotions", f"#{clip.id}", "envelope"))


def _identities(project: Project) -> Iterator[Fault]:
    """Ids of clips, blinks, markers and takes are given once; 0 is none."""
    taken: set[int] = set()
    for items in ("emotions", "blinks", "markers", "takes", "performances"):
        for item in getattr(project, items):
            if item.id in taken or not 0 <= item.id < project.next_id:
                yield ("project", items, f"#{item.id}"), "has the identity of another or one that was never given"
            taken |= {item.id} - {0}


def _times(project: Project) -> Iterator[Fault]:
    moments: list[tuple[Place, float | None]] = [
        (("project", "in_point"), project.in_point),
        (("project", "out_point"), project.out_point),
        *((("project", "blinks_removed"), time) for time in project.blinks_removed),
        *((("project", "blinks", f"#{blink.id}"), blink.time) for blink in project.blinks),
        *((("project", "markers", f"#{marker.id}"), marker.time) for marker in project.markers),
        *((("project", "emotions", f"#{clip.id}"), time) for clip in project.emotions for time in (clip.start, clip.end)),
    ]
    for place, time in moments:
        if time is not None and abs(time) > LATEST:
            yield place, f"lies outside {LATEST:g} s"


def _performances(project: Project) -> Iterator[Fault]:
    """Clips play what the project has, when there is time for it."""
    if len(project.takes) > MOST_TAKES:
        yield ("project", "takes"), f"has more than {MOST_TAKES} recordings"
    there = {take.id for take in project.takes}
    for clip in project.performances:
        place = ("project", "performances", f"#{clip.id}")
        if clip.take not in there:
            yield (*place, "take"), "is no recording of the project"
        if not 0 <= clip.start <= LATEST or clip.end > LATEST or clip.duration < SHORTEST_PERFORMANCE - 1e-9:
            yield place, f"lasts less than {SHORTEST_PERFORMANCE:g} s, or lies outside 0 to {LATEST:g} s"
        if abs(clip.offset) > LATEST:
            yield (*place, "offset"), f"lies outside {LATEST:g} s"


def _levels(name: CurveName, curve: Curve, place: Place) -> Iterator[Fault]:
    low, high = LIMITS[name]
    if not low <= curve.default <= high:
        yield (*place, "default"), f"lies outside {low:g} to {high:g}"
    for key in curve.keys:
        if not low <= key.value <= high or abs(key.time) > LATEST:
            yield (*place, "keys", f"@{key.time!r}"), f"lies outside {low:g} to {high:g}, or outside {LATEST:g} s"
        handles = [handle for handle in (key.arriving, key.leaving) if handle is not None]
        if any(max(abs(handle.time), abs(handle.value)) > LATEST for handle in handles):
            yield (*place, "keys", f"@{key.time!r}"), f"has a tangent longer than {LATEST:g}"
