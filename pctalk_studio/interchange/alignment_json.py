"""Alignments as JSON: a versioned schema of our own, every number read back exactly."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import ARPABET, SILENCE, Alignment, Phone, Word

SCHEMA = "pctalk-studio/alignment"
VERSION = 1

_METHODS = ("transcript", "recognised", "phone-loop", "imported")
_Item = TypeVar("_Item")


def format_alignment(alignment: Alignment) -> str:
    """The JSON text of an alignment, one word or phone a line."""
    words = [
        {"text": w.text, "start": w.start, "end": w.end, "confidence": w.confidence, "said": w.said} for w in alignment.words
    ]
    phones = [
        {"label": p.label, "start": p.start, "end": p.end, "stress": p.stress, "confidence": p.confidence}
        for p in alignment.phones
    ]
    problems = [{"code": p.code, "text": p.text, "start": p.start, "end": p.end} for p in alignment.problems]
    head = {
        "schema": SCHEMA,
        "version": VERSION,
        "duration": alignment.duration,
        "method": alignment.method,
        "trust": alignment.trust,
    }
    lines = [f"  {json.dumps(key)}: {_dumped(value)}" for key, value in head.items()]
    for key, items in (("words", words), ("phones", phones), ("problems", problems)):
        rows = ",\n".join(f"    {_dumped(item)}" for item in items)
        lines.append(f"  {json.dumps(key)}: [\n{rows}\n  ]" if items else f"  {json.dumps(key)}: []")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class _Record:
    """One JSON object with typed access; every key must be asked for exactly once."""

    values: Mapping[str, object]
    place: str
    name: str

    def wrong(self, what: str) -> InterchangeError:
        return InterchangeError(f"The alignment '{self.name}' is damaged: {self.place} {what}; export it again.")

    def only(self, *keys: str) -> None:
        """Refuse missing and unknown keys."""
        if missing := [key for key in keys if key not in self.values]:
            raise self.wrong(f"lacks '{missing[0]}'")
        if unknown := [key for key in self.values if key not in keys]:
            raise self.wrong(f"holds the unknown entry '{unknown[0]:.40}'")

    def text(self, key: str) -> str:
        """A string."""
        value = self.values[key]
        if not isinstance(value, str):
            raise self.wrong(f"has a '{key}' that is no text")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """A finite number within bounds."""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"has a '{key}' that is no number")
        if not (low <= value <= high):
            raise self.wrong(f"has a '{key}' outside {low:g} to {high:g}")
        return float(value)

    def optional_number(self, key: str, low: float, high: float) -> float | None:
        """A finite number within bounds, or null."""
        return None if self.values[key] is None else self.number(key, low, high)

    def truth(self, key: str) -> bool:
        """A boolean."""
        value = self.values[key]
        if not isinstance(value, bool):
            raise self.wrong(f"has a '{key}' that is neither true nor false")
        return value

    def items(self, key: str, read: Callable[[_Record], _Item]) -> tuple[_Item, ...]:
        """A list of objects, each read by a function."""
        value = self.values[key]
        if not isinstance(value, list):
            raise self.wrong(f"has a '{key}' that is no list")
        records = []
        for n, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.wrong(f"has an entry of '{key}' that is no object")
            records.append(read(_Record(item, f"entry {n + 1} of '{key}'", self.name)))
        return tuple(records)


_LONGEST = 7 * 86_400.0


def _word(record: _Record) -> Word:
    record.only("text", "start", "end", "confidence", "said")
    start = record.number("start", 0, _LONGEST)
    end = record.number("end", start, _LONGEST)
    return Word(record.text("text"), start, end, record.number("confidence", 0, 1), record.truth("said"))


def _phone(record: _Record) -> Phone:
    record.only("label", "start", "end", "stress", "confidence")
    label = record.text("label")
    if label != SILENCE and label not in ARPABET:
        raise record.wrong(f"has the unknown phone '{label:.20}'")
    start = record.number("start", 0, _LONGEST)
    end = record.number("end", start, _LONGEST)
    stress = record.optional_number("stress", 0, 2)
    if stress is not None and stress != int(stress):
        raise record.wrong("has a 'stress' that is not 0, 1 or 2")
    return Phone(label, start, end, None if stress is None else int(stress), record.number("confidence", 0, 1))


def _problem(record: _Record) -> Problem:
    record.only("code", "text", "start", "end")
    start, end = (record.optional_number(key, 0, _LONGEST) for key in ("start", "end"))
    return Problem(record.text("code"), record.text("text"), start, end)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an entry occurs twice")
    return found


def parse_alignment(text: str, name: str) -> Alignment:
    """Read the JSON text of an alignment.

    Parameters
    ----------
    text
        Content.
    name
        What errors call it.

    Raises
    ------
    InterchangeError
        When it is no JSON, of another schema or a later version, or breaks a rule of the schema.
    """
    try:
        values = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise InterchangeError(f"'{name}' is no JSON that can be read; export it again.", repr(error)[:500]) from error
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise InterchangeError(
            f"'{name}' is JSON, but no alignment of PC-Talk Studio; give one that 'align' wrote, or a TextGrid."
        )
    record = _Record(values, "the file", name)
    version = values.get("version")
    if version != VERSION or isinstance(version, bool):
        raise InterchangeError(f"'{name}' was written by another version ({version!r:.20}); open it with a newer PC-Talk Studio.")
    record.only("schema", "version", "duration", "method", "trust", "words", "phones", "problems")
    duration = record.number("duration", 0, _LONGEST)
    if (method := record.text("method")) not in _METHODS:
        raise record.wrong(f"has the unknown method '{method:.20}'")
    words, phones = record.items("words", _word), record.items("phones", _phone)
    trust, problems = record.number("trust", 0, 1), record.items("problems", _problem)
    said = [word for word in words if word.said]
    if any(after.start < before.end - 1e-6 for before, after in itertools.pairwise(said)):
        raise record.wrong("has words that overlap")
    if any(word.end > duration + 1e-6 for word in words) or (math.isclose(duration, 0) and phones):
        raise record.wrong("has words outside the recording")
    try:
        return Alignment(duration, words, phones, trust, method, problems)
    except ValueError as error:
        raise InterchangeError(f"The alignment '{name}' is damaged: {error}; export it again.") from error
