"""Exporting: the right frames in the right order, drawn once, in one other thread, and nothing left after a failure."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.clips import FakeFace, assert_close, levels_in, motion_of, noise
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import Cancelled, MediaError, RenderError, UsageError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.time import FrameRate, FrameSet
from pctalk_studio.export.clip import STAGE, export_clip
from pctalk_studio.media.sound import Sound, read_sound


@pytest.mark.parametrize("threads", [1, 3])
def test_all_frames_in_order_drawn_in_other_threads(tmp_path, threads):
    levels = list(range(20, 200, 6))
    face, events = FakeFace(), []
    report = export_clip(
        face, motion_of(levels), noise(1.0), tmp_path / "a.mp4", quality=1, listen=events.append, threads=threads
    )
    assert_close(levels_in(tmp_path / "a.mp4"), levels)
    assert sorted(face.asked) == levels
    assert 1 <= len(face.threads) <= threads
    assert threading.main_thread().name not in face.threads
    assert events == [ProgressEvent(STAGE, done, len(levels)) for done in range(len(levels) + 1)]
    assert (report.path, report.frames, report.drawn) == (tmp_path / "a.mp4", len(levels), len(levels))
    assert 0 < report.encode_seconds <= report.seconds
    assert report.render_seconds > 0


def test_repeated_rows_are_drawn_once(tmp_path):
    levels = [50] * 12 + [90] + [50] * 3 + [200, 201, 201]
    face = FakeFace()
    report = export_clip(face, motion_of(levels), None, tmp_path / "a.mp4", quality=1)
    assert face.asked == [50, 90, 50, 200, 201]
    assert (report.frames, report.drawn) == (len(levels), 5)
    assert_close(levels_in(tmp_path / "a.mp4"), levels)


def test_rows_that_differ_below_the_quantum_are_the_same(tmp_path):
    motion = motion_of([50, 50])
    motion.pose[1, 0] = 2.0**-9
    assert export_clip(FakeFace(), motion, None, tmp_path / "a.mp4").drawn == 1


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=4), st.sampled_from(["25", "30000/1001"]))
def test_a_part_has_its_own_frames_and_sound(tmp_path_factory, spans, rate_text):
    rate = FrameRate.parse(rate_text)
    frames = FrameSet.parse(",".join(f"{start}-{start + more}" for start, more in spans))
    levels = [40 + 4 * i for i in range(40)]
    # The sound tells which frame it belongs to: its level is that frame's number.
    per_frame = 48000 / float(rate)
    ramp = (np.arange(round(40 * per_frame)) // per_frame).astype(np.float32) / 100
    tone = np.sign(np.sin(np.arange(len(ramp)) * 2 * np.pi * 500 / 48000)).astype(np.float32)
    path = tmp_path_factory.mktemp("part") / "a.mp4"
    sound = Sound.of(ramp * tone, 48000, Path("ramp.wav"))
    chosen = list(frames.clipped(40))
    export_clip(FakeFace(), motion_of(levels, rate), sound, path, frames=frames, quality=1)
    assert_close(levels_in(path), [levels[i] for i in chosen])
    heard = read_sound(path)
    assert abs(heard.duration - len(chosen) / float(rate)) < 1 / 24000
    for place, frame in enumerate(chosen):
        middle = heard.samples[round((place + 0.3) * per_frame) : round((place + 0.7) * per_frame), 0]
        # AAC needs a few blocks to find a tone's level; shorter clips are told apart more coarsely.
        assert np.abs(middle).mean() == pytest.approx(frame / 100, abs=0.03 if len(chosen) > 12 else 0.08)


def test_frames_beyond_the_end_are_left_out_and_none_at_all_is_refused(tmp_path):
    motion = motion_of(list(range(30, 40)))
    report = export_clip(FakeFace(), motion, None, tmp_path / "a.mp4", frames=FrameSet.parse("8-100"))
    assert report.frames == 2
    with pytest.raises(UsageError, match="frames 0 to 9"):
        export_clip(FakeFace(), motion, None, tmp_path / "b.mp4", frames=FrameSet.parse("10-20"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("fails_at", [10, 25, 39])
def test_a_failing_engine_ends_everything(tmp_path, fails_at):
    target = tmp_path / "a.mp4"
    target.write_bytes(b"precious")
    threads = threading.active_count()
    with pytest.raises(RenderError, match="cannot draw"):
        export_clip(FakeFace(fails_at), motion_of(list(range(10, 40))), noise(1.0), target)
    assert target.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert threading.active_count() == threads


@pytest.mark.parametrize("fails_at", [None, 3])
def test_opencv_starts_no_threads_of_its_own_meanwhile(tmp_path, fails_at):
    class Watched(FakeFace):
        def frame(self, row):
            pools.append(cv2.getNumThreads())
            return super().frame(row)

    before, pools = cv2.getNumThreads(), []
    cv2.setNumThreads(2)
    try:
        with pytest.raises(RenderError) if fails_at else nullcontext():
            export_clip(Watched(fails_at), motion_of(list(range(6))), None, tmp_path / "a.mp4")
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)
    assert set(pools) == {1}


@pytest.mark.parametrize("stop", [Cancelled("Given up."), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [0, 1, 20])
def test_cancelling_ends_everything_at_once(tmp_path, stop, at):
    face, threads = FakeFace(), threading.active_count()

    def listen(event: ProgressEvent) -> None:
        if event.done == at:
            raise stop

    with pytest.raises(type(stop)):
        export_clip(face, motion_of(list(range(10, 200))), noise(8.0), tmp_path / "a.mp4", listen=listen)
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads
    # Only a few frames had been drawn ahead of the one at which it was stopped.
    assert len(face.asked) <= at + 8


def test_the_engine_waits_for_the_encoder(tmp_path):
    """However fast the engine is, it never runs more than a few frames ahead: memory stays bounded."""
    face, leads = FakeFace(), []
    levels = list(range(10, 110))
    export_clip(
        face, motion_of(levels), None, tmp_path / "a.mp4", listen=lambda event: leads.append(len(face.asked) - event.done)
    )
    assert max(leads) <= 6


def test_a_target_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(MediaError, match="does not exist"):
        export_clip(FakeFace(), motion_of([1, 2]), None, tmp_path / "nowhere" / "a.mp4")
    source = tmp_path / "portrait.mp4"
    source.write_bytes(b"x")
    with pytest.raises(MediaError, match="one of the inputs"):
        export_clip(FakeFace(), motion_of([1, 2]), None, source, inputs=(source,))
    with pytest.raises(UsageError):
        export_clip(FakeFace(), motion_of([1, 2]), None, tmp_path / "a.txt")
    assert source.read_bytes() == b"x"
