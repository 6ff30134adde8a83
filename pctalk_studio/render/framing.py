"""Which part of the portrait fills the frame, and at what size: decided once, before any engine sees the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.topology import FACE_OVAL
from pctalk_studio.render.api import PictureU8, RenderSource

FACE_CROP_HEIGHTS = 2.3
"""Side of the face crop in heights of the face oval; leaves hair, neck and some shoulder (LivePortrait's source crop)."""
FACE_CROP_RISE = 0.10
"""How far the crop's centre lies above the face's, in heights of the face oval: there is hair above and neck below."""
FACE_CROP_SIDE = 512
"""Frame side of a face crop when no size is asked for, pixels."""
LONGEST_SIDE = 1920
"""Longest side of a whole picture when no size is asked for, pixels."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What fills the frame.

    Parameters
    ----------
    crop_to_face
        A square round the face instead of the whole picture.
    longest
        Longest side of the frame in pixels.
    width, height
        Or both sides; what then does not fit is cut off, keeping the face.
    """

    crop_to_face: bool = False
    longest: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the portrait, pixels; left and top may not be integers."""

    left: float
    top: float
    width: float
    height: float


def frame_source(picture: PictureU8, rig: FaceRig, framing: Framing) -> RenderSource:
    """Cut and scale a portrait, and its rig with it.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB.
    rig
        Of that picture.
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
    window = _window(rig, framing)
    width, height = _frame_size(window, framing)
    if min(width, height) < 64:
        raise RenderError(f"A frame of {width} x {height} pixels is too small to draw a face in; choose a larger --size.")
    if (width, height) == rig.picture_size and window == Window(0, 0, width, height):
        return RenderSource(picture, rig)
    factor = max(width / window.width, height / window.height)
    # What the frame's shape cannot show is cut away evenly, but never the face.
    left = _kept(window.left * factor, window.width * factor, width, float(rig.translation[0]) * factor)
    top = _kept(window.top * factor, window.height * factor, height, float(rig.translation[1]) * factor)
    frame = _resample(picture, factor, (left, top), (width, height))
    name = content_hash(rig.picture_hash, factor, left, top, width, height)
    return RenderSource(frame, rig.placed(factor, (left, top), (width, height), name))


def _window(rig: FaceRig, framing: Framing) -> Window:
    picture_width, picture_height = rig.picture_size
    if not framing.crop_to_face:
        return Window(0, 0, picture_width, picture_height)
    oval = rig.landmarks[list(FACE_OVAL), :2].astype(np.float64)
    low, high = oval.min(axis=0), oval.max(axis=0)
    face_height = float(np.linalg.norm(rig.landmarks[10, :2] - rig.landmarks[152, :2]))
    face_height = max(face_height, float((high - low).max()))
    side = min(FACE_CROP_HEIGHTS * face_height, picture_width, picture_height)
    centre = (low + high) / 2 - (0, FACE_CROP_RISE * face_height)
    left = float(np.clip(centre[0] - side / 2, 0, picture_width - side))
    top = float(np.clip(centre[1] - side / 2, 0, picture_height - side))
    return Window(left, top, side, side)


def _frame_size(window: Window, framing: Framing) -> tuple[int, int]:
    if framing.width is not None and framing.height is not None:
        return _even(framing.width), _even(framing.height)
    longest = max(window.width, window.height)
    wanted = framing.longest or (FACE_CROP_SIDE if framing.crop_to_face else min(longest, LONGEST_SIDE))
    factor = wanted / longest
    return _even(window.width * factor), _even(window.height * factor)


def _even(side: float) -> int:
    return 2 * round(side / 2)


def _kept(start: float, length: float, wanted: int, face: float) -> float:
    slack = length - wanted
    return start if slack <= 0 else float(np.clip(face - wanted / 2, start, start + slack))


def _resample(picture: PictureU8, factor: float, offset: tuple[float, float], size: tuple[int, int]) -> PictureU8:
    """Scale and cut in one step; reductions are averaged over areas first so that fine texture does not alias."""
    height, width = picture.shape[:2]
    reduced, rest_x, rest_y = picture, factor, factor
    if factor < 1:
        shape = (max(1, round(width * factor)), max(1, round(height * factor)))
        reduced = np.asarray(cv2.resize(picture, shape, interpolation=cv2.INTER_AREA), np.uint8)
        rest_x, rest_y = factor * width / shape[0], factor * height / shape[1]
    # Pixel centres lie at half-integers under scaling; see FaceRig.placed.
    half = 0.5 * np.array([rest_x, rest_y]) - 0.5 - offset
    back: npt.NDArray[np.float64] = np.array([[rest_x, 0, half[0]], [0, rest_y, half[1]]])
    flags = cv2.INTER_LANCZOS4
    return np.asarray(cv2.warpAffine(reduced, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
