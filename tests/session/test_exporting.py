"""The export queue: in order, paused and resumed, cancelled without a trace, offered again after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.desks import ENGINES, FakeEngine, FakeFace, sources, studio

from pctalk_studio.core.errors import RenderError, UsageError
from pctalk_studio.core.time import FrameSet
from pctalk_studio.export.deliver import Order
from pctalk_studio.export.formats import FORMATS
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.session.exporting import ExportJob, ExportQueue, ExportState, order_of
from pctalk_studio.storage.unfinished import forget, note_work, unfinished


class Slow(FakeEngine):
    """Draws only as fast as it is let."""

    def __init__(self) -> None:
        self.may = threading.Semaphore(0)

    def prepare(self, source):
        face, may = FakeFace(source), self.may

        class Waiting:
            def frame(self, row):
                may.acquire(timeout=5)
                return face.frame(row)

        return Waiting()


def job(path: Path, engines=ENGINES, **order) -> ExportJob:
    return ExportJob(sources(), studio().project, Order(path, **order), engines, threads=1)


def wait(condition, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.005)


@pytest.fixture
def queue():
    made = ExportQueue(lambda call: call(), lambda: None)
    yield made
    assert made.close() == ()


def state(queue, number):
    return next(item for item in queue.items if item.id == number).state


def test_exports_run_one_after_the_other(queue, tmp_path):
    first, second = queue.add(job(tmp_path / "a.mp4")), queue.add(job(tmp_path / "b.gif", format=FORMATS["gif"]))
    wait(lambda: not queue.busy)
    assert [item.state for item in queue.items] == [ExportState.DONE, ExportState.DONE]
    assert MovieReader(tmp_path / "a.mp4").facts.frames == queue.items[0].total
    assert (tmp_path / "b.gif").stat().st_size > 1000
    assert (first, second) == (1, 2)
    assert not unfinished()
    queue.remove_ended()
    assert queue.items == ()


def test_pause_holds_between_two_frames_and_resume_goes_on(queue, tmp_path):
    slow = Slow()
    number = queue.add(job(tmp_path / "a.mp4", {"mesh": lambda: slow}))
    slow.may.release(20)
    wait(lambda: queue.items[0].done >= 3)
    queue.pause(number)
    slow.may.release(1000)
    time.sleep(0.3)
    held = queue.items[0].done
    time.sleep(0.2)
    assert (state(queue, number), queue.items[0].done) == (ExportState.PAUSED, held)
    assert held < queue.items[0].total
    queue.resume(number)
    wait(lambda: not queue.busy)
    assert state(queue, number) is ExportState.DONE


def test_cancel_leaves_nothing_whether_it_waits_runs_or_is_paused(queue, tmp_path):
    slow = Slow()
    engines = {"mesh": lambda: slow}
    running, waiting = queue.add(job(tmp_path / "a.mp4", engines)), queue.add(job(tmp_path / "b.mp4", engines))
    slow.may.release(8)
    wait(lambda: queue.items[0].done >= 1)
    queue.cancel(waiting)
    queue.pause(running)
    queue.cancel(running)
    slow.may.release(1000)
    wait(lambda: not queue.busy)
    assert [item.state for item in queue.items] == [ExportState.CANCELLED] * 2
    assert not list(tmp_path.iterdir())
    assert not unfinished()


def test_failure_is_one_sentence_and_the_next_goes_on(queue, tmp_path):
    class Broken(FakeEngine):
        def prepare(self, source):
            raise RenderError("The face is too small; choose a larger size.")

    queue.add(job(tmp_path / "a.mp4", {"mesh": Broken}))
    queue.add(job(tmp_path / "b.mp4"))
    wait(lambda: not queue.busy)
    assert [item.state for item in queue.items] == [ExportState.FAILED, ExportState.DONE]
    assert queue.items[0].error == "The face is too small; choose a larger size."


def test_files_in_use_are_refused(queue, tmp_path):
    slow = Slow()
    queue.add(job(tmp_path / "a.mp4", {"mesh": lambda: slow}))
    with pytest.raises(UsageError, match="another export"):
        queue.add(job(tmp_path / "a.mp4"))
    kept = replace(job(tmp_path / "scene.wav", format=FORMATS["wav"]), keep=(tmp_path / "scene.wav",))
    with pytest.raises(UsageError, match="in use by the project"):
        queue.add(kept)
    slow.may.release(1000)
    wait(lambda: not queue.busy)


def test_a_killed_export_is_offered_again(tmp_path):
    """Really killed: the note and a half-written draft stay, and the order comes back as it was."""
    script = """
        import sys, time
        from pathlib import Path
        sys.path.insert(0, sys.argv[1])
        from test_exporting import ExportQueue, FORMATS, FrameSet, Slow, job, wait
        slow = Slow()
        queue = ExportQueue(lambda call: call(), lambda: None)
        target = Path(sys.argv[2]) / "a.webm"
        queue.add(job(target, {"mesh": lambda: slow}, format=FORMATS["webm"], frames=FrameSet.parse("2-20,25"), quality=30))
        slow.may.release(8)
        wait(lambda: queue.items[0].done >= 1)
        print("running", flush=True)
        time.sleep(60)
    """
    here = Path(__file__).parent
    program = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(here.parent)!r})\n" + textwrap.dedent(script)]
    with subprocess.Popen([*program, str(here), str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "running\n"
        assert unfinished() == (), "it is alive"
        process.send_signal(signal.SIGKILL)
        process.wait()
    (work,) = unfinished()
    assert (work.kind, work.title) == ("export", "a.webm")
    assert [path.suffix for path in tmp_path.iterdir()] == [".webm"]
    order = order_of(work)
    assert order == Order(tmp_path / "a.webm", FORMATS["webm"], FrameSet.parse("2-20,25"), 30)
    assert not list(tmp_path.iterdir())
    assert work.project() == studio().project
    forget(work)
    assert unfinished() == ()


def test_damaged_notes_are_no_reason_not_to_start(tmp_path):
    note = note_work("export", "a", {"path": "x"}, state=tmp_path)
    (file,) = (tmp_path / "unfinished").glob("*.note")
    file.write_bytes(b"{}")
    note._lock.release()
    assert unfinished(tmp_path) == ()
    note.finished()
    assert not list((tmp_path / "unfinished").iterdir())


class ByCard(FakeEngine):
    """Draws several rows in one pass, as a card does."""

    def prepare(self, source):
        class Batches(FakeFace):
            batch, remarks = 4, ()

            def frames(self, rows):
                return [self.frame(row) for row in rows]

        return Batches(source)


def test_who_encoded_is_told_where_a_card_draws(queue, tmp_path):
    plain = queue.add(job(tmp_path / "a.mp4"))
    by_card = queue.add(job(tmp_path / "b.mp4", {"mesh": ByCard}))
    wait(lambda: not queue.busy)
    items = {item.id: item for item in queue.items}
    assert items[plain].remarks == ()
    (remark,) = items[by_card].remarks
    assert "encodes" in remark
    assert "h264_nvenc" in remark
