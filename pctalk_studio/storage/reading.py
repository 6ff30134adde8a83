"""JSON to values, strictly by shape. What is unknown is kept, what is wrong is refused with its place; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from fractions import Fraction

from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.storage.extras import Extra, ExtraKind, Extras, Place, spoken, step_to
from pctalk_studio.storage.json_text import is_too_deep, one_line, shown
from pctalk_studio.storage.mask_png import weights_of
from pctalk_studio.storage.packed_rows import rows_of
from pctalk_studio.storage.schema import (
    MISSING,
    SCHEMA,
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
from pctalk_studio.storage.upgrades import Format

_SCHEMA = re.compile(r"([A-Za-z][A-Za-z0-9]{0,63})\.([1-9][0-9]{0,5})")
MOST_MASKS = 4096
"""Masks in a file: a plain one takes hundreds of bytes in the file and 16 KiB in memory."""
MOST_PERFORMED = 64 << 20
"""Bytes of all performances of a file in memory."""
_RATE = re.compile(r"([0-9]{1,100})(?:/([0-9]{1,100}))?")


class Damaged(Exception):
    """Something that cannot be read, for people.

    Parameters
    ----------
    place
        Where.
    what
        A clause: ``lacks 'start'``.
    """

    def __init__(self, place: Place, what: str) -> None:
        super().__init__(f"{shown(spoken(place), 120)} {shown(what, 200)}")
        self.place = place
        self.what = what


class TooNew(Exception):
    """A record of a version that this program does not know yet."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"{name}.{version}")
        self.name = name
        self.version = version


class Reader:
    """Reads one file or value.

    Parameters
    ----------
    known
        Versions and upgrades.
    named
        Whether every object must name its record. Scripts written by hand may leave it out.
    """

    __slots__ = ("_extras", "_known", "_masks", "_named", "_performed", "upgraded")

    def __init__(self, known: Format, *, named: bool = True) -> None:
        self._known = known
        self._named = named
        self._extras: list[Extra] = []
        self._masks = 0
        self._performed = 0
        self.upgraded = False

    @property
    def extras(self) -> Extras:
        """What was not known, so far."""
        return Extras(tuple(self._extras))

    def read(self, shape: Shape, node: Json, place: Place) -> object:
        """The value of a node.

        Raises
        ------
        Damaged
            When the node has another shape.
        TooNew
            When it holds a record of a later version.
        """
        match shape:
            case Record():
                return self._record(shape, node, place)
            case Maybe(inner):
                return None if node is None else self.read(inner, node, place)
            case Listing(item):
                return tuple(self._items(item, node, place))
            case Row(shapes):
                if not isinstance(node, list) or len(node) != len(shapes):
                    raise Damaged(place, f"is no list of {len(shapes)} values")
                return tuple(self.read(each, node[i], (*place, f"[{i}]")) for i, each in enumerate(shapes))
            case Choices(words):
                if not isinstance(node, list):
                    raise Damaged(place, "is no list")
                return frozenset(_word(words, each, place) for each in node)
            case Choice(words):
                return _word(words, node, place)
            case Picture() | Frames():
                return self._packed(shape, node, place)
            case _:
                return _plain(shape, node, place)

    def _packed(self, shape: Picture | Frames, node: Json, place: Place) -> bytes:
        if isinstance(shape, Picture):
            self._masks += 1
            if self._masks > MOST_MASKS:
                raise Damaged(place, f"is one of more than {MOST_MASKS:,} masks")
            return _unpacked(weights_of, node, place)
        rows = _unpacked(rows_of, node, place)
        self._performed += len(rows)
        if self._performed > MOST_PERFORMED:
            raise Damaged(place, f"makes the performances take more than {MOST_PERFORMED >> 20} MiB")
        return rows

    def _items(self, item: Shape, node: Json, place: Place) -> Iterator[object]:
        if not isinstance(node, list):
            raise Damaged(place, "is no list")
        record = item if isinstance(item, Record) else None
        before = ""
        for index, each in enumerate(node):
            if record is not None and self._is_foreign(each):
                self._keep(place, ExtraKind.ITEM, before, each)
                continue
            told = each if isinstance(each, dict) else {}
            before = step_to(record, told.get("id"), told.get("time"), index)
            yield self.read(item, each, (*place, before))

    def _record(self, record: Record, node: Json, place: Place) -> object:
        if not isinstance(node, dict):
            raise Damaged(place, "is no object")
        node = self._newest(record, node, place)
        names = {field.name for field in record.fields}
        for name, value in node.items():
            if name not in names and name != SCHEMA:
                self._keep(place, ExtraKind.ENTRY, name, value)
        values = {field.name: self._field(field, node, place) for field in record.fields}
        try:
            return record.type(**values)
        except StudioError as error:
            raise Damaged(place, f"cannot be: {error.user_text.rstrip('.')}") from error

    def _field(self, field: Field, node: JsonObject, place: Place) -> object:
        given = field.name in node
        if given and field.default is not MISSING and _holds_record(field.shape) and self._is_foreign(node[field.name]):
            self._keep(place, ExtraKind.ENTRY, field.name, node[field.name])
            given = False
        if given:
            return self.read(field.shape, node[field.name], (*place, field.name))
        if field.default is MISSING:
            raise Damaged(place, f"lacks '{field.name}'")
        return field.default

    def _newest(self, record: Record, node: JsonObject, place: Place) -> JsonObject:
        if SCHEMA not in node and not self._named:
            return node
        told = _told(node)
        if told is None:
            raise Damaged(place, f"does not say what it is; its '{SCHEMA}' should be {record.name}")
        name, version = told
        if name != record.name:
            raise Damaged(place, f"holds a {name} where a {record.name} belongs")
        newest = self._known.versions[name]
        if version > newest:
            raise TooNew(name, version)
        if version == newest:
            return node
        self.upgraded = True
        try:
            return self._known.upgraded(name, version, node)
        except ValueError as error:
            raise Damaged(place, str(error)) from error

    def _is_foreign(self, node: Json) -> bool:
        """Whether a node is a record that no version of this program knows."""
        told = _told(node) if isinstance(node, dict) else None
        return told is not None and told[0] not in self._known.versions

    def _keep(self, place: Place, kind: ExtraKind, name: str, node: Json) -> None:
        if is_too_deep(node):
            raise Damaged(place, "is nested too deeply")
        text = one_line(node)
        _encodable(name + text, place)
        self._extras.append(Extra(place, kind, name, text))


def _told(node: JsonObject) -> tuple[str, int] | None:
    """Record and version that an object claims."""
    text = node.get(SCHEMA)
    match = _SCHEMA.fullmatch(text) if isinstance(text, str) else None
    return None if match is None else (match[1], int(match[2]))


def _holds_record(shape: Shape) -> bool:
    return isinstance(shape, Record) or (isinstance(shape, Maybe) and isinstance(shape.shape, Record))


def _word(words: type[StrEnum], node: Json, place: Place) -> StrEnum:
    try:
        return words(str(node))
    except ValueError as error:
        raise Damaged(place, f"is none of {', '.join(words)}") from error


def _plain(shape: Shape, node: Json, place: Place) -> object:
    """A value that is no container."""
    match shape, node:
        case Truth(), bool():
            return node
        case Whole(), int() if not isinstance(node, bool):
            return node
        case Number(), int() | float() if not isinstance(node, bool):
            return _finite(node, place)
        case Text(), str():
            return _encodable(node, place)
        case Rate(), str():
            return _rate(node, place)
    kinds = {Truth: "neither true nor false", Whole: "no whole number", Number: "no number", Text: "no text"}
    raise Damaged(place, f"is {kinds.get(type(shape), 'no text')}")


def _unpacked(unpack: Callable[[str], bytes], node: Json, place: Place) -> bytes:
    if not isinstance(node, str):
        raise Damaged(place, "is no text")
    try:
        return unpack(node)
    except ValueError as error:
        raise Damaged(place, str(error)) from error


def _finite(node: int | float, place: Place) -> float:
    try:
        return float(node)
    except OverflowError as error:
        raise Damaged(place, "is too large a number") from error


def _encodable(text: str, place: Place) -> str:
    """The text itself; half a character, as bad escapes make it, can be neither shown nor saved."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Damaged(place, "holds characters that do not exist") from error
    return text


def _rate(text: str, place: Place) -> FrameRate:
    match = _RATE.fullmatch(text)
    if match is None or (match[2] is not None and not int(match[2])):
        raise Damaged(place, "is no frame rate such as 25 or 30000/1001")
    try:
        return FrameRate(Fraction(int(match[1]), int(match[2] or 1)))
    except StudioError as error:
        raise Damaged(place, f"cannot be: {error.user_text.rstrip('.')}") from error
