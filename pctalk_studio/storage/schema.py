"""What the file holds, read off the document's own type hints: every dataclass is a record, every field has a shape.

Nothing here is written twice: a field added to the document is in the file. What has to be decided by a person is only the
version of each record, in :data:`VERSIONS`, and which records are brief.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.performance import Packed
from pctalk_studio.document.project import Project

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value as the file writes it."""
JsonObject: TypeAlias = dict[str, Json]

SCHEMA = "schema"
"""Key under which every object names its record and version: ``PhoneItem.1``."""


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """The whole file: which version of the program wrote it, and the document."""

    written_by: str
    project: Project


VERSIONS: Mapping[str, int] = MappingProxyType(
    {
        "ProjectFile": 1,
        "Project": 2,
        "StyleAxes": 1,
        "EmotionClip": 1,
        "UnitStrength": 1,
        "HeadKeys": 1,
        "GazeKeys": 1,
        "BlinkEvent": 1,
        "Marker": 1,
        "MediaReference": 1,
        "Media": 1,
        "RenderSettings": 1,
        "SpeechTrack": 1,
        "WordItem": 1,
        "WordStyle": 1,
        "PhoneItem": 1,
        "Problem": 1,
        "Curve": 1,
        "Key": 1,
        "Handle": 1,
        "FaceMask": 1,
        "Take": 1,
        "PerformanceClip": 1,
        "PartStrengths": 1,
        "Learned": 1,
        "LearnedStyle": 1,
    }
)
"""The newest version of each record, the only one that exists in memory.

A version rises when a field changes its meaning, its default or its name, when a choice gets a new member, or when a field goes;
a new field alone does not raise it, because older programs keep what they do not know.
"""

BRIEF = frozenset(
    {"WordItem", "WordStyle", "PhoneItem", "Problem", "Key", "Handle", "EmotionClip", "UnitStrength", "BlinkEvent", "Marker"}
)
"""Records that come in hundreds: fields that have their default are left out, so that each fits one line of a diff."""


class Missing:
    """Stands for the default of a field that has none."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Text:
    """A text."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer."""


@dataclass(frozen=True, slots=True)
class Number:
    """A finite float64, written so that it is read back to the bit."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Weights of a mask: bytes in memory, a PNG in base64 in the file."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames of a performance: bytes in memory, deflated in base64 in the file."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A frame rate: ``25`` or ``30000/1001``."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: type[StrEnum]


@dataclass(frozen=True, slots=True)
class Choices:
    """A set of words, in the order of the alphabet."""

    words: type[StrEnum]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value, or null."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Row:
    """A list of fixed length, each place with its own shape."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of any length."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record; ``default`` is MISSING where it must be given."""

    name: str
    shape: Shape
    default: object


@dataclass(frozen=True, slots=True)
class Record:
    """A dataclass."""

    type: type
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """As in the file."""
        return self.type.__name__

    @property
    def brief(self) -> bool:
        """Whether fields that have their default are left out."""
        return self.name in BRIEF


Shape: TypeAlias = "Text | Whole | Number | Truth | Picture | Frames | Rate | Choice | Choices | Maybe | Row | Listing | Record"

_PLAIN: Mapping[object, Shape] = MappingProxyType(
    {str: Text(), int: Whole(), float: Number(), bool: Truth(), bytes: Picture(), Packed: Frames(), FrameRate: Rate()}
)


@cache
def shape_of(hint: object) -> Shape:
    """The shape of values with a type hint.

    Raises
    ------
    TypeError
        When the hint is of a kind that the file has no form for.
    """
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return Maybe(shape_of(next(each for each in arguments if each is not type(None))))
    if origin is tuple:
        return Listing(shape_of(arguments[0])) if arguments[-1] is Ellipsis else Row(tuple(map(shape_of, arguments)))
    if origin is frozenset and issubclass(arguments[0], StrEnum):
        return Choices(arguments[0])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"the project file has no form for {hint}")


def _record(kind: type) -> Record:
    hints = typing.get_type_hints(kind)
    return Record(kind, tuple(Field(each.name, shape_of(hints[each.name]), _default(each)) for each in dataclasses.fields(kind)))


def _default(field: dataclasses.Field[object]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else MISSING


def records_of(shape: Shape) -> dict[str, Record]:
    """Every record that values of a shape may hold, by name."""
    found: dict[str, Record] = {}
    waiting: list[Shape] = [shape]
    while waiting:
        match waiting.pop():
            case Record() as record:
                found[record.name] = record
                waiting += [field.shape for field in record.fields]
            case Maybe(inner) | Listing(inner):
                waiting.append(inner)
            case Row(shapes):
                waiting += shapes
            case _:
                pass
    return found
