"""Things of a project that stand in a list: found by their identity, and moved within it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from pctalk_studio.core.errors import EditRejected


class Identified(Protocol):
    """Has an identity within its list."""

    @property
    def id(self) -> int:
        """The identity."""


Item = TypeVar("Item", bound=Identified)


def by_id(items: Iterable[Item], wanted: int | None, kind: str) -> Item:
    """An item by its identity.

    Parameters
    ----------
    items, wanted
        Where to look, and for which; None is no item's.
    kind
        What the items are, in the words of the refusal.

    Raises
    ------
    EditRejected
        When there is none.
    """
    for item in items:
        if item.id == wanted:
            return item
    raise EditRejected(f"There is no {kind} with the number {wanted}; it may have been deleted.")


def restacked(items: Sequence[Item], moving: Item, to: int) -> tuple[Item, ...]:
    """A stack of which one item has moved: 0 is the lowest place; later ones lie on top.

    Raises
    ------
    EditRejected
        When there is no such place.
    """
    others = [item for item in items if item is not moving]
    if not 0 <= to <= len(others):
        raise EditRejected(f"The stack has places 0 to {len(others)}; {to} is none of them.")
    others.insert(to, moving)
    return tuple(others)
