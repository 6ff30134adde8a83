"""Sound while playing: exact length, own pitch, no clicks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.preview.clock import PlayPath
from pctalk_studio.preview.sound_feed import SCRUB_WINDOW, MomentFeed, PathFeed, SoundMixer
from pctalk_studio.preview.time_stretch import Stretcher

RATE = 16_000
SPEEDS = (0.25, 0.5, 0.8, 1.25, 1.5, 2.0)


def seconds_of(function, seconds, rate=RATE):
    return np.asarray(function(np.arange(round(seconds * rate)) / rate), np.float32)[:, None]


def voice(f0, rate=RATE, seconds=3.0):
    """A buzz with formants and a little breath, as steady as a held vowel."""
    random = np.random.default_rng(5)
    times = np.arange(round(seconds * rate)) / rate
    total = np.zeros(len(times))
    for harmonic in range(1, int(0.45 * rate / f0)):
        frequency = harmonic * f0
        gain = 1 / (1 + ((frequency - 600) / 150) ** 2) + 0.5 / (1 + ((frequency - 1700) / 200) ** 2) + 0.02
        total += gain * np.sin(2 * np.pi * frequency * times + harmonic**2)
    total += 0.003 * random.normal(size=len(times))
    return (0.5 * total / np.abs(total).max()).astype(np.float32)[:, None]


def pitch(signal, rate, around):
    """Frequency of the strongest peak near a known one, by a long spectrum with parabolic interpolation."""
    spectrum = np.log(np.abs(np.fft.rfft(signal * np.hanning(len(signal)), 1 << 18)) + 1e-12)
    each = rate / (1 << 18)
    low, high = int(around * 0.8 / each), int(around * 1.25 / each)
    peak = low + int(spectrum[low:high].argmax())
    a, b, c = spectrum[peak - 1 : peak + 2]
    return (peak + 0.5 * (a - c) / (a - 2 * b + c)) * each


def played(samples, path, rate=RATE, block=480):
    """All that a path sounds like, read in blocks as a device would."""
    feed = PathFeed(samples, rate, path)
    count = round((path.stop - path.begin) / path.speed * rate)
    blocks = [feed.read(block) for _ in range(count // block + 1)]
    return np.concatenate(blocks)[:count]


def test_at_its_own_speed_sound_is_played_as_it_is():
    samples = voice(120)
    out = played(samples, PlayPath(0.5, 0.0, 3.0))
    fade = round(0.003 * RATE)
    np.testing.assert_array_equal(out[:-fade], samples[RATE // 2 : -fade])
    assert abs(out[-1, 0]) < 0.001


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("f0", [70.0, 110.0, 220.0, 400.0])
def test_pitch_is_kept_within_one_per_cent(f0, speed):
    out = played(voice(f0), PlayPath(0, 0, 3, speed))
    assert pitch(out[RATE // 10 : -RATE // 10, 0], RATE, f0) == pytest.approx(f0, rel=0.01)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_pitch_is_kept_at_any_sampling_rate(rate):
    out = played(voice(150, rate), PlayPath(0, 0, 3, 0.7), rate)
    assert pitch(out[rate // 10 : -rate // 10, 0], rate, 150) == pytest.approx(150, rel=0.01)


@pytest.mark.parametrize("speed", SPEEDS)
def test_every_moment_is_heard_when_the_clock_says_so(speed):
    """Short bursts in silence come out where the speed puts them, from the first to the last: no error adds up."""
    random = np.random.default_rng(2)
    samples = np.zeros((RATE * 8, 1), np.float32)
    moments = np.arange(0.5, 8, 0.5)
    for moment in moments:
        at = int(moment * RATE)
        samples[at - 80 : at + 80, 0] = random.normal(0, 0.3, 160)
    out = played(samples, PlayPath(0, 0, 8, speed))
    assert len(out) == round(8 / speed * RATE)
    for moment in moments:
        middle = int(moment / speed * RATE)
        reach = int(0.06 / min(speed, 1) * RATE)
        power = out[max(middle - reach, 0) : middle + reach, 0].astype(float) ** 2
        assert power.sum() > 0.1
        # The window is 40 ms, a burst may be heard twice when it is slow; its middle stays within that.
        heard = (np.arange(len(power)) @ power) / power.sum() + max(middle - reach, 0)
        assert abs(heard - middle) / RATE < 0.025


@pytest.mark.parametrize("speed", SPEEDS)
def test_no_clicks(speed):
    """No two samples are farther apart than in the recording itself, but for a little."""
    for samples in (voice(90), seconds_of(lambda t: 0.8 * np.sin(2 * np.pi * (100 * t + 40 * t * t)), 3.0)):
        out = played(samples, PlayPath(0, 0, 3, speed))
        assert np.abs(np.diff(out[:, 0])).max() <= 1.15 * np.abs(np.diff(samples[:, 0])).max()
        assert np.abs(out).max() <= 1.05 * np.abs(samples).max()


@pytest.mark.parametrize("speed", SPEEDS)
def test_loudness_is_kept(speed):
    samples = voice(130)
    out = played(samples, PlayPath(0, 0, 3, speed))[RATE // 10 : -RATE // 10]
    assert np.sqrt((out**2).mean()) == pytest.approx(np.sqrt((samples**2).mean()), rel=0.05)


def test_silence_stays_silent_and_channels_stay_apart():
    samples = np.concatenate([voice(100), np.zeros_like(voice(100))], axis=1)
    out = played(samples, PlayPath(0, 0, 3, 0.6))
    assert np.abs(out[:, 0]).max() > 0.3
    assert not out[:, 1].any()


@given(blocks=st.lists(st.integers(0, 900), min_size=1, max_size=20), speed=st.sampled_from(SPEEDS))
@settings(deadline=None, max_examples=25)
def test_blocks_of_any_length_give_the_same_sound(blocks, speed):
    samples = voice(100, seconds=1.0)
    pieces = PathFeed(samples, RATE, PlayPath(0, 0, 1, speed))
    whole = PathFeed(samples, RATE, PlayPath(0, 0, 1, speed))
    np.testing.assert_array_equal(np.concatenate([pieces.read(n) for n in blocks]), whole.read(sum(blocks)))


def test_a_speed_out_of_range_is_refused():
    with pytest.raises(ValueError, match="speed"):
        Stretcher(lambda position, count: np.zeros((count, 1), np.float32), RATE, 5)


# -- paths -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [1.0, 0.5, 2.0])
def test_a_loop_goes_round_without_a_click(speed):
    samples = seconds_of(lambda t: 0.8 * np.cos(2 * np.pi * 157 * t), 3.0)
    feed = PathFeed(samples, RATE, PlayPath(1.2, 1.0, 1.3, speed, loop=True))
    out = feed.read(RATE * 4)[:, 0]
    # The seam fades over 3 ms, which is a slope of its own.
    assert np.abs(np.diff(out)).max() <= np.abs(np.diff(samples[:, 0])).max() + 0.8 * np.pi / 2 / (0.003 * RATE)


def test_rounds_of_a_loop_repeat_and_take_the_time_of_the_path():
    samples, path = voice(100), PlayPath(1.0, 1.0, 1.0 + 7 / 25.1, loop=True)
    feed = PathFeed(samples, RATE, path)
    length = round(path.stop * RATE) - RATE
    out = feed.read(3 * length)
    np.testing.assert_array_equal(out[:length], out[length : 2 * length])
    np.testing.assert_array_equal(out[100 : length - 100], samples[RATE + 100 : RATE + length - 100])
    assert feed.seconds(length * 1000) == pytest.approx(1000 * (path.stop - path.start), abs=1e-9)


def test_behind_the_end_of_the_recording_there_is_silence():
    samples = np.ones((RATE, 2), np.float32)
    out = PathFeed(samples, RATE, PlayPath(0.5, 0.0, 3.0)).read(3 * RATE)
    assert out[: RATE // 2].all()
    assert not out[RATE // 2 :].any()


def test_a_moment_is_short_starts_and_ends_softly_and_is_then_over():
    samples = np.ones((RATE, 1), np.float32)
    for middle in (0.0, 0.5, 1.0, 7.0):
        out = MomentFeed(samples, RATE, middle).read(RATE)[:, 0]
        assert np.count_nonzero(out) <= SCRUB_WINDOW * RATE
        assert out[0] == 0
        assert not out[int(SCRUB_WINDOW * RATE) :].any()
    heard = MomentFeed(samples, RATE, 0.5).read(RATE)[:, 0]
    assert np.abs(np.diff(heard)).max() < 0.01
    assert heard.max() == 1


# -- changes ---------------------------------------------------------------------------------------------------------------


def test_changes_do_not_click_however_fast_they_come():
    slow = 2 * np.pi * 90 * 0.9 / RATE
    tones = [seconds_of(lambda t, p=p: 0.9 * np.sin(2 * np.pi * 90 * t + p), 2.0) for p in (0.0, 2.0, 4.0)]
    mixer, random, out = SoundMixer(1, RATE), np.random.default_rng(0), []
    for number in range(200):
        if number % 2:
            mixer.switch(PathFeed(tones[number % 3], RATE, PlayPath(0.3, 0.0, 2.0)))
        if number % 7 == 0:
            mixer.switch(None)
        out.append(mixer.fill(int(random.integers(1, 200))))
    signal = np.concatenate(out)[:, 0]
    assert np.abs(signal).max() <= 0.9 + 1e-6
    assert np.abs(np.diff(signal)).max() <= slow + 1.8 / (0.005 * RATE) + 1e-3


def test_the_mixer_tells_at_which_sample_a_passage_began():
    mixer = SoundMixer(1, RATE)
    mixer.fill(1000)
    feed = PathFeed(voice(100), RATE, PlayPath(0.0, 0.0, 3.0))
    mixer.switch(feed)
    assert mixer.began(feed) is None
    mixer.fill(300)
    mixer.fill(300)
    assert mixer.began(feed) == 1000
    mixer.switch(None)
    mixer.fill(300)
    assert mixer.began(feed) is None


def test_a_passage_begins_at_its_first_sample_after_the_fade():
    samples, mixer = voice(100), SoundMixer(1, RATE)
    mixer.switch(PathFeed(samples, RATE, PlayPath(1.0, 0.0, 3.0)))
    out = mixer.fill(2000)
    fade = round(0.005 * RATE)
    np.testing.assert_array_equal(out[fade:], samples[RATE + fade : RATE + 2000])
