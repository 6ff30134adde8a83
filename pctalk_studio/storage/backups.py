"""Earlier states of a project file, kept in the user's state folder: many of today, fewer of last week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.storage.plain_files import write_durably
from pctalk_studio.storage.state import path_key, room

MOST = 10
"""Backups of one project."""
_NEWEST = 3
"""Backups that are never thinned out for others."""
_YOUNG = 60.0
"""Seconds; states closer together than this are hardly different, whatever their age."""
_NAME = re.compile(r"(\d{1,15})\.pctalk")


@dataclass(frozen=True, slots=True)
class Backup:
    """An earlier state: the file, and when the project was replaced by a newer one (Unix time, seconds)."""

    path: Path
    time: float


def keep_backup(project_path: Path, data: bytes, now: float, state: Path | None = None) -> Backup:
    """Keep the bytes of a project that is about to be replaced, and thin out the older ones.

    Parameters
    ----------
    project_path
        Whose bytes they are.
    data
        The bytes.
    now
        Unix time, seconds.
    state
        Folder to use instead of the user's state folder.

    Raises
    ------
    OSError
        When they cannot be kept.
    """
    folder = room("backups", state) / path_key(project_path)
    folder.mkdir(exist_ok=True, mode=0o700)
    stamp = max(int(now * 1000), *(int(each.time * 1000) + 1 for each in _all(folder)), 0)
    backup = Backup(folder / f"{stamp}.pctalk", stamp / 1000)
    write_durably(backup.path, data)
    times = [each.time for each in _all(folder)]
    kept = set(thinned(times, now))
    for each in _all(folder):
        if each.time not in kept:
            each.path.unlink(missing_ok=True)
    return backup


def backups(project_path: Path, state: Path | None = None) -> tuple[Backup, ...]:
    """The earlier states of a project, newest first. Open one like any project, and save it under a new name."""
    try:
        return tuple(_all(room("backups", state) / path_key(project_path)))
    except OSError:
        return ()


def _all(folder: Path) -> list[Backup]:
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match and path.is_file():
            found.append(Backup(path, int(match[1]) / 1000))
    return sorted(found, key=lambda backup: backup.time, reverse=True)


def thinned(times: Sequence[float], now: float, most: int = MOST) -> tuple[float, ...]:
    """Which of some states to keep, newest first.

    While there are too many, the one goes whose absence leaves the smallest gap for its age: the gaps grow with age, as the
    interest in what lies between does. The newest ones and the oldest stay.
    """
    kept = sorted(times, reverse=True)
    while len(kept) > most:
        gaps = {i: (kept[i - 1] - kept[i + 1]) / (max(now - kept[i], 0) + _YOUNG) for i in range(_NEWEST, len(kept) - 1)}
        del kept[min(gaps, key=lambda i: gaps[i])]
    return tuple(kept)
