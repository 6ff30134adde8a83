"""``collect``: a project and its media as one portable zip."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import say
from pctalk_studio.core.errors import UsageError
from pctalk_studio.storage.collect import collect


def run(args: argparse.Namespace) -> int:
    """Write the zip; returns 0."""
    if args.out.suffix.lower() != ".zip":
        raise UsageError(f"'{args.out}' should end in .zip, which is what is written there.")
    collected = collect(args.project, args.out)
    say(f"{collected.path}: {', '.join(collected.names)}")
    return 0
