"""Results of analyses kept on disk by what they depend on."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.files import written_whole

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of one kind in a folder.

    It never fails: a damaged entry is read as absent and written anew, an unwritable folder keeps nothing.

    Parameters
    ----------
    folder
        Made when it is missing.
    kind
        With which file names begin.
    most_bytes
        The oldest entries beyond this are deleted.
    """

    folder: Path
    kind: str
    most_bytes: int

    def path(self, key: str) -> Path:
        """Where the entry of a key lies."""
        return self.folder / f"{self.kind}-{key}.npz"

    def load(self, key: str, read: Callable[[Path], ValueT]) -> ValueT | None:
        """What is kept under a key, or None."""
        path = self.path(key)
        try:
            value = read(path)
            os.utime(path)
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
            return None
        return value

    def keep(self, key: str, write: Callable[[Path], None]) -> None:
        """Keep something; the file is there whole or not at all."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with written_whole(self.path(key)) as draft:
                write(draft)
            self._trim()
        except (MediaError, OSError):
            return  # what cannot be kept is computed again

    def _trim(self) -> None:
        entries = sorted(self.folder.glob(f"{self.kind}-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for entry in entries:
            total += entry.stat().st_size
            if total > self.most_bytes:
                entry.unlink(missing_ok=True)
