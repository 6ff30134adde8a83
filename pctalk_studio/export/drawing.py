"""Drawing rows for a file: in order, a few ahead of whoever takes the pictures, each distinct row once."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.threads import one_vision_thread
from pctalk_studio.render.api import BatchFace, PictureU8, PreparedFace

MOST_THREADS = 4
"""Threads that draw at most; the encoder gets a core of its own. Two that draw on two cores take longer than one: they wait for
each other's turn with the interpreter, and for the encoder."""

BATCH_THREADS = 2
"""For an engine that draws batches: its device draws one while the pictures of the one before are brought back and laid."""

_AHEAD = 4
"""Frames drawn ahead of the encoder, besides those being drawn: enough to even out their speeds, few enough to stop at once and
to hold little memory."""


@dataclass(slots=True)
class _Part:
    """Rows that are drawn together, and how often each is shown in succession."""

    rows: list[MotionRow] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


class Drawer:
    """Draws rows in some threads and hands the pictures over in order.

    Every engine is asked in the same way: for parts of as many rows as it likes to be given at a time, most for one.

    Parameters
    ----------
    prepared
        The engine.
    threads
        How many draw; None: one less than there are cores, up to MOST_THREADS. An engine that draws batches gets BATCH_THREADS.

    Attributes
    ----------
    drawn
        Rows that were really drawn; the others repeat their predecessor.
    seconds
        Spent drawing, in all threads.
    """

    def __init__(self, prepared: PreparedFace, threads: int | None = None) -> None:
        self._prepared = prepared
        self._threads = threads or min(MOST_THREADS, max(1, (os.cpu_count() or 1) - 1))
        self._rows = 1
        if isinstance(prepared, BatchFace):
            self._threads, self._rows = BATCH_THREADS, prepared.batch
        self._lock = threading.Lock()
        self.drawn = 0
        self.seconds = 0.0

    @property
    def on_card(self) -> bool:
        """Several rows are drawn in one pass: a graphics card draws, faster than a processor encodes."""
        return self._rows > 1

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the engine has to say about its work, in sentences."""
        return self._prepared.remarks if isinstance(self._prepared, BatchFace) else ()

    @contextmanager
    def pictures(self, rows: Iterable[MotionRow]) -> Iterator[Iterator[PictureU8]]:
        """Give the picture of each row; on leaving, the threads have ended."""
        with one_vision_thread():
            pool = ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="render")
            try:
                yield self._in_order(pool, rows)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _in_order(self, pool: ThreadPoolExecutor, rows: Iterable[MotionRow]) -> Iterator[PictureU8]:
        ahead: deque[tuple[Future[list[PictureU8]], list[int]]] = deque()
        most = self._threads + -(-_AHEAD // self._rows)
        for part in self._parts(rows):
            ahead.append((pool.submit(self._draw, part.rows), part.shown))
            if len(ahead) > most:
                yield from _shown(*ahead.popleft())
        while ahead:
            yield from _shown(*ahead.popleft())

    def _parts(self, rows: Iterable[MotionRow]) -> Iterator[_Part]:
        """Rows in parts; equal rows in succession (a still face in a pause) are drawn alike, so they are one."""
        part, previous = _Part(), ""
        for row in rows:
            key = row.key()
            if key == previous:
                part.shown[-1] += 1
                continue
            if len(part.rows) == self._rows:
                yield part
                part = _Part()
            part.rows.append(row)
            part.shown.append(1)
            previous = key
        if part.rows:
            yield part

    def _draw(self, rows: list[MotionRow]) -> list[PictureU8]:
        started = time.perf_counter()
        face = self._prepared
        pictures = face.frames(rows) if isinstance(face, BatchFace) else [face.frame(row) for row in rows]
        with self._lock:
            self.seconds += time.perf_counter() - started
            self.drawn += len(rows)
        return pictures


def _shown(pictures: Future[list[PictureU8]], times: list[int]) -> Iterator[PictureU8]:
    for picture, count in zip(pictures.result(), times, strict=True):
        for _ in range(count):
            yield picture
