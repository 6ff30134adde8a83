"""Tracks kept on disk by what they depend on, so that a movie is followed once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pctalk_studio.analysis.face.movie import TRACK_VERSION, follow_face
from pctalk_studio.analysis.face.shelf import Shelf
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.problems import Problem
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
    """Write a track as npz: arrays and one JSON text; nothing in it is executed on reading."""
    facts = {
        "movie_hash": track.movie_hash,
        "picture_size": track.picture_size,
        "reference": track.reference,
        "confidence": track.confidence,
        "problems": [(p.code, p.text, p.start, p.end) for p in track.problems],
    }
    arrays = {name: getattr(track, name) for name in _SHAPES}
    with path.open("wb") as stream:
        np.savez(stream, facts=np.array(json.dumps(facts)), neutral=track.neutral, **arrays)


def read_track(path: Path) -> FaceTrack:
    """Read what :func:`write_track` wrote.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        When the file is not such a track, in all its parts.
    """
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in (*_SHAPES, "neutral")}
        facts = json.loads(str(stored["facts"]))
    count, reference = len(arrays["times"]), int(facts["reference"])
    expected = {name: ((count, *shape), kind) for name, (shape, kind) in _SHAPES.items()}
    expected["neutral"] = ((478, 3), np.float32)
    for name, (shape, kind) in expected.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != kind or not np.isfinite(array).all():
            raise ValueError(f"{name} is not {shape} {kind}")
    if not 0 <= reference < count or (np.diff(arrays["times"]) <= 0).any():
        raise ValueError("the frames are not in order")
    width, height = facts["picture_size"]
    return FaceTrack(
        movie_hash=str(facts["movie_hash"]),
        picture_size=(int(width), int(height)),
        reference=reference,
        confidence=float(facts["confidence"]),
        problems=tuple(Problem(str(code), str(text), start, end) for code, text, start, end in facts["problems"]),
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
