"""The folder of weights on this machine: what is there, whether it is what it should be, and taking files over; no torch."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.user_folders import models_folder
from pctalk_studio.nets.catalogue import Catalogue, ModelFile, published_files
from pctalk_studio.nets.file_signs import head_of, refuse_impostors
from pctalk_studio.nets.names import Network

BLOCK = 1 << 20
SUFFIXES = (".pth", ".pt", ".model", ".mat", ".safetensors", ".onnx")
PARTIAL = ".part"
"""Suffix of a file that is still being fetched."""


class FileState(StrEnum):
    """How a file of the catalogue is on this machine."""

    MISSING = "missing"
    PARTIAL = "partly fetched"
    PRESENT = "present"
    """Of the right size where that is known; its content was not looked at."""
    GENUINE = "genuine"
    """Byte for byte the published one."""
    DIFFERENT = "different"
    """Not the published one: another version, cut short, or something else altogether."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What is known of one file on this machine.

    Parameters
    ----------
    file
        Of the catalogue.
    state
        How it is.
    path
        Where it is, or would be.
    remark
        What is wrong, in a sentence; empty when nothing is.
    """

    file: ModelFile
    state: FileState
    path: Path
    remark: str = ""


def digest_of(path: Path, name: str, listen: ProgressListener = silent) -> str:
    """SHA-256 of a file, hexadecimal."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            listen(ProgressEvent(name, done, total))
    return digest.hexdigest()


class ModelStore:
    """Weights below one folder, under their published paths.

    Parameters
    ----------
    folder
        None: this user's own; it need not exist.
    catalogue
        None: the published one.
    """

    def __init__(self, folder: Path | None = None, catalogue: Catalogue | None = None) -> None:
        self.folder = models_folder() if folder is None else folder
        self.catalogue = published_files() if catalogue is None else catalogue

    def path_of(self, file: ModelFile) -> Path:
        """Where a file is, as published or as .safetensors, or where it would be."""
        published = self.folder / file.path
        converted = published.with_suffix(".safetensors")
        return converted if converted.is_file() and not published.is_file() else published

    def look(self, file: ModelFile) -> FileReport:
        """Whether a file is there, by its name, size and first bytes alone."""
        path = self.path_of(file)
        if not path.is_file():
            partial = path.with_name(path.name + PARTIAL).is_file()
            return FileReport(file, FileState.PARTIAL if partial else FileState.MISSING, path)
        try:
            refuse_impostors(path, head_of(path))
        except WeightsError as error:
            return FileReport(file, FileState.DIFFERENT, path, error.user_text)
        size = path.stat().st_size
        if file.bytes is not None and path.suffix == Path(file.path).suffix and size != file.bytes:
            remark = f"'{path}' has {size:,} bytes instead of {file.bytes:,}: cut short, or another version; fetch it again."
            return FileReport(file, FileState.DIFFERENT, path, remark)
        return FileReport(file, FileState.PRESENT, path)

    def verify(self, file: ModelFile, listen: ProgressListener = silent) -> FileReport:
        """Compare a file with the published one by its SHA-256, where that is known; otherwise it stays ``PRESENT``."""
        report = self.look(file)
        if report.state is not FileState.PRESENT or file.sha256 is None or report.path.suffix != Path(file.path).suffix:
            return report
        if digest_of(report.path, file.name, listen) == file.sha256:
            return FileReport(file, FileState.GENUINE, report.path)
        remark = f"'{report.path}' is not the published file (its SHA-256 differs): damaged, or another version; fetch it again."
        return FileReport(file, FileState.DIFFERENT, report.path, remark)

    def network_files(self, set_name: str = "human") -> Mapping[Network, Path]:
        """The file of every network, for faces of a set.

        Raises
        ------
        WeightsError
            When one is missing or plainly not what it should be; the sentence says how to get it.
        """
        found = {}
        for network in Network:
            report = self.look(self.catalogue.holder(network, set_name))
            if report.state is FileState.DIFFERENT:
                raise WeightsError(report.remark)
            if report.state is not FileState.PRESENT:
                raise WeightsError(
                    f"LivePortrait needs '{report.file.name}', which is {report.state}; "
                    f"get it with 'pctalk-studio models fetch {set_name}'."
                )
            found[network] = report.path
        return found

    def take_over(self, folder: Path, listen: ProgressListener = silent) -> tuple[FileReport, ...]:
        """Copy the files of the catalogue that lie anywhere below a folder; nothing that is here already is replaced.

        Files are known by their names, and those of animals by a folder of that name above them. One that is not what it
        should be is reported and not copied.

        Raises
        ------
        WeightsError
            When the folder is none, or holds no file of the catalogue.
        MediaError
            When a copy cannot be written.
        """
        if not folder.is_dir():
            raise WeightsError(f"'{folder}' is no folder; name the one that holds the weights.")
        reports = [self._take(file, path, listen) for file, path in self._candidates(folder)]
        if not reports:
            raise WeightsError(f"There are no weights that the program knows below '{folder}'; name the folder that holds them.")
        return tuple(reports)

    def _candidates(self, folder: Path) -> Iterator[tuple[ModelFile, Path]]:
        # A kept file of an older version of the animals' networks has the same name; the published path tells them apart.
        below = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
        animals = {path for path in below if "animal" in "/".join((folder.name, *path.relative_to(folder).parts)).lower()}
        for file in self.catalogue.files:
            stem = Path(file.path).stem
            same = [path for path in below if path.stem == stem and (path in animals) == (file.set == "animal")]
            same.sort(key=lambda path: path.parent.name != Path(file.path).parent.name)
            if same:
                yield file, same[0]

    def _take(self, file: ModelFile, path: Path, listen: ProgressListener) -> FileReport:
        here = self.look(file)
        if here.state is FileState.PRESENT:
            return here
        there = ModelStore(path.parent, Catalogue((one := _lying_at(file, path),))).verify(one, listen)
        if there.state is FileState.DIFFERENT:
            return FileReport(file, FileState.DIFFERENT, path, there.remark)
        target = (self.folder / file.path).with_suffix(path.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as draft:
            shutil.copyfile(path, draft)
        return FileReport(file, there.state, target)


def _lying_at(file: ModelFile, path: Path) -> ModelFile:
    """The same file, looked for under another name; only the published kind has a known size and hash."""
    published = path.suffix == Path(file.path).suffix
    return replace(file, path=path.name, bytes=file.bytes if published else None, sha256=file.sha256 if published else None)
