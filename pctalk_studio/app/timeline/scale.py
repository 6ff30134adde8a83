"""TimeScale: from seconds to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

SHORTEST_VIEW = 0.010
"""Seconds that the narrowest view shows."""

LONGEST_VIEW = 3600.0
"""Seconds that the widest view shows, unless the recording is longer."""

MARGIN = 12.0
"""Pixels of emptiness that may be seen before the beginning and after the end."""

Times = TypeVar("Times", float, npt.NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Which moment lies at which pixel of a view.

    Parameters
    ----------
    start
        Seconds at x = 0.
    density
        Pixels a second, logical ones.
    """

    start: float = 0.0
    density: float = 100.0

    def x(self, time: Times) -> Times:
        """Pixel of a moment, or of [n] moments."""
        return (time - self.start) * self.density

    def time(self, x: Times) -> Times:
        """Moment at a pixel, or at [n] pixels."""
        return self.start + x / self.density

    def seconds(self, pixels: float) -> float:
        """How long a stretch of pixels lasts."""
        return pixels / self.density

    def span(self, width: float) -> tuple[float, float]:
        """First and last moment that a view of some width shows."""
        return self.start, self.start + width / self.density

    def zoomed(self, factor: float, about: float) -> TimeScale:
        """The scale with more pixels a second by a factor; the moment at pixel ``about`` stays where it is."""
        density = self.density * factor
        return TimeScale(self.time(about) - about / density, density)

    def moved(self, pixels: float) -> TimeScale:
        """The scale with everything shifted to the left by some pixels."""
        return TimeScale(self.start + pixels / self.density, self.density)

    @classmethod
    def between(cls, start: float, end: float, width: float, margin: float = MARGIN) -> TimeScale:
        """The scale at which a span fills a view, with a margin at either side."""
        density = max(width - 2 * margin, 1.0) / max(end - start, SHORTEST_VIEW)
        return cls(start - margin / density, density)

    def within(self, duration: float, width: float) -> TimeScale:
        """The nearest scale that shows between 10 ms and an hour, and no more emptiness than the margin unless all is seen."""
        width = max(width, 1.0)
        widest = max(LONGEST_VIEW, duration * 1.1)
        density = min(max(self.density, width / widest), width / SHORTEST_VIEW)
        # Limits keep the middle of the view in place, as a zoom beyond them would.
        start = self.start if density == self.density else self.time(width / 2) - width / 2 / density
        margin, seen = MARGIN / density, width / density
        latest = max(duration + margin - seen, -margin)
        return TimeScale(min(max(start, -margin), latest), density)
