"""The only place that prints: results to standard output, progress to the terminal or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent


def say(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(text + "\n")


def say_json(value: Any) -> None:  # noqa: ANN401
    """Print a value as indented JSON."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def warn(problems: tuple[Problem, ...]) -> None:
    """Print what an animator should know, a line each, to standard error."""
    for problem in problems:
        place = "" if problem.start is None else f" (at {problem.start:.2f} s)"
        sys.stderr.write(f"note: {problem.text}{place}\n")


@contextmanager
def progress(kind: str) -> Iterator[ProgressListener]:
    """Give a listener that shows progress as ``kind`` asks: ``auto``, ``json`` or ``none``."""
    if kind == "json":
        yield _json_line
    elif kind == "auto" and sys.stderr.isatty():
        with _bar() as listener:
            yield listener
    else:
        yield silent


def _json_line(event: ProgressEvent) -> None:
    line = {"event": "progress", "stage": event.stage, "done": event.done, "total": event.total}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


@contextmanager
def _bar() -> Iterator[ProgressListener]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def listen(event: ProgressEvent) -> None:
            if event.stage not in tasks:
                tasks[event.stage] = bar.add_task(event.stage, total=event.total)
            bar.update(tasks[event.stage], completed=event.done, total=event.total)

        yield listen
