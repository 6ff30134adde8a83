"""TimeView: which part of the clip the timeline shows; ruler, lanes and overview share one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pctalk_studio.app.timeline.scale import MARGIN, TimeScale

ZOOM_STEP = 1.25
"""Factor of one notch of the wheel, or one press of a key."""

_PAGE = 0.9
"""Share of the view after which a moving playhead turns the page, and by how much it is turned."""


class TimeView(QObject):
    """The visible span, kept within limits.

    Parameters
    ----------
    parent
        Owner.
    """

    changed = Signal()
    """Another span, width or duration."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = TimeScale()
        self.width = 1.0
        self.duration = 0.0
        self._reach = 0.0
        self._fitted = True

    def set_width(self, width: float) -> None:
        """The lanes are this many pixels wide."""
        if width != self.width:
            self.width = width
            self._set(TimeScale.between(0.0, self._length, width) if self._fitted else self.scale, told=True)

    def set_duration(self, duration: float) -> None:
        """The recording lasts this long."""
        if duration != self.duration:
            self.duration = duration
            self._set(TimeScale.between(0.0, self._length, self.width) if self._fitted else self.scale, told=True)

    def set_reach(self, reach: float) -> None:
        """There is something to be seen up to this moment, even if the recording ends before."""
        if reach != self._reach:
            self._reach = reach
            self._set(self.scale)

    @property
    def _length(self) -> float:
        return self.duration or 1.0

    @property
    def span(self) -> tuple[float, float]:
        """First and last visible moment, seconds."""
        return self.scale.span(self.width)

    def zoom(self, factor: float, about: float | None = None) -> None:
        """Show less by a factor, about a pixel; about the middle when none is given."""
        self._fitted = False
        self._set(self.scale.zoomed(factor, self.width / 2 if about is None else about))

    def pan(self, pixels: float) -> None:
        """Move on by some pixels."""
        self._fitted = False
        self._set(self.scale.moved(pixels))

    def show(self, start: float, end: float) -> None:
        """Fill the view with a span."""
        self._fitted = False
        self._set(TimeScale.between(start, end, self.width, margin=self.width / 10))

    def fit(self) -> None:
        """Show all, and go on to when width or duration change."""
        self._set(TimeScale.between(0.0, self._length, self.width))
        self._fitted = True

    def start_at(self, start: float) -> None:
        """Let the view begin at a moment."""
        self._fitted = False
        self._set(TimeScale(start, self.scale.density))

    def reveal(self, start: float, end: float | None = None) -> None:
        """Bring a moment, or as much of a span as there is room for, into view; nothing moves when it is there."""
        low, high = self.span
        end, margin = start if end is None else end, 2 * MARGIN / self.scale.density
        if start < low + margin or end - start > high - low:
            self.start_at(start - margin)
        elif end > high - margin:
            self.start_at(end + margin - (high - low))

    def follow(self, time: float) -> None:
        """Turn the page when the playhead leaves it."""
        low, high = self.span
        if not low <= time <= low + (high - low) * _PAGE and (high < self.duration or time < low):
            self.start_at(time - (high - low) * (1 - _PAGE))

    def _set(self, scale: TimeScale, *, told: bool = False) -> None:
        scale = scale.within(max(self.duration, self._reach), self.width)
        if told or scale != self.scale:
            self.scale = scale
            self.changed.emit()
