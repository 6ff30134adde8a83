"""What stands in for sources that are missing, so that a project opens, plays and can be edited until they are found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.topology import face_topology
from pctalk_studio.media.pictures import Picture
from pctalk_studio.media.sound import Sound

SIDE = 512
"""Side of the stand-in portrait, pixels."""

_BACKDROP, _FACE = 72, 128
"""Grey levels of the backdrop and of the face's oval: plainly no photo."""

SILENCE_RATE = 16000

NO_PORTRAIT, NO_SOUND = Path("missing portrait"), Path("missing sound")
"""In place of the paths of the files, by which stand-ins are known."""


def placeholder_portrait() -> tuple[Picture, FaceRig]:
    """A grey oval with the mean face's rig, seen from the front."""
    shape = face_topology().vertices
    scale, translation = SIDE * 0.22, np.array([SIDE / 2, SIDE * 0.42, 0.0])
    landmarks = (scale * shape + translation).astype(np.float32)
    y, x = np.mgrid[:SIDE, :SIDE]
    centre = translation[1] + 0.32 * scale
    inside = ((x - SIDE / 2) / (0.78 * scale)) ** 2 + ((y - centre) / (0.98 * scale)) ** 2 < 1
    rgb = np.repeat(np.where(inside, _FACE, _BACKDROP).astype(np.uint8)[..., None], 3, axis=2)
    picture = Picture.of(rgb, None, NO_PORTRAIT)
    rotation = rotation_of(0, 0, 0)
    rig = FaceRig(picture.content_hash, (SIDE, SIDE), landmarks, rotation, scale, translation, shape, shape, "mesh", 0.0)
    return picture, rig


def placeholder_sound(seconds: float) -> Sound:
    """Silence of some length, at least a frame's."""
    samples = np.zeros(max(1, round(max(seconds, 0.05) * SILENCE_RATE)), np.float32)
    return Sound.of(samples, SILENCE_RATE, NO_SOUND)
