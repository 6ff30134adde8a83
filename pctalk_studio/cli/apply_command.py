"""``apply``: named edits from a script on a project."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import say, warn
from pctalk_studio.cli.projects import check_project_target
from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.edits import EDITS
from pctalk_studio.session.performances import read_take
from pctalk_studio.storage.edit_script import read_script
from pctalk_studio.storage.media_links import rebased
from pctalk_studio.storage.project_file import load_project, save_project


def run(args: argparse.Namespace) -> int:
    """Apply all edits or none, and write the result; returns 0."""
    check_project_target(args.out, args.edits)
    script = read_script(args.edits, read_take)
    loaded = load_project(args.project)
    project = loaded.project
    for number, edit in enumerate(script, 1):
        try:
            project = EDITS[edit.name](project, **edit.arguments)
        except EditRejected as rejection:
            raise EditRejected(
                f"Edit {number} in '{args.edits}', {edit.name}: {rejection.user_text} Nothing was written."
            ) from rejection
    save_project(args.out, rebased(project, args.project, args.out), loaded.extras)
    warn(loaded.problems)
    say(f"{args.out}: {len(script)} edits")
    return 0
