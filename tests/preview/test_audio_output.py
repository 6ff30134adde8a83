"""The loudspeaker: samples heard, devices that fail, and the sound's clock; on a device made of plain Python."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.preview_bench import Time
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.audio_output import HeardMeter, OutputFormat, PortAudioDevices
from pctalk_studio.preview.clock import PlayPath, SilentClock
from pctalk_studio.preview.playback import Player
from pctalk_studio.preview.sound_clock import SoundClock, playback_clock, samples_for

RATE = 48_000
LATENCY = 0.05


class PortAudioError(Exception):
    pass


class FakeStream:
    """A device that takes a block of 10 ms whenever the test lets time pass."""

    def __init__(self, library, callback, finished_callback, **form):
        self.library, self.callback, self.finished = library, callback, finished_callback
        self.form = form
        self.latency = LATENCY
        self.taken = []
        self.started = self.closed = False

    @property
    def time(self):
        if self.closed:
            raise PortAudioError("stream is closed")
        return self.library.now()

    def start(self):
        self.started = True

    def close(self, ignore_errors=True):
        self.closed = True
        self.finished()

    def block(self, count=480, told=True):
        out = np.full((count, self.form["channels"]), np.nan, np.float32)
        now = self.library.now()
        heard = now + LATENCY if told else 0.0
        self.callback(out, count, SimpleNamespace(outputBufferDacTime=heard, currentTime=now), None)
        assert np.isfinite(out).all()
        self.taken.append(out)


class FakeLibrary:
    """What the program uses of the sounddevice module."""

    PortAudioError = PortAudioError

    def __init__(self, now, channels=2, rates=(44_100, 48_000), usual=48_000.0, openable=True):
        self.now, self.channels, self.rates, self.usual, self.openable = now, channels, rates, usual, openable
        self.streams = []

    def query_devices(self, kind):
        if not self.channels:
            raise PortAudioError("no device")
        return {"max_output_channels": self.channels, "default_samplerate": self.usual}

    def check_output_settings(self, samplerate, channels, dtype):
        if samplerate not in self.rates:
            raise PortAudioError("invalid rate")

    def OutputStream(self, **form):
        if not self.openable:
            raise PortAudioError("device busy")
        self.streams.append(FakeStream(self, **form))
        return self.streams[-1]


@dataclass
class Rig:
    time: Time
    library: FakeLibrary
    devices: PortAudioDevices

    @property
    def stream(self):
        return self.library.streams[-1]

    def run(self, seconds, told=True):
        """Let time pass, the device taking a block every 10 ms."""
        for _ in range(round(seconds / 0.01)):
            self.stream.block(told=told)
            self.time.now += 0.01


def rig(**library):
    time = Time()
    made = FakeLibrary(time, **library)
    return Rig(time, made, PortAudioDevices(made, now=time))


def tone(seconds=4.0, rate=RATE, channels=1):
    times = np.arange(round(seconds * rate)) / rate
    return Sound.of(np.tile(0.5 * np.sin(2 * np.pi * 220 * times)[:, None], channels), rate, Path("tone.wav"))


# -- what has been heard ---------------------------------------------------------------------------------------------------


def test_what_the_device_holds_has_not_been_heard():
    meter = HeardMeter(1000)
    assert meter.heard(99.0) == 0
    meter.block(100, heard_at=10.0)
    assert meter.heard(9.0) == 0
    assert meter.heard(10.05) == pytest.approx(50)
    assert meter.heard(20.0) == 100
    meter.block(100, heard_at=20.1)
    assert meter.heard(20.0) == 100
    assert meter.heard(20.15) == pytest.approx(150)


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(-0.05, 0.1), st.floats(0, 0.1)), max_size=30))
def test_the_count_never_falls_nor_passes_what_was_taken(blocks):
    meter, now, taken, last = HeardMeter(1000), 5.0, 0, 0.0
    for count, jitter, wait in blocks:
        meter.block(count, now + jitter)
        taken += count
        now += wait
        heard = meter.heard(now)
        assert last <= heard <= taken
        last = heard


# -- devices ---------------------------------------------------------------------------------------------------------------


def test_a_device_is_asked_for_the_sounds_own_rate_and_else_takes_its_usual_one():
    assert rig().devices.format_for(44_100) == OutputFormat(44_100, 2)
    assert rig().devices.format_for(16_000) == OutputFormat(48_000, 2)
    assert rig(channels=1).devices.format_for(44_100) == OutputFormat(44_100, 1)
    assert rig(channels=8).devices.format_for(44_100) == OutputFormat(44_100, 2)


def test_without_a_device_the_reason_is_told_and_the_clock_is_silent():
    for made, words in [(rig(channels=0), "no sound output"), (rig(openable=False), "cannot be opened")]:
        clock, problem = playback_clock(tone(), made.devices, made.time)
        assert isinstance(clock, SilentClock)
        assert problem.code == "no-sound-output"
        assert words in problem.text
    clock, problem = playback_clock(None, rig().devices, Time())
    assert isinstance(clock, SilentClock)
    assert problem is None


def test_without_portaudio_the_reason_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MediaError, match="PortAudio library is missing"):
        PortAudioDevices().format_for(48_000)


def test_portaudio_is_not_loaded_before_a_device_is_opened():
    code = "import sys, pctalk_studio.preview.playback, pctalk_studio.preview.sound_clock; print('sounddevice' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_is_made_to_fit_the_device(channels):
    samples = samples_for(tone(rate=16_000), OutputFormat(RATE, channels))
    assert samples.shape == (4 * RATE, channels)
    loud = Sound.of(np.full((100, 6), 2.0, np.float32), RATE, Path("loud.wav"))
    assert np.abs(samples_for(loud, OutputFormat(RATE, channels))).max() <= 1.0


# -- the clock -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["moment told", "moment from latency"])
def test_the_position_is_what_has_been_heard_not_what_was_taken(told):
    made = rig()
    clock = SoundClock(tone(), made.devices)
    made.run(0.1, told)
    clock.start(PlayPath(1.0, 0.0, 4.0))
    assert clock.elapsed() == 0
    made.run(0.03, told)
    assert clock.elapsed() == 0
    made.run(1.0, told)
    # Playing began with the next block; 1.03 s later all but the device's latency has been heard.
    assert clock.elapsed() == pytest.approx(1.03 - LATENCY, abs=1e-6)
    clock.stop()
    made.run(0.1, told)
    clock.start(PlayPath(0.0, 0.0, 4.0))
    assert clock.elapsed() == 0


def test_what_is_heard_is_the_recording_from_where_it_was_begun():
    made, sound = rig(), tone()
    clock = SoundClock(sound, made.devices)
    clock.start(PlayPath(1.0, 0.0, 4.0))
    made.run(0.5)
    heard = np.concatenate(made.stream.taken)
    assert heard.shape == (RATE // 2, 2)
    np.testing.assert_array_equal(heard[300:, 0], sound.samples[RATE + 300 : RATE + RATE // 2, 0])
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])


def test_scrubbing_is_heard_and_then_silent():
    made = rig()
    clock = SoundClock(tone(), made.devices)
    clock.scrub(2.0)
    made.run(0.3)
    heard = np.concatenate(made.stream.taken)[:, 0]
    assert np.abs(heard[: RATE // 10]).max() > 0.3
    assert not heard[RATE // 10 :].any()
    assert clock.elapsed() == 0


def test_a_device_that_is_unplugged_or_falls_silent_is_lost_and_its_time_stands():
    made = rig()
    clock = SoundClock(tone(), made.devices)
    clock.start(PlayPath(0.0, 0.0, 4.0))
    made.run(1.0)
    heard = clock.elapsed()
    made.stream.finished()
    assert not clock.alive
    assert clock.elapsed() == heard

    made = rig()
    clock = SoundClock(tone(), made.devices)
    made.run(0.5)
    assert clock.alive
    made.time.now += 5
    assert not clock.alive
    clock.close()
    clock.close()
    assert clock.elapsed() == 0


def test_a_device_that_swallows_samples_without_keeping_time_is_none():
    made = rig()
    clock = SoundClock(tone(), made.devices)
    for _ in range(490):
        made.stream.block()
    assert clock.alive
    for _ in range(20):
        made.stream.block()
    assert not clock.alive


def test_an_error_while_filling_gives_silence_and_a_lost_device_not_a_dead_thread():
    made = rig()

    def broken(count):
        raise RuntimeError("bug")

    output = made.devices.open(OutputFormat(RATE, 2), broken)
    made.stream.block()
    assert not made.stream.taken[0].any()
    assert not output.alive


class AnyFrame:
    def picture(self, frame):
        return np.zeros((1, 1, 3), np.uint8)

    def move(self, position):
        pass

    def play(self, speed):
        pass

    def pause(self):
        pass

    def set_span(self, span, *, loop):
        pass


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_the_picture_is_that_of_the_sound_that_is_heard_at_that_moment(speed):
    made = rig()
    player = Player(AnyFrame(), now=made.time)
    player.set_clip(100, FrameRate.parse("25"))
    player.set_clock(SoundClock(tone(), made.devices))
    player.set_speed(speed)
    player.play()
    begin = made.time.now
    for _ in range(150):
        made.run(0.01)
        position = max(made.time.now - begin - LATENCY, 0) * speed * 25
        assert player.tick().position == pytest.approx(position, abs=1e-3)


def test_a_device_lost_while_playing_leaves_the_picture_running():
    made, notices = rig(), []
    player = Player(AnyFrame(), notice=notices.append, now=made.time)
    player.set_clip(100, FrameRate.parse("25"))
    player.set_clock(SoundClock(tone(), made.devices))
    player.play()
    made.run(1.0)
    before = player.tick().position
    made.stream.close()
    assert player.tick().position == pytest.approx(before, abs=1e-3)
    made.time.now += 1.0
    assert player.tick().position == pytest.approx(before + 25, abs=1e-3)
    assert [notice.code for notice in notices] == ["sound-output-lost"]
