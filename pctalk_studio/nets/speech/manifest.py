"""Which weights of our own ship with the program, by ``models/speech.json``; no torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.files import written_whole

MANIFEST = "speech.json"


@dataclass(frozen=True, slots=True)
class ShippedFile:
    """One file of weights.

    Parameters
    ----------
    name
        ``lac``, ``emc`` or ``sync``.
    file, card
        Names of the weights and of the text that says how they came about, beside the manifest.
    purpose
        For people.
    licence
        Of the weights.
    bytes, sha256
        Of the weights.
    """

    name: str
    file: str
    card: str
    purpose: str
    licence: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, purpose: str, licence: str = "as the program's") -> ShippedFile:
        """Describe a file as it is."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return cls(path.stem, path.name, f"{path.stem}.md", purpose, licence, len(content), digest)


def read_manifest(folder: Path) -> tuple[ShippedFile, ...]:
    """What a folder of shipped weights says it holds.

    Raises
    ------
    WeightsError
        When there is no manifest, or it is damaged.
    """
    path = folder / MANIFEST
    try:
        return tuple(ShippedFile(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"'{path}' is missing or damaged; install the program again.", repr(error)) from error


def write_manifest(folder: Path, files: tuple[ShippedFile, ...]) -> None:
    """Write a folder's manifest, whole or not at all."""
    with written_whole(folder / MANIFEST) as draft:
        draft.write_text(json.dumps({"files": [asdict(file) for file in files]}, indent=1) + "\n", encoding="utf-8")


def verified(folder: Path, name: str) -> Path:
    """A shipped file, after its bytes were compared with the manifest.

    Raises
    ------
    WeightsError
        When the manifest knows none of this name, or the file is missing or another than the manifest's.
    """
    known = {file.name: file for file in read_manifest(folder)}
    if name not in known:
        raise WeightsError(f"The installation ships no '{name}' weights; install the program again.")
    path = folder / known[name].file
    if not path.is_file():
        raise WeightsError(f"The installation lacks '{path}'; install the program again.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != known[name].sha256:
        raise WeightsError(f"'{path}' is not the file that ships; install the program again.")
    return path
