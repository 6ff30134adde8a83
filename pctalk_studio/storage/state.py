"""Where the program keeps what belongs to a project but not beside it: backups, recovery files, locks.

Everything is found by the hash of the project's full path, so two projects of one name keep apart.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pctalk_studio.core.user_folders import state_folder


def path_key(path: Path) -> str:
    """Identity of a file's place: 32 hexadecimal digits of its full path, links followed, case as the system treats it."""
    real = os.path.normcase(os.path.realpath(path))
    return hashlib.blake2b(real.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def room(name: str, state: Path | None) -> Path:
    """A folder of the state folder, made if need be, and private to the user.

    Parameters
    ----------
    name
        ``backups``, ``recovery`` or ``locks``.
    state
        Folder to use instead of the user's own.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    folder = (state or state_folder()) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
