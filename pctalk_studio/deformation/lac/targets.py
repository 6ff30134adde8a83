"""What each phone asks of the mouth: the table resources/lip_targets.csv, read and checked.

Channels: ``open`` 0 lips together to 1 widest in conversation; ``width`` -1 narrowest to +1 widest corners; ``purse`` 0 to 1
lips pushed forward; ``jaw`` 0 to 1. Targets are those of a plain, stressed pronunciation; context is the solver's business.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import ARPABET, SILENCE

DIPHTHONGS = frozenset({"AW", "AY", "EY", "OW", "OY"})
"""Vowels with two rows, such as ``AY1`` and ``AY2``."""


class Kind(StrEnum):
    """Articulatory class of a row; the rules of coarticulation speak of these."""

    VOWEL = "vowel"
    BILABIAL = "bilabial"
    LABIODENTAL = "labiodental"
    SIBILANT = "sibilant"
    POSTALVEOLAR = "postalveolar"
    DENTAL = "dental"
    TONGUE = "tongue"
    GLIDE = "glide"
    RHOTIC = "rhotic"
    GLOTTAL = "glottal"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class LipTarget:
    """One row of the table.

    Parameters
    ----------
    phone, kind
        ARPAbet label (diphthongs with 1 or 2 behind it) and class.
    open, width, purse, jaw
        Targets; see the module.
    limit
        Openness that must not be exceeded while the phone sounds; 1 sets no limit, 0 closes the lips.
    press, tuck, tongue
        Amounts for the mouth channels of the same names.
    weight_open, weight_width, weight_purse
        Dominance per channel; the jaw shares that of ``open``.
    attack_ms, release_ms
        Time in which the dominance falls to one half before and after the phone, milliseconds.
    """

    phone: str
    kind: Kind
    open: float
    width: float
    purse: float
    jaw: float
    limit: float
    press: float
    tuck: float
    tongue: float
    weight_open: float
    weight_width: float
    weight_purse: float
    attack_ms: float
    release_ms: float


LipTargets = Mapping[str, LipTarget]
"""Rows by label."""

_RANGES = {
    "width": (-1.0, 1.0),
    "weight_open": (0.01, 10.0),
    "weight_width": (0.01, 10.0),
    "weight_purse": (0.01, 10.0),
    "attack_ms": (10.0, 400.0),
    "release_ms": (10.0, 400.0),
}


def _rows_needed() -> frozenset[str]:
    split = {f"{phone}{half}" for phone in DIPHTHONGS for half in (1, 2)}
    return frozenset(set(ARPABET) - DIPHTHONGS | split | {SILENCE})


def _row(path: Path, line: int, cells: Mapping[str, str | None]) -> LipTarget:
    numbers: dict[str, float] = {}
    for name in (f.name for f in fields(LipTarget) if f.name not in ("phone", "kind")):
        low, high = _RANGES.get(name, (0.0, 1.0))
        try:
            numbers[name] = float(cells.get(name) or "")
        except ValueError as error:
            raise InterchangeError(f"'{path}' line {line}: '{name}' is no number; correct it.") from error
        if not low <= numbers[name] <= high:
            raise InterchangeError(f"'{path}' line {line}: '{name}' must lie between {low:g} and {high:g}; correct it.")
    try:
        kind = Kind(cells.get("kind") or "")
    except ValueError as error:
        raise InterchangeError(f"'{path}' line {line}: '{cells.get('kind')}' is no class of phone; correct it.") from error
    return LipTarget(phone=cells.get("phone") or "", kind=kind, **numbers)


def read_lip_targets(path: Path) -> LipTargets:
    """Read and check a table of lip targets.

    Raises
    ------
    InterchangeError
        When a row is missing, doubled, unknown or out of range; the sentence names the file and the line.
    """
    table: dict[str, LipTarget] = {}
    needed = _rows_needed()
    with path.open(newline="", encoding="utf-8") as stream:
        for line, cells in enumerate(csv.DictReader(stream), start=2):
            row = _row(path, line, cells)
            if row.phone not in needed or row.phone in table:
                raise InterchangeError(f"'{path}' line {line}: phone '{row.phone}' is unknown or doubled; correct it.")
            table[row.phone] = row
    missing = sorted(needed - set(table))
    if missing:
        raise InterchangeError(f"'{path}' lacks the phones {', '.join(missing)}; add their rows.")
    return MappingProxyType(table)


@cache
def lip_targets() -> LipTargets:
    """The table that ships, read once."""
    return read_lip_targets(resource_path("lip_targets.csv"))
