"""Long work that a crash would cut short, noted while it runs, so that the next start can offer it again.

A note is one line of JSON that says what was to be done, followed by a project file where the work needs one. It lives as long
as the work; a lock beside it tells the notes of the living from those of the dead.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pctalk_studio.core.errors import ProjectFormatError, StudioError
from pctalk_studio.document.project import Project
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.json_text import LARGEST
from pctalk_studio.storage.lock import FileLock, take
from pctalk_studio.storage.plain_files import read_plain, write_durably
from pctalk_studio.storage.project_file import loaded
from pctalk_studio.storage.state import room

_ROOM = "unfinished"
_HEADER = 1 << 20
"""Bytes of the first line at most: a transcript may be part of it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Work that was cut short.

    Parameters
    ----------
    file
        The note.
    kind
        Such as ``export`` or ``analysis``.
    title
        What to call it.
    details
        What it takes to do it again, as text.
    """

    file: Path
    kind: str
    title: str
    details: Mapping[str, str]

    def project(self) -> Project:
        """The document that the work was done on.

        Raises
        ------
        ProjectFormatError
            When the note is damaged.
        """
        try:
            data = read_plain(self.file, LARGEST + _HEADER)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ProjectFormatError(f"What was kept of '{self.title}' cannot be read ({reason}); begin it anew.") from error
        return loaded(decode(data.partition(b"\n")[2], self.title)).project


class WorkNote:
    """A note of work that runs; see :func:`note_work`."""

    def __init__(self, file: Path | None, lock: FileLock | None) -> None:
        self._file = file
        self._lock = lock

    def finished(self) -> None:
        """The work has ended, however: there is nothing to offer again. May be called again."""
        file, self._file = self._file, None
        if file is None:
            return
        with suppress(OSError):
            file.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()
        with suppress(OSError):
            file.with_suffix(".lock").unlink(missing_ok=True)


def note_work(
    kind: str, title: str, details: Mapping[str, str], project: Project | None = None, state: Path | None = None
) -> WorkNote:
    """Note that work begins. A disk that is full costs the note, not the work.

    Parameters
    ----------
    kind, title, details, project
        As in :class:`Unfinished`.
    state
        Folder to use instead of the user's own.
    """
    header = json.dumps({"kind": kind, "title": title, "details": dict(details)}).encode()
    try:
        file = room(_ROOM, state) / f"{secrets.token_hex(8)}.note"
        lock = take(file.with_suffix(".lock"))
        write_durably(file, header + b"\n" + (b"" if project is None else encode(project)))
    except (OSError, StudioError):
        return WorkNote(None, None)
    return WorkNote(file, lock)


def unfinished(state: Path | None = None) -> tuple[Unfinished, ...]:
    """Work of programs that died. Nothing is changed, so a program that dies while it offers them finds them again."""
    try:
        files = sorted(room(_ROOM, state).glob("*.note"))
    except OSError:
        return ()
    found = [_read(file) for file in files if not _is_alive(file)]
    return tuple(each for each in found if each is not None)


def forget(work: Unfinished) -> None:
    """Offer this no more."""
    for file in (work.file, work.file.with_suffix(".lock")):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _is_alive(file: Path) -> bool:
    try:
        lock = take(file.with_suffix(".lock"))
    except OSError:
        return False
    if lock is None:
        return True
    lock.release()
    return False


def _read(file: Path) -> Unfinished | None:
    """A note; None when it is damaged."""
    try:
        with file.open("rb") as stream:
            told = json.loads(stream.readline(_HEADER))
        details = {str(name): str(value) for name, value in told["details"].items()}
        return Unfinished(file, str(told["kind"]), str(told["title"])[:200], MappingProxyType(details))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
