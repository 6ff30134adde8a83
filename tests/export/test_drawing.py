"""Drawing for a file: one way for engines that draw one row at a time and for those that draw batches."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from helpers.clips import FakeFace, motion_of
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.time import FrameSet
from pctalk_studio.export.clip import export_clip
from pctalk_studio.export.deliver import Order, deliver
from pctalk_studio.export.drawing import BATCH_THREADS, Drawer
from pctalk_studio.export.formats import FORMATS
from pctalk_studio.export.sequence import export_sequence
from pctalk_studio.render.api import BatchFace


class FakeBatchFace(FakeFace):
    """Draws several rows at a time, and writes down how many."""

    def __init__(self, batch: int, fails_at: int | None = None) -> None:
        super().__init__(fails_at)
        self.batch, self.remarks = batch, ()
        self.parts: list[int] = []
        self.lock = threading.Lock()

    def frames(self, rows):
        with self.lock:
            self.parts.append(len(rows))
            return [super(FakeBatchFace, self).frame(row) for row in rows]

    def frame(self, row):
        raise AssertionError("one at a time is slower")


def rows_of(motion: Motion):
    return (motion.row(frame) for frame in range(len(motion)))


def levels(pictures) -> list[int]:
    return [int(picture[0, 0, 0]) for picture in pictures]


def test_what_has_frames_and_a_batch_draws_batches():
    assert isinstance(FakeBatchFace(4), BatchFace)
    assert not isinstance(FakeFace(), BatchFace)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 6))
def test_both_give_the_same_pictures_in_the_same_order_each_distinct_one_drawn_once(values, batch):
    motion = motion_of([40 + 10 * value for value in values])
    single, many = FakeFace(), FakeBatchFace(batch)
    shown = []
    for face in (single, many):
        drawer = Drawer(face)
        with drawer.pictures(rows_of(motion)) as pictures:
            shown.append(levels(pictures))
        assert drawer.drawn == len(face.asked) == sum(a != b for a, b in zip([None, *values], values, strict=False))
    assert shown[0] == shown[1] == [int(level) for level in motion.pose[:, 2]]
    assert sorted(many.parts)[1:] == [batch] * max(len(many.parts) - 1, 0), "only the last is smaller"


def test_a_batch_is_drawn_while_the_one_before_is_handed_over_and_no_more_threads_than_that():
    face = FakeBatchFace(4)
    with Drawer(face, threads=9).pictures(rows_of(motion_of(list(range(30, 130))))) as pictures:
        list(pictures)
    assert 1 <= len(face.threads) <= BATCH_THREADS


def test_only_a_few_batches_are_drawn_ahead():
    face = FakeBatchFace(8)
    with Drawer(face).pictures(rows_of(motion_of(list(range(10, 200))))) as pictures:
        next(pictures)
    assert len(face.asked) <= 8 * (BATCH_THREADS + 2)


def test_a_long_pause_is_one_row_of_a_batch(tmp_path):
    values = [50] * 30 + [90, 91, 92] + [50] * 30
    face = FakeBatchFace(4)
    report = export_clip(face, motion_of(values), None, tmp_path / "a.mp4", quality=1)
    assert face.parts in ([4, 1], [1, 4])
    assert (report.frames, report.drawn) == (63, 5)


def test_numbered_pictures_are_drawn_in_batches_too_and_only_those_that_are_missing(tmp_path):
    motion, face = motion_of(list(range(50, 62))), FakeBatchFace(4)
    export_sequence(face, motion, tmp_path / "f##.png", FrameSet.parse("0-5"))
    assert sorted(face.parts) == [2, 4]
    report = export_sequence(face, motion, tmp_path / "f##.png", FrameSet.parse("3-11"), skip_existing=True)
    assert (report.frames, report.written) == (9, 6)
    assert sorted(face.asked) == list(range(50, 62))


def test_a_row_that_fails_ends_all(tmp_path):
    threads = threading.active_count()
    with pytest.raises(RenderError, match="cannot draw"):
        export_clip(FakeBatchFace(4, fails_at=45), motion_of(list(range(10, 80))), None, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_nothing_to_draw_is_nothing():
    with Drawer(FakeBatchFace(4)).pictures(iter(())) as pictures:
        assert list(pictures) == []
    assert np.isclose(Drawer(FakeFace()).seconds, 0)


def test_what_a_card_draws_it_encodes_if_it_can_and_the_report_says_who_did(tmp_path, monkeypatch):
    asked = []

    def choose(kind, size):
        asked.append(size)
        return kind, "The processor encodes."

    monkeypatch.setattr("pctalk_studio.export.clip.card_kind", choose)
    motion = motion_of(list(range(50, 60)))
    assert export_clip(FakeFace(), motion, None, tmp_path / "a.mp4").remarks == ()
    assert export_clip(FakeBatchFace(1), motion, None, tmp_path / "b.mp4").remarks == ()
    assert asked == []
    assert export_clip(FakeBatchFace(4), motion, None, tmp_path / "c.mp4").remarks == ("The processor encodes.",)
    assert asked == [(64, 64)]
    export_clip(FakeBatchFace(4), motion, None, tmp_path / "d.gif", format_=FORMATS["gif"])
    assert len(asked) == 1
    told = FakeBatchFace(4)
    told.remarks = ("It draws in float32 instead.",)
    assert export_clip(told, motion, None, tmp_path / "f.mp4").remarks == (*told.remarks, "The processor encodes.")
    assert export_sequence(told, motion, tmp_path / "g##.png", FrameSet.parse("0-1")).remarks == told.remarks
    assert deliver(Order(tmp_path / "e.mp4"), FakeBatchFace(4), motion, None).remarks == ("The processor encodes.",)
