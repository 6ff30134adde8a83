"""What keeps a project safe while it is edited: a lock, so that a second program is told, and autosave against crashes."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.problems import Problem
from pctalk_studio.document.project import Project
from pctalk_studio.storage.autosave import Autosaver
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.lock import FileLock, lock_project

UNTITLED = "Untitled"


class Safety:
    """Guards one open project until it is closed.

    Parameters
    ----------
    path
        Its file; None while it has none.
    """

    def __init__(self, path: Path | None) -> None:
        self._autosaver = Autosaver(path, UNTITLED if path is None else path.stem)
        self._path: Path | None = None
        self._lock: FileLock | None = None
        self.problems: tuple[Problem, ...] = ()
        if path is not None:
            self._take(path)

    def _take(self, path: Path) -> None:
        held = lock_project(path)
        if isinstance(held, FileLock):
            self._lock, self._path = held, path
        else:
            self.problems = (Problem("open-elsewhere", held.sentence(path)),)

    def changed(self, project: Project, extras: Extras | None) -> None:
        """Take note of an edit; it is on the disk a few seconds later, never in the user's file."""
        self._autosaver.changed(project, extras)

    def saved(self, path: Path, project: Project) -> None:
        """Take note that a state was saved, and guard the file that it is in."""
        self._autosaver.saved(path, project)
        if path != self._path:
            self._release()
            self._take(path)

    def flush(self) -> None:
        """Bring what is not on the disk yet there now, because the program is about to end."""
        self._autosaver.flush()

    def close(self) -> None:
        """The project was closed in order: there is nothing to recover, and others may have the file."""
        self._autosaver.closed()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
