"""A slow engine with a quick one beside it: what is looked at is seen at once, and each picture comes to stay."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from helpers.preview_bench import BYTES, LOOK, PROXY_LOOK, SOON, Bench, BenchMachine, FakeFace, motion
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from pctalk_studio.jobs import Done, Runner
from pctalk_studio.preview.requests import LoadFrame
from pctalk_studio.preview.scheduler import PreviewScheduler
from pctalk_studio.preview.wish import Drawing, NotReady, Stage
from pctalk_studio.render.frame_disk import DiskStore
from pctalk_studio.render.frame_store import FrameState, FrameStore

READY, PROXY, QUEUED, STALE = FrameState.READY, FrameState.PROXY, FrameState.QUEUED, FrameState.STALE
PROXY_SIDE, FULL_SIDE = 3, 4


def test_proxies_are_drawn_from_the_playhead_on_while_the_engine_has_not_even_begun():
    bench = Bench(range(6), proxy=True)
    bench.preview.move(2)
    assert bench.beside.drain() == [2, 3, 4, 5, 1, 0]
    assert (bench.face.drawn, bench.proxy_face.drawn) == ([], [2, 3, 4, 5, 1, 0])
    assert bench.preview.states().tolist() == [PROXY] * 6
    assert {len(bench.preview.picture(frame)) for frame in range(6)} == {PROXY_SIDE}
    assert not bench.preview.at_rest


def test_each_picture_takes_the_place_of_its_proxy_when_it_comes():
    bench = Bench(range(4), proxy=True)
    bench.beside.drain()
    assert bench.runner.step() == 0
    assert bench.preview.states().tolist() == [READY, PROXY, PROXY, PROXY]
    assert len(bench.preview.picture(0)) == FULL_SIDE
    assert bench.drain() == [1, 2, 3]
    assert bench.preview.states().tolist() == [READY] * 4
    assert bench.store.counts.pictures == 4
    assert bench.beside.drain() == []
    assert bench.preview.at_rest


def test_no_proxy_is_drawn_of_what_is_there():
    bench = Bench(range(4), proxy=True)
    bench.drain()
    assert bench.beside.drain() == []
    assert bench.proxy_face.drawn == []


def test_an_edit_shows_proxies_of_what_it_changed_first_the_visible_one():
    bench = Bench(range(6), proxy=True)
    bench.beside.drain()
    bench.drain()
    bench.preview.move(4)
    bench.preview.show(motion([0, 1, 2, 30, 40, 50]))
    assert bench.preview.picture(4) is None
    assert bench.beside.drain() == [4, 5, 3]
    assert bench.preview.states().tolist() == [READY] * 3 + [PROXY] * 3
    assert bench.drain() == [4, 5, 3]


def test_while_dragging_the_proxy_alone_draws_and_the_frame_under_the_playhead_alone():
    bench = Bench(range(5), proxy=True)
    bench.preview.move(3)
    bench.preview.drag()
    for step in range(1, 4):
        bench.preview.show(motion(np.arange(5) + 10 * step))
        assert bench.drain() == []
        assert bench.beside.drain() == [3]
        assert bench.preview.picture(3)[0, 0, 0] == 4 * (3 + 10 * step)
    assert bench.face.drawn == []
    bench.preview.release()
    assert bench.beside.drain() == [4, 2, 1, 0]
    assert bench.drain() == [3, 4, 2, 1, 0]


def test_a_drag_that_begins_while_the_engine_draws_is_seen_at_once():
    bench = Bench(range(3), proxy=True)
    slow = bench.runner.source.take()
    bench.preview.drag()
    bench.preview.show(motion([7, 1, 2]))
    assert bench.beside.step() == 0
    assert bench.preview.picture(0)[0, 0, 0] == 28
    bench.runner.finish(slow)
    assert len(bench.preview.picture(0)) == PROXY_SIDE, "what the engine had begun is of the edit before"


def test_playing_shows_proxies_in_time_while_the_engine_draws_what_it_can_reach():
    bench = Bench(range(100), seconds=1.0, proxy=True)
    bench.runner.step()
    bench.preview.play()
    assert bench.beside.step() == 1, "a proxy takes no time worth speaking of"
    assert bench.runner.step() == 25, "a second is 25 frames"


def test_a_proxy_that_comes_after_its_picture_is_not_shown():
    bench = Bench(range(2), proxy=True)
    late = bench.beside.source.take()
    bench.drain()
    bench.beside.finish(late)
    assert len(bench.preview.picture(0)) == FULL_SIDE
    assert bench.preview.states().tolist() == [READY, READY]


def test_memory_is_the_pictures_and_proxies_make_place():
    bench = Bench(range(20), budget=5, proxy=True)
    bench.preview.move(10)
    bench.beside.drain()
    assert bench.drain() == [10, 11, 12, 9, 8]
    assert bench.beside.drain() == []
    assert bench.preview.states().tolist() == [STALE] * 8 + [READY] * 5 + [STALE] * 7
    assert bench.store.counts.bytes_used <= 5 * BYTES


def test_a_proxy_is_seen_even_without_any_budget_and_drawn_once():
    bench = Bench(range(3), budget=0, proxy=True)
    assert bench.beside.drain(limit=5)[0] == 0
    assert len(bench.preview.picture(0)) == PROXY_SIDE
    assert bench.drain() == [0]
    assert len(bench.preview.picture(0)) == FULL_SIDE


def test_a_proxy_that_cannot_be_drawn_is_told_once_and_leaves_the_engine_alone():
    bench = Bench(range(3), proxy=True)
    bench.proxy_face.broken = {1}
    assert bench.beside.drain() == [0, 1, 2]
    assert [failed.frame for failed in bench.failed] == [1]
    assert bench.preview.states().tolist() == [PROXY, QUEUED, PROXY]
    assert bench.drain() == [0, 1, 2]
    assert bench.preview.states().tolist() == [READY] * 3


def test_what_the_engine_cannot_draw_keeps_its_proxy():
    bench = Bench(range(3), proxy=True)
    bench.face.broken = {1}
    bench.beside.drain()
    assert bench.drain() == [0, 1, 2]
    assert bench.preview.states().tolist() == [READY, PROXY, READY]
    assert bench.preview.at_rest


def saved(folder, values):
    bench = Bench(values, disk=DiskStore(folder, 10**6))
    bench.drain()
    while (found := bench.store.unsaved()) is not None:
        bench.store.disk.note_written(found[0], found[0].write(found[1]))


def test_what_is_on_disk_is_read_beside_an_engine_that_draws(tmp_path):
    saved(tmp_path, [0, 1, 5])
    bench = Bench(range(6), disk=DiskStore(tmp_path, 10**6), proxy=True)
    slow = bench.runner.source.take()
    assert slow.frame == 2, "the first that neither worker finds on disk"
    assert bench.beside.drain() == [0, 1, 2, 3, 4, 5]
    assert bench.proxy_face.drawn == [2, 3, 4]
    assert bench.preview.states().tolist() == [READY, READY, PROXY, PROXY, PROXY, READY]
    bench.runner.finish(slow)
    assert bench.drain() == [3, 4]


def test_a_damaged_entry_is_drawn_by_both(tmp_path):
    saved(tmp_path, range(2))
    bench = Bench(range(2), disk=DiskStore(tmp_path, 10**6), proxy=True)
    bench.store.disk.entry(bench.preview._wish.scene.full_key(1)).path.write_bytes(b"damaged")
    assert bench.drain() == []
    wakes = bench.runner.wakes
    request = bench.beside.source.take()
    while request is not None:
        if isinstance(request, LoadFrame):
            bench.beside.finish(request)
        else:
            bench.beside.source.settle(request, Done(None))
            break
        request = bench.beside.source.take()
    assert bench.runner.wakes > wakes, "the engine hears that it has to draw"
    assert bench.drain() == [1]


def test_while_the_engine_gets_ready_its_proxy_is_seen_and_nothing_is_drawn_twice():
    bench = Bench(range(4))
    quick, full = Drawing(PROXY_LOOK, bench.proxy_face), Drawing(LOOK, bench.face)
    bench.preview.set_stage(Stage(Drawing(LOOK, NotReady()), None, quick, waiting=True))
    assert bench.drain() == []
    assert not bench.preview.at_rest
    assert bench.beside.drain() == [0, 1, 2, 3]
    assert bench.preview.states().tolist() == [PROXY] * 4
    bench.preview.set_stage(Stage(full, None, quick))
    assert bench.beside.drain() == []
    assert bench.drain() == [0, 1, 2, 3]
    assert bench.proxy_face.drawn == [0, 1, 2, 3]


def test_what_is_not_ready_draws_nothing():
    with pytest.raises(RuntimeError, match="waits"):
        NotReady().frame(motion([1]).row(0))


class ProxyMachine(BenchMachine):
    """Any order of edits, moves, drags and of what two workers do: what is shown is always of the frame as it is now."""

    def __init__(self):
        super().__init__(Bench(range(6), budget=4, proxy=True))
        self.pending = {}

    @rule(speed=st.sampled_from([0.0, 1.0, -1.0]))
    def play(self, speed):
        self.bench.preview.play(speed)

    @rule(beside=st.booleans())
    def begin(self, beside):
        runner = self.bench.beside if beside else self.bench.runner
        if beside not in self.pending and (request := runner.source.take()) is not None:
            self.pending[beside] = request

    @rule(beside=st.booleans())
    def finish(self, beside):
        if beside in self.pending:
            (self.bench.beside if beside else self.bench.runner).finish(self.pending.pop(beside))

    @rule()
    def come_to_rest(self):
        self.finish(True)
        self.finish(False)
        self.bench.preview.pause()
        self.bench.preview.release()
        proxies = len(self.bench.proxy_face.drawn)
        self.bench.beside.drain(limit=2 * len(self.values) + 2)
        assert len(self.bench.proxy_face.drawn) - proxies <= len(set(self.values)) + 1
        self.bench.drain()
        assert self.bench.beside.drain(limit=0) == [], "nothing is missing any more"
        assert self.bench.preview.at_rest
        assert self.bench.preview.states()[self.bench.preview._wish.scene.playhead] == READY

    @invariant()
    def what_is_shown_is_what_the_frame_is(self):
        states = self.bench.preview.states()
        for frame, value in enumerate(self.values):
            found = self.bench.preview.picture(frame)
            assert (states[frame] in (READY, PROXY)) <= (found is not None)
            if found is not None:
                assert found[0, 0, 0] == value * 4
                assert len(found) == FULL_SIDE or states[frame] != READY

    @invariant()
    def the_budget_holds(self):
        assert self.bench.store.counts.bytes_used <= self.bench.store.budget


TestProxyMachine = ProxyMachine.TestCase
TestProxyMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.fixture
def live():
    slow, quick = FakeFace(), FakeFace(side=PROXY_SIDE)
    slow.gate = threading.Semaphore(0)
    runners = Runner("render"), Runner("proxy")
    preview = PreviewScheduler(runners[0], FrameStore(1000 * BYTES), beside=runners[1])
    preview.set_stage(Stage(Drawing(LOOK, slow), None, Drawing(PROXY_LOOK, quick)))
    yield preview, slow, quick, runners
    preview.close()
    slow.gate.release(1000)
    assert [runner.close(SOON) for runner in runners] == [(), ()]


def test_with_real_workers_proxies_come_while_the_engine_is_busy_and_go_when_it_is_done(live):
    preview, slow, quick, (runner, beside) = live
    preview.show(motion(range(8)))
    assert slow.began.acquire(timeout=SOON)
    deadline = time.monotonic() + SOON
    while (preview.states() != PROXY).any():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert slow.drawn == []
    slow.gate.release(1000)
    assert runner.wait_idle(SOON)
    assert beside.wait_idle(SOON)
    assert (preview.states() == READY).all()
    assert sorted(quick.drawn) == list(range(8))
