"""The transport's own wits: doubling, single steps, scrubbing with sound or without."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from helpers.clocks import Scrubbed

from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.project import Project
from pctalk_studio.session.notices import PlayheadMoved
from pctalk_studio.session.transport import Transport


class Pictures:
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


@pytest.fixture
def transport():
    told = []
    made = Transport(Pictures(), told.append)
    made.told = told
    made.follow(100, Project(rate=FrameRate(Fraction(25))))
    made.set_clock(Scrubbed())
    return made


def test_each_call_the_same_way_doubles_and_the_other_way_turns_round(transport):
    transport.seek(50)
    speeds = []
    for direction in (1, 1, 1, -1, -1, 1):
        transport.shuttle(direction)
        speeds.append(transport.speed)
    assert speeds == [1, 2, 4, -1, -2, 1]


def test_doubling_ends_at_the_fastest(transport):
    transport.seek(50)
    for _ in range(9):
        transport.shuttle(1)
    assert transport.speed == 16


def test_a_moment_at_which_a_frame_begins_is_that_frame(transport):
    transport.seek_seconds(0.12)
    assert transport.frame == 3
    transport.seek_seconds(0.1199)
    assert transport.frame == 2
    for frame in range(100):
        transport.seek_seconds(frame * 0.04)
        assert transport.frame == frame


def test_a_pause_rests_on_a_whole_frame_and_the_speed_is_the_chosen_one_again(transport):
    transport.seek(20)
    transport.shuttle(-1)
    transport.pause()
    assert (transport.frame, transport.playing, transport.speed) == (20, False, 1.0)
    assert transport.told[-1] == PlayheadMoved(20, False)


def test_steps_stay_in_the_clip_and_are_heard(transport):
    clock = Scrubbed()
    transport.set_clock(clock)
    transport.step(3)
    transport.step_seconds(1)
    assert transport.frame == 28
    assert clock.moments == pytest.approx([3 / 25, 28 / 25])
    transport.step(-500)
    assert transport.frame == 0
    transport.step(500)
    assert transport.frame == 99


def test_nothing_is_heard_when_scrubbing_is_silent(transport):
    clock = Scrubbed()
    transport.set_clock(clock)
    transport.set_scrub_heard(False)
    transport.scrub(10)
    assert (transport.frame, clock.moments) == (10, [])


def test_toggle_plays_and_stops(transport):
    transport.toggle()
    assert transport.playing
    transport.toggle()
    assert not transport.playing
