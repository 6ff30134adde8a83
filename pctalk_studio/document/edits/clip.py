"""Edits of blinks, markers, and the part of the clip that counts."""

from __future__ import annotations

import math
from dataclasses import replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.listed import by_id
from pctalk_studio.document.project import BlinkEvent, Marker, Project


def _inside(project: Project, time: float) -> None:
    if not 0 <= time < math.inf or (project.speech.phones and time > project.speech.duration):
        raise EditRejected(f"{time:.3f} s lies outside the clip.")


def add_blink(project: Project, *, time: float, held: float = 0.03, strength: float = 1.0) -> Project:
    """Blink at a time."""
    _inside(project, time)
    event = BlinkEvent(project.next_id, time, held, strength)
    blinks = tuple(sorted((*project.blinks, event), key=lambda blink: blink.time))
    return replace(project, blinks=blinks, next_id=project.next_id + 1)


def move_blink(project: Project, *, blink: int, to: float) -> Project:
    """Move a blink that was added."""
    _inside(project, to)
    old = by_id(project.blinks, blink, "blink")
    moved = [replace(event, time=to) if event is old else event for event in project.blinks]
    return replace(project, blinks=tuple(sorted(moved, key=lambda event: event.time)))


def change_blink(project: Project, *, blink: int, time: float, held: float, strength: float) -> Project:
    """Change a blink that was added: when the lids are shut, for how long, and how far."""
    _inside(project, time)
    old = by_id(project.blinks, blink, "blink")
    changed = [BlinkEvent(event.id, time, held, strength) if event is old else event for event in project.blinks]
    return replace(project, blinks=tuple(sorted(changed, key=lambda event: event.time)))


def delete_blink(project: Project, *, blink: int) -> Project:
    """Delete a blink that was added."""
    old = by_id(project.blinks, blink, "blink")
    return replace(project, blinks=tuple(event for event in project.blinks if event is not old))


def remove_automatic_blink(project: Project, *, time: float) -> Project:
    """Take the automatic blink near a time away."""
    _inside(project, time)
    return replace(project, blinks_removed=tuple(sorted({*project.blinks_removed, time})))


def restore_automatic_blinks(project: Project) -> Project:
    """Bring back all automatic blinks that were taken away."""
    if not project.blinks_removed:
        raise EditRejected("No automatic blink was taken away.")
    return replace(project, blinks_removed=())


def add_marker(project: Project, *, time: float, label: str = "") -> Project:
    """Mark a moment."""
    _inside(project, time)
    marker = Marker(project.next_id, time, label)
    markers = tuple(sorted((*project.markers, marker), key=lambda each: each.time))
    return replace(project, markers=markers, next_id=project.next_id + 1)


def change_marker(project: Project, *, marker: int, time: float, label: str) -> Project:
    """Move or rename a marker."""
    _inside(project, time)
    old = by_id(project.markers, marker, "marker")
    changed = [Marker(each.id, time, label) if each is old else each for each in project.markers]
    return replace(project, markers=tuple(sorted(changed, key=lambda each: each.time)))


def delete_marker(project: Project, *, marker: int) -> Project:
    """Delete a marker."""
    old = by_id(project.markers, marker, "marker")
    return replace(project, markers=tuple(each for each in project.markers if each is not old))


def set_range(project: Project, *, start: float | None, end: float | None) -> Project:
    """Set the in and out points; None opens an end."""
    for time in (start, end):
        if time is not None:
            _inside(project, time)
    return replace(project, in_point=start, out_point=end)


ALL = (
    add_blink,
    move_blink,
    change_blink,
    delete_blink,
    remove_automatic_blink,
    restore_automatic_blinks,
    add_marker,
    change_marker,
    delete_marker,
    set_range,
)
"""The edits of this module."""
