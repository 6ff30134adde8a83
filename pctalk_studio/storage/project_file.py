"""Opening and saving a project."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.errors import ProjectFormatError, ProjectSaveError
from pctalk_studio.core.problems import Problem
from pctalk_studio.document.project import Project
from pctalk_studio.storage.backups import Backup, keep_backup
from pctalk_studio.storage.codec import Decoded, decode, encode
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.json_text import LARGEST
from pctalk_studio.storage.plain_files import read_plain, write_durably

SUFFIX = ".pctalk"


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A project that was opened.

    Parameters
    ----------
    project
        The document.
    extras
        What this program does not know; hand it to :func:`save_project` with any later state of the document.
    written_by
        Version of the program that wrote the file.
    problems
        What a person should know: something unknown is kept, the format is older.
    """

    project: Project
    extras: Extras
    written_by: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did.

    Parameters
    ----------
    changed
        Whether the file differs from before; one that would be the same is not touched.
    backup
        The state before, if there was one and it could be kept.
    problems
        What a person should know: the state before could not be kept.
    """

    changed: bool
    backup: Backup | None = None
    problems: tuple[Problem, ...] = ()


def load_project(path: Path) -> LoadedProject:
    """Open a project. Its media are not touched; see :func:`pctalk_studio.storage.media_links.find_media`.

    Raises
    ------
    ProjectFormatError
        When it cannot be read, is damaged, or was written by a newer program.
    """
    return loaded(decode(read_bytes(path), str(path)))


def read_bytes(path: Path) -> bytes:
    """The bytes of a project file.

    Raises
    ------
    ProjectFormatError
        When there are none to be had.
    """
    try:
        return read_plain(path, LARGEST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectFormatError(f"The project '{path}' cannot be read ({reason}); choose another.", repr(error)) from error


def loaded(decoded: Decoded) -> LoadedProject:
    """A decoded file with what there is to say about it."""
    problems = []
    if decoded.extras.items:
        text = f"Written by version {decoded.written_by}; it holds what this version does not know and keeps when saving."
        problems.append(Problem("project-unknown-entries", text))
    if decoded.upgraded:
        text = f"Written by version {decoded.written_by}; saving brings the file up to date, and older versions cannot read it."
        problems.append(Problem("project-older-format", text))
    return LoadedProject(decoded.project, decoded.extras, decoded.written_by, tuple(problems))


def save_project(
    path: Path,
    project: Project,
    extras: Extras | None = None,
    *,
    state: Path | None = None,
    now: Callable[[], float] = time.time,
) -> Saved:
    """Save a project over its file: written beside, brought to the disk, renamed. What was there before becomes a backup.

    Parameters
    ----------
    path
        Project file, ending in ``.pctalk``.
    project, extras
        The document, and what came with it from its file.
    state
        Folder of the backups instead of the user's state folder.
    now
        Unix time, seconds.

    Raises
    ------
    ProjectSaveError
        When it cannot be written, or could not be read back; the file is then as it was.
    """
    data = encode(project, extras)
    _check_readable(data, path)
    before = _bytes_before(path)
    if before == data:
        return Saved(changed=False)
    backup, problems = None, []
    if before is not None:
        try:
            backup = keep_backup(path, before, now(), state)
        except OSError as error:
            # A full state folder must not keep anyone from saving; it is told instead.
            reason = error.strerror or str(error)
            problems.append(Problem("no-backup", f"The state before could not be kept as a backup ({reason}); make room."))
    try:
        write_durably(path, data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectSaveError(
            f"The project '{path}' cannot be written ({reason}); choose another place or make room.", repr(error)
        ) from error
    return Saved(True, backup, tuple(problems))


def _bytes_before(path: Path) -> bytes | None:
    """What a file holds before it is replaced; None when there is none or nothing to keep of it."""
    try:
        data = read_plain(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectSaveError(f"The project '{path}' cannot be written ({reason}); choose another name.", repr(error)) from error
    if len(data) > LARGEST:
        raise ProjectSaveError(f"'{path}' is too large a file to be a project and is not replaced; choose another name.")
    return data


def _check_readable(data: bytes, path: Path) -> None:
    """Refuse to replace a good file by one that could not be opened: documents can be built past what edits allow."""
    try:
        decode(data, path.name)
    except ProjectFormatError as error:
        raise ProjectSaveError(
            f"The project '{path}' was not saved because it could not be opened again; undo the last edit.", error.user_text
        ) from error
