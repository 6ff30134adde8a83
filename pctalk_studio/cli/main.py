"""Runs one command; turns every outcome into an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pctalk_studio.cli.arguments import build_parser
from pctalk_studio.cli.projects import SUFFIX
from pctalk_studio.core.errors import StudioError, UsageError
from pctalk_studio.core.threads import one_math_thread

DONE, TROUBLE, USER_ERROR, INTERRUPTED = 0, 1, 2, 130


OpenEditor = Callable[[Path | None], int]
"""Shows the window, with a project or without; returns the exit code."""


def run(argv: Sequence[str], open_editor: OpenEditor | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    argv
        What was typed after the program's name; nothing, or a project alone, opens the window.
    open_editor
        Opens it; None where there is none.

    Returns
    -------
    int
        0, 1 (done, and something is not as it should be), 2 (cannot be done) or 130 (Ctrl-C).
    """
    try:
        if open_editor is not None and _wants_window(argv):
            one_math_thread()
            return open_editor(_project(argv[0]) if argv else None)
        args = build_parser().parse_args(argv)
        args.open_editor = open_editor
        command = importlib.import_module(f"pctalk_studio.cli.{args.command}_command")
        one_math_thread()
        action: Callable[[argparse.Namespace], int] = command.run
        return action(args)
    except StudioError as error:
        print(f"pctalk-studio: {error.user_text}", file=sys.stderr)  # noqa: T201
        return USER_ERROR
    except KeyboardInterrupt:
        print("pctalk-studio: interrupted; nothing was left behind.", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except MemoryError:
        print("pctalk-studio: out of memory; choose a smaller --size or a shorter recording.", file=sys.stderr)  # noqa: T201
        return USER_ERROR
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not try to flush into nothing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE


def _wants_window(argv: Sequence[str]) -> bool:
    return not argv or (len(argv) == 1 and Path(argv[0]).suffix.lower() == SUFFIX)


def _project(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise UsageError(f"There is no project '{text}'; name one that exists, or begin one with 'pctalk-studio new'.")
    return path
