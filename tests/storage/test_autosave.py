from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from helpers.projects import a_project

from pctalk_studio.core.errors import ProjectFormatError, StudioError
from pctalk_studio.document.project import Project
from pctalk_studio.storage.autosave import Autosaver, discard, on_timer, recoverable, restore, tidy
from pctalk_studio.storage.project_file import load_project, save_project

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Desk:
    """A clock and a worker that move only when told."""

    time: float = 1000.0
    jobs: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def clock(self) -> float:
        return self.time

    def submit(self, job: Callable[[], None], delay: float) -> None:
        self.jobs.append((self.time + delay, job))

    def advance(self, seconds: float) -> None:
        """Let time pass and run what falls due, in order."""
        end = self.time + seconds
        while due := [job for job in self.jobs if job[0] <= end]:
            first = min(due, key=lambda job: job[0])
            self.jobs.remove(first)
            self.time = max(self.time, first[0])
            first[1]()
        self.time = end


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def make(desk, tmp_path):
    def build(original: Path | None = None, title: str = "Duck", **more: object) -> Autosaver:
        return Autosaver(original, title, submit=desk.submit, clock=desk.clock, now=desk.clock, state=tmp_path / "state", **more)

    return build


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def seeded(seed: int) -> Project:
    return replace(a_project(), seed=seed)


def died(saver: Autosaver) -> None:
    """What the system does when the program dies: its locks are gone."""
    saver._lock.release()


def kept(saver: Autosaver) -> int:
    """Seed of the document in the recovery file."""
    from pctalk_studio.storage.codec import decode

    return decode(saver.file.read_bytes().partition(b"\n")[2], "x").project.seed


def test_nothing_is_written_before_something_changes(make, desk, state):
    make()
    desk.advance(100)
    assert not state.exists()


def test_a_change_returns_at_once_and_is_written_by_the_worker(make, desk):
    saver = make()
    saver.changed(seeded(1))
    assert saver.file is None
    desk.advance(0)
    assert kept(saver) == 1


def test_many_changes_are_written_every_two_seconds_and_the_last_is_never_forgotten(make, desk):
    saver = make()
    written = set()
    for n in range(100):
        saver.changed(seeded(n))
        desk.advance(0.1)
        written.add(kept(saver))
        assert n - kept(saver) < 50, "an edit older than 5 s would be lost"
    assert len(written) in (5, 6)
    desk.advance(2)
    assert kept(saver) == 99
    assert desk.jobs == []


def test_what_a_living_program_has_is_not_offered(make, desk, state):
    saver = make()
    saver.changed(seeded(1))
    desk.advance(5)
    assert recoverable(state) == ()
    died(saver)
    assert len(recoverable(state)) == 1


def test_recovery_gives_the_document_and_stays_until_it_is_discarded(make, desk, state, tmp_path):
    original = tmp_path / "Duck.pctalk"
    save_project(original, seeded(1), state=state)
    os.utime(original, (900, 900))
    saver = make(original)
    saver.changed(seeded(2))
    desk.advance(5)
    died(saver)
    (found,) = recoverable(state)
    assert (found.original, found.title, found.time) == (original, "Duck", 1000.0)
    for _ in range(2):
        opened = restore(found)
        assert opened.project == seeded(2)
        assert [each.code for each in opened.problems] == ["project-recovered"]
        assert recoverable(state) == (found,)
    assert load_project(original).project.seed == 1
    discard(found)
    discard(found)
    assert recoverable(state) == ()
    assert os.listdir(state / "recovery") == []


def test_a_recovery_older_than_the_project_is_not_offered(make, desk, state, tmp_path):
    original = tmp_path / "Duck.pctalk"
    saver = make(original)
    saver.changed(seeded(2))
    desk.advance(5)
    died(saver)
    assert len(recoverable(state)) == 1
    save_project(original, seeded(3), state=state)
    assert recoverable(state) == ()
    assert saver.file.exists()
    tidy(state)
    assert not saver.file.exists()


def test_tidying_leaves_what_can_be_recovered_and_what_lives(make, desk, state):
    savers = [make(title=title) for title in ("dead", "alive")]
    for saver in savers:
        saver.changed(seeded(1))
    desk.advance(5)
    died(savers[0])
    tidy(state)
    assert [each.title for each in recoverable(state)] == ["dead"]
    assert savers[1].file.exists()


def test_the_newest_is_offered_first(make, desk, state):
    for title in ("first", "second", "third"):
        saver = make(title=title)
        saver.changed(seeded(1))
        desk.advance(5)
        died(saver)
    assert [each.title for each in recoverable(state)] == ["third", "second", "first"]


def test_saving_leaves_nothing_to_recover(make, desk, state, tmp_path):
    saver = make()
    saver.changed(seeded(1))
    desk.advance(5)
    saver.saved(tmp_path / "Duck.pctalk", seeded(1))
    desk.advance(0)
    assert os.listdir(state / "recovery") == []
    saver.changed(seeded(2))
    desk.advance(5)
    died(saver)
    (found,) = recoverable(state)
    assert found.original == tmp_path / "Duck.pctalk"


def test_edits_made_while_saving_are_kept(make, desk, tmp_path):
    saver = make()
    saver.changed(seeded(1))
    saver.changed(seeded(2))
    saver.saved(tmp_path / "Duck.pctalk", seeded(1))
    desk.advance(5)
    assert kept(saver) == 2


def test_a_save_that_ends_after_later_edits_leaves_them_to_recover(make, desk, state, tmp_path):
    saver = make()
    for seed in (1, 2):
        saver.changed(seeded(seed))
        desk.advance(5)
    saver.saved(tmp_path / "Duck.pctalk", seeded(1))
    desk.advance(5)
    assert kept(saver) == 2
    died(saver)
    assert [each.original for each in recoverable(state)] == [tmp_path / "Duck.pctalk"]


def test_going_back_to_what_was_saved_leaves_nothing_to_recover(make, desk, state, tmp_path):
    saver = make()
    saver.saved(tmp_path / "Duck.pctalk", seeded(1))
    saver.changed(seeded(2))
    desk.advance(5)
    assert saver.file is not None
    saver.changed(seeded(1))
    desk.advance(5)
    assert os.listdir(state / "recovery") == []


def test_closing_leaves_nothing_and_stops_all_writing(make, desk, state):
    saver = make()
    saver.changed(seeded(1))
    desk.advance(5)
    saver.changed(seeded(2))
    saver.closed()
    saver.changed(seeded(3))
    desk.advance(5)
    assert os.listdir(state / "recovery") == []
    assert recoverable(state) == ()


def test_a_failing_disk_is_told_once_and_tried_again(make, desk, state):
    told: list[StudioError] = []
    state.write_text("in the way")
    saver = make(on_problem=told.append)
    saver.changed(seeded(1))
    desk.advance(9)
    assert len(told) == 1
    assert "'Duck' cannot be kept safe" in told[0].user_text
    assert "save now" in told[0].user_text
    state.unlink()
    desk.advance(2)
    assert kept(saver) == 1
    assert len(told) == 1


@pytest.mark.parametrize(
    "text", [b"", b"{}\n", b"[]\n", b"[" * 20000, b'{"original": 1}\n', b'{"original":null,"title":"x","time":1e999}\n']
)
def test_what_is_no_recovery_is_not_offered(state, text):
    (state / "recovery").mkdir(parents=True)
    (state / "recovery" / "0123.recovery").write_bytes(text)
    assert recoverable(state) == ()
    tidy(state)


def test_a_damaged_recovery_is_told_and_blocks_no_other(make, desk, state):
    for title in ("good", "bad"):
        saver = make(title=title)
        saver.changed(seeded(1))
        desk.advance(5)
        died(saver)
    saver.file.write_bytes(saver.file.read_bytes()[:-200])
    bad, good = recoverable(state)
    with pytest.raises(ProjectFormatError, match="'bad' cannot be read"):
        restore(bad)
    assert restore(good).project == seeded(1)


def test_what_a_newer_program_wrote_is_recovered_too(make, desk, state):
    from pctalk_studio.storage.codec import decode, encode

    decoded = decode(encode(seeded(1)).replace(b'"seed": 1', b'"seed": 1, "breath": 2'), "x")
    saver = make()
    saver.changed(decoded.project, decoded.extras)
    desk.advance(5)
    died(saver)
    assert restore(recoverable(state)[0]).extras == decoded.extras


def test_saving_does_not_wait_for_a_write_under_way_and_closing_does(state, tmp_path, monkeypatch):
    import threading

    from pctalk_studio.storage import autosave

    begun, go_on = threading.Event(), threading.Event()
    real = autosave.write_durably

    def slow(target: Path, data: bytes) -> None:
        begun.set()
        assert go_on.wait(10)
        real(target, data)

    monkeypatch.setattr(autosave, "write_durably", slow)
    jobs: list[threading.Thread] = []

    def submit(job: Callable[[], None], delay: float) -> None:
        jobs.append(threading.Thread(target=job))
        jobs[-1].start()

    saver = Autosaver(None, "Duck", submit=submit, state=state, every=0)
    saver.changed(seeded(1))
    assert begun.wait(10)
    saver.saved(tmp_path / "Duck.pctalk", seeded(1))
    saver.changed(seeded(2))
    go_on.set()
    saver.closed()
    for job in jobs:
        job.join(10)
    assert os.listdir(state / "recovery") == []


PROGRAM = """
import sys, time
from dataclasses import replace
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from helpers.projects import a_project
from pctalk_studio.storage.autosave import Autosaver
saver = Autosaver(None, "Duck", state=Path(sys.argv[1]), every=0.05)
seed = 0
while True:
    seed += 1
    saver.changed(replace(a_project(), seed=seed))
    print(seed, time.monotonic(), flush=True)
    time.sleep(0.01)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_program_loses_no_more_than_it_may(state):
    command = [sys.executable, "-c", PROGRAM.format(root=str(ROOT), tests=str(ROOT / "tests")), str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        first = program.stdout.readline()
        assert first.startswith("1 ")
        time.sleep(0.5)
        assert recoverable(state) == ()
        os.kill(program.pid, signal.SIGKILL)
        lines = [line.split() for line in (first + program.stdout.read()).splitlines()]
    times = {int(seed): float(moment) for seed, moment in (line for line in lines if len(line) == 2)}
    (found,) = recoverable(state)
    assert max(times.values()) - times[restore(found).project.seed] < 5


def test_the_timer_runs_jobs_later_and_keeps_nobody_waiting():
    done = threading.Event()
    timer = on_timer(done.set, 0.0)
    assert timer.daemon
    assert done.wait(10)


def test_a_closed_project_leaves_no_timer_waiting(state):
    before = set(threading.enumerate())
    saver = Autosaver(None, "Duck", state=state, every=60.0)
    saver.changed(seeded(1))
    while saver.file is None or not saver.file.exists():
        time.sleep(0.01)
    saver.changed(seeded(2))
    saver.changed(seeded(3))
    assert set(threading.enumerate()) - before, "the second edit waits a minute for its turn"
    saver.closed()
    assert set(threading.enumerate()) <= before
    assert recoverable(state) == ()
