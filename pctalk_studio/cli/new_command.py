"""``new``: begins a project."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import progress, say, warn
from pctalk_studio.cli.projects import check_project_target
from pctalk_studio.cli.render_command import begun


def run(args: argparse.Namespace) -> int:
    """Analyse the sources and write the project; returns 0."""
    check_project_target(args.project, *(path for path in (args.portrait, args.audio) if path is not None))
    with progress(args.progress) as listen:
        studio = begun(args, listen)
    studio.save(args.project)
    warn(studio.problems)
    if args.progress != "json":
        words = sum(word.said for word in studio.project.speech.words)
        say(f"{args.project}: {words} words, {len(studio)} frames at {studio.project.rate} a second")
    return 0
