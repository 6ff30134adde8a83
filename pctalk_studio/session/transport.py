"""Transport: the playhead of an open project. Seek, scrub, play, loop."""

from __future__ import annotations

from collections.abc import Callable

from pctalk_studio.core.time import FrameRange, FrameRate
from pctalk_studio.document.project import Project
from pctalk_studio.preview.clock import PlaybackClock
from pctalk_studio.preview.playback import FASTEST_SHUTTLE, Pictures, PlaybackCounts, Player, Tick
from pctalk_studio.session.notices import Notice, PlayheadMoved, Told


class Transport:
    """Moves the playhead; all methods belong to the window's thread and none waits.

    Parameters
    ----------
    pictures
        Draws frames and has them.
    tell
        Told where the playhead goes.
    """

    def __init__(self, pictures: Pictures, tell: Callable[[Notice], None]) -> None:
        self._player = Player(pictures, notice=lambda problem: tell(Told(problem)))
        self._tell = tell
        self._count = 0
        self._rate: FrameRate | None = None
        self._in_out: tuple[float | None, float | None] = (None, None)
        self._loop = False
        self._scrub_heard = True
        self._shown: tuple[int, bool] = (0, False)

    def follow(self, count: int, project: Project) -> None:
        """The clip has this many frames and these in and out points from now on."""
        in_out = (project.in_point, project.out_point)
        if (count, project.rate) != (self._count, self._rate):
            self._count, self._rate, self._in_out = count, project.rate, in_out
            self._player.set_clip(count, project.rate)
            self._span()
        elif in_out != self._in_out:
            self._in_out = in_out
            self._span()
        self.tick()

    def set_clock(self, clock: PlaybackClock) -> None:
        """Play by this clock from now on."""
        self._player.set_clock(clock)

    def close(self) -> None:
        """Stop, and let go of the sound."""
        self._player.close()

    @property
    def frame(self) -> int:
        """Under the playhead."""
        return self._shown[0]

    @property
    def seconds(self) -> float:
        """Where the playhead's frame begins."""
        return 0.0 if self._rate is None else self._rate.time_of(self.frame)

    @property
    def playing(self) -> bool:
        """The playhead moves by itself."""
        return self._player.playing

    @property
    def counts(self) -> PlaybackCounts:
        """Frames shown and dropped since playing began last."""
        return self._player.counts

    def tick(self) -> Tick:
        """Move on to this very moment; call as often as the screen is drawn while playing."""
        tick = self._player.tick()
        if (tick.frame, tick.playing) != self._shown:
            self._shown = (tick.frame, tick.playing)
            self._tell(PlayheadMoved(tick.frame, tick.playing))
        return tick

    def seek(self, frame: float) -> None:
        """Set the playhead, in frames; playing goes on from there."""
        self._player.seek(float(frame))
        self.tick()

    def seek_seconds(self, seconds: float) -> None:
        """Set the playhead on the frame of a moment."""
        if self._rate is not None:
            self.seek(self._rate.frame_at(max(seconds, 0.0)))

    def scrub(self, frame: float, *, heard: bool = True) -> None:
        """Set the playhead by hand; a moment of the sound is heard, unless that is not wanted here or at all."""
        if heard and self._scrub_heard:
            self._player.scrub(float(frame))
        else:
            self._player.pause()
            self._player.seek(float(frame))
        self.tick()

    def set_scrub_heard(self, on: bool) -> None:
        """Let moments be heard while the playhead is moved by hand, or never."""
        self._scrub_heard = on

    def play(self, span: FrameRange | None = None) -> None:
        """Play from the playhead, or some frames from their beginning."""
        self._player.pause()
        self._span(span)
        if span is not None:
            self._player.seek(float(span.start))
        self._player.play()
        self.tick()

    def play_seconds(self, start: float, end: float) -> None:
        """Play what lies between two moments."""
        if self._rate is not None and self._count:
            first = min(self._rate.frame_at(max(start, 0.0)), self._count - 1)
            self.play(FrameRange(first, max(first + 1, min(self._rate.frames_in(end), self._count))))

    def pause(self) -> None:
        """Stop where the playhead is."""
        self._player.pause()
        self.tick()

    def toggle(self) -> None:
        """Play from the playhead, or stop."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def shuttle(self, direction: int) -> None:
        """Play on or, with -1, backwards; each call while it goes that way already doubles the speed."""
        now = self._player.speed if self.playing else 0.0
        speed = now * 2 if now * direction > 0 else float(direction)
        if abs(speed) > FASTEST_SHUTTLE:
            return
        if not self.playing:
            self._span()
        self._player.shuttle(speed)
        self.tick()

    def step(self, frames: int) -> None:
        """Rest some frames on, or back; a moment of the sound is heard."""
        self.scrub(min(max(self.frame + frames, 0), max(self._count - 1, 0)))

    def step_seconds(self, seconds: float) -> None:
        """Rest some seconds on, or back."""
        if self._rate is not None:
            self.step(round(seconds * self._rate.value))

    @property
    def speed(self) -> float:
        """Frames of the clip in the time of one while playing, negative backwards; as chosen while it rests."""
        return self._player.speed

    @property
    def audible(self) -> bool:
        """The clip is heard while it plays."""
        return self._player.audible

    def set_speed(self, speed: float) -> None:
        """Play this many times as fast."""
        self._player.set_speed(speed)

    @property
    def loop(self) -> bool:
        """Play round and round, between the in and out points where they are set."""
        return self._loop

    def set_loop(self, on: bool) -> None:
        """Play round and round, or once."""
        self._loop = on
        self._span()

    @property
    def chosen_range(self) -> FrameRange:
        """Frames between the in and out points; all where none are set."""
        start, end = self._in_out
        if self._rate is None or not self._count:
            return FrameRange(0, self._count)
        first = 0 if start is None else min(self._rate.frame_at(start), self._count - 1)
        stop = self._count if end is None else min(self._rate.frame_at(end), self._count)
        return FrameRange(first, max(stop, first + 1))

    def _span(self, span: FrameRange | None = None) -> None:
        """What is played: some frames, or all; or, round and round, what lies between the in and out points."""
        if span is None and self._loop and self._count:
            span = self.chosen_range
        self._player.set_span(span, loop=self._loop)
