"""Curves: a value over time, given by keys; hold, linear, smooth and free Bezier segments, evaluated exactly.

A segment lies between two neighbouring keys and has the kind of the earlier one. Before the first and after the last key the
curve keeps their values. Times are seconds.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import EditRejected

ArrayF64 = npt.NDArray[np.float64]


class Interpolation(StrEnum):
    """How a segment runs from its key to the next."""

    HOLD = "hold"
    LINEAR = "linear"
    SMOOTH = "smooth"
    BEZIER = "bezier"


KEY_APART = 1e-4
"""Seconds within which two times are one key's."""

REACH = {Interpolation.HOLD: 1, Interpolation.LINEAR: 1, Interpolation.SMOOTH: 2, Interpolation.BEZIER: 1}
"""How many keys away a change of a key can be seen, by the kind of the segments around it."""


@dataclass(frozen=True, slots=True)
class Handle:
    """End of a Bezier tangent, relative to its key: seconds (never pointing backwards along the curve) and value."""

    time: float
    value: float


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Parameters
    ----------
    time, value
        Seconds, and what the curve is there.
    interpolation
        Of the segment that begins here.
    arriving, leaving
        Bezier handles towards the previous (``time <= 0``) and next key (``time >= 0``); None means flat, a third of the way.
    """

    time: float
    value: float
    interpolation: Interpolation = Interpolation.SMOOTH
    arriving: Handle | None = None
    leaving: Handle | None = None

    def __post_init__(self) -> None:
        numbers = [self.time, self.value]
        for handle in (self.arriving, self.leaving):
            numbers += [] if handle is None else [handle.time, handle.value]
        if not all(math.isfinite(number) for number in numbers):
            raise EditRejected("A key needs a time and a value that are numbers.")
        if (self.arriving is not None and self.arriving.time > 0) or (self.leaving is not None and self.leaving.time < 0):
            raise EditRejected("A tangent cannot point backwards in time; turn it the other way.")


@dataclass(frozen=True, slots=True)
class Curve:
    """Keys in rising order of time, at least KEY_APART apart, and the value where there is no key at all."""

    default: float
    keys: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        for left, right in zip(self.keys, self.keys[1:], strict=False):
            if not right.time - left.time >= KEY_APART / 2:
                raise EditRejected(f"Two keys cannot lie at one time ({right.time:.3f} s); move one of them.")

    def at(self, time: float) -> float:
        """Value at one time."""
        return float(self.values(np.array([time]))[0])

    def values(self, times: ArrayF64) -> ArrayF64:
        """Values at times [T] seconds; [T] float64. Exact at keys."""
        return KeyArrays.of(self).at(times)

    def with_key(self, key: Key) -> Curve:
        """The curve with a key added, or put in place of the one at the same time."""
        others = [other for other in self.keys if abs(other.time - key.time) >= KEY_APART]
        bisect.insort(others, key, key=lambda each: each.time)
        return replace(self, keys=tuple(others))

    def without(self, times: Sequence[float]) -> Curve:
        """The curve without its keys at these times.

        Raises
        ------
        EditRejected
            When there is no key at one of them.
        """
        gone = {key.time for time in times for key in self.chosen([time])}
        return replace(self, keys=tuple(key for key in self.keys if key.time not in gone))

    def chosen(self, times: Sequence[float]) -> list[Key]:
        """The keys at these times, in the order of the times.

        Raises
        ------
        EditRejected
            When there is no key at one of them.
        """
        found = []
        for time in times:
            near = [key for key in self.keys if abs(key.time - time) < KEY_APART]
            if not near:
                raise EditRejected(f"There is no key at {time:.3f} s; it may have been moved or deleted.")
            found.append(near[0])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class KeyArrays:
    """The keys of a curve as arrays, for those who ask more than once what it is.

    Parameters
    ----------
    curve
        The curve.
    times, values
        [n] float64: seconds, and what the curve is there.
    kinds
        [n] int8: number among :class:`Interpolation` of the segment that begins at each key.
    slopes
        [n] float64: of smooth segments at each key; empty where there are none.
    """

    curve: Curve
    times: ArrayF64
    values: ArrayF64
    kinds: npt.NDArray[np.int8]
    slopes: ArrayF64

    @classmethod
    def of(cls, curve: Curve) -> KeyArrays:
        """The arrays of a curve."""
        count = len(curve.keys)
        times = np.fromiter((key.time for key in curve.keys), np.float64, count)
        values = np.fromiter((key.value for key in curve.keys), np.float64, count)
        kinds = np.fromiter((_NUMBER[key.interpolation] for key in curve.keys), np.int8, count)
        smooth = bool((kinds == _NUMBER[Interpolation.SMOOTH]).any())
        return cls(curve, times, values, kinds, _smooth_slopes(times, values) if smooth else np.zeros(0))

    def at(self, times: ArrayF64) -> ArrayF64:
        """Values of the curve at times [T] seconds; [T] float64. Exact at keys."""
        last = len(self.times) - 1
        if last < 0:
            return np.full(len(times), self.curve.default)
        segment = np.searchsorted(self.times, times, side="right") - 1
        out = self.values[np.clip(segment, 0, last)]
        inside = np.flatnonzero((segment >= 0) & (segment < last))
        if not len(inside):
            return out
        kinds = self.kinds[segment[inside]]
        for kind in (each for each in Interpolation if each is not Interpolation.HOLD):
            chosen = inside[kinds == _NUMBER[kind]]
            if len(chosen) and kind is Interpolation.BEZIER:
                for index in np.unique(segment[chosen]):
                    own = chosen[segment[chosen] == index]
                    out[own] = _bezier(self.curve.keys[index], self.curve.keys[index + 1], times[own])
            elif len(chosen):
                out[chosen] = self._plain(kind, segment[chosen], times[chosen])
        return out

    def _plain(self, kind: Interpolation, segment: npt.NDArray[np.intp], times: ArrayF64) -> ArrayF64:
        """Values of linear or smooth segments at times [T], each in the segment [T] that is named for it."""
        start, end, begun = self.values[segment], self.values[segment + 1], self.times[segment]
        span = self.times[segment + 1] - begun
        share = (times - begun) / span
        if kind is Interpolation.LINEAR:
            return np.asarray(start + (end - start) * share)
        return _hermite(start, end, self.slopes[segment] * span, self.slopes[segment + 1] * span, share)


_NUMBER = {kind: number for number, kind in enumerate(Interpolation)}


def _smooth_slopes(positions: ArrayF64, levels: ArrayF64) -> ArrayF64:
    """Slopes at keys for which no segment overshoots (Fritsch and Butland 1984, weighted harmonic mean); flat at the ends."""
    if len(positions) < 3:
        return np.zeros(len(positions))
    widths = np.diff(positions)
    rises = np.diff(levels) / widths
    before, after = rises[:-1], rises[1:]
    w_before, w_after = 2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1]
    inner = np.zeros(len(before))
    same = (before * after) > 0
    # As products rather than quotients, so that the flattest of slopes divides nothing by nearly nothing.
    below = (w_before * after + w_after * before)[same]
    inner[same] = ((w_before + w_after) * before * after)[same] / below
    return np.concatenate([[0.0], inner, [0.0]])


def _hermite(start: ArrayF64, end: ArrayF64, rise_out: ArrayF64, rise_in: ArrayF64, share: ArrayF64) -> ArrayF64:
    """Cubic Hermite segments [T]; rises are slopes times the segment's length."""
    s2, s3 = share * share, share**3
    value = start * (2 * s3 - 3 * s2 + 1) + end * (3 * s2 - 2 * s3) + rise_out * (s3 - 2 * s2 + share) + rise_in * (s3 - s2)
    # Rounding may leave the span of the two values by an ulp where the exact curve cannot.
    return np.asarray(np.clip(value, np.minimum(start, end), np.maximum(start, end)))


def _bezier(left: Key, right: Key, times: ArrayF64) -> ArrayF64:
    """Cubic Bezier segment. Handles are shortened together where they would make time run backwards."""
    span = right.time - left.time
    leaving = left.leaving or Handle(span / 3, 0.0)
    arriving = right.arriving or Handle(-span / 3, 0.0)
    reach = leaving.time - arriving.time
    shorten = min(1.0, span / reach) if reach > 0 else 1.0
    x1, x2 = leaving.time * shorten / span, 1.0 + arriving.time * shorten / span
    s = _parameter(x1, x2, (times - left.time) / span)
    rest = 1.0 - s
    y1, y2 = left.value + leaving.value * shorten, right.value + arriving.value * shorten
    return np.asarray(left.value * rest**3 + 3 * y1 * rest**2 * s + 3 * y2 * rest * s**2 + right.value * s**3)


def _parameter(x1: float, x2: float, x: ArrayF64) -> ArrayF64:
    """Solve 3 x1 (1-s)^2 s + 3 x2 (1-s) s^2 + s^3 = x for s in [0, 1] to the last bits; the left side never falls."""
    low, high = np.zeros(len(x)), np.ones(len(x))
    s = x.copy()
    for _ in range(60):
        rest = 1.0 - s
        error = 3 * x1 * rest**2 * s + 3 * x2 * rest * s**2 + s**3 - x
        high = np.where(error >= 0, s, high)
        low = np.where(error <= 0, s, low)
        slope = 3 * x1 * rest**2 + 6 * (x2 - x1) * rest * s + 3 * (1 - x2) * s**2
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = s - error / slope
        better = np.isfinite(newton) & (newton > low) & (newton < high)
        following = np.where(error == 0, s, np.where(better, newton, (low + high) / 2))
        if np.array_equal(following, s):
            break
        s = following
    return s
