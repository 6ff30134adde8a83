"""Entries of a shelf as files: named arrays and one JSON text; nothing in them is executed on reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.problems import Problem

Arrays = dict[str, npt.NDArray[Any]]


def write_entry(
    path: Path, facts: Mapping[str, object], problems: Iterable[Problem], arrays: Mapping[str, npt.NDArray[Any]]
) -> None:
    """Write an entry as npz.

    Parameters
    ----------
    path
        Where to.
    facts
        Everything but arrays and problems; values that JSON knows.
    problems
        Found on the way.
    arrays
        By name.
    """
    told = {**facts, "problems": [(p.code, p.text, p.start, p.end) for p in problems]}
    with path.open("wb") as stream:
        np.savez(stream, facts=np.array(json.dumps(told)), **arrays)


def read_entry(path: Path, names: Iterable[str]) -> tuple[dict[str, Any], tuple[Problem, ...], Arrays]:
    """Facts, problems and the named arrays that :func:`write_entry` wrote; their values are still to be checked.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        When the file is no such entry.
    """
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in names}
        facts = json.loads(str(stored["facts"]))
    return facts, tuple(Problem(str(code), str(text), start, end) for code, text, start, end in facts["problems"]), arrays


def require(arrays: Arrays, name: str, shape: tuple[int, ...], kind: type[np.generic]) -> None:
    """Check one array.

    Raises
    ------
    ValueError
        When it has another shape or type, or holds what is no number.
    """
    array = arrays[name]
    if array.shape != shape or array.dtype != kind or not np.isfinite(array).all():
        raise ValueError(f"{name} is not {shape} {kind}")
