"""Curves as they are drawn: from values to pixels and back, fast however many keys there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.app.timeline.lane import Strip
from pctalk_studio.document.curves import Curve, Handle, Interpolation, Key, KeyArrays
from pctalk_studio.document.edits.keys import LIMITS, CurveName, curve_of
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import KeyRef

PAD = 7.0
"""Pixels kept free above and below, so that keys at the limits can be seen and taken hold of."""

_STEP = 2.0
"""Pixels between two points of a drawn curve."""

_DENSE = 3.0
"""Pixels between keys, on average, below which a curve is drawn through its keys alone."""

_NEIGHBOURS = 3
"""Keys beyond the visible ones that its shape inside depends on."""

ArrayF64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Channel:
    """A curve of a lane.

    Parameters
    ----------
    curve
        Which of the project's curves.
    title, unit
        For people; the unit follows the number.
    color
        Name of the token in which it is drawn.
    clip
        Of which emotion clip, for envelopes.
    """

    curve: CurveName
    title: str
    unit: str = ""
    color: str = "accent"
    clip: int | None = None

    def of(self, project: Project) -> Curve:
        """The curve itself."""
        return curve_of(project, self.curve, self.clip)

    def ref(self, key: Key) -> KeyRef:
        """A key as selections know it."""
        return KeyRef(self.curve, self.clip, key.time)

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest value."""
        return LIMITS[self.curve]


@dataclass(frozen=True, slots=True)
class Plot:
    """Where values lie in a strip.

    Parameters
    ----------
    low, high
        Values at the bottom and the top.
    top, bottom
        Pixels.
    """

    low: float
    high: float
    top: float
    bottom: float

    @classmethod
    def of(cls, channel: Channel, strip: Strip) -> Plot:
        """The plot of a channel that fills a lane."""
        low, high = channel.limits
        return cls(low, high, PAD, strip.height - PAD)

    def y(self, value: float) -> float:
        """Pixel of a value."""
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def ys(self, values: ArrayF64) -> ArrayF64:
        """Pixels of [n] values."""
        return self.bottom - (values - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def value(self, y: float) -> float:
        """Value at a pixel, inside the limits."""
        share = (self.bottom - y) / max(self.bottom - self.top, 1.0)
        return min(max(self.low + share * (self.high - self.low), self.low), self.high)


class KeyTable:
    """Keys of a curve as arrays, so that what is visible is found and drawn without looking at one key after the other.

    Parameters
    ----------
    curve
        The curve, which is a value and never changes: as long as it is the same object, the table holds.
    """

    def __init__(self, curve: Curve) -> None:
        self.curve = curve
        self._arrays = KeyArrays.of(curve)
        self.times, self.values = self._arrays.times, self._arrays.values
        self._holds = self._arrays.kinds == list(Interpolation).index(Interpolation.HOLD)

    def between(self, start: float, end: float, beyond: int = 0) -> slice:
        """Which keys lie between two moments, and some beyond either."""
        first, last = np.searchsorted(self.times, start), np.searchsorted(self.times, end, side="right")
        return slice(max(int(first) - beyond, 0), int(last) + beyond)

    def keys(self, start: float, end: float) -> tuple[Key, ...]:
        """Keys between two moments."""
        return self.curve.keys[self.between(start, end)]

    def outline(self, strip: Strip, plot: Plot) -> tuple[ArrayF64, ArrayF64]:
        """(x, y) of the visible part of the curve as a line, rising in x."""
        start, end = strip.span
        near = self.between(start, end, _NEIGHBOURS)
        edges = self.times[near]
        if len(edges) * _DENSE > strip.width:
            levels = self.values[near]
            times = np.concatenate([[start], edges, [end]])
            values = np.concatenate([levels[:1], levels, levels[-1:]])
        else:
            edges = self.times[self.between(start, end)]
            steps = [strip.scale.time(np.arange(0.0, strip.width + _STEP, _STEP)), edges]
            if self._holds[near].any():
                # Steps of a hold must stand upright: each key is drawn from both sides.
                steps.append(edges - 1e-9)
            # Runs that rise each by itself are merged rather than sorted.
            times = np.sort(np.concatenate(steps), kind="stable")
            values = self._arrays.at(times)
        return strip.scale.x(times), plot.ys(values)


def tangents(curve: Curve, index: int) -> tuple[Handle | None, Handle | None]:
    """Handles of a key as they act, arriving and leaving; None where no Bezier segment meets the key."""
    key, arriving, leaving = curve.keys[index], None, None
    if index > 0 and curve.keys[index - 1].interpolation is Interpolation.BEZIER:
        arriving = key.arriving or Handle(-(key.time - curve.keys[index - 1].time) / 3, 0.0)
    if index + 1 < len(curve.keys) and key.interpolation is Interpolation.BEZIER:
        leaving = key.leaving or Handle((curve.keys[index + 1].time - key.time) / 3, 0.0)
    return arriving, leaving
