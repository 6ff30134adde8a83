"""Which files other people's networks come in: where they are published, what each is for, who may use it; no torch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.resources import model_path
from pctalk_studio.nets.names import Network

SETS = ("human", "animal", "unused", "judges")
"""LivePortrait for faces of people; for faces of animals (which use the stitching file of people); what is published with them,
but of no use here; and networks that judge finished clips."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One published file.

    Parameters
    ----------
    name
        By which the program calls it: ``human/motion_extractor``.
    set
        One of ``SETS``.
    path
        Within its repository, and below the folder of models on disk.
    networks
        What it holds.
    purpose, licence, users
        For people: what it is for, under which licence, and who may use it.
    bytes, sha256
        Of the published file, where known.
    address
        From where it is fetched; empty for a file that its authors hand out in other ways, which can only be imported.
    """

    name: str
    set: str
    path: str
    networks: tuple[Network, ...]
    purpose: str
    licence: str
    users: str
    bytes: int | None
    sha256: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All published files, in the order in which they are shown."""

    files: tuple[ModelFile, ...]

    def of_set(self, name: str) -> tuple[ModelFile, ...]:
        """The files of one set."""
        return tuple(file for file in self.files if file.set == name)

    def holder(self, network: Network, set_name: str) -> ModelFile:
        """The file that holds a network for faces of a set."""
        holders = [file for file in self.files if network in file.networks]
        return next((file for file in holders if file.set == set_name), holders[0])

    def chosen(self, names: tuple[str, ...]) -> tuple[ModelFile, ...]:
        """Files by name or by set; none named: those of people.

        Raises
        ------
        UsageError
            When a name is neither a file's nor a set's.
        """
        found: dict[str, ModelFile] = {}
        for name in names or ("human",):
            matching = [file for file in self.files if name in (file.name, file.set)]
            if not matching:
                known = ", ".join((*SETS, *(file.name for file in self.files)))
                raise UsageError(f"'{name}' is no file or set of models; choose from {known}.")
            found |= {file.name: file for file in matching}
        return tuple(found.values())


def published_files(hub: str | None = None, *, converted: bool = False) -> Catalogue:
    """Read the catalogue that ships with the program.

    Parameters
    ----------
    hub
        Address of a mirror with the same layout, instead of the original.
    converted
        Files for people as somebody else has converted them to .safetensors: flat names, sizes and hashes unknown.
    """
    files = tuple(_liveportrait(hub))
    if converted:
        raw = _read("liveportrait.json")
        base = f"{(hub or raw['hub']).rstrip('/')}/{raw['converted_repository']}/resolve/main"
        files = tuple(_converted(file, base) if file.set == "human" else file for file in files)
    return Catalogue(files + tuple(_judges()))


def _converted(file: ModelFile, base: str) -> ModelFile:
    path = PurePosixPath(file.path).with_suffix(".safetensors")
    return replace(file, path=str(path), bytes=None, sha256=None, address=f"{base}/{path.name}")


def _liveportrait(hub: str | None) -> Iterator[ModelFile]:
    raw = _read("liveportrait.json")
    base = f"{(hub or raw['hub']).rstrip('/')}/{raw['repository']}/resolve/main"
    for entry in raw["files"]:
        yield ModelFile(
            name=entry["name"],
            set=entry["set"],
            path=entry["path"],
            networks=tuple(Network(name) for name in entry["networks"]),
            purpose=entry["purpose"],
            licence=raw["licence"],
            users=raw["users"],
            bytes=entry["bytes"],
            sha256=entry["sha256"],
            address=f"{base}/{entry['path']}",
        )


def _judges() -> Iterator[ModelFile]:
    for entry in _read("judges.json")["files"]:
        yield ModelFile(
            name=entry["name"],
            set="judges",
            path=entry["path"],
            networks=(),
            purpose=entry["purpose"],
            licence=entry["licence"],
            users=entry["users"],
            bytes=None,
            sha256=None,
            address=entry["address"],
        )


def _read(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(model_path(name).read_text(encoding="utf-8"))
    return raw
