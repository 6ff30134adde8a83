"""What must hold of a file before any decoder sees it. Knows no format."""

from __future__ import annotations

import os
from pathlib import Path

from pctalk_studio.core.errors import MediaError


def checked_file(path: Path, kind: str) -> Path:
    """Make sure that a path names a readable file that holds something.

    Parameters
    ----------
    path
        What the user named.
    kind
        What is expected there, for the sentence: ``picture``, ``recording``, ``movie``.

    Raises
    ------
    MediaError
        When it is missing, a folder, no ordinary file, empty, or may not be read.
    """
    try:
        if not path.exists():
            raise MediaError(f"The {kind} '{path}' does not exist; check the name and the folder.")
        if path.is_dir():
            raise MediaError(f"'{path}' is a folder, not a {kind}; name a file inside it.")
        # A pipe or a device has no length and may never end.
        if not path.is_file():
            raise MediaError(f"'{path}' is no ordinary file; save the {kind} to disk and name that file.")
        if path.stat().st_size == 0:
            raise MediaError(f"The {kind} '{path}' is empty (0 bytes); copy or export it again.")
    except (OSError, ValueError) as error:
        raise MediaError(f"'{path}' cannot be looked at ({error}); check the name and its permissions.", repr(error)) from error
    if not os.access(path, os.R_OK):
        raise MediaError(f"The {kind} '{path}' may not be read; change its permissions or copy it elsewhere.")
    return path


def refuse_overwriting(target: Path, inputs: tuple[Path, ...]) -> None:
    """Make sure that a file to be written is none of those it is made from, under whatever name.

    Raises
    ------
    MediaError
        When ``target`` and an input are the same file, links and spellings resolved.
    """
    for source in inputs:
        if target.exists() and source.exists() and target.samefile(source):
            raise MediaError(f"'{target}' is one of the inputs and would be overwritten; choose another name for the result.")
