"""Writing beside and renaming: a file is there whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pctalk_studio.core.errors import MediaError


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give a path beside ``target`` to write to; rename it over ``target`` on success, delete it on any failure.

    The suffix is kept, because encoders choose their format by it.

    Raises
    ------
    MediaError
        When the folder is missing or not writable, or the disk is full.
    """
    folder = target.parent
    if not folder.is_dir():
        raise MediaError(f"Cannot write '{target}': the folder '{folder}' does not exist; create it first.")
    if target.is_dir():
        raise MediaError(f"Cannot write '{target}': it is a folder; name a file.")
    draft = folder / f".{target.stem}.{secrets.token_hex(4)}{target.suffix}"
    try:
        yield draft
        os.replace(draft, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(f"Cannot write '{target}': {reason}; choose another place or make room.", repr(error)) from error
    finally:
        draft.unlink(missing_ok=True)


def delete_drafts(target: Path) -> None:
    """Delete what a killed program has left beside a target that it did not finish; only for a target that nobody writes now."""
    draft = re.compile(re.escape(f".{target.stem}.") + "[0-9a-f]{8}" + re.escape(target.suffix))
    with suppress(OSError):
        for entry in target.parent.iterdir():
            if draft.fullmatch(entry.name):
                entry.unlink(missing_ok=True)
