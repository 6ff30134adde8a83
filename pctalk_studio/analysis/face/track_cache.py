"""Tracks kept on disk by what they depend on, so that a movie is followed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.face.entries import read_entry, require, write_entry
from pctalk_studio.analysis.face.movie import TRACK_VERSION, follow_face
from pctalk_studio.analysis.face.shelf import Shelf
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.progress import ProgressListener, silent

_MOST_BYTES = 512 * 2**20
"""Some twenty movies of a minute."""

_SHAPES: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "times": ((), np.float64),
    "rotation": ((3, 3), np.float64),
    "scale": ((), np.float64),
    "translation": ((3,), np.float64),
    "shape": ((478, 3), np.float32),
    "presence": ((), np.float32),
}
"""Arrays with a frame's shape."""


def track_key(movie_hash: str, face: int | None = None) -> str:
    """Hash of everything that a track depends on."""
    return content_hash("track", TRACK_VERSION, movie_hash, repr(face))


def write_track(track: FaceTrack, path: Path) -> None:
    """Write a track."""
    facts = {
        "movie_hash": track.movie_hash,
        "picture_size": track.picture_size,
        "reference": track.reference,
        "confidence": track.confidence,
    }
    write_entry(path, facts, track.problems, {name: getattr(track, name) for name in ("neutral", *_SHAPES)})


def read_track(path: Path) -> FaceTrack:
    """Read what :func:`write_track` wrote.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        When the file is not such a track, in all its parts.
    """
    facts, problems, arrays = read_entry(path, (*_SHAPES, "neutral"))
    count, reference = len(arrays["times"]), int(facts["reference"])
    for name, (shape, kind) in _SHAPES.items():
        require(arrays, name, (count, *shape), kind)
    require(arrays, "neutral", (478, 3), np.float32)
    if not 0 <= reference < count or (np.diff(arrays["times"]) <= 0).any():
        raise ValueError("the frames are not in order")
    width, height = facts["picture_size"]
    return FaceTrack(
        movie_hash=str(facts["movie_hash"]),
        picture_size=(int(width), int(height)),
        reference=reference,
        confidence=float(facts["confidence"]),
        problems=problems,
        **arrays,
    )


@dataclass(frozen=True, slots=True)
class TrackCache:
    """Tracks in a folder, by content.

    Parameters
    ----------
    folder
        Made when it is missing.
    most_bytes
        The oldest entries beyond this are deleted.
    """

    folder: Path
    most_bytes: int = _MOST_BYTES

    def track(
        self,
        path: Path,
        movie_hash: str,
        *,
        face: int | None = None,
        listen: ProgressListener = silent,
        follow: Callable[..., FaceTrack] = follow_face,
    ) -> FaceTrack:
        """:func:`follow_face` done once per movie, choice and version of the analysis.

        Raises
        ------
        StudioError
            As :func:`follow_face`; failures are not kept.
        """
        shelf, key = Shelf(self.folder, "track", self.most_bytes), track_key(movie_hash, face)
        track = shelf.load(key, read_track)
        if track is None or track.movie_hash != movie_hash:
            track = follow(path, movie_hash, face=face, listen=listen)
            shelf.keep(key, lambda draft: write_track(track, draft))
        return track
