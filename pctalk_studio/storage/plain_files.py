"""Files read and written with care: only plain files are opened, and what is written is on the disk whole, or not at all."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

_DRAFT = re.compile(r"\.(?P<name>.+)\.(?P<stamp>[0-9a-f]{8})\.draft")
_ABANDONED = 600.0
"""Seconds after which a draft that nobody has renamed is litter of a crash."""


class NotPlain(OSError):
    """A path that leads to no plain file; ``strerror`` is a clause for people."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(0, what, str(path))


def open_plain(path: Path) -> int:
    """Open a file for reading, if it is a plain one; the descriptor is the caller's to close.

    Devices, pipes, sockets and folders are refused by what they are, before anything is read and without waiting for a writer.

    Raises
    ------
    OSError
        When it cannot be opened; :class:`NotPlain` when it is no plain file.
    """
    _refuse_special(path, os.stat(path).st_mode)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    descriptor = os.open(path, flags)
    try:
        # Once more by the descriptor: the name may have been given to something else in between.
        _refuse_special(path, os.fstat(descriptor).st_mode)
    except NotPlain:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_special(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise NotPlain(path, "it is a folder")
    if not stat.S_ISREG(mode):
        raise NotPlain(path, "it is a device or pipe, not a file")


def read_plain(path: Path, largest: int) -> bytes:
    """The bytes of a plain file, one more than ``largest`` of them at most.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with os.fdopen(open_plain(path), "rb") as stream:
        return stream.read(largest + 1)


def write_durably(target: Path, data: bytes) -> None:
    """Write beside, bring to the disk, rename, and bring the folder to the disk.

    After a crash or power cut at any moment, the target holds what it held before or the new bytes. A target that is a link
    stays one. The file keeps its permissions; a new one is as private as the user's other files.

    Raises
    ------
    OSError
        When it cannot be written; the target is then as it was.
    """
    target = Path(os.path.realpath(target))
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    try:
        with open(draft, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(OSError):
            os.chmod(draft, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)
    _sweep(target)


def _sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk, where the system can do that with folders."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(target: Path) -> None:
    """Delete drafts of this file that a killed program left behind."""
    now = time.time()
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            match = _DRAFT.fullmatch(entry.name)
            if match and match["name"] == target.name and now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                os.unlink(entry.path)
