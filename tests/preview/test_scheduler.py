"""PreviewScheduler: which frames are drawn, in which order, and which are not. "Edit this -> exactly these frames were drawn"."""

from __future__ import annotations

import pickle
import threading
import time

import numpy as np
import pytest
from helpers.preview_bench import BYTES, DRAFT_LOOK, LOOK, SOON, Bench, BenchMachine, FakeFace, motion
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from pctalk_studio.core.time import FrameRange
from pctalk_studio.jobs import CancelToken, Control, Done, Runner
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.keeper import FrameKeeper
from pctalk_studio.preview.requests import DrawFrame, LoadFrame, SaveFrame
from pctalk_studio.preview.scheduler import PreviewScheduler
from pctalk_studio.preview.wish import Drawing, Stage
from pctalk_studio.render.frame_disk import DiskStore
from pctalk_studio.render.frame_store import FrameState, FrameStore

READY, DRAFT, ON_DISK, QUEUED, STALE = (
    FrameState.READY,
    FrameState.DRAFT,
    FrameState.ON_DISK,
    FrameState.QUEUED,
    FrameState.STALE,
)


# -- order -----------------------------------------------------------------------------------------------------------------


def test_the_frame_under_the_playhead_then_forward_then_the_rest():
    bench = Bench(range(6))
    bench.preview.move(2)
    assert bench.drain() == [2, 3, 4, 5, 1, 0]


def test_backward_play_is_drawn_backward():
    bench = Bench(range(6))
    bench.preview.move(2.9)
    bench.preview.play(-1.0)
    assert bench.drain() == [2, 1, 0, 3, 4, 5]


def test_a_loop_is_drawn_round_before_the_rest():
    bench = Bench(range(8))
    bench.preview.set_span(FrameRange(2, 6), loop=True)
    bench.preview.move(4)
    assert bench.drain() == [4, 5, 2, 3, 6, 7, 1, 0]


def test_nothing_is_drawn_twice_and_equal_frames_once():
    bench = Bench([1, 2, 1, 1, 3, 2])
    assert bench.drain() == [0, 1, 4]
    assert bench.drain() == []
    assert bench.face.drawn == [1, 2, 3]


def test_moving_the_playhead_changes_what_is_next():
    bench = Bench(range(10))
    assert [bench.runner.step() for _ in range(2)] == [0, 1]
    bench.preview.move(7)
    assert [bench.runner.step() for _ in range(3)] == [7, 8, 9]


# -- edits -----------------------------------------------------------------------------------------------------------------


def test_an_edit_draws_exactly_the_frames_that_it_changed_the_visible_one_first():
    bench = Bench(range(10))
    bench.drain()
    bench.preview.move(5)
    bench.preview.show(motion([0, 1, 2, 3, 40, 50, 60, 7, 8, 9]))
    assert bench.drain() == [5, 6, 4]


def test_undo_and_redo_draw_nothing():
    bench, before, after = Bench(), motion(range(8)), motion([0, 1, 20, 30, 4, 5, 6, 7])
    bench.preview.show(before)
    bench.drain()
    bench.preview.show(after)
    assert bench.drain() == [2, 3]
    for version in (before, after, before):
        bench.preview.show(version)
        assert bench.drain() == []
        assert (bench.preview.states() == READY).all()


def test_an_edit_while_frames_wait_drops_what_has_become_stale():
    bench = Bench(range(8))
    assert [bench.runner.step() for _ in range(2)] == [0, 1]
    bench.preview.show(motion([0, 1, 2, 33, 44, 5, 6, 7]))
    bench.drain()
    assert sorted(bench.face.drawn) == [0, 1, 2, 5, 6, 7, 33, 44]


def test_a_frame_that_is_drawn_while_it_becomes_stale_is_not_shown_but_kept_for_undo():
    bench, before = Bench(), motion([1, 2, 3])
    bench.preview.show(before)
    request = bench.runner.source.take()
    bench.preview.show(motion([9, 2, 3]))
    bench.runner.finish(request)
    assert bench.preview.picture(0) is None
    assert bench.preview.states()[0] == QUEUED
    assert bench.drain() == [0, 1, 2]
    bench.preview.show(before)
    assert bench.drain() == []


def test_a_longer_and_a_shorter_clip():
    bench = Bench(range(4))
    bench.drain()
    bench.preview.move(3)
    bench.preview.show(motion(range(6)))
    assert bench.drain() == [4, 5]
    bench.preview.move(5)
    bench.preview.show(motion(range(2)))
    assert bench.drain() == []
    assert bench.preview.picture(1) is not None
    assert bench.preview.picture(2) is None
    bench.preview.show(None)
    assert bench.drain() == []
    assert bench.preview.picture(0) is None


def test_another_engine_draws_everything_anew():
    bench = Bench(range(3))
    bench.drain()
    other = FakeFace()
    bench.preview.set_stage(Stage(Drawing(type(LOOK)("portrait", "other", "1"), other)))
    assert bench.drain() == [0, 1, 2]
    assert other.drawn == [0, 1, 2]
    bench.preview.set_stage(None)
    assert bench.drain() == []


# -- dragging --------------------------------------------------------------------------------------------------------------


def test_while_dragging_only_the_frame_under_the_playhead_is_drawn():
    bench = Bench(range(6))
    bench.drain()
    bench.preview.move(3)
    bench.preview.drag()
    for step in range(1, 4):
        bench.preview.show(motion(np.arange(6) + 10 * step))
        assert bench.drain() == [3]
    bench.preview.release()
    assert bench.drain() == [4, 5, 2, 1, 0]


def test_drafts_are_drawn_while_dragging_and_replaced_when_idle():
    bench = Bench(range(3), draft=True)
    bench.preview.drag()
    bench.preview.move(1)
    assert bench.drain() == [1]
    assert (bench.face.drawn, bench.draft_face.drawn) == ([], [1])
    assert bench.preview.picture(1).shape == (2, 2, 3)
    assert bench.preview.states().tolist() == [STALE, DRAFT, STALE]
    bench.preview.release()
    assert bench.preview.states().tolist() == [QUEUED, DRAFT, QUEUED]
    assert bench.drain() == [1, 2, 0]
    assert bench.preview.picture(1).shape == (4, 4, 3)
    assert bench.preview.states().tolist() == [READY] * 3
    assert [landed.stands_for is not None for landed in bench.landed] == [True, False, False, False]


def test_no_draft_is_drawn_of_what_is_there_in_full():
    bench = Bench(range(3), draft=True)
    bench.drain()
    bench.preview.drag()
    assert bench.drain() == []
    assert bench.draft_face.drawn == []


def test_no_frame_is_ready_that_an_edit_made_stale():
    bench = Bench(range(5))
    bench.drain()
    bench.preview.drag()
    bench.preview.show(motion([0, 10, 20, 3, 4]))
    assert bench.preview.states().tolist() == [READY, STALE, STALE, READY, READY]
    bench.preview.release()
    assert bench.preview.states().tolist() == [READY, QUEUED, QUEUED, READY, READY]


# -- budget ----------------------------------------------------------------------------------------------------------------


def test_no_more_is_drawn_than_fits_and_then_it_rests():
    bench = Bench(range(20), budget=5)
    bench.preview.move(10)
    assert bench.drain() == [10, 11, 12, 9, 8]
    assert bench.preview.at_rest
    states = bench.preview.states().tolist()
    assert states == [STALE] * 8 + [READY] * 5 + [STALE] * 7


def test_the_frame_under_the_playhead_is_drawn_once_and_shown_even_without_any_budget():
    bench = Bench(range(3), budget=0)
    assert bench.drain() == [0]
    assert bench.preview.picture(0) is not None
    bench.preview.move(1)
    assert bench.drain() == [1]


def test_a_picture_that_is_held_for_the_playhead_goes_back_into_the_store():
    bench = Bench(range(6), budget=4)
    bench.drain()
    bench.preview.move(2)
    assert bench.drain() == [4]
    bench.preview.move(0)
    assert bench.drain() == []
    assert bench.preview.states().tolist() == [READY] * 4 + [STALE] * 2
    bench.preview.move(1)
    assert bench.preview.picture(0) is not None


def test_a_draft_is_shown_even_without_any_budget():
    bench = Bench(range(3), budget=0, draft=True)
    bench.preview.drag()
    assert bench.drain() == [0]
    assert bench.preview.picture(0).shape == (2, 2, 3)


def test_a_frame_for_which_there_was_no_room_does_not_stop_what_an_edit_asks_for_meanwhile():
    bench = Bench(range(3), budget=1)
    bench.runner.step()
    bench.preview.move(1)
    request = bench.runner.source.take()
    bench.preview.move(0)
    bench.preview.show(motion([7, 1, 2]))
    bench.store.budget = 0
    bench.runner.finish(request)
    bench.store.budget = 1000 * BYTES
    assert bench.drain() == [0, 1, 2]


def test_a_store_that_keeps_nothing_in_spite_of_the_plan_is_not_fed_for_ever():
    bench = Bench(range(5))
    bench.store.put = lambda *_, **__: False
    assert bench.drain() == [0, 1]
    bench.preview.move(3)
    assert bench.drain() == [3, 4]


def test_playing_through_a_clip_larger_than_the_budget_draws_each_frame_once():
    bench = Bench(range(40), budget=6)
    bench.preview.play()
    for frame in range(40):
        bench.preview.move(frame)
        bench.drain()
    assert bench.face.drawn == list(range(40))
    assert bench.store.counts.bytes_used <= 6 * BYTES


# -- time ------------------------------------------------------------------------------------------------------------------


def test_while_playing_frames_that_would_come_too_late_are_left_for_later():
    bench = Bench(range(30), seconds=0.1)
    bench.runner.step()
    bench.preview.move(10)
    bench.preview.play()
    # 0.1 s are 2.5 frames: what begins on frame 10 is done in the middle of frame 12.
    assert bench.runner.step() == 12
    bench.preview.move(12.6)
    assert bench.runner.step() == 15


def test_the_time_since_the_playhead_was_told_counts():
    bench = Bench(range(30), seconds=0.001)
    bench.preview.play()
    bench.runner.step()
    bench.preview.move(10)
    bench.time.now += 0.1
    assert bench.runner.step() == 12


# -- failure ---------------------------------------------------------------------------------------------------------------


def test_a_frame_that_cannot_be_drawn_is_told_once_and_does_not_stop_the_others():
    bench = Bench([1, 2, 3, 2])
    bench.face.broken = {2}
    assert bench.drain() == [0, 1, 2]
    assert [(failed.frame, str(failed.error)) for failed in bench.failed] == [(1, "cannot draw 2.0")]
    assert bench.preview.states().tolist() == [READY, STALE, READY, STALE]
    bench.preview.move(1)
    assert bench.drain() == []
    bench.face.broken = set()
    bench.preview.retry()
    assert bench.drain() == [1]


# -- disk ------------------------------------------------------------------------------------------------------------------


def saved(folder, values):
    bench = Bench(values, disk=DiskStore(folder, 10**6))
    bench.drain()
    keeper = FrameKeeper(bench.store, lambda: bench.preview.at_rest)
    while (request := keeper.take()) is not None:
        assert isinstance(request, SaveFrame)
        keeper.settle(request, Done(request(Control(CancelToken(), lambda progress: None))))
    return bench


def test_another_session_draws_nothing_that_the_first_has_written(tmp_path):
    saved(tmp_path, range(4))
    again = Bench([0, 1, 2, 30], disk=DiskStore(tmp_path, 10**6))
    assert again.preview.states().tolist() == [ON_DISK, ON_DISK, ON_DISK, QUEUED]
    assert again.drain() == [0, 1, 2, 3]
    assert again.face.drawn == [30]
    assert [landed.drawn for landed in again.landed] == [False, False, False, True]
    assert again.store.counts.disk_hits == 3
    assert again.preview.picture(2)[0, 0, 0] == 8


def test_a_damaged_entry_is_drawn_instead(tmp_path):
    first = saved(tmp_path, range(3))
    first.store.disk.entry(first.preview._wish.scene.full_key(1)).path.write_bytes(b"damaged")
    again = Bench(range(3), disk=DiskStore(tmp_path, 10**6))
    again.drain()
    assert again.face.drawn == [1]


def test_nothing_is_written_while_somebody_waits_for_a_frame(tmp_path):
    bench = Bench(range(3), disk=DiskStore(tmp_path, 10**6))
    keeper = FrameKeeper(bench.store, lambda: bench.preview.at_rest)
    bench.runner.step()
    assert keeper.take() is None
    bench.drain()
    assert keeper.take() is not None
    bench.preview.play()
    assert keeper.take() is None
    bench.preview.pause()
    bench.drain()
    bench.preview.drag()
    assert keeper.take() is None


# -- values ----------------------------------------------------------------------------------------------------------------


def test_requests_and_results_can_be_pickled(tmp_path):
    control = Control(CancelToken(), lambda progress: None)
    key = Bench([1]).preview._wish.scene.full_key(0)
    draw = DrawFrame(PlainFace(), motion([1]).row(0), key, 0, None, time.perf_counter)
    landed = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(draw))(control)))
    assert landed.result.key == key
    entry = DiskStore(tmp_path, 10**6).entry(key)
    assert pickle.loads(pickle.dumps(SaveFrame(entry, landed.result.picture)))(control) > 0
    loaded = pickle.loads(pickle.dumps(LoadFrame(entry, key, 0)))(control)
    np.testing.assert_array_equal(loaded.result.picture, landed.result.picture)


class PlainFace:
    def frame(self, row):
        return np.full((2, 2, 3), 7, np.uint8)


@given(st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=5))
def test_keys_of_a_clip_are_the_same_whether_hashed_anew_one_by_one_or_after_edits(versions):
    clip = None
    for values in versions:
        clip = ClipFrames(motion(values), clip)
        alone = tuple(clip.row_key(frame) for frame in range(len(values)))
        assert clip.row_keys() == alone == ClipFrames(motion(values)).row_keys()
        assert tuple(clip.row_key(frame) for frame in range(len(values))) == alone


# -- any order -------------------------------------------------------------------------------------------------------------


class PreviewMachine(BenchMachine):
    """Any order of edits, moves, drags and frames drawn: what is shown is always right, and it always comes to rest."""

    def __init__(self):
        super().__init__(Bench(range(6), budget=4, draft=True))
        self.pending = None

    @rule(speed=st.sampled_from([0.0, 1.0, -1.0, 2.0]))
    def play(self, speed):
        self.bench.preview.play(speed)

    @rule(start=st.integers(0, 7), loop=st.booleans())
    def span(self, start, loop):
        self.bench.preview.set_span(FrameRange(start, start + 2), loop=loop)

    @rule()
    def begin(self):
        if self.pending is None:
            self.pending = self.bench.runner.source.take()

    @rule()
    def finish(self):
        if self.pending is not None:
            self.bench.runner.finish(self.pending)
            self.pending = None

    @rule()
    def come_to_rest(self):
        self.finish()
        before = len(self.bench.face.drawn)
        self.bench.preview.pause()
        self.bench.preview.release()
        self.bench.drain()
        assert len(self.bench.face.drawn) - before <= len(set(self.values))
        assert self.bench.preview.at_rest
        playhead = self.bench.preview._wish.scene.playhead
        assert self.bench.preview.states()[playhead] == READY

    @invariant()
    def what_is_shown_is_what_the_frame_is(self):
        states = self.bench.preview.states()
        for frame, value in enumerate(self.values):
            found = self.bench.preview.picture(frame)
            assert (states[frame] in (READY, DRAFT)) <= (found is not None)
            if found is not None:
                assert found[0, 0, 0] == value * 4
                assert (len(found) == 4) == (states[frame] not in (DRAFT,)) or states[frame] in (STALE, QUEUED)


TestPreviewMachine = PreviewMachine.TestCase
TestPreviewMachine.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


# -- with a real runner ----------------------------------------------------------------------------------------------------


@pytest.fixture
def live():
    runner, face = Runner("render"), FakeFace()
    landed = []
    preview = PreviewScheduler(runner, FrameStore(1000 * BYTES), landed=landed.append)
    yield preview, runner, face, landed
    preview.close()
    if face.gate is not None:
        face.gate.release(1000)
    assert runner.close(SOON) == ()


def test_wishes_return_at_once_while_a_frame_is_drawn_and_the_newest_wins(live):
    preview, runner, face, landed = live
    face.gate = threading.Semaphore(0)
    preview.set_stage(Stage(Drawing(LOOK, face), Drawing(DRAFT_LOOK, face)))
    preview.show(motion(range(6)))
    assert face.began.acquire(timeout=SOON)
    for position in (1, 2, 3, 4):
        preview.move(position)
    preview.show(motion(range(10, 16)))
    assert preview.states().tolist() == [QUEUED] * 6
    face.gate.release(1000)
    assert runner.wait_idle(SOON)
    assert face.drawn == [0, 14, 15, 13, 12, 11, 10]
    assert [entry.frame for entry in landed] == [0, 4, 5, 3, 2, 1, 0]
    assert (preview.states() == READY).all()


def test_a_closed_preview_draws_no_more(live):
    preview, runner, face, _ = live
    face.gate = threading.Semaphore(0)
    preview.set_stage(Stage(Drawing(LOOK, face)))
    preview.show(motion(range(6)))
    assert face.began.acquire(timeout=SOON)
    preview.close()
    preview.move(3)
    face.gate.release(1000)
    assert runner.wait_idle(SOON)
    assert face.drawn == [0]
