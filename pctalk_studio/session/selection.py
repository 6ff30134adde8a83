"""What is selected in an open project: one value that every view shows in its own way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.edits.keys import CurveName, curve_of
from pctalk_studio.document.project import Project

SAME_KEY = 1e-6
"""Seconds within which two keys of a curve are one."""


@dataclass(frozen=True, slots=True, order=True)
class KeyRef:
    """A key of a curve: which curve, of which emotion clip (None for a curve of the project), and when, seconds."""

    curve: CurveName
    clip: int | None
    time: float


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected things of a project, by id.

    Parameters
    ----------
    words, phones
        Ids of the speech track.
    emotions, blinks, markers
        Ids of emotion clips, blinks that were added, and markers.
    keys
        Keys of curves.
    performances
        Ids of performances.
    """

    words: frozenset[int] = frozenset()
    phones: frozenset[int] = frozenset()
    emotions: frozenset[int] = frozenset()
    blinks: frozenset[int] = frozenset()
    markers: frozenset[int] = frozenset()
    keys: frozenset[KeyRef] = frozenset()
    performances: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        words: Iterable[int] = (),
        phones: Iterable[int] = (),
        emotions: Iterable[int] = (),
        blinks: Iterable[int] = (),
        markers: Iterable[int] = (),
        keys: Iterable[KeyRef] = (),
        performances: Iterable[int] = (),
    ) -> Selection:
        """A selection of these things."""
        sets = [frozenset(each) for each in (words, phones, emotions, blinks, markers)]
        return cls(sets[0], sets[1], sets[2], sets[3], sets[4], frozenset(keys), frozenset(performances))

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __or__(self, other: Selection) -> Selection:
        return Selection(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def toggled(self, other: Selection) -> Selection:
        """The selection with what another holds taken in or out."""
        return Selection(*(getattr(self, f.name) ^ getattr(other, f.name) for f in fields(self)))

    def within(self, project: Project) -> Selection:
        """What of it a project has."""
        speech = project.speech
        there = replace(
            self,
            words=self.words & {word.id for word in speech.words},
            phones=self.phones & {phone.id for phone in speech.phones},
            emotions=self.emotions & {clip.id for clip in project.emotions},
            blinks=self.blinks & {blink.id for blink in project.blinks},
            markers=self.markers & {marker.id for marker in project.markers},
            keys=frozenset(key for key in self.keys if _is_there(project, key)),
            performances=self.performances & {clip.id for clip in project.performances},
        )
        return self if there == self else there

    def span(self, project: Project) -> tuple[float, float] | None:
        """First and last moment of what is selected, seconds; None when it has no extent."""
        speech, chosen = project.speech, self.within(project)
        length = speech.duration
        edges = [(w.start, w.end) for w in speech.words if w.id in chosen.words]
        edges += [(p.start, p.end) for p in speech.phones if p.id in chosen.phones]
        edges += [
            (0.0 if clip.start is None else clip.start, length if clip.end is None else clip.end)
            for clip in project.emotions
            if clip.id in chosen.emotions
        ]
        edges += [(clip.start, clip.end) for clip in project.performances if clip.id in chosen.performances]
        times = [key.time for key in chosen.keys]
        times += [each.time for each in project.blinks if each.id in chosen.blinks]
        times += [each.time for each in project.markers if each.id in chosen.markers]
        edges += [(time, time) for time in times]
        if not edges:
            return None
        start, end = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
        return (start, end) if start < end else None


def _is_there(project: Project, key: KeyRef) -> bool:
    try:
        curve = curve_of(project, key.curve, key.clip)
    except EditRejected:
        return False
    return any(abs(each.time - key.time) <= SAME_KEY for each in curve.keys)
