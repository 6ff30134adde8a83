"""Runs one command; turns every outcome into an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from pctalk_studio.cli.arguments import build_parser
from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.threads import one_math_thread

DONE, TROUBLE, USER_ERROR, INTERRUPTED = 0, 1, 2, 130


def run(argv: Sequence[str]) -> int:
    """Run a command line; returns 0, 1 (done, and something is not as it should be), 2 (cannot be done) or 130 (Ctrl-C)."""
    try:
        args = build_parser().parse_args(argv)
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
