"""Orders in which frames are drawn and kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.time import FrameRange
from pctalk_studio.render.viewing import Viewing


def order(ranks):
    return [int(frame) for frame in ranks.argsort(kind="stable")]


@pytest.mark.parametrize(
    ("viewing", "expected"),
    [
        (Viewing(6, 2), [2, 3, 4, 5, 1, 0]),
        (Viewing(6, 2, backward=True), [2, 1, 0, 3, 4, 5]),
        (Viewing(6, 2, loop=True), [2, 3, 4, 5, 0, 1]),
        (Viewing(6, 2, loop=True, backward=True), [2, 1, 0, 5, 4, 3]),
        (Viewing(8, 3, span=FrameRange(2, 5), loop=True), [3, 4, 2, 5, 1, 6, 0, 7]),
        (Viewing(8, 3, span=FrameRange(2, 5)), [3, 4, 2, 5, 1, 6, 0, 7]),
        (Viewing(8, 6, span=FrameRange(2, 5)), [6, 2, 3, 4, 7, 5, 1, 0]),
        (Viewing(8, 6, span=FrameRange(2, 5), backward=True), [6, 4, 3, 2, 5, 7, 1, 0]),
        (Viewing(3, 1, span=FrameRange(7, 9), loop=True), [1, 2, 0]),
        (Viewing(1), [0]),
        (Viewing(0), []),
    ],
)
def test_the_frame_looked_at_comes_first_then_what_playing_shows_then_the_rest_outward(viewing, expected):
    assert order(viewing.draw_ranks()) == expected


def test_at_rest_the_nearest_are_kept_and_while_playing_those_that_come_next():
    assert order(Viewing(6, 2).keep_ranks()) == [2, 3, 1, 4, 0, 5]
    assert order(Viewing(6, 2, playing=True).keep_ranks()) == [2, 3, 4, 5, 1, 0]


def test_a_playhead_outside_the_clip_is_refused():
    with pytest.raises(ValueError, match="frame 5"):
        Viewing(5, 5)


@given(
    count=st.integers(1, 40),
    playhead=st.integers(0, 39),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    span=st.none() | st.tuples(st.integers(0, 45), st.integers(0, 45)).map(lambda ends: FrameRange(min(ends), max(ends))),
)
def test_every_frame_has_one_place_and_the_one_looked_at_the_first(count, playhead, flags, span):
    viewing = Viewing(count, playhead % count, *flags[:2], span, flags[2])
    for ranks in (viewing.draw_ranks(), viewing.keep_ranks()):
        assert len(set(ranks.tolist())) == count
        assert int(ranks.argmin()) == viewing.playhead
