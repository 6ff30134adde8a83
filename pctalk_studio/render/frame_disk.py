"""Pictures kept on disk by content, from one session to the next.

A cache never fails and is never believed blindly: what cannot be written is not kept, and an entry whose bytes are not exactly
those that were written is read as absent and removed. Nothing outside the folder is read, written or removed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.render.api import FrameKey, PictureU8

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EDITION = re.compile(r"[0-9a-f]{16}")
_NAME = re.compile(r"frame-([0-9a-f]{64})\.pcf")
_UNFINISHED = re.compile(r"\.frame-[0-9a-f]{64}\.[0-9a-f]{8}\.part")
_ABANDONED_AFTER = 3600.0
"""Seconds after which a file that was never finished belongs to a program that is gone."""

_HEAD = struct.Struct("<8s32s16sIII")
_MAGIC = b"PCTALKF1"
_MOST_PIXELS = 1 << 28


@dataclass(frozen=True, slots=True)
class DiskEntry:
    """Where one picture lies, or would lie, on disk.

    Parameters
    ----------
    folder
        The store's.
    digest
        Of the key; the name is made of it alone.
    """

    folder: Path
    digest: str

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.digest):
            raise ValueError("a name on disk is made of a digest and nothing else")

    @property
    def path(self) -> Path:
        """Of the file."""
        return self.folder / f"frame-{self.digest}.pcf"

    def write(self, picture: PictureU8) -> int:
        """Write a picture beside and rename it.

        Returns
        -------
        int
            Bytes on disk; 0 when it could not be written.
        """
        data = _packed(self.digest, picture)
        draft = self.folder / f".frame-{self.digest}.{secrets.token_hex(4)}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            os.replace(draft, self.path)
        except OSError:
            _remove(draft)
            return 0
        return len(data)

    def read(self) -> PictureU8 | None:
        """The picture; None when there is none, and then no file either, unless it is no plain file."""
        try:
            if self.path.is_symlink() or not self.path.is_file():
                return None
            picture = _unpacked(self.digest, self.path.read_bytes())
        except OSError:
            return None
        if picture is None:
            self.remove()
        return picture

    def remove(self) -> None:
        """Remove the file, if there is one that may be removed."""
        _remove(self.path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # what cannot be removed is never believed either


def _packed(digest: str, picture: PictureU8) -> bytes:
    import cv2

    height, width = picture.shape[:2]
    # Level 1 is within 2 % of the size of the default and takes a third of its time; PNG keeps any three channels as they are.
    done, coded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError(f"a picture of {picture.shape} {picture.dtype} cannot be coded")
    data = coded.tobytes()
    check = hashlib.blake2b(data, digest_size=16).digest()
    return _HEAD.pack(_MAGIC, bytes.fromhex(digest), check, width, height, len(data)) + data


def _unpacked(digest: str, data: bytes) -> PictureU8 | None:
    """The picture; None when the bytes are not what was written under this digest."""
    import cv2

    if len(data) < _HEAD.size:
        return None
    magic, known, check, width, height, size = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if magic != _MAGIC or known.hex() != digest or len(body) != size or not 0 < width * height <= _MOST_PIXELS:
        return None
    if hashlib.blake2b(body, digest_size=16).digest() != check:
        return None
    picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape != (height, width, 3) or picture.dtype != np.uint8:
        return None
    return np.asarray(picture, np.uint8)


class DiskStore:
    """A folder of pictures under a budget; the least recently used go first. Safe to use from any thread.

    Parameters
    ----------
    folder
        Its own; made when the first picture is written.
    budget_bytes
        Bytes of all files together.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self._folder = folder
        self._budget = budget_bytes
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = _found(folder)
        self._bytes = sum(self._sizes.values())
        self._changes = 0
        self._trim()

    @property
    def bytes_used(self) -> int:
        """Bytes of all files together."""
        with self._lock:
            return self._bytes

    def __len__(self) -> int:
        with self._lock:
            return len(self._sizes)

    def __contains__(self, digest: str) -> bool:
        with self._lock:
            return digest in self._sizes

    @property
    def changes(self) -> int:
        """How often pictures came or went; as long as it is the same, so is the answer of :meth:`which`."""
        return self._changes

    def which(self, digests: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Of some digests [n] those of which there is a picture, [n] bool."""
        with self._lock:
            sizes = self._sizes
            if not sizes:
                return np.zeros(len(digests), np.bool_)
            return np.fromiter((digest in sizes for digest in digests), np.bool_, len(digests))

    def entry(self, key: FrameKey) -> DiskEntry:
        """Where a key's picture lies or would lie."""
        return DiskEntry(self._folder, key.digest)

    def load(self, key: FrameKey) -> PictureU8 | None:
        """Read a picture and count it as used; None when there is none that can be trusted."""
        entry = self.entry(key)
        picture = entry.read()
        self.note_read(entry, picture is not None)
        return picture

    def keep(self, key: FrameKey, picture: PictureU8) -> bool:
        """Write a picture unless it is there; False when it could not be kept."""
        entry = self.entry(key)
        if entry.digest not in self:
            self.note_written(entry, entry.write(picture))
        return entry.digest in self

    def note_read(self, entry: DiskEntry, found: bool) -> None:
        """Take note of an entry that somebody has read for the store."""
        with self._lock:
            if not found:
                self._bytes -= self._sizes.pop(entry.digest, 0)
                self._changes += 1
            elif entry.digest in self._sizes:
                self._sizes.move_to_end(entry.digest)
        if found:
            _touch(entry.path)

    def note_written(self, entry: DiskEntry, size: int) -> None:
        """Take note of an entry that somebody has written for the store; ``size`` 0 when that failed."""
        if size:
            with self._lock:
                self._bytes += size - self._sizes.pop(entry.digest, 0)
                self._sizes[entry.digest] = size
                self._changes += 1
            self._trim()

    def has_room(self, used: int) -> bool:
        """One more picture fits beside some number of others of average size."""
        with self._lock:
            mean = self._bytes / max(len(self._sizes), 1)
        return (used + 1) * mean <= self._budget

    def clear(self) -> None:
        """Remove all pictures."""
        with self._lock:
            dropped = tuple(self._sizes)
            self._sizes.clear()
            self._bytes = 0
            self._changes += 1
        for digest in dropped:
            DiskEntry(self._folder, digest).remove()

    def _trim(self) -> None:
        with self._lock:
            dropped = []
            while self._bytes > self._budget and self._sizes:
                digest, size = self._sizes.popitem(last=False)
                self._bytes -= size
                self._changes += 1
                dropped.append(digest)
        for digest in dropped:
            DiskEntry(self._folder, digest).remove()


@dataclass(frozen=True, slots=True)
class DiskPlan:
    """Where pictures are kept from one session to the next, and how much of them.

    Parameters
    ----------
    root
        The folder of this and other editions of the program, each of which keeps its own.
    budget_bytes
        Bytes of all files together.
    """

    root: Path
    budget_bytes: int

    def open(self, edition: str) -> DiskStore:
        """The store of an edition of the program; what others left, which nobody can read any more, is removed.

        Parameters
        ----------
        edition
            As :func:`pctalk_studio.render.edition.edition` gives it.
        """
        if not _EDITION.fullmatch(edition):
            raise ValueError("a folder of pictures is named by an edition and nothing else")
        for folder in self._editions():
            if folder.name != edition:
                _clear(folder)
        return DiskStore(self.root / edition, self.budget_bytes)

    def bytes_used(self) -> int:
        """Bytes of the files of all editions."""
        return sum(sum(_found(folder).values()) for folder in self._editions())

    def clear(self) -> None:
        """Remove the pictures of all editions."""
        for folder in self._editions():
            _clear(folder)

    def _editions(self) -> list[Path]:
        try:
            listed = list(os.scandir(self.root))
        except OSError:
            return []
        return [Path(item.path) for item in listed if _EDITION.fullmatch(item.name) and item.is_dir(follow_symlinks=False)]


def _clear(folder: Path) -> None:
    """Remove the pictures of a folder, and itself if nothing else lies there."""
    for digest in _found(folder):
        DiskEntry(folder, digest).remove()
    try:
        folder.rmdir()
    except OSError:
        return  # something else lies there, or another program writes to it


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:
        return  # only the order of removal in a later session depends on it


def _found(folder: Path) -> OrderedDict[str, int]:
    """Digest and size of what earlier sessions left, least recently used first; clears away what was never finished."""
    entries = []
    try:
        listed = list(os.scandir(folder))
    except OSError:
        return OrderedDict()
    for item in listed:
        try:
            if not item.is_file(follow_symlinks=False):
                continue
            state = item.stat(follow_symlinks=False)
            if match := _NAME.fullmatch(item.name):
                entries.append((state.st_mtime, match[1], state.st_size))
            elif _UNFINISHED.fullmatch(item.name) and time.time() - state.st_mtime > _ABANDONED_AFTER:
                Path(item.path).unlink(missing_ok=True)
        except OSError:
            continue  # taken away meanwhile by another program
    return OrderedDict((digest, size) for _, digest, size in sorted(entries))
