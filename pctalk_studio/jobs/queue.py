"""The order of waiting work, as a plain container: no threads, no clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class WaitingLine(Generic[Item]):
    """Items by priority, then by arrival; at most one waits under each replacement key."""

    __slots__ = ("_arrivals", "_heap", "_items", "_keys")

    def __init__(self) -> None:
        self._arrivals = itertools.count()
        self._heap: list[tuple[int, int, int]] = []
        self._items: dict[int, tuple[Item, Hashable]] = {}
        self._keys: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[int]:
        return iter(self._items)

    def push(self, number: int, item: Item, priority: int, key: Hashable = None) -> tuple[int, Item] | None:
        """Let an item wait under a number of its own.

        Returns
        -------
        tuple[int, Item] | None
            Number and item that it replaced.
        """
        older = self._keys.get(key) if key is not None else None
        replaced = None if older is None else (older, self.remove(older))
        self._items[number] = (item, key)
        if key is not None:
            self._keys[key] = number
        heapq.heappush(self._heap, (-priority, next(self._arrivals), number))
        return None if replaced is None or replaced[1] is None else (replaced[0], replaced[1])

    def remove(self, number: int) -> Item | None:
        """Take an item out of the line; None when it does not wait."""
        if number not in self._items:
            return None
        item, key = self._items.pop(number)
        if key is not None:
            del self._keys[key]
        if len(self._heap) > 2 * len(self._items) + 16:
            # Removed items leave their entries behind; swept now and then, so that replacing for hours costs no memory.
            self._heap = [entry for entry in self._heap if entry[2] in self._items]
            heapq.heapify(self._heap)
        return item

    def top(self) -> int | None:
        """Priority of the item that is next; None when nobody waits."""
        while self._heap and self._heap[0][2] not in self._items:
            heapq.heappop(self._heap)
        return -self._heap[0][0] if self._heap else None

    def pop(self) -> tuple[int, Item, Hashable] | None:
        """Take the next item: its number, itself and its replacement key."""
        if self.top() is None:
            return None
        number = heapq.heappop(self._heap)[2]
        item, key = self._items.pop(number)
        if key is not None:
            del self._keys[key]
        return number, item, key
