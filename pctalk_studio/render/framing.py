"""Which part of the portrait fills the frame, and at what size: decided once, before any engine sees the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.topology import FACE_OVAL
from pctalk_studio.media.framing import Framed, crop_square, fill_window, fit_within, fitted_size
from pctalk_studio.media.pictures import Picture
from pctalk_studio.render.api import RenderSource

FACE_CROP_HEIGHTS = 2.3
"""Side of the face crop in heights of the face oval; leaves hair, neck and some shoulder (LivePortrait's source crop)."""
FACE_CROP_RISE = 0.10
"""How far the crop's centre lies above the face's, in heights of the face oval: there is hair above and neck below."""
FACE_CROP_SIDE = 512
"""Frame side of a face crop when no size is asked for, pixels."""
LONGEST_SIDE = 1920
"""Longest side of a whole picture when no size is asked for, pixels."""
SMALLEST_SIDE = 64


@dataclass(frozen=True, slots=True)
class Framing:
    """What fills the frame.

    Parameters
    ----------
    crop_to_face
        A square round the face instead of the whole picture.
    longest
        Longest side of the frame in pixels.
    size
        Or (width, height); what then does not fit is cut off, keeping the face.
    """

    crop_to_face: bool = False
    longest: int | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A window of a scaled picture.

    Parameters
    ----------
    factor
        New pixels per old pixel.
    offset
        (x, y) of the window's top left corner in the scaled picture, pixels; see :mod:`pctalk_studio.media.framing`.
    size
        (width, height) of the window.
    """

    factor: float
    offset: tuple[float, float]
    size: tuple[int, int]


def frame_source(picture: Picture, rig: FaceRig, framing: Framing) -> RenderSource:
    """Cut and scale a portrait, and its rig with it.

    Parameters
    ----------
    picture, rig
        A portrait and the face in it.
    framing
        What to show.

    Returns
    -------
    RenderSource
        With even sides, as H.264 wants them.

    Raises
    ------
    RenderError
        When the frame would be smaller than 64 pixels on a side.
    """
    result = _framed(picture, face_square(rig), rig.translation, framing)
    size = _checked(result.picture.size)
    name = content_hash(rig.picture_hash, result.factor, *result.offset, *size)
    return RenderSource(result.picture.rgb, rig.placed(result.factor, result.offset, size, name))


def frame_movie(picture: Picture, track: FaceTrack, framing: Framing) -> Cut:
    """What of a movie's frames fills the frame: one window for all, in which the face stays wherever it goes.

    Parameters
    ----------
    picture
        Any frame.
    track
        The face in all of them.
    framing
        What to show.

    Raises
    ------
    RenderError
        When the frame would be smaller than 64 pixels on a side.
    """
    result = _framed(picture, track_square(track), np.median(track.translation, axis=0), framing)
    return Cut(result.factor, result.offset, _checked(result.picture.size))


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    if min(size) < SMALLEST_SIDE:
        raise RenderError(f"A frame of {size[0]} x {size[1]} pixels is too small to draw a face in; choose a larger --size.")
    return size


def framed_size(size: tuple[int, int], framing: Framing) -> tuple[int, int]:
    """(width, height) of the frames that :func:`frame_source` makes of a picture of some (width, height)."""
    if framing.size is not None:
        return _even_size(framing.size)
    if framing.crop_to_face:
        side = _even(framing.longest or FACE_CROP_SIDE)
        return side, side
    longest = framing.longest or LONGEST_SIDE
    return fitted_size(size, (longest, longest), enlarge=framing.longest is not None)


def _framed(
    picture: Picture, square: tuple[tuple[float, float], float], face: npt.NDArray[np.float64], framing: Framing
) -> Framed:
    if framing.crop_to_face:
        centre, side = square
        if framing.size is None:
            return crop_square(picture, centre, side, _even(framing.longest or FACE_CROP_SIDE))
        largest = max(framing.size)
        whole = crop_square(picture, centre, side, _even(largest))
        cut = fill_window(whole.picture, _even_size(framing.size))
        return Framed(cut.picture, whole.factor, (whole.offset[0] + cut.offset[0], whole.offset[1] + cut.offset[1]))
    if framing.size is not None:
        return fill_window(picture, _even_size(framing.size), (float(face[0]), float(face[1])))
    longest = framing.longest or LONGEST_SIDE
    return fit_within(picture, (longest, longest), enlarge=framing.longest is not None)


def face_square(rig: FaceRig) -> tuple[tuple[float, float], float]:
    """Centre (x, y) and side of the square that shows a face with hair, neck and some shoulder; pixels, may leave the picture."""
    oval = rig.landmarks[list(FACE_OVAL), :2].astype(np.float64)
    low, high = oval.min(axis=0), oval.max(axis=0)
    height = float((high - low).max())
    centre = (low + high) / 2
    return (float(centre[0]), float(centre[1]) - FACE_CROP_RISE * height), FACE_CROP_HEIGHTS * height


def track_square(track: FaceTrack) -> tuple[tuple[float, float], float]:
    """Centre (x, y) and side of the square that does so wherever the face goes in a movie; pixels, may leave the picture."""
    ovals = np.stack([track.rig(frame).landmarks[list(FACE_OVAL), :2] for frame in range(len(track))]).astype(np.float64)
    lows, highs = ovals.min(axis=1), ovals.max(axis=1)
    # A few frames in which the detector slipped must not make the face small in all.
    low, high = np.percentile(lows, 2, axis=0), np.percentile(highs, 98, axis=0)
    height = float(np.percentile((highs - lows).max(axis=1), 98))
    centre = (low + high) / 2
    side = (FACE_CROP_HEIGHTS - 1) * height + float((high - low).max())
    return (float(centre[0]), float(centre[1]) - FACE_CROP_RISE * height), side


def face_window(rig: FaceRig) -> tuple[slice, slice]:
    """Rows and columns of that square within the picture."""
    (x, y), side = face_square(rig)
    width, height = rig.picture_size
    left, top = max(0, round(x - side / 2)), max(0, round(y - side / 2))
    return slice(top, min(height, round(y + side / 2))), slice(left, min(width, round(x + side / 2)))


def _even(side: int) -> int:
    return side - side % 2


def _even_size(size: tuple[int, int]) -> tuple[int, int]:
    return _even(size[0]), _even(size[1])
