"""``check``: whether a project and its media are all right."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from pctalk_studio.cli.output import say, say_json
from pctalk_studio.core.problems import Problem
from pctalk_studio.storage.media_links import MediaState, find_media
from pctalk_studio.storage.project_file import load_project

_SAID = {
    MediaState.MOVED: "is not where the project says, but beside it",
    MediaState.CHANGED: "has changed since the project was saved",
    MediaState.MISSING: "is missing; relink it",
    MediaState.REFUSED: "may not be used",
}


def run(args: argparse.Namespace) -> int:
    """Print what is wrong; 0 when nothing is, otherwise 1."""
    loaded = load_project(args.project)
    found = list(loaded.problems) + list(loaded.project.speech.problems)
    for link in find_media(loaded.project, args.project):
        if link.state is not MediaState.FOUND:
            reason = f" ({link.reason})" if link.reason else ""
            found.append(Problem(f"media-{link.state}", f"The {link.role} '{link.reference.path}' {_SAID[link.state]}{reason}."))
    if args.json:
        say_json({"project": str(args.project), "problems": [asdict(problem) for problem in found]})
    else:
        for problem in found:
            place = "" if problem.start is None else f" (at {problem.start:.2f} s)"
            say(f"{problem.text}{place}")
        say(f"{args.project}: {'nothing is wrong' if not found else f'{len(found)} to look at'}")
    return 1 if found else 0
