"""Where somebody looks at a clip, and in which order its frames will be wanted: one answer for drawing and for keeping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.time import FrameRange

Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Viewing:
    """A playhead on a clip.

    Parameters
    ----------
    count
        Frames of the clip.
    playhead
        The frame that is looked at.
    playing
        It moves by itself.
    backward
        In this direction it moves, or would move.
    span
        Frames between the in and the out point; None means all.
    loop
        Playing goes round the span.
    """

    count: int
    playhead: int = 0
    playing: bool = False
    backward: bool = False
    span: FrameRange | None = None
    loop: bool = False

    def __post_init__(self) -> None:
        if self.count and not 0 <= self.playhead < self.count:
            raise ValueError(f"frame {self.playhead} is not in a clip of {self.count}")

    @property
    def played(self) -> FrameRange:
        """The frames that playing shows."""
        whole = FrameRange(0, self.count)
        if self.span is None:
            return whole
        start = min(self.span.start, self.count)
        span = FrameRange(start, max(start, min(self.span.stop, self.count)))
        return span if len(span) else whole

    def draw_ranks(self) -> Ranks:
        """Place of each frame in the order of drawing, [count] int64.

        The frame under the playhead first, then those that playing would show, round the loop if there is one, then the rest
        outward from the playhead.
        """
        frames = np.arange(self.count)
        ahead = self._steps_ahead(frames)
        outward = 2 * np.abs(frames - self.playhead) + ((frames < self.playhead) != self.backward)
        ranks = np.where(ahead >= 0, ahead, self.count + outward)
        ranks[self.playhead : self.playhead + 1] = -1
        return np.asarray(ranks, np.int64)

    def keep_ranks(self) -> Ranks:
        """How far each frame is from being looked at, [count] int64; what is farthest is given up first.

        While playing that is the order of drawing; at rest, the distance from the playhead.
        """
        if self.playing:
            return self.draw_ranks()
        frames = np.arange(self.count)
        return np.asarray(2 * np.abs(frames - self.playhead) + ((frames < self.playhead) != self.backward), np.int64)

    def _steps_ahead(self, frames: Ranks) -> Ranks:
        """Frames shown until each is shown, [count]; -1 for those that playing does not reach."""
        span = self.played
        inside = (frames >= span.start) & (frames < span.stop)
        steps = (self.playhead - frames) if self.backward else (frames - self.playhead)
        if self.playhead not in span:
            # Playing would begin at the span's end where it enters.
            steps = (span.stop - frames) if self.backward else (frames - span.start + 1)
            return np.where(inside, steps, -1)
        if self.loop:
            return np.where(inside, steps % len(span), -1)
        return np.where(inside & (steps >= 0), steps, -1)
