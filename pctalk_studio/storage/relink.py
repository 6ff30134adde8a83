"""Finding missing media again: a folder is searched by name and by hash, within bounds, and no link is followed."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path, PurePath

from pctalk_studio.document.project import MediaReference, Project
from pctalk_studio.storage.media_links import (
    MediaLink,
    MediaRole,
    MediaState,
    Refused,
    Seen,
    file_name,
    find_media,
    has_controls,
    hash_of_plain,
    unseen,
    with_reference,
    written_path,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a search goes.

    Parameters
    ----------
    depth
        Folders inside folders.
    entries
        Files and folders looked at.
    size
        Bytes hashed.
    """

    depth: int = 12
    entries: int = 100_000
    size: int = 16 << 30


@dataclass(frozen=True, slots=True)
class Relinked:
    """A reference that was found again, and the file."""

    role: MediaRole
    before: MediaReference
    after: MediaReference
    path: Path


@dataclass(frozen=True, slots=True)
class StillMissing:
    """A reference that was not found, and a file of its name with another content, if there was one."""

    link: MediaLink
    lookalike: Path | None = None


@dataclass(frozen=True, slots=True)
class RelinkReport:
    """What a search brought.

    Parameters
    ----------
    found, missing
        References that lead to their file again, and that still do not.
    complete
        Whether the whole folder was searched; False when it was larger than the bounds.
    """

    found: tuple[Relinked, ...]
    missing: tuple[StillMissing, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    size: int


def relink(
    project: Project, project_path: Path, folder: Path, bounds: Bounds | None = None, seen: Seen = unseen
) -> tuple[Project, RelinkReport]:
    """Find the media that are not where the project says in a folder and its subfolders.

    A file is taken when its bytes have the hash of the reference: files of the right name are tried first, then all with its
    ending, in case it was renamed.

    Parameters
    ----------
    project, project_path
        Document and its file.
    folder
        Where to search.
    bounds
        How far to search.
    seen
        Told of bytes as they are read; what it raises ends the search.

    Returns
    -------
    tuple[Project, RelinkReport]
        The project with new paths, an edit like any other, and what was found.
    """
    wanted = [link for link in find_media(project, project_path, seen) if link.state is not MediaState.FOUND]
    bounds = bounds or Bounds()
    files, complete = _files(folder, bounds) if wanted else ([], True)
    budget = bounds.size
    hashes: dict[Path, str] = {}
    found: list[Relinked] = []
    missing: list[StillMissing] = []
    for link in wanted:
        named, ending = _candidates(link, files)
        match: Path | None = None
        for candidate in (*named, *ending):
            if candidate.path not in hashes and candidate.size > budget:
                complete = False
                continue
            budget -= 0 if candidate.path in hashes else candidate.size
            if _hash(candidate.path, hashes, seen) == link.reference.content_hash:
                match = candidate.path
                break
        if match is None:
            missing.append(StillMissing(link, named[0].path if named else None))
            continue
        after = MediaReference(written_path(match, project_path), link.reference.content_hash)
        found.append(Relinked(link.role, link.reference, after, match))
        project = with_reference(project, link.role, after)
    return project, RelinkReport(tuple(found), tuple(missing), complete)


def _hash(path: Path, known: dict[Path, str], seen: Seen) -> str:
    """Hash of a file, empty when it cannot be read."""
    if path not in known:
        try:
            known[path] = hash_of_plain(path, seen)
        except (OSError, Refused):
            known[path] = ""
    return known[path]


def _candidates(link: MediaLink, files: list[_Candidate]) -> tuple[list[_Candidate], list[_Candidate]]:
    """Files of the reference's name, and others with its ending."""
    name = PurePath(file_name(link.reference.path))
    named = [each for each in files if each.path.name.casefold() == name.name.casefold()]
    ending = [each for each in files if each.path.suffix.casefold() == name.suffix.casefold() and each not in named]
    return named, ending


def _files(folder: Path, bounds: Bounds) -> tuple[list[_Candidate], bool]:
    """Plain files in a folder and below, nearest first, and whether these are all; links are passed by."""
    found: list[_Candidate] = []
    waiting = deque([(folder, 0)])
    left, complete = bounds.entries, True
    while waiting:
        place, depth = waiting.popleft()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        return found, False
                    if entry.is_dir(follow_symlinks=False):
                        complete = complete and depth < bounds.depth
                        waiting += [(Path(entry.path), depth + 1)] if depth < bounds.depth else []
                    elif entry.is_file(follow_symlinks=False) and not has_controls(entry.path):
                        found.append(_Candidate(Path(entry.path), entry.stat(follow_symlinks=False).st_size))
        except OSError:
            # A folder that may not be read is not a reason to give up the others, but the search was not of the whole.
            complete = False
    return found, complete
