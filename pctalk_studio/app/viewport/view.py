"""View: which part of a frame a pane of the window shows, and how large. Values and arithmetic, without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

SMALLEST, LARGEST = 0.05, 32.0
"""Device pixels for one pixel of the frame, at either end of zooming."""

MARGIN = 12.0
"""Around a frame that fits, logical pixels."""


@dataclass(frozen=True, slots=True)
class View:
    """A frame in a pane.

    Points of the frame have the origin in the centre of its top left pixel, as everywhere in the house; points of the pane are
    logical pixels of the widget.

    Parameters
    ----------
    frame
        (width, height) of the frame, pixels.
    pane
        Left, top, width and height of the pane, logical pixels.
    ratio
        Device pixels for a logical pixel.
    zoom
        Device pixels for a pixel of the frame, so that 1 is sharp on every screen; None: as large as fits.
    centre
        The point of the frame in the middle of the pane, measured from the frame's top left corner; None: its middle.
    """

    frame: tuple[int, int] = (1, 1)
    pane: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    ratio: float = 1.0
    zoom: float | None = None
    centre: tuple[float, float] | None = None

    @property
    def factor(self) -> float:
        """Device pixels for a pixel of the frame."""
        return self.scale * self.ratio

    @property
    def scale(self) -> float:
        """Logical pixels for a pixel of the frame."""
        if self.zoom is not None:
            return self.zoom / self.ratio
        room = max(self.pane[2] - 2 * MARGIN, 1.0), max(self.pane[3] - 2 * MARGIN, 1.0)
        return min(room[0] / self.frame[0], room[1] / self.frame[1])

    @property
    def corner(self) -> tuple[float, float]:
        """Where the frame's top left corner lies, on a whole device pixel."""
        left, top, width, height = self.pane
        centre = self.centre if self.zoom is not None and self.centre else (self.frame[0] / 2, self.frame[1] / 2)
        x, y = left + width / 2 - centre[0] * self.scale, top + height / 2 - centre[1] * self.scale
        return round(x * self.ratio) / self.ratio, round(y * self.ratio) / self.ratio

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the whole frame, logical pixels."""
        return (*self.corner, self.frame[0] * self.scale, self.frame[1] * self.scale)

    def to_pane(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the frame is shown."""
        left, top = self.corner
        return left + (x + 0.5) * self.scale, top + (y + 0.5) * self.scale

    def to_frame(self, x: float, y: float) -> tuple[float, float]:
        """The point of the frame that is shown somewhere."""
        left, top = self.corner
        return (x - left) / self.scale - 0.5, (y - top) / self.scale - 0.5

    def panes(self, width: float, height: float, *, divided: bool) -> tuple[View, View | None]:
        """The view in a widget of some size: in all of it, or in its right half with another like it in the left."""
        if not divided:
            return replace(self, pane=(0.0, 0.0, width, height)), None
        half = float(math.floor(width / 2))
        return replace(self, pane=(half, 0.0, width - half, height)), replace(self, pane=(0.0, 0.0, half, height))

    def fitted(self) -> View:
        """The whole frame."""
        return replace(self, zoom=None, centre=None)

    def zoomed_to(self, zoom: float, x: float, y: float) -> View:
        """At another size, with what is at a point of the pane staying there."""
        zoom = min(max(zoom, SMALLEST), LARGEST)
        under = self.to_frame(x, y)
        left, top, width, height = self.pane
        scale = zoom / self.ratio
        centre = (
            under[0] + 0.5 + (left + width / 2 - x) / scale,
            under[1] + 0.5 + (top + height / 2 - y) / scale,
        )
        return replace(self, zoom=zoom, centre=self._held(centre))

    def zoomed(self, by: float, x: float, y: float) -> View:
        """Larger by a factor about a point of the pane."""
        return self.zoomed_to(self.factor * by, x, y)

    def panned(self, dx: float, dy: float) -> View:
        """Moved by logical pixels."""
        left, top = self.corner
        _, _, width, height = self.pane
        x = (self.pane[0] + width / 2 - left - dx) / self.scale
        y = (self.pane[1] + height / 2 - top - dy) / self.scale
        return replace(self, zoom=self.factor, centre=self._held((x, y)))

    def _held(self, centre: tuple[float, float]) -> tuple[float, float]:
        """Some of the frame stays in sight."""
        return min(max(centre[0], 0.0), float(self.frame[0])), min(max(centre[1], 0.0), float(self.frame[1]))
