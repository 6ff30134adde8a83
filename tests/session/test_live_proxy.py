"""A slow engine on the desk: the quick one is seen at once, and the slow one's frames come to stay."""

from __future__ import annotations

import queue
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.desks import SOON, FakeEngine, NoDevices, sources, studio, turn_until
from helpers.facts import frontal_rig
from helpers.slow_engine import SlowEngine, is_finished

from pctalk_studio.document.project import RenderSettings
from pctalk_studio.media.pictures import Picture
from pctalk_studio.render.frame_store import FrameState
from pctalk_studio.session import Studio
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.easel import Easel, ViewingQuality, proxy_stage
from pctalk_studio.session.stand_ins import drawn_meanwhile_by

READY, PROXY = FrameState.READY, FrameState.PROXY


class Table:
    """A desk with a slow engine, on the window's thread of a test."""

    def __init__(self):
        self.engine = SlowEngine()
        engines = {"mesh": FakeEngine, "liveportrait": lambda: self.engine}
        project = replace(studio().project, render=RenderSettings(engine="liveportrait"))
        self.calls: queue.Queue = queue.Queue()
        self.desk = Desk(Studio(project, sources(), engines), engines, NoDevices(), self.calls.put, lambda _: None)
        self.desk.start()

    def until(self, done):
        turn_until(done, self.calls)

    def all_are(self, state):
        states = self.desk.frame_states()
        return len(states) > 0 and bool((states == state).all())


@pytest.fixture
def table():
    made = Table()
    yield made
    made.engine.may_prepare.set()
    made.engine.let()
    made.desk.close()


def test_every_frame_can_be_seen_before_the_engine_has_drawn_one(table):
    table.until(lambda: table.all_are(PROXY))
    desk = table.desk
    for frame in range(desk.frame_count):
        picture = desk.picture(frame)
        assert picture is not None
        assert not is_finished(picture)
    assert desk.picture(0).shape == sources().picture.rgb.shape


def test_frames_of_the_engine_come_from_the_playhead_on_and_replace_their_proxies(table):
    desk = table.desk
    table.until(lambda: table.all_are(PROXY))
    desk.transport.seek(12)
    # What it had begun where the playhead was comes first. Silent frames are one picture.
    keys = desk.clip.row_keys()
    drawn = [frame for frame, key in enumerate(keys) if key in (keys[0], keys[12], keys[13])]
    table.engine.let(3)
    table.until(lambda: (desk.frame_states() == READY).sum() == len(drawn))
    assert np.flatnonzero(desk.frame_states() == READY).tolist() == drawn
    assert is_finished(desk.picture(12))
    assert keys[14] not in (keys[0], keys[12], keys[13])
    assert not is_finished(desk.picture(14))
    table.engine.let()
    table.until(lambda: table.all_are(READY))
    assert all(is_finished(desk.picture(frame)) for frame in range(desk.frame_count))


def test_playing_drops_no_frame_that_the_quick_engine_can_draw(table):
    desk = table.desk
    table.until(lambda: table.all_are(PROXY))
    desk.transport.play()
    end = time.monotonic() + SOON
    while desk.transport.playing:
        assert time.monotonic() < end
        assert desk.transport.tick().picture is not None
        time.sleep(0.005)
    assert desk.transport.counts.dropped == 0


def test_an_edit_while_the_engine_draws_is_seen_without_waiting_for_it(table):
    desk = table.desk
    table.until(lambda: table.all_are(PROXY))
    before = desk.picture(9).copy()
    desk.scheduler.drag()
    desk.transport.seek(9)
    desk.apply("set_lip_scale", gesture="drag", scale=0.4)
    table.until(lambda: desk.up_to_date and desk.picture() is not None)
    assert (desk.picture() != before).any()
    desk.scheduler.release()
    table.until(lambda: table.all_are(PROXY))


def test_proxies_are_seen_before_the_engine_has_studied_the_face(table):
    desk = table.desk
    table.until(lambda: desk.stage is not None)
    table.engine.may_prepare.clear()
    desk.apply("set_render", settings=replace(desk.project.render, longest=64))
    assert desk.stage is None
    table.until(lambda: table.all_are(PROXY))
    assert desk.stage is None
    assert drawn_meanwhile_by(desk, 0) == "mesh"
    proxies = [desk.picture(frame) for frame in range(desk.frame_count)]
    table.engine.may_prepare.set()
    table.until(lambda: desk.stage is not None)
    assert all(desk.picture(frame) is proxy for frame, proxy in enumerate(proxies)), "none was drawn twice"
    table.engine.let()
    table.until(lambda: table.all_are(READY))
    assert drawn_meanwhile_by(desk, 0) == ""


def test_an_engine_that_keeps_up_is_not_stood_in_for():
    assert proxy_stage({"mesh": FakeEngine}, sources(), RenderSettings(), ViewingQuality.FULL) is None


@pytest.mark.parametrize("quality", [ViewingQuality.FULL, ViewingQuality.HALF])
def test_what_waits_has_the_looks_of_what_is_ready(table, quality):
    engines, settings = {"liveportrait": lambda: table.engine}, RenderSettings(engine="liveportrait")
    grey = Picture.of(np.zeros((256, 256, 3), np.uint8), None, Path("grey.png"))
    made = replace(sources(), picture=grey, rig=frontal_rig(256))
    easel = Easel(engines)
    easel.follow(made, settings)
    waiting, ready = proxy_stage(engines, made, settings, quality), easel.stage_at(quality)
    assert (waiting.waiting, ready.waiting) == (True, False)
    assert waiting.full.look == ready.full.look
    assert waiting.full.look.quality.factor == quality.value
    assert waiting.proxy.look == ready.proxy.look
