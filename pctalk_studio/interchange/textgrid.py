"""Praat TextGrid files: any tiers in, any tiers out, in the long and the short text form.

Both forms hold the same values in the same order; the long one adds words that are no values. Following Praat's own rule for
text files, a value is a quoted string, a flag in angle brackets or a number that stands free between blanks; everything else
and everything behind an exclamation mark is passed over. Knows nothing of alignments.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.files import written_whole
from pctalk_studio.interchange.bounded import read_bounded

_VALUE = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|<(?P<flag>[A-Za-z]+)>|(?P<comment>![^\n\r]*)|(?P<word>[^\s"<!]\S*|<\S*|!)', re.DOTALL
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?")
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """A labelled stretch of time; a point when both ends are equal. Seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A named row of intervals, or of points.

    Parameters
    ----------
    name
        As shown in Praat.
    intervals
        In order of time, not overlapping.
    points
        True for a point tier, whose intervals have no length.
    """

    name: str
    intervals: tuple[Interval, ...]
    points: bool = False


@dataclass(frozen=True, slots=True)
class TextGrid:
    """Tiers over one stretch of time, seconds."""

    start: float
    end: float
    tiers: tuple[Tier, ...]


class _Values:
    """The values of a file, taken one after the other with the kind that is due."""

    def __init__(self, text: str, name: str) -> None:
        self._found = self._scan(text)
        self._name = name

    @staticmethod
    def _scan(text: str) -> Iterator[str | float | bool]:
        for match in _VALUE.finditer(text):
            if match["text"] is not None:
                yield match["text"].replace('""', '"')
            elif match["flag"] is not None:
                yield match["flag"].lower() == "exists"
            elif match["word"] is not None and _NUMBER.fullmatch(match["word"]):
                yield float(match["word"].rstrip("%"))

    def _next(self, wanted: str) -> str | float | bool:
        value = next(self._found, None)
        if value is None:
            raise InterchangeError(f"The TextGrid '{self._name}' ends where {wanted} is due; save it again from Praat.")
        return value

    def _wrong(self, wanted: str, value: object) -> InterchangeError:
        return InterchangeError(
            f"The TextGrid '{self._name}' holds {value!r:.60} where {wanted} is due; save it again from Praat."
        )

    def text(self, wanted: str) -> str:
        """The next value, which must be a string."""
        value = self._next(wanted)
        if not isinstance(value, str):
            raise self._wrong(wanted, value)
        return value

    def number(self, wanted: str) -> float:
        """The next value, which must be a finite number."""
        value = self._next(wanted)
        if isinstance(value, str | bool) or not math.isfinite(value):
            raise self._wrong(wanted, value)
        return value

    def count(self, wanted: str) -> int:
        """The next value, which must be a whole number from 0."""
        value = self.number(wanted)
        if value < 0 or value != int(value):
            raise self._wrong(wanted, value)
        return int(value)

    def flag(self, wanted: str) -> bool:
        """The next value, which must be a flag."""
        value = self._next(wanted)
        if not isinstance(value, bool):
            raise self._wrong(wanted, value)
        return value


def parse_textgrid(text: str, name: str = "TextGrid") -> TextGrid:
    """Read the text of a TextGrid in either form.

    Parameters
    ----------
    text
        Decoded content.
    name
        What errors call it.

    Raises
    ------
    InterchangeError
        When it is no TextGrid, breaks off, or holds intervals that overlap or run backwards.
    """
    values = _Values(text, name)
    try:
        kinds = values.text("the file type"), values.text("the object class")
    except InterchangeError as error:
        raise InterchangeError(f"'{name}' is no TextGrid; save it from Praat as a text file.", error.user_text) from error
    if kinds[0] not in ("ooTextFile", "ooTextFile short") or kinds[1] != "TextGrid":
        raise InterchangeError(f"'{name}' is no TextGrid; save it from Praat as a text file.", repr(kinds))
    start, end = values.number("the start time"), values.number("the end time")
    if end < start:
        raise InterchangeError(f"The TextGrid '{name}' ends before it starts ({start:g} to {end:g} s); save it again from Praat.")
    tiers: list[Tier] = []
    if values.flag("the mark of the tiers"):
        for _ in range(values.count("the number of tiers")):
            tiers.append(_tier(values, name))
    return TextGrid(start, end, tuple(tiers))


def _tier(values: _Values, name: str) -> Tier:
    kind, title = values.text("the kind of a tier"), values.text("the name of a tier")
    if kind not in ("IntervalTier", "TextTier"):
        raise InterchangeError(f"The TextGrid '{name}' holds a tier of the unknown kind '{kind:.40}'; save it again from Praat.")
    values.number("the start of a tier")
    values.number("the end of a tier")
    points = kind == "TextTier"
    intervals: list[Interval] = []
    edge = -math.inf
    for _ in range(values.count("the number of intervals")):
        start = values.number("the time of an interval")
        end = start if points else values.number("the end of an interval")
        if start < edge - _TOLERANCE or end < start - _TOLERANCE:
            raise InterchangeError(
                f"Intervals of the tier '{title:.40}' in '{name}' overlap at {start:g} s; mend the TextGrid in Praat."
            )
        edge = max(end, start)
        intervals.append(Interval(start, edge, values.text("a label")))
    return Tier(title, tuple(intervals), points)


def decode_text(data: bytes, name: str) -> str:
    """Decode what Praat and other programs write: UTF-8 or UTF-16 with or without mark, else Latin-1.

    Raises
    ------
    InterchangeError
        When a UTF-16 file is cut in the middle of a character.
    """
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        if data[:4:2] == b"\0\0":
            return data.decode("utf-16-be")
        if data[1:4:2] == b"\0\0":
            return data.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise InterchangeError(f"'{name}' is no whole UTF-16 text; copy or save it again.", repr(error)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_textgrid(path: Path) -> TextGrid:
    """Read a TextGrid file.

    Raises
    ------
    InterchangeError
        When it is missing, too large or no valid TextGrid.
    """
    return parse_textgrid(decode_text(read_bounded(path, "TextGrid"), str(path)), str(path))


# --- writing --------------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _number(value: float) -> str:
    """Shortest text that reads back as the same number."""
    return repr(float(value)).removesuffix(".0")


def format_textgrid(grid: TextGrid, short: bool = False) -> str:
    """The text of a TextGrid in Praat's long form, or in the short one."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    if short:
        lines += [_number(grid.start), _number(grid.end), "<exists>", str(len(grid.tiers))]
        for tier in grid.tiers:
            lines += [_quoted(_kind(tier)), _quoted(tier.name), _number(grid.start), _number(grid.end), str(len(tier.intervals))]
            for interval in tier.intervals:
                lines += [_number(interval.start), *(() if tier.points else (_number(interval.end),)), _quoted(interval.text)]
        return "\n".join(lines) + "\n"
    lines += [f"xmin = {_number(grid.start)} ", f"xmax = {_number(grid.end)} ", "tiers? <exists> ", f"size = {len(grid.tiers)} "]
    lines.append("item []: ")
    for number, tier in enumerate(grid.tiers, 1):
        lines += _long_tier(number, tier, grid)
    return "\n".join(lines) + "\n"


def _kind(tier: Tier) -> str:
    return "TextTier" if tier.points else "IntervalTier"


def _long_tier(number: int, tier: Tier, grid: TextGrid) -> Iterator[str]:
    what = "points" if tier.points else "intervals"
    yield f"    item [{number}]:"
    yield f"        class = {_quoted(_kind(tier))} "
    yield f"        name = {_quoted(tier.name)} "
    yield f"        xmin = {_number(grid.start)} "
    yield f"        xmax = {_number(grid.end)} "
    yield f"        {what}: size = {len(tier.intervals)} "
    for n, interval in enumerate(tier.intervals, 1):
        yield f"        {what} [{n}]:"
        if tier.points:
            yield f"            number = {_number(interval.start)} "
            yield f"            mark = {_quoted(interval.text)} "
        else:
            yield f"            xmin = {_number(interval.start)} "
            yield f"            xmax = {_number(interval.end)} "
            yield f"            text = {_quoted(interval.text)} "


def write_textgrid(path: Path, grid: TextGrid, short: bool = False, encoding: str = "utf-8") -> None:
    """Write a TextGrid, whole or not at all.

    Parameters
    ----------
    path
        Target.
    grid
        What to write.
    short
        The short text form.
    encoding
        ``utf-8`` or ``utf-16`` (with mark), as Praat reads both.
    """
    data = format_textgrid(grid, short).encode(encoding)
    with written_whole(path) as draft:
        draft.write_bytes(data)
