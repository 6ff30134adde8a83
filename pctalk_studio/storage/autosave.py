"""What is not saved yet, kept safe from crashes: written every few seconds to the user's state folder, never onto the file.

A recovery file is one line of JSON that says whose it is, followed by a project file. It lives as long as there is something
unsaved: it goes when the user saves, discards or closes, and stays when the program dies. A lock beside it, held by the program,
tells the files of the living from those of the dead.
"""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pctalk_studio.core.errors import ProjectFormatError, ProjectSaveError, StudioError
from pctalk_studio.core.problems import Problem
from pctalk_studio.document.project import Project
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.json_text import LARGEST
from pctalk_studio.storage.lock import FileLock, take
from pctalk_studio.storage.plain_files import read_plain, write_durably
from pctalk_studio.storage.project_file import LoadedProject, loaded
from pctalk_studio.storage.state import room

EVERY = 2.0
"""Seconds between two writes at least; with the time of a write, what a crash can cost stays under 5."""

_HEADER = 16 << 10
"""Bytes of the first line at most."""

Submit = Callable[[Callable[[], None], float], threading.Timer | None]
"""Run a job on a worker, some seconds from now; gives the thread that waits for it, if one does."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Something that was not saved when a program died.

    Parameters
    ----------
    file
        Recovery file.
    original
        Project file that was edited; None when it had none yet.
    title
        What to call it.
    time
        Unix time of the last edit in it, seconds.
    """

    file: Path
    original: Path | None
    title: str
    time: float


def on_timer(job: Callable[[], None], delay: float) -> threading.Timer:
    """Run a job on a thread of its own after some seconds; a submit for programs without a runner."""
    timer = threading.Timer(delay, job)
    timer.daemon = True
    timer.start()
    return timer


class Autosaver:
    """Keeps the unsaved state of one open project.

    :meth:`changed` returns at once; encoding and writing happen on the worker. All methods may be called from any thread.

    Parameters
    ----------
    original
        Project file; None until there is one.
    title
        What to call it in the list of what can be recovered.
    submit
        Runs a job on a worker after a delay in seconds.
    clock
        Seconds that never go back.
    now
        Unix time, seconds.
    every
        Seconds between two writes at least.
    state
        Folder to use instead of the user's state folder.
    on_problem
        Told once when autosaving begins to fail; it goes on trying.
    """

    def __init__(
        self,
        original: Path | None,
        title: str,
        *,
        submit: Submit = on_timer,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        every: float = EVERY,
        state: Path | None = None,
        on_problem: Callable[[StudioError], None] | None = None,
    ) -> None:
        self._original, self._title = original, title
        self._submit, self._clock, self._now, self._every, self._state = submit, clock, now, every, state
        self._on_problem = on_problem
        self._file: Path | None = None
        self._lock: FileLock | None = None
        self._latest: tuple[Project, Extras, float] | None = None
        self._saved: Project | None = None
        self._written_at = -math.inf
        self._waiting = self._scheduled = self._failing = self._closed = False
        self._timers: list[threading.Timer] = []
        self._guard = threading.Lock()
        self._writing = threading.Lock()

    @property
    def file(self) -> Path | None:
        """The recovery file, once something was written to it."""
        return self._file

    def changed(self, project: Project, extras: Extras | None = None) -> None:
        """Take note of a new state of the document."""
        with self._guard:
            self._latest = (project, extras or Extras(), self._now())
            self._waiting = True
            self._schedule()

    def saved(self, path: Path, project: Project) -> None:
        """The user has saved this state: nothing is left to recover but what was edited since."""
        with self._guard:
            self._original, self._title, self._saved = path, path.stem, project
            self._waiting = self._latest is not None
            self._schedule(at_once=True)

    def flush(self) -> None:
        """Bring what waits to the disk now, on this thread: the program is about to end."""
        self._write()

    def closed(self) -> None:
        """The project was closed in order, saved or given up: nothing is left to recover. Waits for a write under way."""
        with self._guard:
            self._closed, self._waiting, self._latest = True, False, None
            timers, self._timers = self._timers, []
        for timer in timers:
            timer.cancel()
            if timer is not threading.current_thread():
                timer.join()
        with self._writing:
            self._remove()

    def _schedule(self, *, at_once: bool = False) -> None:
        if self._closed or not self._waiting or (self._scheduled and not at_once):
            return
        self._scheduled = True
        delay = 0.0 if at_once else max(0.0, self._written_at + self._every - self._clock())
        timer = self._submit(self._write, delay)
        if timer is not None:
            self._timers = [*(each for each in self._timers if each.is_alive()), timer]

    def _write(self) -> None:
        """Bring the newest state to the disk; runs on the worker."""
        with self._writing:
            with self._guard:
                self._scheduled = False
                latest, saved = self._latest, self._saved
                if latest is None or not self._waiting or self._closed:
                    return
                self._waiting = False
            failed = False
            try:
                if latest[0] == saved:
                    self._remove()
                else:
                    self._keep(*latest)
                self._failing = False
            except (OSError, StudioError) as error:
                failed = True
                self._tell(error)
            with self._guard:
                self._written_at = self._clock()
                self._waiting = not self._closed and (self._waiting or failed)
                self._schedule()

    def _keep(self, project: Project, extras: Extras, edited: float) -> None:
        if self._file is None or self._lock is None:
            folder = room("recovery", self._state)
            file = folder / f"{secrets.token_hex(8)}.recovery"
            self._lock = take(_lock_of(file))
            self._file = file
        original = None if self._original is None else str(self._original.absolute())
        header = json.dumps({"original": original, "title": self._title, "time": edited})
        write_durably(self._file, header.encode() + b"\n" + encode(project, extras))

    def _remove(self) -> None:
        """Take the recovery file away, then its lock."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        if self._lock is not None and self._file is not None:
            self._lock.release()
            with suppress(OSError):
                _lock_of(self._file).unlink(missing_ok=True)
        self._file = self._lock = None

    def _tell(self, error: OSError | StudioError) -> None:
        if self._failing or self._on_problem is None:
            return
        self._failing = True
        reason = error.user_text if isinstance(error, StudioError) else error.strerror or str(error)
        self._on_problem(
            StudioError(f"Unsaved changes of '{self._title}' cannot be kept safe ({reason}); save now.", repr(error))
        )


def recoverable(state: Path | None = None) -> tuple[Recovery, ...]:
    """What programs that died have left, newest first: files of programs that live, or older than the saved project, are not it.

    Nothing is changed or deleted, so a program that dies while it offers them finds them again.
    """
    wanted = [each for each in _left(state) if not _is_outdated(each)]
    return tuple(sorted(wanted, key=lambda each: each.time, reverse=True))


def tidy(state: Path | None = None) -> None:
    """Delete recoveries that are of no use: what they hold was saved since. For the start of a program, in passing."""
    for recovery in _left(state):
        if _is_outdated(recovery):
            with suppress(ProjectSaveError):
                discard(recovery)


def restore(recovery: Recovery) -> LoadedProject:
    """The document of a recovery. It is unsaved: the project file is as it was, and the recovery stays until :func:`discard`.

    Raises
    ------
    ProjectFormatError
        When the recovery file is damaged.
    """
    try:
        data = read_plain(recovery.file, LARGEST + _HEADER)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectFormatError(f"What was kept of '{recovery.title}' cannot be read ({reason}); open the project.") from error
    project = loaded(decode(data.partition(b"\n")[2], recovery.title))
    note = Problem("project-recovered", "Recovered after a crash and not saved yet.")
    return replace(project, problems=(note, *project.problems))


def discard(recovery: Recovery) -> None:
    """Delete a recovery: the user does not want it, or has saved what it held.

    Raises
    ------
    ProjectSaveError
        When it cannot be deleted.
    """
    try:
        recovery.file.unlink(missing_ok=True)
        _lock_of(recovery.file).unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectSaveError(f"'{recovery.file}' cannot be deleted ({reason}); delete it by hand.", repr(error)) from error


def _left(state: Path | None) -> list[Recovery]:
    """Recovery files of programs that no longer run."""
    try:
        files = sorted(room("recovery", state).glob("*.recovery"))
    except OSError:
        return []
    found = [_header(file) for file in files if not _is_alive(file)]
    return [each for each in found if each is not None]


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")


def _is_alive(file: Path) -> bool:
    """Whether the program that writes a recovery file still runs."""
    try:
        lock = take(_lock_of(file))
    except OSError:
        return False
    if lock is None:
        return True
    lock.release()
    return False


def _header(file: Path) -> Recovery | None:
    """Whose a recovery file is; None when it does not say so."""
    try:
        with file.open("rb") as stream:
            told = json.loads(stream.readline(_HEADER))
        original = None if told["original"] is None else Path(str(told["original"]))
        moment = float(told["time"])
        return Recovery(file, original, str(told["title"])[:200], moment) if math.isfinite(moment) else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _is_outdated(recovery: Recovery) -> bool:
    """Whether the project was saved after the last edit in the recovery."""
    try:
        return recovery.original is not None and recovery.original.stat().st_mtime > recovery.time
    except (OSError, ValueError):
        return False
