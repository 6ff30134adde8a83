"""Where the media of a project are: found, moved, changed, missing, or refused because the path leads where no media are.

A path in a project file is a stranger's word. It is followed only to a plain file, and the file is only ever hashed here; what
does not have the hash of the reference is never taken for it, so no other file can be slipped in or carried off.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath, PureWindowsPath

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.hashing import file_hash
from pctalk_studio.document.project import MediaReference, Project

LARGEST_MEDIA = 32 << 30
"""Bytes of a file that is hashed."""

MEDIA_FOLDER = "media"
"""Folder beside a collected project that holds its media."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_KERNEL = ("/dev", "/proc", "/sys")
"""Folders of what looks like files and is none."""


class MediaRole(StrEnum):
    """What a reference is for; the names are those of the fields of ``Media``."""

    PORTRAIT = "portrait"
    AUDIO = "audio"


class MediaState(StrEnum):
    """How a reference stands.

    ``FOUND``: the file is there. ``MOVED``: it is not there, but beside the project. ``CHANGED``: the file there is another one.
    ``MISSING``: there is none. ``REFUSED``: the path is not followed.
    """

    FOUND = "found"
    MOVED = "moved"
    CHANGED = "changed"
    MISSING = "missing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MediaLink:
    """One reference and where it leads.

    Parameters
    ----------
    role, reference
        What the project says.
    state
        How it stands.
    path
        Full path of the file; None where there is none.
    reason
        For people, a clause: why it is refused or cannot be read; empty otherwise.
    """

    role: MediaRole
    reference: MediaReference
    state: MediaState
    path: Path | None = None
    reason: str = ""


Seen = Callable[[int], None]
"""Told of bytes as they are read."""


def unseen(_count: int) -> None:
    """Nobody wants to know."""


class Refused(ValueError):
    """A path that is not followed; the message is a clause for people."""


def make_reference(path: Path, project_path: Path) -> MediaReference:
    """The reference to a file: relative when it lies in the project's folder, otherwise by its full path; always with its hash.

    Raises
    ------
    MediaError
        When it is no plain file, cannot be read, or its name is no text.
    """
    real = Path(os.path.realpath(path))
    try:
        str(real).encode()
        written = written_path(real, project_path)
        # What could not be followed later is refused now.
        return MediaReference(written, hash_of_plain(place_of(written, project_path)))
    except UnicodeEncodeError as error:
        raise MediaError(f"The name of {str(path)!a} holds bytes that are no text; rename the file.") from error
    except (OSError, Refused) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"'{path}' cannot be used ({reason}); choose another file.", repr(error)) from error


def written_path(path: Path, project_path: Path) -> str:
    """A path as the project file has it: with forward slashes from the project's folder, where it lies inside."""
    real, folder = Path(os.path.realpath(path)), _folder(project_path)
    return real.relative_to(folder).as_posix() if real.is_relative_to(folder) else str(real)


def hash_of_plain(path: Path, seen: Seen = unseen) -> str:
    """Hash of a plain file.

    Parameters
    ----------
    path
        File.
    seen
        Told how many bytes were read, as they are; what it raises ends the reading.

    Raises
    ------
    Refused
        When it is a folder, device or pipe, or larger than media are; it is then not opened.
    OSError
        When it cannot be read.
    """
    size = refuse_special(path)
    if size > LARGEST_MEDIA:
        raise Refused(f"it is larger than {LARGEST_MEDIA >> 30} GiB")
    return file_hash(path, seen)


def refuse_special(path: Path) -> int:
    """Size of a plain file, bytes; see :func:`hash_of_plain` for what is raised."""
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        raise Refused("it is a folder")
    if not stat.S_ISREG(found.st_mode) or str(Path(os.path.realpath(path))).startswith(tuple(f"{each}/" for each in _KERNEL)):
        raise Refused("it is a device or pipe, not a file")
    return found.st_size


def place_of(written: str, project_path: Path) -> Path:
    """Where a written path leads; nothing is opened.

    Raises
    ------
    Refused
        When it is no path, or a relative one that leaves the project's folder.
    """
    if not written or has_controls(written):
        raise Refused("it is no path")
    if _URL.match(written):
        raise Refused("it is an address, not a file")
    if written.startswith(("//", "\\\\")):
        raise Refused("it lies on another machine")
    if os.name == "nt" and PureWindowsPath(written).is_reserved():
        raise Refused("it is a device or pipe, not a file")
    if Path(written).is_absolute():
        return Path(written)
    folder = _folder(project_path)
    try:
        place = Path(os.path.realpath(folder / written))
    except (OSError, ValueError) as error:
        raise Refused("it is no path") from error
    if not place.is_relative_to(folder):
        raise Refused("it leaves the folder of the project")
    return place


def references(project: Project) -> tuple[tuple[MediaRole, MediaReference], ...]:
    """The references of a project."""
    every = ((role, getattr(project.media, role.value)) for role in MediaRole)
    return tuple((role, reference) for role, reference in every if reference is not None)


def with_reference(project: Project, role: MediaRole, reference: MediaReference) -> Project:
    """The project with one reference exchanged."""
    if role is MediaRole.PORTRAIT:
        return replace(project, media=replace(project.media, portrait=reference))
    return replace(project, media=replace(project.media, audio=reference))


def find_media(project: Project, project_path: Path, seen: Seen = unseen) -> tuple[MediaLink, ...]:
    """Where each reference leads; never raises, for a project opens without its media too.

    Parameters
    ----------
    project
        Document.
    project_path
        Its file; relative paths start in its folder. For a recovered project, the original.
    seen
        As for :func:`hash_of_plain`.
    """
    return tuple(_link(role, reference, project_path, seen) for role, reference in references(project))


def bytes_to_read(project: Project, project_path: Path) -> int:
    """Bytes of the files that a project refers to and that are where it says, which :func:`find_media` reads."""
    total = 0
    for _, reference in references(project):
        try:
            total += refuse_special(place_of(reference.path, project_path))
        except (OSError, ValueError):
            continue  # find_media says what is the matter with it
    return total


def rebased(project: Project, before: Path | None, after: Path) -> Project:
    """The project as it must read when its file lies elsewhere: every reference leads to the same file as before.

    Parameters
    ----------
    project
        Document.
    before
        Its file until now; None when it has none, and all its paths are full ones.
    after
        Its file from now on.
    """
    for role, reference in references(project):
        if before is None and not Path(reference.path).is_absolute():
            continue
        try:
            place = place_of(reference.path, before or after)
        except Refused:
            continue
        project = with_reference(project, role, replace(reference, path=written_path(place, after)))
    return project


def _link(role: MediaRole, reference: MediaReference, project_path: Path, seen: Seen) -> MediaLink:
    try:
        place = place_of(reference.path, project_path)
        matches = hash_of_plain(place, seen) == reference.content_hash
        return MediaLink(role, reference, MediaState.FOUND if matches else MediaState.CHANGED, place)
    except Refused as error:
        return MediaLink(role, reference, MediaState.REFUSED, None, str(error))
    except (FileNotFoundError, NotADirectoryError):
        moved = _beside(reference, project_path, seen)
        return MediaLink(role, reference, MediaState.MISSING if moved is None else MediaState.MOVED, moved)
    except (OSError, ValueError) as error:
        return MediaLink(role, reference, MediaState.MISSING, None, getattr(error, "strerror", None) or str(error))


def _beside(reference: MediaReference, project_path: Path, seen: Seen) -> Path | None:
    """The same file beside the project, or in the media folder there."""
    folder = _folder(project_path)
    for place in (folder / file_name(reference.path), folder / MEDIA_FOLDER / file_name(reference.path)):
        try:
            if not place.is_symlink() and hash_of_plain(place, seen) == reference.content_hash:
                return place
        except (OSError, ValueError):
            continue
    return None


def file_name(written: str) -> str:
    """The last part of a written path, whichever system wrote it; never empty and never a way elsewhere."""
    name = PurePosixPath(PureWindowsPath(written).as_posix()).name
    return name if name not in ("", ".", "..") and not has_controls(name) else "unnamed"


def has_controls(text: str) -> bool:
    """Whether a text holds control characters, which no name of a file needs; all kinds of spaces are fine."""
    return any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def _folder(project_path: Path) -> Path:
    return Path(os.path.realpath(project_path)).parent
