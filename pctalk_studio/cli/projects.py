"""What the commands on project files have in common."""

from __future__ import annotations

from pathlib import Path

from pctalk_studio.core.errors import MediaError, UsageError

SUFFIX = ".pctalk"


def check_project_target(path: Path, *sources: Path) -> None:
    """Refuse before any work is done what could not be written, or would destroy a source.

    Raises
    ------
    StudioError
        With one sentence.
    """
    if path.suffix.lower() != SUFFIX:
        raise UsageError(f"'{path}' should end in {SUFFIX}, for a project is written there.")
    if path.resolve() in {source.resolve() for source in sources}:
        raise UsageError(f"'{path}' is one of the sources; choose another name for the project.")
    if path.is_dir():
        raise MediaError(f"Cannot write '{path}': it is a folder; name a file.")
    if not path.parent.is_dir():
        raise MediaError(f"Cannot write '{path}': the folder '{path.parent}' does not exist; create it first.")
