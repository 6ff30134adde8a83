"""Which files LivePortrait's weights come in: where they are published, what each is for, and who may use it; no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.resources import model_path
from pctalk_studio.nets.names import Network

SETS = ("human", "animal", "unused")
"""Faces of people; faces of animals (which use the stitching file of people); published with them, but of no use here."""


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
        From where it is fetched.
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


def published_files(hub: str | None = None) -> Catalogue:
    """Read the catalogue that ships with the program.

    Parameters
    ----------
    hub
        Address of a mirror with the same layout, instead of the original.
    """
    raw: dict[str, Any] = json.loads(model_path("liveportrait.json").read_text(encoding="utf-8"))
    base = f"{(hub or raw['hub']).rstrip('/')}/{raw['repository']}/resolve/main"
    return Catalogue(
        tuple(
            ModelFile(
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
            for entry in raw["files"]
        )
    )
