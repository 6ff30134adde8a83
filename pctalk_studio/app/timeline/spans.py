"""Spans: the items of a track as arrays, so that what is visible or under the pointer is found without looking at the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from pctalk_studio.document.speech_track import PhoneItem, WordItem

Item = TypeVar("Item", bound=WordItem | PhoneItem)


class Spans(Generic[Item]):
    """Items in order, with their edges.

    Parameters
    ----------
    items
        That do not overlap, in order of time.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items: Sequence[Item] = items
        self._ranks: npt.NDArray[np.uint8] | None = None
        self.starts = np.array([item.start for item in items], np.float64)
        self.ends = np.array([item.end for item in items], np.float64)
        self.edges: npt.NDArray[np.float64] = np.unique(np.concatenate([self.starts, self.ends]))

    def between(self, start: float, end: float) -> range:
        """Numbers of the items that touch a span of time."""
        low = int(np.searchsorted(self.ends, start, side="left"))
        high = int(np.searchsorted(self.starts, end, side="right"))
        return range(low, max(low, high))

    def ranks(self, rank: Callable[[Item], int], chosen: frozenset[int], top: int) -> npt.NDArray[np.uint8]:
        """[n] uint8 rank of each item, ``top`` for chosen ones; what ``rank`` says is asked for once, so let it say the same."""
        if self._ranks is None:
            self._ranks = np.array([rank(item) for item in self.items], np.uint8)
        if not chosen:
            return self._ranks
        ids = np.array([item.id for item in self.items])
        return np.where(np.isin(ids, list(chosen)), np.uint8(top), self._ranks)

    def at(self, time: float) -> Item | None:
        """The item at a moment."""
        number = int(np.searchsorted(self.starts, time, side="right")) - 1
        return self.items[number] if number >= 0 and time < self.ends[number] else None

    def nearest_edge(self, time: float) -> float | None:
        """The edge nearest to a moment; None where there are no items."""
        if not len(self.edges):
            return None
        number = int(np.searchsorted(self.edges, time))
        near = self.edges[max(number - 1, 0) : number + 1]
        return float(near[np.abs(near - time).argmin()])
