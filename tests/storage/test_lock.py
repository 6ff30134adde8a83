from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pctalk_studio.core.errors import ProjectSaveError
from pctalk_studio.storage.lock import FileLock, Holder, lock_project

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from pctalk_studio.storage.lock import FileLock, lock_project
lock = lock_project(Path(sys.argv[1]), state=Path(sys.argv[2]))
print(type(lock).__name__, flush=True)
sys.stdin.read()
"""


def _other_program(file: Path, state: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER.format(root=str(ROOT)), str(file), str(state)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_second_program_is_told_who_has_it_and_takes_over_from_the_dead(tmp_path):
    file, state = tmp_path / "Duck.pctalk", tmp_path / "state"
    with _other_program(file, state) as other:
        assert other.stdout.readline() == "FileLock\n"
        told = lock_project(file, state=state)
        assert isinstance(told, Holder)
        assert told.process == other.pid
        assert abs(told.since - time.time()) < 60
        sentence = told.sentence(file)
        assert sentence.startswith("'Duck.pctalk' is already open in another window")
        assert time.strftime("%Y") in sentence
        os.kill(other.pid, signal.SIGKILL)
    with lock_project(file, state=state) as mine:
        assert mine.held


def test_the_first_program_hears_nothing_of_the_second(tmp_path):
    with lock_project(tmp_path / "Duck.pctalk", state=tmp_path), _other_program(tmp_path / "Duck.pctalk", tmp_path) as other:
        assert other.stdout.readline() == "Holder\n"
        other.stdin.close()


def test_one_file_has_one_lock_whatever_it_is_called(tmp_path):
    file, link = tmp_path / "Duck.pctalk", tmp_path / "Link.pctalk"
    link.symlink_to(file)
    lock = lock_project(file, state=tmp_path, now=lambda: 1e9)
    assert isinstance(lock, FileLock)
    assert isinstance(lock_project(link, state=tmp_path), Holder)
    assert isinstance(lock_project(tmp_path / "Other.pctalk", state=tmp_path), FileLock)
    lock.release()
    lock.release()
    assert isinstance(lock_project(link, state=tmp_path), FileLock)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"user": "x"}', b'{"user":1,"machine":2,"process":"x","since":0}', b"[" * 9999]
)
def test_a_holder_that_cannot_be_told_is_still_one(tmp_path, text):
    lock = lock_project(tmp_path / "Duck.pctalk", state=tmp_path)
    next((tmp_path / "locks").iterdir()).write_bytes(text)
    told = lock_project(tmp_path / "Duck.pctalk", state=tmp_path)
    assert told == Holder()
    assert told.sentence(Path("Duck.pctalk")).startswith("'Duck.pctalk' is already open in another window;")
    lock.release()


def test_nothing_is_put_beside_the_project(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    with lock_project(folder / "Duck.pctalk", state=tmp_path / "state"):
        assert os.listdir(folder) == []


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "blocked").write_text("no folder")
    with pytest.raises(ProjectSaveError, match="cannot be told"):
        lock_project(tmp_path / "Duck.pctalk", state=tmp_path / "blocked")


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is Linux's")
def test_locks_are_in_the_users_state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with lock_project(tmp_path / "Duck.pctalk"):
        assert [path.name for path in tmp_path.iterdir()] == ["pctalk-studio"]
