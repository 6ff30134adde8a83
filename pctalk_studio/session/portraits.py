"""Portraits: a picture or a movie, and the face in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from pctalk_studio.analysis.face import FacePoints, RigCache, TrackCache, find_face, follow_face
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.time import FrameRate
from pctalk_studio.core.user_folders import cache_folder
from pctalk_studio.document.project import Gaze, HeadMotion, Project
from pctalk_studio.jobs.apart import Run, Told, here
from pctalk_studio.media.movie_frames import MovieFrames
from pctalk_studio.media.pictures import Picture, read_picture
from pctalk_studio.media.reader import MovieReader, is_movie
from pctalk_studio.storage.media_links import hash_of_plain


@dataclass(frozen=True, slots=True, eq=False)
class Movie:
    """A movie as a portrait.

    Parameters
    ----------
    frames
        Decoded when they are asked for.
    track
        The face in them.
    """

    frames: MovieFrames
    track: FaceTrack


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """Whose face speaks.

    Parameters
    ----------
    picture, rig
        The picture and the face in it; of a movie the frame that shows the person best.
    movie
        The movie, where it is one.
    """

    picture: Picture
    rig: FaceRig
    movie: Movie | None = None


_RATES = tuple(Fraction(text) for text in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"))
_EVEN = (10, 120)
"""Whole numbers of frames a second within which a movie is taken to be evenly paced; other means are those of uneven ones."""
_SAME_RATE = 0.005
"""Part by which a movie's mean rate may miss one of these and be meant."""


def first_controls(path: Path) -> Project:
    """The controls that a portrait begins with.

    A movie moves its head and eyes and blinks by itself: nothing is added to that until somebody asks for it. Its frame rate is
    kept where it is a usual one.

    Raises
    ------
    MediaError
        When the file cannot be read.
    """
    if not is_movie(path):
        return Project()
    mean = MovieReader(path).facts.rate
    nearest = min(_RATES, key=lambda rate: abs(rate - mean))
    if abs(nearest / mean - 1) < _SAME_RATE:
        rate = FrameRate(nearest)
    elif mean.denominator == 1 and _EVEN[0] <= mean <= _EVEN[1]:
        rate = FrameRate(mean)
    else:
        rate = Project().rate
    return Project(rate=rate, head=HeadMotion.STILL, gaze=Gaze.STILL, blink=False)


def face_in(path: Path, project: Project, run: Run = here, listen: ProgressListener = silent) -> Portrait:
    """A portrait and the face in it, the one that the project says.

    Parameters
    ----------
    path
        A picture or a movie.
    project
        Says which face, or where it is.
    run
        Finds it where it is not known already.
    listen
        Told of the stage ``face`` while a movie is gone through.

    Raises
    ------
    StudioError
        When the file cannot be read, or has no such face.
    """
    media = project.media
    if is_movie(path):
        return _moving(path, project, run, listen)
    picture = read_picture(path)
    points = FacePoints(media.face_points) if media.face_points else None
    cache = RigCache(cache_folder() / "rigs")
    rig = cache.face(picture.rgb, picture.content_hash, face=media.face, points=points, find=partial(run, find_face))
    return Portrait(picture, rig)


def _moving(path: Path, project: Project, run: Run, listen: ProgressListener) -> Portrait:
    if project.media.face_points:
        raise FaceError(f"Points placed by hand hold for one picture; '{path}' is a movie, whose face must be found by itself.")
    cache = TrackCache(cache_folder() / "tracks")
    follow = partial(run, follow_face)
    track = cache.track(path, hash_of_plain(path), face=project.media.face, listen=Told(listen), follow=follow)
    frames = MovieFrames(path)
    picture = Picture.of(frames.frame(track.reference), None, path)
    return Portrait(picture, track.rig(track.reference), Movie(frames, track))
