"""Backwards and faster than speech: the same clocks, the same counts, and nothing to hear."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.preview_bench import Time
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.time import FrameRange, FrameRate
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.audio_output import OutputFormat
from pctalk_studio.preview.clock import PlayPath
from pctalk_studio.preview.playback import FASTEST_SHUTTLE, PlaybackCounts, Player
from pctalk_studio.preview.sound_clock import SoundClock


class Frames:
    def __init__(self):
        self.speeds = []

    def picture(self, frame):
        return np.full((1, 1, 3), frame % 256, np.uint8)

    def move(self, position):
        pass

    def play(self, speed):
        self.speeds.append(speed)

    def pause(self):
        self.speeds.append(0.0)

    def set_span(self, span, *, loop):
        pass


def player(count=50, rate="25"):
    time, frames = Time(), Frames()
    made = Player(frames, now=time)
    made.set_clip(count, FrameRate.parse(rate))
    return made, time, frames


def frames_of(made, time, seconds, screen=100):
    begin, seen = time.now, []
    for number in range(int(seconds * screen) + 1):
        time.now = begin + number / screen
        frame = made.tick().frame
        if not seen or seen[-1] != frame:
            seen.append(frame)
    return seen


def test_a_path_runs_backwards_from_its_beginning_to_its_start():
    path = PlayPath(begin=4, start=1, stop=5, speed=-2)
    assert [path.position(t) for t in (-1, 0, 0.5, 1.5, 9)] == [4, 4, 3, 1, 1]
    assert [path.ended(t) for t in (0, 1.49, 1.5, 9)] == [False, False, True, True]


@given(share=st.floats(0, 0.99), speed=st.floats(-16, -0.25), elapsed=st.floats(0, 1000), loop=st.booleans())
def test_a_path_backwards_never_leaves_its_span(share, speed, elapsed, loop):
    path = PlayPath(2 + share * 3, 2, 5, speed, loop)
    assert 2 - 1e-9 <= path.position(elapsed) <= 5 + 1e-9


def test_backwards_every_frame_is_seen_for_its_time_down_to_the_first():
    made, time, frames = player(count=10)
    made.seek(6)
    made.shuttle(-1)
    assert frames_of(made, time, 0.039) == [6]
    assert frames_of(made, time, 1.0) == [6, 5, 4, 3, 2, 1, 0]
    assert not made.playing
    assert frames.speeds[-2:] == [-1, 0.0]
    assert made.counts == PlaybackCounts(shown=7)


def test_a_loop_goes_round_backwards():
    made, time, _ = player(count=50)
    made.set_span(FrameRange(10, 14), loop=True)
    made.seek(11)
    made.shuttle(-1)
    assert frames_of(made, time, 0.35) == [11, 10, 13, 12, 11, 10, 13, 12, 11]
    assert made.playing


@pytest.mark.parametrize("speed", [-16.0, -4.0, 4.0, 8.0, 16.0])
def test_a_shuttle_goes_as_fast_as_it_says(speed):
    made, time, _ = player(count=10_000)
    made.seek(5000)
    made.shuttle(speed)
    frames_of(made, time, 2)
    whole_frame = 1 if speed < 0 else 0
    assert made.tick().position == pytest.approx(5000 + whole_frame + 50 * speed, abs=1e-3)


def test_a_pause_ends_the_shuttle_and_playing_has_its_own_speed():
    made, time, frames = player(count=1000)
    made.set_speed(0.5)
    made.shuttle(8)
    frames_of(made, time, 0.1)
    made.pause()
    assert made.speed == 0.5
    made.play()
    assert frames.speeds[-1] == 0.5


def test_there_is_nowhere_to_go_beyond_the_ends():
    made, _, _ = player(count=10)
    made.shuttle(-1)
    assert not made.playing
    made.seek(9)
    made.shuttle(2)
    assert not made.playing
    for speed in (0, 2 * FASTEST_SHUTTLE):
        with pytest.raises(ValueError, match="shuttle"):
            made.shuttle(speed)


class Loudspeaker:
    """Hears a sample for each that is asked for."""

    alive = True

    def __init__(self, fill):
        self._fill, self._taken = fill, 0

    def take(self, count):
        self._taken += count
        return self._fill(count)

    def heard(self):
        return float(self._taken)

    def close(self):
        pass


class Devices:
    def format_for(self, rate):
        return OutputFormat(rate, 1)

    def open(self, form, fill):
        self.output = Loudspeaker(fill)
        return self.output


@pytest.mark.parametrize(("speed", "heard"), [(1.0, True), (2.0, True), (4.0, False), (-1.0, False)])
def test_only_speech_that_can_be_followed_is_heard_and_time_passes_all_the_same(speed, heard, tmp_path):
    rate, devices = 8000, Devices()
    tone = (0.5 * np.sin(np.arange(4 * rate) * 0.3)).astype(np.float32)
    clock = SoundClock(Sound.of(tone, rate, tmp_path / "tone.wav"), devices)
    clock.start(PlayPath(2.0, 0.0, 4.0, speed))
    out = devices.output.take(rate // 2)
    assert clock.elapsed() == pytest.approx(0.5, abs=1e-6)
    assert (np.abs(out[200:]).max() > 0.1) is np.bool_(heard)
