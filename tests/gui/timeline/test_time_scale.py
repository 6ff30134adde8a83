"""Seconds and pixels: exact, within limits, and steady under the pointer."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.app.timeline.scale import SHORTEST_VIEW, TimeScale
from pctalk_studio.app.timeline.time_view import TimeView
from pctalk_studio.app.timeline.timecode import ticks, timecode
from pctalk_studio.core.time import FrameRate

WIDTH = 1200.0
SCALES = st.builds(TimeScale, st.floats(0, 3000), st.floats(1, 1e5))
PAL, NTSC = FrameRate(Fraction(25)), FrameRate(Fraction(30000, 1001))


@given(SCALES, st.floats(0, WIDTH))
def test_there_and_back(scale, x):
    assert scale.x(scale.time(x)) == pytest.approx(x, abs=1e-3)


@given(SCALES, st.floats(0.2, 5), st.floats(0, WIDTH))
def test_zoom_keeps_the_moment_under_the_pointer(scale, factor, x):
    assert scale.zoomed(factor, x).time(x) == pytest.approx(scale.time(x), abs=1e-6)


@given(SCALES, st.floats(0.05, 7000))
def test_limits_are_ten_milliseconds_and_an_hour_and_hold_once_reached(scale, duration):
    limited = scale.within(duration, WIDTH)
    start, end = limited.span(WIDTH)
    assert SHORTEST_VIEW * 0.999 <= end - start <= max(3600.0, duration * 1.1) * 1.001
    again = limited.within(duration, WIDTH)
    assert again.density == limited.density
    assert again.start == pytest.approx(limited.start, abs=1e-9)


def test_all_is_seen_after_fit_and_stays_so_when_the_window_grows(qtbot):
    view = TimeView()
    view.set_duration(8.0)
    view.set_width(500)
    view.set_width(900)
    low, high = view.span
    assert low < 0 < 8 < high < 8.5


def test_zoom_reaches_both_limits(qtbot):
    view = TimeView()
    view.set_width(1000)
    view.set_duration(4000.0)
    for _ in range(100):
        view.zoom(2.0, 300)
    assert view.span[1] - view.span[0] == pytest.approx(0.010)
    for _ in range(100):
        view.zoom(0.5, 300)
    assert view.span[1] - view.span[0] == pytest.approx(4400)


def test_the_page_is_turned_only_when_the_playhead_leaves_it(qtbot):
    view = TimeView()
    view.set_width(1000)
    view.set_duration(60.0)
    view.show(10, 14)
    before = view.scale
    view.follow(12)
    assert view.scale == before
    view.follow(20)
    low, high = view.span
    assert low < 20 < low + (high - low) * 0.2


def test_what_is_revealed_is_seen(qtbot):
    view = TimeView()
    view.set_width(1000)
    view.set_duration(60.0)
    view.show(10, 14)
    for start, end in ((2.0, 2.5), (40.0, 41.0), (11.0, 12.0)):
        view.reveal(start, end)
        low, high = view.span
        assert low < start
        assert end < high


@pytest.mark.parametrize("rate", [PAL, NTSC])
@pytest.mark.parametrize("density", [0.3, 5, 60, 900, 2e4, 1e5])
def test_labels_never_touch_and_ticks_lie_on_frames(rate, density):
    made = ticks(3.0, 3.0 + 1200 / density, density, rate, apart=96, least=7)
    labelled = [time for time, label in made.labelled if label]
    assert labelled
    times = sorted([*labelled, *made.short.tolist()])
    assert all((b - a) * density >= 95.9 for a, b in itertools.pairwise(labelled))
    assert all((b - a) * density >= 6.9 for a, b in itertools.pairwise(times))
    if density < 150:
        assert all(abs(time * float(rate) - round(time * float(rate))) < 1e-6 for time in times)


def test_time_code_counts_every_frame():
    assert timecode(31, PAL) == "00:01:06"
    assert timecode(25 * 3661 + 4, PAL) == "1:01:01:04"
    assert timecode(30 * 60, NTSC) == "01:00:00"
