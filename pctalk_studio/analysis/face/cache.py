"""Rigs kept on disk by what they depend on, so that a picture is analysed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.face.entries import read_entry, require, write_entry
from pctalk_studio.analysis.face.find import ANALYSIS_VERSION, find_face
from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.points import FacePoints
from pctalk_studio.analysis.face.shelf import Shelf
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.hashing import content_hash

_MOST_BYTES = 64 * 2**20
_SHAPES: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "landmarks": ((478, 3), np.float32),
    "shape": ((478, 3), np.float32),
    "neutral": ((478, 3), np.float32),
    "rotation": ((3, 3), np.float64),
    "translation": ((3,), np.float64),
}


def rig_key(picture_hash: str, face: int | None = None, points: FacePoints | None = None) -> str:
    """Hash of everything that a rig depends on."""
    return content_hash("rig", ANALYSIS_VERSION, picture_hash, repr(face), repr(points.points if points else None))


def write_rig(rig: FaceRig, path: Path) -> None:
    """Write a rig."""
    facts = {
        "picture_hash": rig.picture_hash,
        "picture_size": rig.picture_size,
        "scale": rig.scale,
        "origin": rig.origin,
        "confidence": rig.confidence,
    }
    write_entry(path, facts, rig.problems, {name: getattr(rig, name) for name in _SHAPES})


def read_rig(path: Path) -> FaceRig:
    """Read what :func:`write_rig` wrote.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        When the file is not such a rig, in all its parts.
    """
    facts, problems, arrays = read_entry(path, _SHAPES)
    for name, (shape, kind) in _SHAPES.items():
        require(arrays, name, shape, kind)
    width, height = facts["picture_size"]
    return FaceRig(
        picture_hash=str(facts["picture_hash"]),
        picture_size=(int(width), int(height)),
        scale=float(facts["scale"]),
        origin=str(facts["origin"]),
        confidence=float(facts["confidence"]),
        problems=problems,
        **arrays,
    )


@dataclass(frozen=True, slots=True)
class RigCache:
    """Rigs in a folder, by content.

    A cache never fails: a damaged entry is read as absent and written anew, an unwritable folder keeps nothing.

    Parameters
    ----------
    folder
        Made when it is missing.
    most_bytes
        The oldest entries beyond this are deleted.
    """

    folder: Path
    most_bytes: int = _MOST_BYTES

    @property
    def _shelf(self) -> Shelf:
        return Shelf(self.folder, "rig", self.most_bytes)

    def load(self, key: str) -> FaceRig | None:
        """The rig kept under a key, or None."""
        return self._shelf.load(key, read_rig)

    def keep(self, key: str, rig: FaceRig) -> None:
        """Keep a rig; the file is there whole or not at all."""
        self._shelf.keep(key, lambda path: write_rig(rig, path))

    def face(
        self,
        picture: PictureU8,
        picture_hash: str,
        *,
        face: int | None = None,
        points: FacePoints | None = None,
        find: Callable[..., FaceRig] = find_face,
    ) -> FaceRig:
        """:func:`find_face` done once per picture, choice and version of the analysis.

        Raises
        ------
        FaceError
            As :func:`find_face`; failures are not kept.
        """
        key = rig_key(picture_hash, face, points)
        rig = self.load(key)
        if rig is None or rig.picture_hash != picture_hash:
            rig = find(picture, picture_hash, face=face, points=points)
            self.keep(key, rig)
        return rig
