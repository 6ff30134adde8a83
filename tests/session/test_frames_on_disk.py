"""Frames of an earlier session: read instead of drawn, and told from others, by a desk that keeps them on disk."""

from __future__ import annotations

import queue
from importlib import metadata

import numpy as np
import pytest
from helpers.desks import FakeEngine, FakeFace, NoDevices, studio, turn_until

from pctalk_studio.render.edition import edition
from pctalk_studio.render.frame_disk import DiskPlan
from pctalk_studio.render.frame_store import FrameState
from pctalk_studio.session.darkroom import FrameBudget
from pctalk_studio.session.desk import Desk

READY, ON_DISK = FrameState.READY, FrameState.ON_DISK
FRAME = 96 * 96 * 3


class CountingEngine(FakeEngine):
    """Tells how many frames were drawn."""

    def __init__(self):
        self.drawn = 0

    def prepare(self, source):
        engine = self

        class Counted(FakeFace):
            def frame(self, row):
                engine.drawn += 1
                return super().frame(row)

        return Counted(source)


class Session:
    """A desk on the window's thread of a test, closed at the end."""

    def __init__(self, budget):
        self.engine = CountingEngine()
        self.calls = queue.Queue()
        engines = {"mesh": lambda: self.engine}
        self.desk = Desk(studio(), engines, NoDevices(), self.calls.put, lambda _: None, frames=budget)

    def __enter__(self):
        self.desk.start()
        return self

    def __exit__(self, *_):
        self.desk.close()

    def until(self, done):
        turn_until(done, self.calls)

    def states(self):
        states = self.desk.frame_states()
        return set(states.tolist()) if len(states) else set()

    def all_written(self):
        disk = self.desk.store.disk
        return disk is not None and self.states() == {READY} and self.desk.store.on_disk().all()


@pytest.fixture
def plan(tmp_path):
    return DiskPlan(tmp_path / "frames", 10**8)


def drawn_and_written(plan):
    with Session(FrameBudget(disk=plan)) as first:
        first.until(first.all_written)
        assert first.engine.drawn > 10
        return [first.desk.picture(frame) for frame in range(first.desk.frame_count)]


def test_what_one_session_has_drawn_the_next_one_reads(plan):
    pictures = drawn_and_written(plan)
    with Session(FrameBudget(disk=plan)) as again:
        again.until(lambda: again.states() == {READY})
        counts = again.desk.store.counts
        assert again.engine.drawn == 0
        assert counts.disk_hits == len(np.unique(again.desk.clip.row_keys()))
        for frame, before in enumerate(pictures):
            np.testing.assert_array_equal(again.desk.picture(frame), before)


def test_frames_for_which_memory_has_no_room_are_shown_as_on_disk(plan):
    drawn_and_written(plan)
    with Session(FrameBudget(4 * FRAME, plan)) as again:
        again.until(lambda: again.states() == {READY, ON_DISK} and again.desk.scheduler.at_rest)
        far = again.desk.frame_count - 1
        assert again.desk.frame_states()[far] == ON_DISK
        again.desk.transport.seek(far)
        again.until(lambda: again.desk.frame_states()[far] == READY)
        assert again.engine.drawn == 0


def test_an_edit_leaves_what_it_does_not_concern_on_disk(plan):
    drawn_and_written(plan)
    with Session(FrameBudget(4 * FRAME, plan)) as again:
        again.until(lambda: again.states() == {READY, ON_DISK} and again.desk.scheduler.at_rest)
        again.desk.apply("add_blink", time=1.0)
        again.until(lambda: again.desk.up_to_date and again.desk.scheduler.at_rest)
        states = again.desk.frame_states()
        assert (states[:10] >= ON_DISK).all()
        assert FrameState.STALE in states[20:32]
        again.desk.undo()
        again.until(lambda: again.desk.up_to_date and again.states() == {READY, ON_DISK})


def test_without_a_disk_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Session(None) as session:
        session.until(lambda: session.states() == {READY})
        assert session.desk.store.disk is None
    assert not list(tmp_path.rglob("frame-*"))


def test_what_the_disk_has_no_room_for_is_not_written_over_and_over(tmp_path):
    plan = DiskPlan(tmp_path / "frames", 3000)
    with Session(FrameBudget(disk=plan)) as session:
        session.until(
            lambda: session.states() == {READY} and session.desk.store.disk is not None and len(session.desk.store.disk)
        )
        session.until(lambda: session.desk.store.unsaved() is None)
        assert plan.bytes_used() <= 3000


def test_frames_of_another_edition_of_the_program_are_neither_read_nor_left(plan):
    drawn_and_written(plan)
    own = plan.root / edition()
    other = plan.root / "0123456789abcdef"
    own.rename(other)
    (plan.root / "notes").mkdir()
    (plan.root / "notes" / "frame-of-mine.txt").write_text("mine")
    with Session(FrameBudget(disk=plan)) as again:
        again.until(again.all_written)
        assert again.engine.drawn > 10
    assert not other.exists()
    assert own.is_dir()
    assert (plan.root / "notes" / "frame-of-mine.txt").read_text() == "mine"


def test_a_disk_that_is_cleared_forgets_and_fills_again(plan):
    with Session(FrameBudget(disk=plan)) as session:
        session.until(session.all_written)
        disk = session.desk.store.disk
        disk.clear()
        assert plan.bytes_used() == disk.bytes_used == len(disk) == 0
        assert not session.desk.store.on_disk().any()
        session.desk.transport.seek(5)
        session.until(session.all_written)


def test_an_edition_is_the_same_until_something_changes(monkeypatch):
    before = edition()
    assert before == edition()
    monkeypatch.setattr(metadata, "version", lambda library: "0.0.1")
    assert edition() != before
