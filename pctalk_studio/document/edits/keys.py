"""Edits of keys, the same for every curve of the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.curves import Curve, Handle, Interpolation, Key
from pctalk_studio.document.edits.emotions import emotion_clip
from pctalk_studio.document.project import GazeKeys, HeadKeys, Project


class CurveName(StrEnum):
    """The curves of a project; the envelope of an emotion clip besides needs the clip's id."""

    LIP_SCALE = "lip_scale"
    PITCH = "pitch"
    YAW = "yaw"
    ROLL = "roll"
    X = "x"
    Y = "y"
    ZOOM = "zoom"
    GAZE_X = "gaze_x"
    GAZE_Y = "gaze_y"
    ENVELOPE = "envelope"


LIMITS = {
    CurveName.LIP_SCALE: (0.0, 2.0),
    CurveName.PITCH: (-6.0, 6.0),
    CurveName.YAW: (-8.0, 8.0),
    CurveName.ROLL: (-8.0, 8.0),
    CurveName.X: (-0.5, 0.5),
    CurveName.Y: (-0.5, 0.5),
    CurveName.ZOOM: (0.5, 2.0),
    CurveName.GAZE_X: (-12.0, 12.0),
    CurveName.GAZE_Y: (-12.0, 12.0),
    CurveName.ENVELOPE: (0.0, 1.5),
}
"""Range of a key's value: what the engines can draw without tearing."""

SACCADE = 0.04
"""Seconds of a jump of the eyes: a frame at 25 frames a second."""

_HEAD = {name: name.value for name in (CurveName.PITCH, CurveName.YAW, CurveName.ROLL, CurveName.X, CurveName.Y, CurveName.ZOOM)}
_GAZE = {CurveName.GAZE_X: "x", CurveName.GAZE_Y: "y"}


def curve_of(project: Project, curve: CurveName, clip: int | None = None) -> Curve:
    """A curve of the project.

    Raises
    ------
    EditRejected
        When there is no such emotion clip.
    """
    if curve is CurveName.LIP_SCALE:
        return project.lip_scale_keys
    if curve in _HEAD:
        found: Curve = getattr(project.head_keys, _HEAD[curve])
        return found
    if curve in _GAZE:
        return project.gaze_keys.x if curve is CurveName.GAZE_X else project.gaze_keys.y
    return emotion_clip(project, clip).envelope


def with_curve(project: Project, curve: CurveName, clip: int | None, keys: Curve) -> Project:
    """The project with one of its curves exchanged.

    Raises
    ------
    EditRejected
        When a key's value is beyond the limits of the curve.
    """
    low, high = LIMITS[curve]
    for key in keys.keys:
        if not low <= key.value <= high:
            raise EditRejected(f"A key of '{curve}' lies between {low:g} and {high:g}; {key.value:g} does not.")
        if key.time < 0:
            raise EditRejected("A key cannot lie before the beginning.")
    if curve is CurveName.LIP_SCALE:
        return replace(project, lip_scale_keys=keys)
    if curve in _HEAD:
        head: HeadKeys = replace(project.head_keys, **{_HEAD[curve]: keys})
        return replace(project, head_keys=head)
    if curve in _GAZE:
        gaze: GazeKeys = replace(project.gaze_keys, **{_GAZE[curve]: keys})
        return replace(project, gaze_keys=gaze)
    emotions = tuple(replace(each, envelope=keys) if each.id == clip else each for each in project.emotions)
    return replace(project, emotions=emotions)


def set_key(project: Project, *, curve: CurveName, key: Key, clip: int | None = None) -> Project:
    """Add a key, or put it in place of the one at its time."""
    return with_curve(project, curve, clip, curve_of(project, curve, clip).with_key(key))


def delete_keys(project: Project, *, curve: CurveName, times: Sequence[float], clip: int | None = None) -> Project:
    """Delete keys."""
    return with_curve(project, curve, clip, curve_of(project, curve, clip).without(times))


def _changed(project: Project, curve: CurveName, clip: int | None, times: Sequence[float], new: Sequence[Key]) -> Project:
    """Exchange keys for others, which must not land on keys that stay."""
    rest = curve_of(project, curve, clip).without(times)
    for key in new:
        grown = rest.with_key(key)
        if len(grown.keys) <= len(rest.keys):
            raise EditRejected(f"There is a key at {key.time:.3f} s already; delete it or move elsewhere.")
        rest = grown
    return with_curve(project, curve, clip, rest)


def _chosen(project: Project, curve: CurveName, clip: int | None, times: Sequence[float]) -> list[Key]:
    return curve_of(project, curve, clip).chosen(times)


def move_keys(
    project: Project, *, curve: CurveName, times: Sequence[float], by: float, value: float = 0.0, clip: int | None = None
) -> Project:
    """Shift keys by some seconds and some value."""
    moved = [replace(k, time=k.time + by, value=k.value + value) for k in _chosen(project, curve, clip, times)]
    return _changed(project, curve, clip, times, moved)


def scale_keys(
    project: Project,
    *,
    curve: CurveName,
    times: Sequence[float],
    pivot: float,
    factor: float,
    value_factor: float = 1.0,
    clip: int | None = None,
) -> Project:
    """Stretch keys in time about a pivot, and their values about the curve's default."""
    if factor <= 0:
        raise EditRejected("Keys can be stretched by a positive factor only.")
    default = curve_of(project, curve, clip).default
    scaled = []
    for key in _chosen(project, curve, clip, times):
        handles = [h and Handle(h.time * factor, h.value * value_factor) for h in (key.arriving, key.leaving)]
        level = default + (key.value - default) * value_factor
        scaled.append(Key(pivot + (key.time - pivot) * factor, level, key.interpolation, *handles))
    return _changed(project, curve, clip, times, scaled)


def set_interpolation(
    project: Project, *, curve: CurveName, times: Sequence[float], interpolation: Interpolation, clip: int | None = None
) -> Project:
    """Set how the curve runs on from keys."""
    new = [replace(key, interpolation=interpolation) for key in _chosen(project, curve, clip, times)]
    return _changed(project, curve, clip, times, new)


def paste_keys(project: Project, *, curve: CurveName, keys: Sequence[Key], at: float, clip: int | None = None) -> Project:
    """Insert copied keys, the first at a time; keys in the way are replaced."""
    if not keys:
        raise EditRejected("Nothing was copied; copy some keys first.")
    first = min(key.time for key in keys)
    result = curve_of(project, curve, clip)
    for key in keys:
        result = result.with_key(replace(key, time=key.time - first + at))
    return with_curve(project, curve, clip, result)


def look_at(project: Project, *, x: float, y: float, start: float, end: float) -> Project:
    """Let the eyes rest on a target for a while: they jump there, hold, and jump back to where the gaze keys lead otherwise.

    Parameters
    ----------
    project
        To be edited.
    x, y
        Direction of the target: degrees to the picture's right and up.
    start, end
        Seconds at which the eyes set out for the target, and for the way back.

    Raises
    ------
    EditRejected
        When the time is too short for a look, or the target lies beyond what eyes can reach.
    """
    if end - start < 2 * SACCADE:
        raise EditRejected(f"A look at a target lasts {2 * SACCADE:g} s at least; choose a longer time.")
    for name, value in ((CurveName.GAZE_X, x), (CurveName.GAZE_Y, y)):
        curve = curve_of(project, name)
        before, after = curve.at(start), curve.at(end + SACCADE)
        inside = [key.time for key in curve.keys if start <= key.time <= end + SACCADE]
        curve = curve.without(inside)
        jump = Interpolation.LINEAR
        # Held until the eyes set out, so that a look changes nothing before it begins.
        for key in (
            Key(start, before, jump),
            Key(start + SACCADE, value, Interpolation.HOLD),
            Key(end, value, jump),
            Key(end + SACCADE, after, Interpolation.HOLD),
        ):
            curve = curve.with_key(key)
        project = with_curve(project, name, None, curve)
    return project


ALL = (set_key, delete_keys, move_keys, scale_keys, set_interpolation, paste_keys, look_at)
"""The edits of this module."""
