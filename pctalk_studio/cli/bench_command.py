"""``bench``: how fast editing and preview are here."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from pctalk_studio.cli.clip import engines
from pctalk_studio.cli.output import say, say_json
from pctalk_studio.core.errors import UsageError
from pctalk_studio.session.bench import measure


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0 when every figure stays within its limit, otherwise 1."""
    if not 4 <= args.seconds <= 3600 or not 1 <= args.play <= 600:
        raise UsageError("--seconds lies between 4 and 3600, --play between 1 and 600.")
    figures = measure(engines(), args.seconds, args.play)
    if args.json:
        say_json([{**asdict(figure), "passed": figure.passed} for figure in figures])
    else:
        width = max(len(figure.name) for figure in figures)
        for figure in figures:
            mark = "ok" if figure.passed else "EXCEEDS"
            say(f"{figure.name:<{width}}  {figure.value:8.2f} {figure.unit:<2}  at most {figure.limit:g}  {mark}")
    return 0 if all(figure.passed for figure in figures) else 1
