from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRange, FrameRate, FrameSet

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda p: FrameRange(p[0], p[0] + p[1])))


@pytest.mark.parametrize(
    ("text", "value"), [("25", Fraction(25)), ("30000/1001", Fraction(30000, 1001)), ("29.97", Fraction(2997, 100))]
)
def test_rates_stay_exact(text, value):
    assert FrameRate.parse(text).value == value


@pytest.mark.parametrize("text", ["", "fast", "0", "25/0", "-25", "1e3", "500", "1/2", "25 fps"])
def test_what_is_no_rate_is_refused_by_name(text):
    with pytest.raises(UsageError) as caught:
        FrameRate.parse(text)
    assert caught.value.user_text.endswith((".", "inside."))


@given(st.fractions(1, 240, max_denominator=1001), st.integers(0, 10**6))
def test_a_frame_is_on_screen_at_its_own_middle(value, frame):
    rate = FrameRate(value)
    assert rate.frame_at(rate.time_of(frame) + 0.5 / float(value)) == frame


@given(st.fractions(1, 240, max_denominator=1001), st.integers(0, 10**5))
@example(Fraction(25), 3)
def test_a_frame_is_on_screen_from_its_start_on(value, frame):
    rate = FrameRate(value)
    assert rate.frame_at(rate.time_of(frame)) == frame
    assert rate.frame_at(round(rate.time_of(frame), 12)) == frame
    assert frame == 0 or rate.frame_at(rate.time_of(frame) - 1e-6) == frame - 1


@given(st.fractions(1, 240, max_denominator=1001), st.floats(0, 7200))
def test_picture_and_sound_differ_by_less_than_a_frame(value, seconds):
    rate = FrameRate(value)
    frames = rate.frames_in(seconds)
    assert frames >= 1
    assert frames == 1 or abs(frames / value - Fraction(seconds)) < 1 / value


@given(spans)
def test_a_frame_set_holds_just_the_frames_of_its_ranges(ranges):
    frames = FrameSet.of(ranges)
    expected = sorted({frame for span in ranges for frame in span})
    assert list(frames) == expected
    assert len(frames) == len(expected)
    assert all(frame in frames for frame in expected)
    for left, right in zip(frames.ranges, frames.ranges[1:], strict=False):
        assert left.stop < right.start


@given(spans, st.integers(0, 80))
def test_clipping_keeps_what_lies_below(ranges, stop):
    frames = FrameSet.of(ranges)
    assert list(frames.clipped(stop)) == [frame for frame in frames if frame < stop]


def test_spans_are_written_with_both_ends():
    assert FrameSet.parse("0-2, 7,3").ranges == (FrameRange(0, 4), FrameRange(7, 8))


@pytest.mark.parametrize("text", ["", "5-3", "a", "1,,2", "-4", "1-2-3"])
def test_what_is_no_list_of_frames_is_refused(text):
    with pytest.raises(UsageError, match="list of frames"):
        FrameSet.parse(text)


def test_a_range_never_runs_backwards():
    with pytest.raises(ValueError, match="frame range"):
        FrameRange(3, 2)
