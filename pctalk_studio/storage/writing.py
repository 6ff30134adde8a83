"""Values to JSON by shape, with what is kept for newer programs put back in its place."""

from __future__ import annotations

import json
import math
from functools import cache

from pctalk_studio.core.errors import ProjectSaveError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.storage.extras import ExtraKind, Extras, Place, spoken, step_to
from pctalk_studio.storage.mask_png import png_text
from pctalk_studio.storage.packed_rows import rows_text
from pctalk_studio.storage.schema import (
    MISSING,
    SCHEMA,
    VERSIONS,
    Choice,
    Choices,
    Field,
    Frames,
    Json,
    JsonObject,
    Listing,
    Maybe,
    Number,
    Picture,
    Rate,
    Record,
    Row,
    Shape,
    Text,
    Truth,
    Whole,
)


class Writer:
    """Writes one file or value.

    Parameters
    ----------
    extras
        What to put back.
    """

    __slots__ = ("_extras",)

    def __init__(self, extras: Extras) -> None:
        self._extras = extras.by_place()

    def write(self, shape: Shape, value: object, place: Place) -> Json:
        """The node of a value.

        Raises
        ------
        ProjectSaveError
            When the value has no form in the file: a number that is not finite, a text of half characters.
        TypeError
            When it is no value of that shape.
        """
        match shape, value:
            case Record(), _ if isinstance(value, shape.type):
                return self._record(shape, value, place)
            case Maybe(), None:
                return None
            case Maybe(inner), _:
                return self.write(inner, value, place)
            case Listing(item), tuple():
                return self._items(item, value, place)
            case Row(shapes), tuple() if len(shapes) == len(value):
                return [self.write(each, value[i], (*place, f"[{i}]")) for i, each in enumerate(shapes)]
            case Choices(words), frozenset():
                ordered: list[str] = sorted(words(each).value for each in value)
                return list(ordered)
            case Choice(words), str():
                return words(value).value
            case _:
                return _plain(shape, value, place)

    def _record(self, record: Record, value: object, place: Place) -> JsonObject:
        # What only edit scripts hold, such as a brush, is in no project and has no version.
        node: JsonObject = {SCHEMA: f"{record.name}.{VERSIONS[record.name]}"} if record.name in VERSIONS else {}
        for field in record.fields:
            held = getattr(value, field.name)
            if record.brief and held is field.default:
                continue
            written = self.write(field.shape, held, (*place, field.name))
            if not (record.brief and field.default is not MISSING and repr(written) == _default(field)):
                node[field.name] = written
        known = {field.name: field for field in record.fields}
        for extra in self._extras.get((place, ExtraKind.ENTRY), ()):
            stood_for = known.get(extra.name)
            # What stood for a field in a form of its own gives way once that field is set here.
            if stood_for is None or extra.name not in node or repr(node[extra.name]) == _default(stood_for):
                node[extra.name] = json.loads(extra.text)
        return node

    def _items(self, item: Shape, values: tuple[object, ...], place: Place) -> list[Json]:
        record = item if isinstance(item, Record) else None
        foreign: dict[str, list[Json]] = {}
        for extra in self._extras.get((place, ExtraKind.ITEM), ()):
            foreign.setdefault(extra.name, []).append(json.loads(extra.text))
        nodes = foreign.pop("", [])
        for index, value in enumerate(values):
            step = step_to(record, getattr(value, "id", None), getattr(value, "time", None), index)
            nodes.append(self.write(item, value, (*place, step)))
            nodes += foreign.pop(step, [])
        # Items whose neighbour is gone are no less wanted.
        return nodes + [node for rest in foreign.values() for node in rest]


@cache
def _default(field: Field) -> str:
    """The written form of a field's default, as it is compared: -0.0 and 0.0 differ, and so do 1 and 1.0."""
    return "" if field.default is MISSING else repr(Writer(Extras()).write(field.shape, field.default, ()))


def _plain(shape: Shape, value: object, place: Place) -> Json:
    """A value that is no container."""
    match shape, value:
        case Truth(), bool():
            return value
        case Whole(), int() if not isinstance(value, bool):
            return int(value)
        case Number(), int() | float() if not isinstance(value, bool):
            if not math.isfinite(value):
                raise ProjectSaveError(f"The project cannot be saved: {spoken(place)} is {value}, which is no number; change it.")
            return float(value)
        case Text(), str():
            if not _is_text(value):
                raise ProjectSaveError(f"The project cannot be saved: {spoken(place)} holds bytes that are no text; rename it.")
            return value
        case Rate(), FrameRate():
            return str(value)
        case Picture(), bytes():
            return png_text(value)
        case Frames(), bytes():
            return rows_text(value)
    raise TypeError(f"{spoken(place)} is a {type(value).__name__}, not a {type(shape).__name__.lower()}")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
