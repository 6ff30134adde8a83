"""What was made once and may be made again: kept while there is room, the least used given up first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Anything that says how much memory it holds."""

    @property
    def nbytes(self) -> int:
        """Bytes."""
        ...


ValueT = TypeVar("ValueT", bound=Sized)


class Kept(Generic[ValueT]):
    """Values by key, in bounded memory. Not for several threads at once.

    Parameters
    ----------
    limit
        Bytes; the value that was asked for last is kept even when it alone is larger.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[str, ValueT] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return sum(value.nbytes for value in self._values.values())

    def get(self, key: str, make: Callable[[], ValueT]) -> ValueT:
        """The value of a key, made when it is not there."""
        if key not in self._values:
            self._values[key] = make()
        self._values.move_to_end(key)
        while len(self._values) > 1 and self.nbytes > self._limit:
            self._values.popitem(last=False)
        return self._values[key]

    def clear(self) -> None:
        """Give everything up."""
        self._values.clear()
