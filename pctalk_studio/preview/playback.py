"""Player: pictures against the clock of the sound.

The sound is never held up for a picture. Whoever shows pictures asks :meth:`Player.tick` as often as the screen is drawn and
gets the frame of that very moment; a frame whose moment passes before its picture is there is dropped and counted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.time import FrameRange, FrameRate
from pctalk_studio.preview.clock import Now, PlaybackClock, PlayPath, SilentClock
from pctalk_studio.render.api import PictureU8

SPEEDS = (0.25, 2.0)
"""Slowest and fastest playing; only a shuttle is faster."""

FASTEST_SHUTTLE = 16.0
"""Times as fast as the clip, either way."""

_MOST_COUNTED = 10_000
"""Frames that are looked at one by one after a long halt, such as a machine that slept."""


_ROUNDING = 1e-6
"""Frames: a moment computed to lie this little before a frame's beginning is its beginning."""


class Pictures(Protocol):
    """Who draws frames and has them; :class:`pctalk_studio.preview.scheduler.PreviewScheduler`."""

    def picture(self, frame: int) -> PictureU8 | None:
        """What there is of a frame."""
        ...

    def move(self, position: float) -> None:
        """The playhead is here, in frames."""
        ...

    def play(self, speed: float) -> None:
        """It moves by itself from here on."""
        ...

    def pause(self) -> None:
        """It rests."""
        ...

    def set_span(self, span: FrameRange | None, *, loop: bool) -> None:
        """What playing shows."""
        ...


@dataclass(frozen=True, slots=True)
class PlaybackCounts:
    """Frames whose moment came while playing.

    Parameters
    ----------
    shown
        Given out in their moment.
    dropped
        Passed before their picture was there.
    skipped
        Passed between two ticks, although their picture was there: the screen is slower than the clip.
    """

    shown: int = 0
    dropped: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """What is to be seen at a moment.

    Parameters
    ----------
    frame
        Under the playhead.
    position
        Of the playhead, frames and fractions of one.
    picture
        Of exactly this frame; None when it is not there: what is on the screen stays.
    playing
        Whether the playhead still moves.
    """

    frame: int
    position: float
    picture: PictureU8 | None
    playing: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Playing since it was last started: its path, its first frame, and how many frames have passed."""

    path: PlayPath
    first: int
    passed: int = 0
    shown: bool = False


class Player:
    """Plays a clip.

    All methods belong to one thread, that of the screen; none blocks.

    Parameters
    ----------
    pictures
        Draws frames and has them.
    notice
        Told when the sound is lost while playing.
    now
        Seconds on a steady clock.
    """

    def __init__(
        self,
        pictures: Pictures,
        *,
        notice: Callable[[Problem], None] = lambda _: None,
        now: Now = time.perf_counter,
    ) -> None:
        self._pictures = pictures
        self._notice = notice
        self._now = now
        self._rate, self._count = FrameRate.parse("25"), 0
        self._clock: PlaybackClock = SilentClock(now)
        self._span: FrameRange | None = None
        self._loop = False
        self._speed = 1.0
        self._shuttle: float | None = None
        self._position = 0.0
        self._run: _Run | None = None
        self._counts = PlaybackCounts()

    # -- what is played ------------------------------------------------------------------------------------------------

    def set_clip(self, count: int, rate: FrameRate) -> None:
        """Play a clip of some frames from now on."""
        self.pause()
        self._count, self._rate = count, rate
        self.seek(min(self._position, max(count - 1, 0)))

    def set_clock(self, clock: PlaybackClock | None) -> None:
        """Play by this clock from now on; it is the player's to close. None for silence.

        Opening a device and preparing its sound take time, so that is done elsewhere, by
        :func:`pctalk_studio.preview.sound_clock.playback_clock`.
        """
        shown = self._run is not None and self._leave(self._run)
        self._clock.close()
        self._clock = SilentClock(self._now) if clock is None else clock
        if self._run is not None:
            self._begin(shown=shown)

    def set_span(self, span: FrameRange | None, *, loop: bool) -> None:
        """Play these frames, once or round and round; None means all."""
        if span is not None and not len(span):
            raise ValueError("a span to play has at least one frame")
        self._span, self._loop = span, loop
        self._pictures.set_span(span, loop=loop)
        self._again()

    def set_speed(self, speed: float) -> None:
        """Play this many times as fast, 0.25 to 2; the sound keeps its pitch."""
        if not SPEEDS[0] <= speed <= SPEEDS[1]:
            raise ValueError(f"a speed of {speed} is outside {SPEEDS[0]} to {SPEEDS[1]}")
        self._speed = speed
        self._again()

    # -- playing -------------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """The playhead moves by itself."""
        return self._run is not None

    @property
    def counts(self) -> PlaybackCounts:
        """Since :meth:`play` was called last."""
        return self._counts

    @property
    def speed(self) -> float:
        """Frames of the clip in the time of one while playing, negative backwards; as chosen while it rests."""
        return self._speed if self._shuttle is None else self._shuttle

    @property
    def audible(self) -> bool:
        """There is a device on which the clip is heard."""
        return not isinstance(self._clock, SilentClock)

    def shuttle(self, speed: float) -> None:
        """Play from the playhead at any speed up to 16 times, negative backwards, until the next pause.

        Backwards, and where it is faster than SPEEDS, nothing is heard. Backwards from the beginning of the span, and forwards
        from its end, there is nowhere to go unless it loops.
        """
        if not 0 < abs(speed) <= FASTEST_SHUTTLE:
            raise ValueError(f"a shuttle of {speed} is outside -{FASTEST_SHUTTLE} to {FASTEST_SHUTTLE}")
        if not self._count:
            return
        if self._run is None:
            self._counts = PlaybackCounts()
        else:
            self._leave(self._run)
            self._position = float(int(self._position))
        span, frame = self._played, int(self._position)
        end = span.stop - 1 if speed > 0 else span.start
        if frame not in span or (frame == end and not self._loop):
            self._halt()
            return
        self._shuttle = speed
        self._begin()

    def play(self) -> None:
        """Begin at the playhead; from the beginning of the span when it is outside, or at its end."""
        if not self._count or self._run is not None:
            return
        self._counts = PlaybackCounts()
        span = self._played
        frame = int(self._position)
        if frame not in span or (not self._loop and frame == span.stop - 1):
            self._position = float(span.start)
        self._begin()

    def pause(self) -> None:
        """Stop where the playhead is."""
        if self._run is not None:
            self._leave(self._run)
            self._position = float(int(self._position))
            self._halt()

    def seek(self, position: float) -> None:
        """Set the playhead, in frames; playing goes on from there."""
        if self._run is not None:
            self._leave(self._run)
        self._position = min(max(position, 0.0), max(self._count - 1, 0) + 0.999)
        self._pictures.move(self._position)
        if self._run is not None:
            if int(self._position) in self._played:
                self._begin()
            else:
                self._halt()

    def scrub(self, position: float) -> None:
        """Set the playhead by hand: it rests there, and a moment of the sound around it is heard."""
        self.pause()
        self.seek(position)
        self._clock.scrub(float(self._position / self._rate.value))

    def tick(self) -> Tick:
        """What is to be seen now; counts the frames that have passed since the tick before."""
        run = self._run
        if run is None:
            frame = int(self._position)
            return Tick(frame, self._position, self._pictures.picture(frame) if self._count else None, False)
        if not self._clock.alive:
            run = self._fall_over(run)
        elapsed = self._clock.elapsed()
        passed, frame, shown = self._account(run, elapsed)
        picture, ended = self._pictures.picture(frame), run.path.ended(elapsed)
        if not shown and (picture is not None or ended):
            # At the end the last frame has no more time to come: what is not there now is dropped.
            self._tally(shown=int(picture is not None), dropped=int(picture is None))
        self._position = float(frame) if ended else self._position_after(run, elapsed)
        if ended:
            self._halt()
        else:
            self._run = replace(run, passed=passed, shown=shown or picture is not None)
            self._pictures.move(self._position)
        return Tick(frame, self._position, picture, not ended)

    def close(self) -> None:
        """Stop, and let go of the device."""
        self.pause()
        self._clock.close()

    # -- inside --------------------------------------------------------------------------------------------------------

    @property
    def _played(self) -> FrameRange:
        whole = FrameRange(0, self._count)
        if self._span is None:
            return whole
        start, stop = min(self._span.start, self._count), min(self._span.stop, self._count)
        return FrameRange(start, stop) if start < stop else whole

    def _begin(self, *, shown: bool = False) -> _Run:
        span, speed = self._played, self.speed
        start, stop = (float(frame / self._rate.value) for frame in (span.start, span.stop))
        # Backwards, a frame is come upon at its end: one that rests is seen for its whole time before the one ahead of it.
        whole = self._position == int(self._position)
        place = self._position + 1.0 if speed < 0 and whole else self._position
        begin = min(max(float(place / float(self._rate)), start), stop)
        path = PlayPath(begin, start, stop, speed, self._loop)
        self._run = run = _Run(path, int(self._position), shown=shown)
        self._clock.start(path)
        self._pictures.move(self._position)
        self._pictures.play(speed)
        return run

    def _again(self) -> None:
        """Go on with what has changed, from where the playhead is."""
        if self._run is not None:
            shown = self._leave(self._run)
            if int(self._position) not in self._played:
                self._position, shown = float(self._played.start), False
            self._begin(shown=shown)

    def _leave(self, run: _Run) -> bool:
        """Put the playhead where a run is now, and count up to there; True when the frame there was shown."""
        elapsed = self._clock.elapsed()
        self._position = self._position_after(run, elapsed)
        return self._account(run, elapsed)[2]

    def _halt(self) -> None:
        self._run = self._shuttle = None
        self._clock.stop()
        self._pictures.pause()
        self._pictures.move(self._position)

    def _position_after(self, run: _Run, elapsed: float) -> float:
        rounding = _ROUNDING if run.path.speed > 0 else -_ROUNDING
        frames = run.path.position(elapsed) * float(self._rate) + rounding
        span = self._played
        # The end of the span is its last frame's end: a playhead there is still on that frame.
        return min(max(frames, float(span.start)), span.stop - 1e-3)

    def _passed_by(self, run: _Run, elapsed: float) -> int:
        """Frames of the path that have passed since it began."""
        path, rate = run.path, float(self._rate)
        if path.speed > 0:
            passed = int((path.begin + path.travelled(elapsed)) * rate + _ROUNDING) - run.first
        else:
            # Rounds of a loop lie below zero, where int() would round the wrong way.
            passed = run.first - math.floor((path.begin - path.travelled(elapsed)) * rate - _ROUNDING)
        return max(passed if self._loop else min(passed, self._way_of(run)), 0)

    def _way_of(self, run: _Run) -> int:
        """Frames from where a run began to where it ends."""
        span = self._played
        return span.stop - 1 - run.first if run.path.speed > 0 else run.first - span.start

    def _frame_after(self, run: _Run, passed: int) -> int:
        span = self._played
        frame = run.first + passed if run.path.speed > 0 else run.first - passed
        return span.start + (frame - span.start) % len(span) if self._loop else frame

    def _account(self, run: _Run, elapsed: float) -> tuple[int, int, bool]:
        """Count the frames whose moment went by since the last tick without their being given out.

        Returns
        -------
        tuple[int, int, bool]
            Frames passed since the run began, the frame of this moment, and whether it was given out already.
        """
        passed, first = self._passed_by(run, elapsed), run.passed + run.shown
        gone = max(passed - first, 0)
        looked = min(gone, _MOST_COUNTED)
        numbers = range(first, first + looked)
        there = sum(self._pictures.picture(self._frame_after(run, number)) is not None for number in numbers)
        self._tally(dropped=gone - there, skipped=there)
        return passed, self._frame_after(run, passed), run.shown and passed == run.passed

    def _tally(self, shown: int = 0, dropped: int = 0, skipped: int = 0) -> None:
        known = self._counts
        self._counts = PlaybackCounts(known.shown + shown, known.dropped + dropped, known.skipped + skipped)

    def _fall_over(self, run: _Run) -> _Run:
        """Go on in silence, from the very moment at which the sound was lost."""
        shown = self._leave(run)
        self._clock.close()
        self._clock = SilentClock(self._now)
        text = "The sound output is gone, so the clip plays on in silence; connect it again and reopen the sound."
        self._notice(Problem("sound-output-lost", text))
        return self._begin(shown=shown)
