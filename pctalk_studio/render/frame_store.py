"""FrameStore: pictures by content, under a byte budget.

What a frame shows is found under its key, and the key changes with everything that the picture depends on; so a picture in the
store can never be a stale one, and undo finds what was there before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pctalk_studio.render.api import FrameKey, FrameLook, FrameResult, PictureU8
from pctalk_studio.render.frame_disk import DiskEntry, DiskStore
from pctalk_studio.render.viewing import Viewing

Mask = npt.NDArray[np.bool_]


class FrameState(IntEnum):
    """What the cache bar shows of a frame; always of the picture that the frame has now."""

    STALE = 0
    """There is no picture of it, and none is asked for."""
    QUEUED = 1
    """Its picture will be drawn."""
    ON_DISK = 2
    PROXY = 3
    """There is one that another, quicker engine has drawn."""
    DRAFT = 4
    """There is one of reduced quality."""
    READY = 5


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """What a store has done so far.

    Parameters
    ----------
    hits, misses
        Pictures asked for that were in memory, and that were not.
    disk_hits
        Pictures taken from disk.
    evicted
        Pictures given up for lack of room.
    pictures, bytes_used
        In memory now.
    """

    hits: int
    misses: int
    disk_hits: int
    evicted: int
    pictures: int
    bytes_used: int


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """Which pictures the clip's frames use: ``numbers`` [T] gives the number of each frame's digest, ``known`` the reverse."""

    digests: tuple[str, ...]
    known: dict[str, int]
    numbers: npt.NDArray[np.int64]

    @classmethod
    def of(cls, look: FrameLook, rows: Sequence[str]) -> _Use:
        prefix = look.digest
        known: dict[str, int] = {}
        numbers = np.fromiter((known.setdefault(prefix + row, len(known)) for row in rows), np.int64, len(rows))
        return cls(tuple(known), known, numbers)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A picture in memory; ``stands_for`` is the digest of the full picture that it stands in for, ``state`` the frame's."""

    key: FrameKey
    picture: PictureU8
    state: FrameState
    stands_for: str | None = None


class FrameStore:
    """Pictures in memory and, where there is a disk store, on disk. Safe to use from any thread; no call draws or waits.

    Memory never holds more than the budget. When room is needed, pictures that no frame uses any more go first, those out of
    use the longest before the others; then those whose nearest frame is farthest from being looked at.

    Parameters
    ----------
    budget_bytes
        Bytes of all pictures in memory.
    disk
        Where pictures survive the session.
    """

    def __init__(self, budget_bytes: int, disk: DiskStore | None = None) -> None:
        self.budget = budget_bytes
        self.disk = disk
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._stand_ins: dict[str, str] = {}
        self._unused: OrderedDict[str, None] = OrderedDict()
        self._bytes = 0
        self._use = _Use((), {}, np.zeros(0, np.int64))
        self._held = np.zeros(0, np.uint8)
        self._viewing = Viewing(0)
        self._ranks: npt.NDArray[np.int64] | None = None
        self._seen_on_disk: tuple[_Use, DiskStore, int, Mask] | None = None
        self._hits = self._misses = self._disk_hits = self._evicted = 0

    # -- what is used and looked at ------------------------------------------------------------------------------------

    def use(self, look: FrameLook, rows: Sequence[str], viewing: Viewing) -> None:
        """Tell which pictures the frames of the clip use from now on.

        Parameters
        ----------
        look
            At full quality.
        rows
            Key of each frame's row.
        viewing
            On a clip of as many frames.
        """
        use = _Use.of(look, rows)
        with self._lock:
            before, self._use = self._use, use
            for digest, kept in self._kept.items():
                used = (kept.stands_for or digest) in use.known
                if used:
                    self._unused.pop(digest, None)
                elif digest not in self._unused:
                    self._unused[digest] = None
            if before.digests != use.digests or len(self._held) != len(use.digests):
                self._held = np.fromiter((self._state_of(digest) for digest in use.digests), np.uint8, len(use.digests))
            self._look_at(viewing)

    def _state_of(self, digest: str) -> FrameState:
        """What there is of a full picture in memory: itself, something that stands in for it, or nothing (STALE)."""
        kept = self._kept.get(digest) or self._kept.get(self._stand_ins.get(digest, ""))
        return FrameState.STALE if kept is None else kept.state

    def look_at(self, viewing: Viewing) -> None:
        """Tell where somebody looks now."""
        with self._lock:
            self._look_at(viewing)

    def _look_at(self, viewing: Viewing) -> None:
        if viewing.count != len(self._use.numbers):
            raise ValueError(f"a viewing of {viewing.count} frames on a clip of {len(self._use.numbers)}")
        self._viewing, self._ranks = viewing, None

    # -- pictures ------------------------------------------------------------------------------------------------------

    def get(self, key: FrameKey) -> PictureU8 | None:
        """The picture of exactly this key from memory, read-only; counts as a use, and as a hit or a miss."""
        with self._lock:
            kept = self._kept.get(key.digest)
            if kept is None:
                self._misses += 1
                return None
            self._hits += 1
            self._touch(key.digest)
            return kept.picture

    def stand_in(self, key: FrameKey) -> PictureU8 | None:
        """The picture that stands in for a full key, if there is one."""
        with self._lock:
            digest = self._stand_ins.get(key.digest)
            return None if digest is None else self._kept[digest].picture

    def __contains__(self, key: FrameKey) -> bool:
        with self._lock:
            return key.digest in self._kept

    def put(self, result: FrameResult, *, stands_for: FrameKey | None = None, from_disk: bool = False) -> bool:
        """Keep a picture. A full one takes the place of what stood in for it; a stand-in for what is there is not needed.

        Parameters
        ----------
        result
            The picture becomes read-only.
        stands_for
            The full key that a draft, or a picture by a quicker engine, stands in for.
        from_disk
            It was not drawn but read; for the counts.

        Returns
        -------
        bool
            False when there is no room for it, or no need.
        """
        picture = _owned(result.picture)
        digest, full = result.key.digest, stands_for.digest if stands_for is not None else None
        with self._lock:
            self._disk_hits += from_disk
            if picture.nbytes > self.budget or (full is not None and full in self._kept):
                return False
            self._drop(self._stand_ins.get(full or digest))
            self._drop(digest)
            self._kept[digest] = _Kept(result.key, picture, _state(result.key, stands_for), full)
            self._bytes += picture.nbytes
            if full is not None:
                self._stand_ins[full] = digest
            self._note(full or digest)
            if (full or digest) not in self._use.known:
                self._unused[digest] = None
            self._make_room()
            return digest in self._kept

    def _note(self, digest: str) -> None:
        """Take note of what there is now of a full picture."""
        number = self._use.known.get(digest)
        if number is not None:
            self._held[number] = self._state_of(digest)

    def _touch(self, digest: str) -> None:
        self._kept.move_to_end(digest)
        if digest in self._unused:
            self._unused.move_to_end(digest)

    def _drop(self, digest: str | None) -> None:
        """Take a picture out of memory, if it is there."""
        kept = self._kept.pop(digest, None) if digest is not None else None
        if kept is None or digest is None:
            return
        self._bytes -= kept.picture.nbytes
        self._unused.pop(digest, None)
        if kept.stands_for is not None:
            del self._stand_ins[kept.stands_for]
        self._note(kept.stands_for or digest)

    def _make_room(self) -> None:
        if self._bytes <= self.budget:
            return
        for digest in self._least_wanted():
            self._drop(digest)
            self._evicted += 1
            if self._bytes <= self.budget:
                return

    def _least_wanted(self) -> Iterator[str]:
        """Everything in memory, what can be missed best first."""
        yield from tuple(self._unused)
        ranks = self._digest_ranks()
        # One pass by numpy over the clip; sorting all would cost more than the one or two victims that are needed.
        while self._kept:
            digest = self._use.digests[int(np.where(self._held > 0, ranks, -1).argmax())]
            yield self._stand_ins.get(digest, digest)

    def _digest_ranks(self) -> npt.NDArray[np.int64]:
        """How far the nearest frame of each digest is from being looked at, [U]."""
        if self._ranks is None:
            ranks = np.full(len(self._use.digests), np.iinfo(np.int64).max)
            np.minimum.at(ranks, self._use.numbers, self._viewing.keep_ranks())
            self._ranks = ranks
        return self._ranks

    # -- what is there and what is missing -----------------------------------------------------------------------------

    def missing(self, bytes_each: int) -> Mask:
        """Frames [T] whose full picture is not in memory and would be kept if it were drawn.

        Parameters
        ----------
        bytes_each
            Size of a picture, to tell how many fit; 0 when it is not known yet.
        """
        with self._lock:
            return self._room_for(self._held != FrameState.READY, bytes_each)

    def bare(self, bytes_each: int) -> Mask:
        """Frames [T] of which there is nothing in memory, not even a stand-in, and would be if one were drawn.

        Parameters
        ----------
        bytes_each
            As for :meth:`missing`.
        """
        with self._lock:
            return self._room_for(self._held == FrameState.STALE, bytes_each)

    def _room_for(self, absent: Mask, bytes_each: int) -> Mask:
        """Of absent pictures [U] those that would be kept, as frames [T].

        What stands in needs no room of its own: it makes place for what it stands for, and goes first when it is farther away.
        """
        if bytes_each and absent.any() and (fit := self.budget // bytes_each) < len(absent):
            ranks = self._digest_ranks()
            absent = absent & (ranks < np.partition(ranks, fit)[fit])
        return np.asarray(absent[self._use.numbers], np.bool_)

    def states(self, queued: Mask) -> npt.NDArray[np.uint8]:
        """State of each frame, [T] uint8 of :class:`FrameState`.

        Parameters
        ----------
        queued
            [T] frames that will be drawn if nothing changes.
        """
        with self._lock:
            use = self._use
            each = np.where(self._saved(use), np.uint8(FrameState.ON_DISK), np.uint8(FrameState.STALE))
            # A stand-in on screen says less than that the picture itself is at hand on disk, but it is what is seen.
            np.copyto(each, self._held, where=self._held > 0)
            states = each[use.numbers]
        states[(states == FrameState.STALE) & queued] = FrameState.QUEUED
        return states

    def on_disk(self) -> Mask:
        """Frames [T] whose full pictures can be read from disk."""
        with self._lock:
            use = self._use
            return np.asarray(self._saved(use)[use.numbers], np.bool_)

    def _saved(self, use: _Use) -> Mask:
        """Of the pictures that are used those on disk, [U]."""
        disk = self.disk
        if disk is None:
            return np.zeros(len(use.digests), np.bool_)
        # Asked for each frame that is drawn, and an hour has many; the number is read first, so that a change is never missed.
        changes, known = disk.changes, self._seen_on_disk
        if known is None or known[0] is not use or known[1] is not disk or known[2] != changes:
            known = self._seen_on_disk = (use, disk, changes, disk.which(use.digests))
        return known[3]

    def unsaved(self) -> tuple[DiskEntry, PictureU8] | None:
        """The picture in memory that is most worth writing to disk: full, used, not there yet, nearest to the playhead.

        None as well when the pictures that are used fill the disk's budget: writing more would only push them out.
        """
        disk = self.disk
        if disk is None:
            return None
        with self._lock:
            use = self._use
            saved = self._saved(use)
            unsaved = np.flatnonzero((self._held == FrameState.READY) & ~saved)
            if not len(unsaved) or not disk.has_room(int(saved.sum())):
                return None
            nearest = unsaved[self._digest_ranks()[unsaved].argmin()]
            kept = self._kept[use.digests[nearest]]
        return disk.entry(kept.key), kept.picture

    @property
    def counts(self) -> StoreCounts:
        """What happened so far."""
        with self._lock:
            return StoreCounts(self._hits, self._misses, self._disk_hits, self._evicted, len(self._kept), self._bytes)


def _state(key: FrameKey, stands_for: FrameKey | None) -> FrameState:
    """What a frame with this picture is; a stand-in of its own engine is a draft, that of another one a proxy."""
    if stands_for is None:
        return FrameState.READY
    return FrameState.DRAFT if key.look.engine == stands_for.look.engine else FrameState.PROXY


def _owned(picture: PictureU8) -> PictureU8:
    """A read-only picture that holds no more memory than its own."""
    owned = picture if picture.base is None and picture.flags.c_contiguous else picture.copy()
    owned.setflags(write=False)
    return owned
