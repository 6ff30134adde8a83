"""Small videos of which everything is known: a portrait that is moved as told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.movie import MovieWriter
from pctalk_studio.media.pictures import read_picture

RATE = FrameRate.parse("25")

HEAD = (slice(0, 240), slice(105, 345))
"""Rows and columns of the head in the sample."""


@cache
def sample_portrait(side: int = 320) -> np.ndarray:
    """Head and shoulders of the sample's portrait, [side, side, 3]; the eyes lie a quarter of the side apart."""
    picture = read_picture(resource_path("sample") / "portrait.jpg").rgb[HEAD]
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    small.setflags(write=False)
    return small


def moved(picture, roll=0.0, zoom=1.0, x=0.0, y=0.0):
    """A picture turned clockwise by degrees about its middle, zoomed there, and shifted by pixels; and the matrix [2, 3]."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -roll, zoom)
    matrix[:, 2] += (x, y)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), matrix


def written(path: Path, pictures, rate: FrameRate = RATE, sound=None, quality=12) -> Path:
    """The pictures as an MP4."""
    with MovieWriter(path, (pictures[0].shape[1], pictures[0].shape[0]), rate, sound, quality=quality) as movie:
        for picture in pictures:
            movie.write(picture)
    return path


def track_of_rigs(rigs: list[FaceRig], rate: float = 25.0, presence=None) -> FaceTrack:
    """The track of a movie whose frames show these faces; the first one's neutral shape is the person's."""
    present = np.ones(len(rigs), np.float32) if presence is None else np.asarray(presence, np.float32)
    return FaceTrack(
        movie_hash="made",
        picture_size=rigs[0].picture_size,
        times=np.arange(len(rigs)) / rate,
        rotation=np.stack([rig.rotation for rig in rigs]),
        scale=np.array([rig.scale for rig in rigs]),
        translation=np.stack([rig.translation for rig in rigs]),
        shape=np.stack([rig.shape for rig in rigs]),
        neutral=rigs[0].neutral,
        presence=present,
        reference=0,
        confidence=1.0,
    )


class Pictures:
    """Decoded frames that are simply there; counts how often each is asked for."""

    def __init__(self, pictures):
        self.pictures = pictures
        self.asked: list[int] = []

    def frame(self, number):
        self.asked.append(number)
        return self.pictures[number]
