"""``evaluate`` by networks: the judges of one clip, and the table of several methods."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pctalk_studio.cli.output import progress, say, say_json
from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.progress import ProgressListener
from pctalk_studio.document.project import Emotion
from pctalk_studio.evaluation.judged import Judges, judge_clip, markdown_table, method_row
from pctalk_studio.evaluation.report import Metric
from pctalk_studio.media.file_endings import MOVIES
from pctalk_studio.nets.store import ModelStore


def judged_metrics(args: argparse.Namespace, listen: ProgressListener) -> list[Metric]:
    """What the judges say of the clip."""
    meant = args.emotion.emotion.value if args.emotion is not None else None
    return judge_clip(args.clip, Judges(ModelStore(args.models)), _references(args.reference), meant, listen)


def compare_methods(args: argparse.Namespace) -> int:
    """Judge the clips of each method and print one table; a name that ends with an emotion, as in ``anna_happy.mp4``, says it.

    Raises
    ------
    UsageError
        When the folder holds no folder with clips.
    """
    methods = {folder.name: _movies(folder) for folder in sorted(args.clip.iterdir()) if folder.is_dir() and _movies(folder)}
    if not methods:
        raise UsageError(f"'{args.clip}' holds no folder with clips; make one for each method.")
    judges, references = Judges(ModelStore(args.models)), _references(args.reference)
    with progress("none" if args.json else "auto") as listen:
        rows = [
            method_row(name, clips, references, judges, [_meant(clip) for clip in clips], listen)
            for name, clips in methods.items()
        ]
    if args.json:
        say_json({"methods": [asdict(row) for row in rows]})
    else:
        say(markdown_table(rows))
    return 0


def _movies(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in MOVIES)


def _references(given: list[Path]) -> list[Path]:
    """Clips, and those in folders."""
    found: list[Path] = []
    for path in given:
        movies = _movies(path) if path.is_dir() else [path]
        if not movies:
            raise MediaError(f"'{path}' holds no clip; give a movie or a folder with some.")
        found += movies
    return found


def _meant(clip: Path) -> str | None:
    ending = clip.stem.rsplit("_", 1)[-1].lower()
    return ending if ending in set(Emotion) else None
