"""Methods side by side, in the layout of the paper's tables 1 and 2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.evaluation.judged.clips import UNMEASURED, JudgedClip, Judges, distance

COLUMNS = (
    ("LSE-C", "up"), ("LSE-D", "down"), ("FID", "down"), ("NIQE", "down"), ("FVD", "down"), ("Acc_emo", "up"), ("E-FID", "down"),
)  # fmt: skip
"""Measures, and in which direction they are better."""

_ARROWS = {"up": "↑", "down": "↓"}


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method over all its clips.

    Parameters
    ----------
    name
        Of the method.
    values
        By measure, in its own unit (Acc_emo in per cent); None where it could not be measured.
    remarks
        Why not, a sentence per measure.
    """

    name: str
    values: dict[str, float | None]
    remarks: dict[str, str]


def method_row(
    name: str,
    clips: Sequence[Path],
    references: Sequence[Path],
    judges: Judges,
    emotions: Sequence[str | None],
    progress: ProgressListener = silent,
) -> MethodRow:
    """Judge all clips of a method: the means of what is measured by clip, distances over all clips together.

    Parameters
    ----------
    name
        Of the method.
    clips
        Its clips, at least one.
    references
        Real clips; may be none.
    judges
        The networks.
    emotions
        What was meant by each clip, or None.
    progress
        Hears of every frame.

    Raises
    ------
    MediaError, FaceError
        When a clip cannot be read, or shows no face.
    """
    own = [JudgedClip.of(path, judges, progress) for path in clips]
    real = [JudgedClip.of(path, judges, progress) for path in references]
    values: dict[str, float | None] = dict.fromkeys(code for code, _ in COLUMNS)
    remarks: dict[str, str] = {}
    measures: dict[str, Callable[[], float]] = {
        "LSE-C": lambda: float(np.mean([clip.lip_sync.confidence for clip in own])),
        "LSE-D": lambda: float(np.mean([clip.lip_sync.distance for clip in own])),
        "FID": lambda: distance(own, real, "pictures")[0],
        "NIQE": lambda: float(np.mean([clip.niqe[1] for clip in own])),
        "FVD": lambda: distance(own, real, "movement")[0],
        "Acc_emo": lambda: _accuracy(own, emotions),
        "E-FID": lambda: distance(own, real, "expressions")[0],
    }
    for code, measure in measures.items():
        try:
            values[code] = measure()
        except UNMEASURED as error:
            remarks[code] = error.user_text
    return MethodRow(name, values, remarks)


def _accuracy(own: Sequence[JudgedClip], emotions: Sequence[str | None]) -> float:
    named = [(clip, meant) for clip, meant in zip(own, emotions, strict=True) if meant is not None]
    if not named:
        raise UsageError("No clip's name says which emotion was meant; end names with one, such as 'anna_happy.mp4'.")
    return 100.0 * float(np.mean([clip.emotion == meant for clip, meant in named]))


def markdown_table(rows: Sequence[MethodRow]) -> str:
    """Rows as a table in Markdown: the best of each column in bold, a dash where nothing was measured, and below why."""
    lines = ["| Method | " + " | ".join(f"{code}{_ARROWS[better]}" for code, better in COLUMNS) + " |"]
    lines.append("| --- |" + " --- |" * len(COLUMNS))
    best = {code: _best([row.values[code] for row in rows], better) for code, better in COLUMNS}
    for row in rows:
        cells = [_cell(row.values[code], best[code] if len(rows) > 1 else None) for code, _ in COLUMNS]
        lines.append(f"| {row.name} | " + " | ".join(cells) + " |")
    why = dict.fromkeys(f"{code}: {text}" for row in rows for code, text in row.remarks.items())
    return "\n".join([*lines, "", *why]).rstrip()


def _best(values: Sequence[float | None], better: str) -> float | None:
    known = [value for value in values if value is not None]
    return None if not known else max(known) if better == "up" else min(known)


def _cell(value: float | None, best: float | None) -> str:
    if value is None:
        return "-"
    return f"**{value:.2f}**" if value == best else f"{value:.2f}"
