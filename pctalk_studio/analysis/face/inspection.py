"""What an animator should know of a face before animating it: size, turn, borders, and what hides mouth or eyes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PictureU8
from pctalk_studio.analysis.face.pose import Pose
from pctalk_studio.analysis.face.reading import Reading, Window, cut
from pctalk_studio.core import topology
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import LIPS_UNCLEAR, Problem
from pctalk_studio.core.topology import MESH_COUNT, closed_ring

_TOO_SMALL, _SMALL = 16.0, 40.0
"""Pixels per E below which nothing can be animated, and below which it looks coarse."""
_STRONG_TURN = 35.0
"""Degrees of yaw or pitch from which on one half of the mouth is guessed more than seen."""
_VIEW, _VIEW_E = 320, 96
"""Side of the upright view and pixels per E in it."""
_BARE_SKIN = (50, 280, 101, 330, 205, 425, 4, 5, 195, 151, 9, 8, 36, 266)
_LIPS = tuple(sorted({i for ring in (*topology.LIP_UPPER_RINGS, *topology.LIP_LOWER_RINGS) for i in ring}))
_IRISES = (*topology.IRIS_RIGHT, *topology.IRIS_LEFT)
_LOOKS_DISAGREE = 0.03
"""Disagreement of looks about the lips; 0.003 to 0.02 for lips that can be seen, 0.045 under a thick moustache."""
_IRISES_UNCLEAR = 0.03
"""The same for irises; 0.003 to 0.016 for eyes, 0.047 for marble without irises."""
_FOREIGN, _STRAW_WIDTH = 40.0, 0.2
"""Distance in (a, b) from the surroundings, at most 16 in faces looked at from the front, 66 for a red straw; width in E."""
_LIDS_DARK, _WHITE_DARK = 0.23, 0.45
"""Lightness over the skin's; dark glasses measure 0.15 and 0.27, deep-set eyes in hard light 0.36 and 0.56."""
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
    if outside.mean() > _CUT_TOO_FAR or outside[list(_LIPS)].mean() > 0.1:
        raise FaceError("The face lies too far outside the picture to be animated; use a picture that shows all of it.")
    if outside.mean() > _CUT:
        return [Problem("face-cut", f"{outside.mean():.0%} of the face lies outside the picture; its border will move with it.")]
    return []


def photometric_problems(rig: FaceRig, picture: PictureU8, reading: Reading) -> tuple[Problem, ...]:
    """Problems that only the pixels tell: a mouth behind something, eyes behind dark glasses.

    All tests compare parts of the face with its own skin, so that light, skin tone, paint and pencil do not matter.
    """
    view = FaceView.of(rig, picture)
    problems = []
    if _straw_before(view) or _tongue_out(view, rig.mouth_gap):
        text = "Something lies across the lips, which will move with them; a picture with free lips will look better."
        problems.append(Problem("mouth-occluded", text))
    elif reading.spread(_LIPS) > _LOOKS_DISAGREE:
        text = "The lips can hardly be made out under beard or shadow, so that the mouth opens less and may sit beside them."
        problems.append(Problem(LIPS_UNCLEAR, text))
    if _eyes_hidden(view):
        problems.append(
            Problem("eyes-hidden", "The eyes are hidden behind dark glasses or deep shadow; leave blinks and gaze off.")
        )
    elif reading.spread(_IRISES) > _IRISES_UNCLEAR:
        problems.append(Problem("irises-unclear", "No irises can be made out in the eyes; leave the gaze as it is."))
    return tuple(problems)


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """A face turned upright, 96 pixels to an E, in CIE Lab.

    Parameters
    ----------
    lab
        [N, N, 3] float32: L 0 to 100, a and b.
    points
        [478, 2] float64: landmarks in this view.
    skin
        [3]: Lab of the bare skin, the median of cheeks, nose and forehead.
    """

    lab: npt.NDArray[np.float32]
    points: npt.NDArray[np.float64]
    skin: npt.NDArray[np.float64]

    @classmethod
    def of(cls, rig: FaceRig, picture: PictureU8) -> FaceView:
        """Cut and measure."""
        across = rig.rotation[0, :2]
        centre = rig.landmarks[:MESH_COUNT, :2].mean(axis=0)
        window = Window(float(centre[0]), float(centre[1]), _VIEW / _VIEW_E * rig.scale, float(np.arctan2(across[1], across[0])))
        patch = cut(picture, window, _VIEW)
        lab = cv2.cvtColor(patch.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        matrix = window.matrix(_VIEW)
        points = rig.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        at = np.clip(np.round(points[list(_BARE_SKIN)]).astype(int), 0, _VIEW - 1)
        return cls(np.asarray(lab, np.float32), points, np.median(lab[at[:, 1], at[:, 0]], axis=0))

    def inside(self, ring: tuple[int, ...], grow: int = 0) -> npt.NDArray[np.bool_]:
        """Mask [N, N] of a closed ring of landmarks, widened (or, below 0, narrowed) by pixels."""
        mask = np.zeros(self.lab.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(self.points[list(ring)]).astype(np.int32)], (1,))
        kernel = np.ones((2 * abs(grow) + 1, 2 * abs(grow) + 1), np.uint8)
        changed = cv2.dilate(mask, kernel) if grow > 0 else cv2.erode(mask, kernel) if grow < 0 else mask
        return np.asarray(changed) > 0

    def columns(self, top: float, bottom: float, middle: float) -> npt.NDArray[np.float64]:
        """Median (a, b) of each column between two heights, from 0.3 E left to 0.3 E right of a middle, [58, 2]."""
        height, width = self.lab.shape[:2]
        reach = int(0.3 * _VIEW_E)
        xs = np.clip(int(middle) + np.arange(-reach, reach + 1), 0, width - 1)
        first = int(np.clip(top, 0, height - 2))
        last = int(np.clip(bottom, first + 1, height))
        return np.asarray(np.median(self.lab[first:last][:, xs, 1:], axis=0), np.float64)


def _straw_before(view: FaceView) -> bool:
    """Whether a narrow band of foreign colour runs down over the lower lip and the chin: a straw, a stick, a pipe.

    Beards are broad, or differ in lightness more than in colour.
    """
    lip, chin = view.points[17], view.points[topology.CHIN]
    band = view.columns(lip[1] + 0.04 * _VIEW_E, chin[1] - 0.08 * _VIEW_E, lip[0])
    over_lip = view.columns(view.points[14, 1] + 1, lip[1] - 1, lip[0])
    foreign = np.minimum(*(np.linalg.norm(part - np.median(part, axis=0), axis=1) for part in (band, over_lip)))
    there = foreign > _FOREIGN
    # Both edges must be seen: a turned head has background at one end.
    return bool(there.any() and not there[0] and not there[-1] and there.sum() < _STRAW_WIDTH * _VIEW_E)


def _tongue_out(view: FaceView, gap: float) -> bool:
    """Whether an open mouth holds flesh as bright as skin in front of a dark cavity: a tongue in the mouth is as dark as that."""
    if gap < 0.15:
        return False
    mouth = view.lab[view.inside(closed_ring(topology.INNER_LIP_UPPER, topology.INNER_LIP_LOWER), -1)]
    if len(mouth) == 0:
        return False
    light = mouth[:, 0] / max(float(view.skin[0]), 1.0)
    chroma = np.hypot(mouth[:, 1], mouth[:, 2])
    dark = light < 0.5
    teeth = (light > 0.75) & (chroma < 0.75 * np.hypot(view.skin[1], view.skin[2]))
    flesh = ~dark & ~teeth
    return bool(dark.mean() > 0.15 and flesh.mean() > 0.45 and np.median(light[flesh]) > 0.7)


def _eyes_hidden(view: FaceView) -> bool:
    """Whether lids and eyeballs are far darker than the skin, without any bright white: dark glasses."""
    lids, whites = [], []
    for upper, lower in (
        (topology.EYE_RIGHT_UPPER, topology.EYE_RIGHT_LOWER),
        (topology.EYE_LEFT_UPPER, topology.EYE_LEFT_LOWER),
    ):
        ring = closed_ring(upper, lower)
        around = view.inside(ring, 7) & ~view.inside(ring, 2)
        lids.append(float(np.median(view.lab[around][:, 0])))
        whites.append(float(np.percentile(view.lab[view.inside(ring)][:, 0], 92)))
    light = float(view.skin[0])
    # A lens may mirror a lamp, so that the two eyes are taken together.
    return bool(np.mean(lids) < _LIDS_DARK * light and np.mean(whites) < _WHITE_DARK * light)
