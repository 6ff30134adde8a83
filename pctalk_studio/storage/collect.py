"""A project and its media in one zip, and out of one again.

The zip holds ``NAME.pctalk``, the media under ``media/`` with relative paths, and ``version.txt``. Equal projects with equal
media make equal zips.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from pctalk_studio import APPLICATION, __version__
from pctalk_studio.core.errors import MediaError, ProjectFormatError, ProjectSaveError
from pctalk_studio.core.files import written_whole
from pctalk_studio.document.project import MediaReference
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.json_text import LARGEST
from pctalk_studio.storage.media_links import MEDIA_FOLDER, MediaState, file_name, find_media, has_controls, with_reference
from pctalk_studio.storage.plain_files import open_plain
from pctalk_studio.storage.project_file import SUFFIX, load_project, read_bytes
from pctalk_studio.storage.schema import VERSIONS

VERSION_FILE = "version.txt"
_BLOCK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip knows; real times would make equal projects differ."""
_MOST_ENTRIES_BYTES = 64 << 10
_MOST_MEDIA_BYTES = 4 << 30
_END = struct.Struct("<4s4H2LH")
"""End of central directory: signature, disks and counts, size and offset of the directory, length of the comment."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A zip that was written, and its entries."""

    path: Path
    names: tuple[str, ...]


def collect(project_path: Path, out: Path) -> Collected:
    """Write a project and its media as one zip, whole or not at all. The project itself is not changed.

    Raises
    ------
    ProjectFormatError
        When the project cannot be read.
    MediaError
        When a file is not there or is not the one that the project means, or the zip cannot be written.
    """
    opened = load_project(project_path)
    project, sources, taken = opened.project, [], {VERSION_FILE.casefold()}
    for link in find_media(project, project_path):
        if link.path is None or link.state not in (MediaState.FOUND, MediaState.MOVED):
            why = link.reason or {MediaState.CHANGED: "its content has changed"}.get(link.state, "it is missing")
            raise MediaError(f"'{project_path.name}' cannot be collected: '{link.reference.path}': {why}; relink it first.")
        name = f"{MEDIA_FOLDER}/{_free_name(file_name(link.reference.path), taken)}"
        sources.append((name, link.path, link.reference))
        project = with_reference(project, link.role, MediaReference(name, link.reference.content_hash))
    if any(out.resolve() == each.resolve() for each in (project_path, *(path for _, path, _ in sources))):
        raise MediaError(f"'{out}' is part of the project itself; choose another name for the zip.")
    inside = f"{_safe(project_path.stem)}{SUFFIX}"
    version = f"{APPLICATION} {__version__}\nfile format {VERSIONS['ProjectFile']}\n"
    with written_whole(out) as draft, zipfile.ZipFile(draft, "w") as archive:
        archive.writestr(_entry(VERSION_FILE), version)
        archive.writestr(_entry(inside), encode(project, opened.extras), zipfile.ZIP_DEFLATED)
        for name, path, reference in sources:
            _store(archive, name, path, reference)
    return Collected(out, (VERSION_FILE, inside, *(name for name, _, _ in sources)))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _store(archive: zipfile.ZipFile, name: str, path: Path, reference: MediaReference) -> None:
    """Copy a file into the zip; media are packed already. What is copied is what was asked for, or nothing is."""
    digest = hashlib.blake2b(digest_size=16)
    with os.fdopen(open_plain(path), "rb") as source, archive.open(_entry(name), "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
    if digest.hexdigest() != reference.content_hash:
        raise MediaError(f"'{path}' changed while it was collected; try again when nothing writes to it.")


def _free_name(name: str, taken: set[str]) -> str:
    """A safe name that no other entry has, whatever the system thinks of capitals."""
    path = PurePath(_safe(name))
    free, number = path.name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{path.stem}-{number}{path.suffix}"
    taken.add(free.casefold())
    return free


def _safe(name: str) -> str:
    """A name that every system can have."""
    clean = "".join("_" if letter in '<>:"/\\|?*' or has_controls(letter) else letter for letter in name).strip(" .")[-120:]
    stem = clean.partition(".")[0].casefold()
    devices = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
    return f"_{clean}" if stem in devices or not clean else clean


def open_collected(archive_path: Path, folder: Path) -> Path:
    """Unpack a collected project into a new folder.

    Parameters
    ----------
    archive_path
        Zip that :func:`collect` wrote, of up to 4 GiB; others are refused, not guessed at.
    folder
        Where to unpack; it must not exist yet.

    Returns
    -------
    Path
        The project file.

    Raises
    ------
    ProjectFormatError
        When it is no such zip or is damaged; the folder is then not there.
    ProjectSaveError
        When the folder exists or cannot be written.
    """
    if folder.exists():
        raise ProjectSaveError(f"'{folder}' exists already; choose a new folder to unpack to.")
    try:
        with _new_folder(folder) as draft, os.fdopen(open_plain(archive_path), "rb") as stream:
            _refuse_large_directory(stream)
            with zipfile.ZipFile(stream) as archive:
                entries = _checked(archive.infolist())
                (draft / MEDIA_FOLDER).mkdir()
                for entry in entries:
                    with archive.open(entry) as source, open(draft / entry.filename, "xb") as target:
                        _copy(source, target, entry.file_size)
                project = next(
                    entry.filename for entry in entries if entry.filename.endswith(SUFFIX) and "/" not in entry.filename
                )
            decode(read_bytes(draft / project), f"{archive_path.name}/{project}")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, struct.error) as error:
        what = str(error) if isinstance(error, _NotCollected) else "it is damaged or made by another program"
        raise ProjectFormatError(f"'{archive_path}' is no collected project: {what}; ask for it again.", repr(error)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectSaveError(
            f"'{archive_path}' cannot be unpacked to '{folder}' ({reason}); choose others.", repr(error)
        ) from error
    return folder / project


class _NotCollected(ValueError):
    """A clause saying why a zip is refused."""


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder beside, renamed to the one that is wanted when all is in it."""
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.draft")
    draft.mkdir()
    try:
        yield draft
        os.rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_large_directory(stream: IO[bytes]) -> None:
    """Look at the end of the zip before its list of entries is read into memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END.size - 20))
    tail = stream.read()
    if len(tail) < _END.size:
        raise _NotCollected("it is no zip")
    signature, *_, length, _, comment = _END.unpack(tail[-_END.size :])
    if signature != b"PK\x05\x06" or comment or tail[:4] == b"PK\x06\x07":
        raise _NotCollected("it is no zip, or larger than 4 GiB")
    if length > _MOST_ENTRIES_BYTES:
        raise _NotCollected("it holds too many files")
    stream.seek(0)


def _checked(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The entries to unpack: one project and plain files in the media folder, under names that stay where they are."""
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names):
        raise _NotCollected("two files in it have one name")
    if sum(entry.file_size for entry in entries) > _MOST_MEDIA_BYTES:
        raise _NotCollected(f"it holds more than {_MOST_MEDIA_BYTES >> 30} GiB")
    wanted = []
    for entry in entries:
        name = entry.filename.removeprefix(f"{MEDIA_FOLDER}/")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if name != _safe(name) or kind not in (0, stat.S_IFREG) or entry.flag_bits & 1:
            raise _NotCollected("it holds something other than a project and its media")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _NotCollected("it is packed in a way that is not ours")
        if entry.filename != VERSION_FILE:
            wanted.append(entry)
    projects = [entry for entry in wanted if "/" not in entry.filename]
    if len(projects) != 1 or not projects[0].filename.endswith(SUFFIX) or projects[0].file_size > LARGEST:
        raise _NotCollected("it does not hold one project")
    return wanted


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    """Copy what an entry says that it holds, and not a byte more."""
    left = size
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise _NotCollected("a file in it is larger than it says")
        target.write(block)
    if left:
        raise _NotCollected("a file in it is shorter than it says")
