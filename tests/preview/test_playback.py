"""Player: the sound is the clock, late frames are dropped and counted, nothing drifts. All on clocks that tests move."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.preview_bench import Bench, Time
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.time import FrameRange, FrameRate
from pctalk_studio.preview.clock import PlayPath, SilentClock
from pctalk_studio.preview.playback import PlaybackCounts, Player


class Frames:
    """Pictures of which some are there; writes down what it is told."""

    def __init__(self, there=lambda frame: True):
        self.there = there
        self.moves = []
        self.speeds = []

    def picture(self, frame):
        return np.full((1, 1, 3), frame % 256, np.uint8) if self.there(frame) else None

    def move(self, position):
        self.moves.append(position)

    def play(self, speed):
        self.speeds.append(speed)

    def pause(self):
        self.speeds.append(0.0)

    def set_span(self, span, *, loop):
        pass


def player(count=50, rate="25", there=lambda frame: True):
    time = Time()
    frames = Frames(there)
    made = Player(frames, now=time)
    made.set_clip(count, FrameRate.parse(rate))
    return made, time, frames


def watched(made, time, seconds, screen=60):
    """Every tick of a screen for some seconds."""
    begin, ticks = time.now, []
    for number in range(int(seconds * screen) + 1):
        time.now = begin + number / screen
        ticks.append(made.tick())
    return ticks


# -- paths -----------------------------------------------------------------------------------------------------------------


def test_a_path_runs_from_its_beginning_to_its_end_at_its_speed():
    path = PlayPath(begin=2, start=1, stop=5, speed=2)
    assert [path.position(t) for t in (-1, 0, 0.5, 1, 1.5, 9)] == [2, 2, 3, 4, 5, 5]
    assert [path.ended(t) for t in (0, 1.49, 1.5, 9)] == [False, False, True, True]


def test_a_loop_goes_round_for_ever():
    path = PlayPath(begin=4, start=1, stop=5, loop=True)
    assert [path.position(t) for t in (0, 0.5, 1, 2, 5, 401)] == [4, 4.5, 1, 2, 1, 1]
    assert not path.ended(1e9)


@given(
    start=st.floats(0, 10),
    length=st.floats(0.1, 10),
    share=st.floats(0, 0.99),
    speed=st.floats(0.25, 2),
    elapsed=st.floats(0, 1000),
    loop=st.booleans(),
)
def test_a_path_never_leaves_its_span(start, length, share, speed, elapsed, loop):
    path = PlayPath(start + share * length, start, start + length, speed, loop)
    assert start - 1e-9 <= path.position(elapsed) <= start + length + 1e-9


def test_a_path_must_lead_somewhere():
    for begin, start, stop, speed in [(0, 1, 2, 1), (1, 1, 1, 1), (1, 0, 2, 0)]:
        with pytest.raises(ValueError, match="no path"):
            PlayPath(begin, start, stop, speed)


# -- playing ---------------------------------------------------------------------------------------------------------------


def test_it_shows_the_frame_of_the_moment_and_stops_on_the_last():
    made, time, _ = player(count=10)
    made.play()
    ticks = watched(made, time, 0.5)
    assert [tick.frame for tick in ticks[:24]] == [int(n / 60 * 25 + 1e-6) for n in range(24)]
    assert ticks[-1].frame == 9
    assert not ticks[-1].playing
    assert not made.playing
    assert made.counts == PlaybackCounts(shown=10)


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.0, 1.5, 2.0])
def test_speeds(speed):
    made, time, frames = player(count=1000)
    made.set_speed(speed)
    made.play()
    ticks = watched(made, time, 4)
    assert ticks[-1].position == pytest.approx(100 * speed, abs=1e-3)
    assert frames.speeds == [speed]
    assert made.counts.dropped == 0


def test_a_speed_out_of_range_is_refused():
    made, _, _ = player()
    for speed in (0.2, 2.5, -1):
        with pytest.raises(ValueError, match="speed"):
            made.set_speed(speed)


def test_a_change_of_speed_goes_on_from_where_it_is():
    made, time, _ = player(count=1000)
    made.play()
    watched(made, time, 1)
    made.set_speed(0.5)
    ticks = watched(made, time, 1)
    assert ticks[0].position == pytest.approx(25, abs=1e-3)
    assert ticks[-1].position == pytest.approx(37.5, abs=1e-3)
    assert made.counts == PlaybackCounts(shown=38)


def test_a_loop_plays_in_to_out_without_losing_time():
    made, time, _ = player(count=50)
    made.set_span(FrameRange(10, 17), loop=True)
    made.seek(12)
    made.play()
    ticks = watched(made, time, 100)
    assert {tick.frame for tick in ticks} == set(range(10, 17))
    for number, tick in enumerate(ticks):
        assert tick.frame == 10 + (2 + int(number / 60 * 25 + 1e-5)) % 7
    assert made.counts.shown == 2501
    assert made.counts.dropped == made.counts.skipped == 0


def test_outside_the_span_or_at_its_end_it_begins_at_the_in_point():
    for frame in (3, 30, 16):
        made, _, _ = player(count=50)
        made.set_span(FrameRange(10, 17), loop=False)
        made.seek(frame)
        made.play()
        assert made.tick().frame == 10


def test_a_pause_stays_on_the_frame_and_playing_goes_on_from_it():
    made, time, frames = player()
    made.play()
    watched(made, time, 0.5)
    made.pause()
    assert made.tick().frame == 12
    time.now += 10
    assert made.tick().frame == 12
    made.play()
    assert made.tick().frame == 12
    assert frames.speeds == [1.0, 0.0, 1.0]


def test_seeking_while_playing_goes_on_from_there_and_outside_the_span_stops():
    made, time, _ = player(count=100)
    made.set_span(FrameRange(0, 50), loop=False)
    made.play()
    watched(made, time, 0.2)
    made.seek(30)
    assert watched(made, time, 0.2)[-1].frame == 35
    made.seek(70)
    assert not made.playing
    assert made.tick().frame == 70


def test_frame_rates_that_are_no_whole_number_do_not_drift():
    made, time, _ = player(count=200_000, rate="30000/1001")
    made.play()
    for hour_share in (0.1, 0.5, 1.0):
        time.now = 100.0 + 3600 * hour_share
        assert made.tick().frame == int(3600 * hour_share * 30000 / 1001 + 1e-6)


def test_late_frames_are_dropped_counted_and_never_held():
    made, time, _ = player(count=50, there=lambda frame: frame % 3 != 0)
    made.play()
    ticks = watched(made, time, 2.1)
    assert made.counts == PlaybackCounts(shown=33, dropped=17, skipped=0)
    assert all((tick.picture is None) == (tick.frame % 3 == 0) for tick in ticks)
    assert all(tick.picture is None or tick.picture[0, 0, 0] == tick.frame for tick in ticks)


def test_a_frame_that_comes_in_its_moment_is_shown_not_dropped():
    there = set()
    made, time, _ = player(there=lambda frame: frame in there)
    made.play()
    assert made.tick().picture is None
    time.now += 0.03
    there.add(0)
    assert made.tick().picture is not None
    there.add(1)
    time.now += 0.04
    made.tick()
    assert made.counts == PlaybackCounts(shown=2)


def test_a_slow_screen_skips_frames_that_are_there_and_says_so():
    made, time, _ = player(count=100)
    made.play()
    watched(made, time, 2, screen=5)
    assert made.counts == PlaybackCounts(shown=11, skipped=40)


def test_after_a_halt_of_hours_it_is_where_the_clock_is():
    made, time, _ = player(count=50, there=lambda frame: False)
    made.set_span(None, loop=True)
    made.play()
    made.tick()
    time.now += 3600 * 24
    tick = made.tick()
    assert tick.frame == (3600 * 24 * 25) % 50
    assert made.counts.dropped == 3600 * 24 * 25


def test_without_a_clip_nothing_plays():
    made = Player(Frames(), now=Time())
    made.play()
    assert not made.playing
    tick = made.tick()
    assert (tick.frame, tick.picture, tick.playing) == (0, None, False)


class DyingClock(SilentClock):
    """A clock whose device can be pulled out."""

    def __init__(self, now):
        super().__init__(now)
        self.dead = False
        self.closed = 0
        self.scrubbed = []

    def elapsed(self):
        return self.last if self.dead else super().elapsed()

    def die(self):
        self.last = super().elapsed()
        self.dead = True

    def scrub(self, seconds):
        self.scrubbed.append(seconds)

    @property
    def alive(self):
        return not self.dead

    def close(self):
        self.closed += 1


def test_when_the_device_is_lost_it_plays_on_in_silence_and_says_so_once():
    time, frames, notices = Time(), Frames(), []
    made = Player(frames, notice=notices.append, now=time)
    made.set_clip(100, FrameRate.parse("25"))
    clock = DyingClock(time)
    made.set_clock(clock)
    made.play()
    watched(made, time, 1)
    clock.die()
    ticks = watched(made, time, 1)
    assert ticks[0].frame == 25
    assert ticks[-1].frame == 50
    assert made.playing
    assert [notice.code for notice in notices] == ["sound-output-lost"]
    assert clock.closed == 1
    assert made.counts == PlaybackCounts(shown=51)


def test_a_clock_that_comes_while_playing_takes_over_where_it_is():
    made, time, _ = player(count=100)
    made.play()
    watched(made, time, 1)
    made.set_clock(SilentClock(time))
    ticks = watched(made, time, 1)
    assert (ticks[0].frame, ticks[-1].frame) == (25, 50)


def test_scrubbing_rests_on_the_frame_and_lets_it_be_heard():
    made, time, _ = player(count=100)
    clock = DyingClock(time)
    made.set_clock(clock)
    made.play()
    made.scrub(50)
    made.scrub(60)
    assert not made.playing
    assert made.tick().frame == 60
    assert clock.scrubbed == [2.0, 2.4]
    made.close()
    assert clock.closed == 1


# -- with the scheduler: a simulated machine -------------------------------------------------------------------------------


def simulated(seconds_each, duration=60.0, screen=60.0, budget=2000, speed=1.0):
    """Play uncached frames: one worker that takes ``seconds_each`` a frame, one screen; every event in the order of its time."""
    count = round(duration * 25)
    bench = Bench(np.arange(count) / 64, budget=budget, seconds=seconds_each)
    made = Player(bench.preview, now=bench.time)
    made.set_clip(count, FrameRate.parse("25"))
    made.set_speed(speed)
    bench.runner.step()
    begin = bench.time.now
    made.play()
    next_tick, busy_until, request, ticks = begin, begin, None, []
    while made.playing:
        if request is None or busy_until > next_tick:
            bench.time.now = next_tick
            ticks.append((next_tick - begin, made.tick()))
            next_tick += 1 / screen
        else:
            # Finishing moves the clock by the frame's own time, so that it is set back to when drawing began.
            bench.time.now = busy_until - seconds_each
            bench.runner.finish(request)
            request = None
        if request is None:
            request = bench.runner.source.take()
            busy_until = bench.time.now + seconds_each
    return made.counts, ticks, bench


def test_frames_that_take_12_ms_are_all_shown_for_a_minute():
    counts, ticks, bench = simulated(0.012)
    assert counts == PlaybackCounts(shown=1500)
    assert len(bench.face.drawn) == 1500
    assert all(tick.frame == min(int(at * 25 + 1e-6), 1499) for at, tick in ticks)


def test_frames_that_take_60_ms_are_dropped_counted_and_the_picture_never_drifts():
    counts, ticks, _ = simulated(0.060)
    assert counts.shown + counts.dropped + counts.skipped == 1500
    # A worker that makes two frames in the time of three can show no more than two thirds; dropping wisely, little fewer.
    assert 900 <= counts.shown <= 1000
    assert counts.skipped <= 5
    for at, tick in ticks:
        assert tick.frame == min(int(at * 25 + 1e-6), 1499)
        if tick.picture is not None:
            assert tick.picture[0, 0, 0] == int(tick.frame / 64 * 4) % 256


def test_frames_that_take_200_ms_are_still_shown_now_and_then():
    counts, _, _ = simulated(0.2, duration=20)
    assert counts.shown >= 80
    assert counts.shown + counts.dropped + counts.skipped == 500


def test_a_budget_of_a_second_is_enough_to_play_without_a_drop():
    counts, _, bench = simulated(0.012, budget=25)
    assert counts == PlaybackCounts(shown=1500)
    assert bench.store.counts.bytes_used <= bench.store.budget
    assert len(bench.face.drawn) == 1500


def test_at_double_speed_12_ms_still_drop_nothing():
    counts, _, _ = simulated(0.012, duration=20, speed=2.0)
    assert counts.dropped == 0
    assert counts.shown + counts.skipped == 500
