"""From a movie to a FaceTrack: one face, followed through all frames."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.find import find_face
from pctalk_studio.analysis.face.inspection import geometric_problems, photometric_problems
from pctalk_studio.analysis.face.networks import FaceNetworks, PictureU8
from pctalk_studio.analysis.face.person import Followed, track_of
from pctalk_studio.analysis.face.reading import Window, read
from pctalk_studio.analysis.face.tracker import FaceTracker
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.topology import MESH_COUNT
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.media.movie_frames import MovieFrames

TRACK_VERSION = "1"
"""Changes whenever the same movie would give another track."""

STAGE = "face"
"""Name of the stage in progress events."""

MOST_FRAMES = 36_000
"""Frames of a movie that are followed: twenty minutes at 30 a second; their rigs take half a gigabyte."""

_LOOKS = 2
_SEARCH_EVERY = 4
"""Frames between two searches of the whole picture, each of which takes as long as a hundred looks."""
_CUT = 0.16
"""Mean change of a small grey picture, 0 to 1, from which on a frame belongs to another shot."""
_SMALL = (32, 18)
_ELSEWHERE, _OTHER_SIZE = 1.0, 1.6
"""Distance in face sides, and ratio of sides, from which on a face within a shot is another one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a face was seen last: middle of its mesh, and its side, pixels."""

    middle: npt.NDArray[np.float64]
    side: float

    @classmethod
    def of(cls, landmarks: npt.NDArray[np.float64]) -> _Place:
        points = landmarks[:MESH_COUNT, :2]
        low, high = points.min(axis=0), points.max(axis=0)
        return cls((low + high) / 2, float((high - low).max()))

    def may_become(self, other: _Place) -> bool:
        """Whether a face seen elsewhere in the same shot may be this one."""
        far = float(np.linalg.norm(other.middle - self.middle)) / max(self.side, other.side)
        return far < _ELSEWHERE and max(self.side / other.side, other.side / self.side) < _OTHER_SIZE


class _Follower:
    """Follows one face from frame to frame, and does not mistake another for it."""

    def __init__(self, networks: FaceNetworks, face: int | None) -> None:
        self._networks = networks
        self._face = face
        self._tracker = FaceTracker(_LOOKS, networks)
        self._small: npt.NDArray[np.float32] | None = None
        self._place: _Place | None = None
        self._lost = 0
        self.cuts: list[int] = []
        self.refused: FaceError | None = None

    def landmarks_of(self, number: int, frame: PictureU8) -> npt.NDArray[np.float64] | None:
        """Landmarks [478, 3] of the face in the next frame; None where it is not seen."""
        if self._is_cut(frame):
            self.cuts.append(number)
            self._place, self._lost = None, 0
            self._tracker.forget()
        found = self._seen(frame)
        self._lost = 0 if found is not None else self._lost + 1
        return found

    def _seen(self, frame: PictureU8) -> npt.NDArray[np.float64] | None:
        if self._lost % _SEARCH_EVERY:
            return None
        if self._face is not None and not self._chosen(frame, self._face):
            return None
        found = self._tracker.landmarks_of(frame)
        if found is None:
            return None
        place = _Place.of(found)
        if self._place is not None and not self._place.may_become(place):
            self._tracker.forget()
            return None
        self._place = place
        return found

    def _chosen(self, frame: PictureU8, face: int) -> bool:
        """Begin with the face that was asked for; once it is found, what counts is where it goes."""
        try:
            rig = find_face(frame, "", face=face, networks=self._networks)
        except FaceError as error:
            self.refused = error
            return False
        self._tracker.begin(rig.landmarks.astype(np.float64))
        self._face = self.refused = None
        return True

    def _is_cut(self, frame: PictureU8) -> bool:
        small = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), _SMALL, interpolation=cv2.INTER_AREA)
        grey = np.asarray(small, np.float32) / 255
        before, self._small = self._small, grey
        return before is not None and float(np.abs(grey - before).mean()) > _CUT


def follow_face(
    path: Path,
    movie_hash: str,
    *,
    face: int | None = None,
    listen: ProgressListener = silent,
    networks: FaceNetworks | None = None,
) -> FaceTrack:
    """Follow one face through a movie.

    Parameters
    ----------
    path
        The movie.
    movie_hash
        Content hash of the file; kept in the track.
    face
        Which face of the first frame that shows one, from 1, left to right; without it the largest.
    listen
        Told of the stage ``face``, frame by frame.
    networks
        Networks to use; without them they are made and closed here.

    Returns
    -------
    FaceTrack
        With the problems of a still portrait in its best frame, and ``face-lost`` for each longer stretch without the face,
        ``shot-changes`` where the picture cuts.

    Raises
    ------
    FaceError
        When no frame shows a face, or it cannot be animated.
    MediaError
        When the movie cannot be read, or is too long.
    """
    reader = MovieReader(path)
    if len(reader) > MOST_FRAMES:
        raise FaceError(f"'{path}' has {len(reader)} frames; cut it to {MOST_FRAMES} or fewer, and make a project of each part.")
    with _ready(networks) as nets:
        follower = _Follower(nets, face)
        times, found = [], []
        for frame in reader:
            times.append(frame.time)
            found.append(follower.landmarks_of(frame.index, frame.rgb))
            listen(ProgressEvent(STAGE, min(frame.index + 1, len(reader)), len(reader)))
        if not any(each is not None for each in found):
            if follower.refused is not None:
                raise follower.refused
            raise FaceError(f"No face was found in any frame of '{path}'; use a movie that shows a face from the front.")
        followed = Followed(np.array(times), tuple(found), tuple(follower.cuts))
        track = track_of(followed, movie_hash, reader.facts.size)
        return _inspected(track, followed, path, nets)


def _ready(networks: FaceNetworks | None) -> AbstractContextManager[FaceNetworks]:
    return nullcontext(networks) if networks is not None else FaceNetworks()


def _inspected(track: FaceTrack, followed: Followed, path: Path, networks: FaceNetworks) -> FaceTrack:
    """With what an animator should know of the face in its best frame, and what the detector thinks of it."""
    frames = MovieFrames(path)
    picture = frames.frame(track.reference)
    frames.close()
    rig = track.rig(track.reference)
    reading = read(networks, picture, Window.around(rig.landmarks.astype(np.float64)))
    problems = (*geometric_problems(rig), *photometric_problems(rig, picture, reading))
    return replace(track, confidence=reading.presence, problems=(*problems, *track.problems, *_cut_problems(followed)))


def _cut_problems(followed: Followed) -> tuple[Problem, ...]:
    text = "The picture cuts here to another shot; the largest face goes on speaking, so that all shots must show one person."
    times = [float(followed.times[number]) for number in followed.cuts]
    return tuple(Problem("shot-changes", text, time, time) for time in times)
