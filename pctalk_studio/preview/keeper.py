"""Writes drawn pictures to disk while nothing else is to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pctalk_studio.jobs import Abandoned, Done, Outcome, Request
from pctalk_studio.preview.requests import SaveFrame
from pctalk_studio.render.frame_store import FrameStore


class FrameKeeper:
    """A source of work for a runner of its own, so that writing never delays a frame.

    Parameters
    ----------
    store
        With a disk store.
    at_rest
        Nobody waits for a frame now.
    """

    def __init__(self, store: FrameStore, at_rest: Callable[[], bool]) -> None:
        self._store = store
        self._at_rest = at_rest
        self._refused = False

    def take(self) -> Request[int] | None:
        """The next picture to write, if any and if there is time; see :class:`pctalk_studio.jobs.Source`."""
        if self._refused or not self._at_rest():
            return None
        found = self._store.unsaved()
        return None if found is None else SaveFrame(*found)

    def settle(self, request: Request[Any], outcome: Outcome[Any]) -> None:
        """Take note of what was written; a disk that takes nothing is not tried again in this session."""
        if isinstance(request, SaveFrame) and self._store.disk is not None:
            size = outcome.result if isinstance(outcome, Done) else 0
            self._store.disk.note_written(request.entry, size)
            self._refused = not size and not isinstance(outcome, Abandoned)
