"""What lies beyond the end of the recording: kept, for it counts again when the recording is longer, but told."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass

from pctalk_studio.document.curves import Curve
from pctalk_studio.document.edits.keys import CurveName, curve_of
from pctalk_studio.document.project import Project

_AT_THE_END = 1e-3
"""Seconds after the end that belong to it."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Things of a project that begin after its recording has ended.

    Parameters
    ----------
    end
        Seconds of the recording.
    keys
        (curve, emotion clip or None, seconds) of keys; those of clips that lie beyond as a whole are not among them.
    emotions, performances, blinks, markers
        Ids.
    last
        Seconds of what lies farthest.
    """

    end: float
    keys: tuple[tuple[CurveName, int | None, float], ...] = ()
    emotions: tuple[int, ...] = ()
    performances: tuple[int, ...] = ()
    blinks: tuple[int, ...] = ()
    markers: tuple[int, ...] = ()
    last: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.keys or self.emotions or self.performances or self.blinks or self.markers)


def curves_of(project: Project) -> Iterator[tuple[CurveName, int | None, Curve]]:
    """All curves with their names and, of envelopes, the emotion clip."""
    for name in CurveName:
        if name is not CurveName.ENVELOPE:
            yield name, None, curve_of(project, name)
    for clip in project.emotions:
        yield CurveName.ENVELOPE, clip.id, clip.envelope


def keys_until(curve: Curve, end: float) -> int:
    """How many keys of a curve do not lie beyond the end."""
    return bisect.bisect_right(curve.keys, end + _AT_THE_END, key=lambda key: key.time)


def beyond(project: Project) -> Beyond:
    """What of a project lies beyond the end; nothing while there is no recording."""
    end = project.speech.duration
    if end <= 0:
        return Beyond(end)
    emotions = [(clip.id, clip.start, clip.end or clip.start) for clip in project.emotions if clip.start is not None]
    performances = [(clip.id, clip.start, clip.end) for clip in project.performances]
    late_emotions, late_performances = ([each for each in clips if each[1] >= end] for clips in (emotions, performances))
    blinks = [(blink.id, blink.time) for blink in project.blinks if blink.time > end + _AT_THE_END]
    markers = [(marker.id, marker.time) for marker in project.markers if marker.time > end + _AT_THE_END]
    whole = {each[0] for each in late_emotions}
    keys = [
        (name, clip, key.time)
        for name, clip, curve in curves_of(project)
        if clip not in whole
        for key in curve.keys[keys_until(curve, end) :]
    ]
    ends = [float(each[-1]) for some in (keys, late_emotions, late_performances, blinks, markers) for each in some]
    ids = [tuple(int(each[0]) for each in some) for some in (late_emotions, late_performances, blinks, markers)]
    return Beyond(end, tuple(keys), ids[0], ids[1], ids[2], ids[3], max(ends, default=0.0))
