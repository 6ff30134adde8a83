"""What a newer program wrote and this one does not know: kept, and written back where it was.

Each extra is addressed by the names of fields and the identities of items on the way to it, not by line or count, so that it
stays with its word or clip when others come, go or move. Extras are values beside the document; edits and undo do not touch
them, and what belongs to a deleted item simply finds no place at the next save.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pctalk_studio.storage.schema import Record

Place = tuple[str, ...]
"""Way from the top of the file: ``("project", "speech", "words", "#12", "style")``."""


class ExtraKind(StrEnum):
    """What is kept."""

    ENTRY = "entry"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Extra:
    """One thing that is kept.

    Parameters
    ----------
    place
        Of the object or list that it stands in.
    kind
        An entry of an object, or an item of a list.
    name
        Key of the entry; step to the item after which it stood, empty for the first.
    text
        Its JSON.
    """

    place: Place
    kind: ExtraKind
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Extras:
    """All that is kept of one file."""

    items: tuple[Extra, ...] = ()

    def by_place(self) -> Mapping[tuple[Place, ExtraKind], list[Extra]]:
        """The extras of each object and list, in the order of the file."""
        found: dict[tuple[Place, ExtraKind], list[Extra]] = defaultdict(list)
        for extra in self.items:
            found[extra.place, extra.kind].append(extra)
        return dict(found)


def step_to(record: Record | None, number: object, time: object, index: int) -> str:
    """How an item of a list is found again: by its id, a key by its time, all else by its position.

    Parameters
    ----------
    record
        What the list holds; None for other things than records.
    number, time
        The item's ``id`` and ``time``, where it has them.
    index
        Its position, from 0.
    """
    if record is not None and isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return f"#{number}"
    if record is not None and record.name == "Key" and isinstance(time, int | float) and not isinstance(time, bool):
        return f"@{float(time)!r}"
    return f"[{index}]"


def spoken(place: Place) -> str:
    """A place for people: ``project.speech.words[#12].style``."""
    words = "".join(f"[{step}]" if step[:1] in "#@" else step if step[:1] == "[" else f".{step}" for step in place)
    return words.lstrip(".") or "the file"
