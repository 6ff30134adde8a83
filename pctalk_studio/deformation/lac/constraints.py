"""What must hold however the targets blend: closed lips, the lip on the teeth, teeth together, vowels open, rest.

Dominance blending never closes the lips, so P, B and M are imposed last, on the output frames themselves:
each gets at least one frame with the lips together at any frame rate, two where its neighbours leave room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.deformation.lac.dominance import spread
from pctalk_studio.deformation.lac.segments import Segment
from pctalk_studio.deformation.lac.targets import Kind

ArrayF64 = npt.NDArray[np.float64]

_CLOSED_TO = {"M": 0.85, "P": 0.72, "B": 0.72}
"""Share of the label in which the lips are together: a nasal's murmur lasts nearly to its end, a stop bursts earlier."""

_EARLY = 0.035
"""Seconds by which lips may meet before the label begins."""

_RAMP, _SHORTEST_RAMP = 0.060, 0.012
_VOWEL_EDGE = 0.25
"""Share of a vowel at either end into which a neighbour's closure or its ramp may reach."""

_LIMIT_RAMP = 0.050
_JAW_LIMIT = 0.12
_SLACK = 1.2
"""Ramp and jaw of the phones that narrow the mouth, and by how much a limit has risen where its ramp ends."""

_REST_CLOSING, _REST_OPENING = 0.16, 0.12
VOWEL_FLOOR = 0.15
"""Least openness of a vowel's middle."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch held by a constraint, and the ramps into and out of it; seconds."""

    start: float
    end: float
    ramp_in: float
    ramp_out: float


def _levels(windows: Sequence[Window], times: ArrayF64) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], ArrayF64]:
    """How far each window holds at the times that it reaches: (time, window) numbers and 1 inside, cosine on the ramps."""
    start, end, ramp_in, ramp_out = np.array([(w.start, w.end, w.ramp_in, w.ramp_out) for w in windows], np.float64).T
    first, stop = np.searchsorted(times, start - ramp_in), np.searchsorted(times, end + ramp_out, side="right")
    where, owner = spread(first, stop)
    before = (start[owner] - times[where]) / ramp_in[owner]
    after = (times[where] - end[owner]) / ramp_out[owner]
    outside = np.clip(np.maximum(before, after), 0.0, 1.0)
    return where, owner, 0.5 + 0.5 * np.cos(np.pi * outside)


def held(windows: Sequence[Window], times: ArrayF64, values: Sequence[float] | None = None) -> ArrayF64:
    """The strongest of all windows at each time, each times its value; [T], 0 where none holds."""
    out = np.zeros(len(times))
    if windows:
        where, owner, level = _levels(windows, times)
        np.maximum.at(out, where, level if values is None else level * np.asarray(values)[owner])
    return out


def _room(neighbour: Segment | None) -> float:
    """Seconds of a neighbour that a closure may take, its ramp left aside; a silence gives itself up."""
    if neighbour is None or neighbour.kind is Kind.REST:
        return _RAMP
    return max(0.0, _VOWEL_EDGE * neighbour.duration - _SHORTEST_RAMP)


def _on_frames(start: float, end: float, times: ArrayF64) -> tuple[float, float]:
    """Widen a span to the nearest output frame when none falls into it."""
    a, b = np.searchsorted(times, [start, end + 1e-9])
    if a < b or not len(times):
        return start, end
    middle = (start + end) / 2
    nearest = float(times[int(np.argmin(np.abs(times[max(0, a - 1) : a + 1] - middle))) + max(0, a - 1)])
    return min(start, nearest), max(end, nearest)


def _touch(one: Segment, next_one: Segment) -> bool:
    return next_one.start - one.end < 1e-6


def _joined(segments: Sequence[Segment]) -> list[tuple[Segment | None, list[Segment], Segment | None]]:
    """Runs of bilabials that follow one another, each between its neighbours: two closures in a row are one."""
    runs: list[tuple[Segment | None, list[Segment], Segment | None]] = []
    i = 0
    while i < len(segments):
        j = i
        while j < len(segments) and segments[j].kind is Kind.BILABIAL and (j == i or _touch(segments[j - 1], segments[j])):
            j += 1
        if j > i:
            runs.append((segments[i - 1] if i else None, list(segments[i:j]), segments[j] if j < len(segments) else None))
        i = max(j, i + 1)
    return runs


def closures(segments: Sequence[Segment], times: ArrayF64, frame: float) -> tuple[Window, ...]:
    """The windows in which lips are together for P, B and M.

    Parameters
    ----------
    segments
        In order.
    times
        [T] output frame times, seconds.
    frame
        Length of a frame, seconds.
    """
    windows = []
    for before, run, after in _joined(segments):
        start, last = run[0].start, run[-1]
        end = last.start + _CLOSED_TO[last.target.phone] * last.duration
        wanted = 2.0 * frame - (end - start)
        early = min(max(wanted, 0.0), _EARLY, _room(before))
        late = min(max(wanted - early, 0.0), last.end - end)
        start, end = _on_frames(start - early, end + late, times)
        ramp_in = _ramp(run[0].start - start, before)
        ramp_out = _ramp(end - last.end, after)
        windows.append(Window(start, end, ramp_in, ramp_out))
    return tuple(windows)


def _ramp(beyond: float, neighbour: Segment | None) -> float:
    """Ramp outside a closure that reaches ``beyond`` seconds into its neighbour: it ends before a vowel's middle begins."""
    if neighbour is None or not neighbour.vowel:
        return _RAMP
    return min(_RAMP, max(_SHORTEST_RAMP, _VOWEL_EDGE * neighbour.duration - beyond))


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Bounds at the output frames, each [T] float64.

    Parameters
    ----------
    open
        Openness that must not be exceeded; infinity where nothing limits it.
    jaw
        The same for the jaw.
    floor
        Least openness.
    """

    open: ArrayF64
    jaw: ArrayF64
    floor: ArrayF64


def _middle(segment: Segment, first: float, last: float, ramp: float) -> Window:
    return Window(segment.start + first * segment.duration, segment.start + last * segment.duration, ramp, ramp)


def limits_of(segments: Sequence[Segment], times: ArrayF64) -> Limits:
    """Bounds of openness from labiodentals, sibilants, rounded glides (above) and vowels (below).

    Parameters
    ----------
    segments, times
        As for :func:`closures`.
    """
    opening, jaw = np.full(len(times), np.inf), np.full(len(times), np.inf)
    limited = [s for s in segments if s.target.limit < 1.0 and s.kind is not Kind.BILABIAL]
    if limited:
        where, owner, level = _levels([_narrowed(s, times) for s in limited], times)
        slack = _SLACK * (1.0 - level)
        np.minimum.at(opening, where, np.array([s.target.limit for s in limited])[owner] + slack)
        np.minimum.at(jaw, where, _JAW_LIMIT + slack)
    vowels = [_middle(s, _VOWEL_EDGE, 1.0 - _VOWEL_EDGE, 0.03) for s in segments if s.vowel]
    return Limits(opening, jaw, VOWEL_FLOOR * held(vowels, times))


def _narrowed(segment: Segment, times: ArrayF64) -> Window:
    return contact(segment, times) if segment.kind is Kind.LABIODENTAL else _middle(segment, 0.2, 0.75, _LIMIT_RAMP)


def contact(segment: Segment, times: ArrayF64) -> Window:
    """The window in which the lower lip touches the upper teeth for F or V; at least one frame."""
    start, end = _on_frames(segment.start - 0.01, segment.start + 0.8 * segment.duration, times)
    return Window(start, end, _RAMP, _RAMP)


def activity(spans: Sequence[tuple[float, float]], duration: float, times: ArrayF64) -> ArrayF64:
    """1 in speech, 0 at rest; the mouth comes to rest soon after speech and leaves it shortly before.

    Parameters
    ----------
    spans
        Rests; see :func:`~pctalk_studio.deformation.lac.segments.rests`.
    duration
        Seconds of the recording.
    times
        [T] seconds.
    """
    windows = []
    for start, end in spans:
        ramp_in = 1e-3 if start <= 0 else _REST_CLOSING
        ramp_out = 1e-3 if end >= duration - 1e-6 else _REST_OPENING
        still_from = start + (0.0 if start <= 0 else _REST_CLOSING - 0.02)
        still_to = end - (0.0 if end >= duration - 1e-6 else _REST_OPENING)
        windows.append(Window(still_from, max(still_from, still_to), ramp_in, ramp_out))
    return 1.0 - held(windows, times)
