"""One program at a time on one project: the second is told who has it.

The lock is one of the operating system on a file in the user's state folder; nothing is put beside the project. It ends with
the program that holds it, however that ends, so there are no stale ones to clear away. It holds on one machine and for one user.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from pctalk_studio.core.errors import ProjectSaveError
from pctalk_studio.storage.state import path_key, room

_LOCKED_BYTE = 1 << 30
"""Where Windows locks the file: far from what others read."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open.

    Parameters
    ----------
    user, machine
        Names; empty when they cannot be told.
    process
        Number of the process; 0 when it cannot be told.
    since
        Unix time, seconds; 0 when it cannot be told.
    """

    user: str = ""
    machine: str = ""
    process: int = 0
    since: float = 0.0

    def sentence(self, path: Path) -> str:
        """What the second program tells."""
        who = f" by {self.user}" if self.user else ""
        when = f" since {datetime.fromtimestamp(self.since):%H:%M on %d %B %Y}" if self.since else ""
        return (
            f"'{path.name}' is already open in another window{who}{when}; what is saved there and here would replace each other."
        )


class FileLock:
    """A lock that is held until it is released or the program ends; also a context manager.

    Parameters
    ----------
    descriptor
        Of the locked file.
    """

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @property
    def held(self) -> bool:
        """Whether it has not been released."""
        return self._descriptor is not None

    def note(self, data: bytes) -> None:
        """Write something that others can read while the lock is held."""
        if self._descriptor is not None:
            os.write(self._descriptor, data)

    def release(self) -> None:
        """Let others have it. Releasing again does nothing."""
        if self._descriptor is not None:
            # The file stays: deleting it would let two programs lock two files of one name.
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def lock_project(path: Path, *, state: Path | None = None, now: Callable[[], float] = time.time) -> FileLock | Holder:
    """Take the lock of a project, or be told who has it.

    Parameters
    ----------
    path
        Project file; it need not exist yet.
    state
        Folder to use instead of the user's state folder.
    now
        Unix time, seconds.

    Raises
    ------
    ProjectSaveError
        When the state folder cannot be written or its disk knows no locks.
    """
    try:
        place = room("locks", state) / f"{path_key(path)}.lock"
        lock = take(place)
        if lock is None:
            return _read_holder(place)
        lock.note(json.dumps(asdict(_this_program(now()))).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectSaveError(
            f"Whether '{path}' is open in another window cannot be told ({reason}); make sure that it is not.", repr(error)
        ) from error
    return lock


def take(place: Path) -> FileLock | None:
    """Lock a file, made if need be; None when another has it, in this process or any."""
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if not _lock(descriptor):
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return FileLock(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _this_program(now: float) -> Holder:
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = ""
    return Holder(user, platform.node(), os.getpid(), now)


def _read_holder(place: Path) -> Holder:
    """What the holder wrote; without names while it is still writing."""
    try:
        told = json.loads(place.read_bytes()[:4096])
        since = min(max(float(told["since"]), 0.0), 1e11)
        return Holder(str(told["user"])[:80], str(told["machine"])[:80], int(told["process"]), since)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Holder()
