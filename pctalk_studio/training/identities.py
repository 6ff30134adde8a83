"""Random faces for the lip refiner: the canonical face with another mouth, and what speech has to do to that mouth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH, KeypointsF32, Region
from pctalk_studio.core.prediction import FacePoints
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.lac.dominance import Tracks
from pctalk_studio.deformation.lac.mapping import MouthGeometry, gap_of, lip_deformation
from pctalk_studio.deformation.lac.reading import tracks_of
from pctalk_studio.training.corpus.motion import canonical_mouth

ArrayF64 = npt.NDArray[np.float64]

_LEAST_WIDTH, _MOST_WIDTH = 0.49, 0.60
"""Widths of relaxed mouths, unit E; beyond them the articulation takes these."""

_WIDEST_GAP = 0.20
"""Inner-lip gap of a laughing portrait, unit E."""

_MOUTH_HEIGHT = 0.30
"""Distance from the lips' middle within which a mouth's own form is felt, unit E."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """One face.

    Parameters
    ----------
    k_ori
        [21, 3] float32 keypoints as in its picture, face frame, unit E.
    k_c
        [21, 3] float32 keypoints of the face with closed, relaxed lips.
    mouth
        What D_l needs to know of it.
    """

    k_ori: KeypointsF32
    k_c: KeypointsF32
    mouth: MouthGeometry

    @classmethod
    def of(cls, rig: FaceRig) -> Identity:
        """The face of a portrait."""
        return cls(MESH.of_landmarks(rig.shape), rig.k_c(), MouthGeometry.of(rig))

    def points(self) -> FacePoints:
        """The face as networks know it."""
        return FacePoints(self.k_ori, self.k_c)


def rig_of_face(shape: npt.NDArray[np.float32], neutral: npt.NDArray[np.float32]) -> FaceRig:
    """A rig of landmarks [478, 3] in the face frame, in no picture."""
    return FaceRig("", (1, 1), shape, np.eye(3), 1.0, np.zeros(3), shape, neutral, "points", 1.0)


@cache
def canonical_identity() -> Identity:
    """The canonical face with its lips together, on which delta is 0 at rest."""
    points = MESH.of_landmarks(face_topology().vertices)
    return Identity(points, points, canonical_mouth())


def random_identity(rng: np.random.Generator) -> Identity:
    """A face with another width, thickness and place of the mouth, another chin, and its own resting gap, smile and asymmetry.

    Half of the faces rest with closed lips, as most portraits do.
    """
    face = face_topology().vertices.astype(np.float64)
    middle = face[[13, 14]].mean(axis=0)
    near = np.exp(-(((face - middle) @ np.diag([0.6, 1.0, 0.3]) / _MOUTH_HEIGHT) ** 2).sum(axis=1))[:, None]
    wider = rng.uniform(_LEAST_WIDTH, _MOST_WIDTH) / canonical_mouth().width - 1.0
    thicker, longer = rng.uniform(-0.4, 0.5), rng.normal(0.0, 0.04)
    offset = (face - middle) * np.array([wider, thicker, 0.5 * thicker])
    neutral = face * rng.normal(1.0, [0.02, 0.05, 0.12]) + near * (
        offset + np.array([rng.normal(0.0, 0.02), longer, rng.normal(0.0, 0.03)])
    )
    below = np.clip(face[:, 1] - middle[1], 0.0, None) / _MOUTH_HEIGHT
    neutral[:, :2] += below[:, None] * rng.normal(0.0, [0.015, 0.03])
    shape = neutral + _resting(face - middle, near, rng)
    return Identity.of(rig_of_face(shape.astype(np.float32), neutral.astype(np.float32)))


def _resting(offset: ArrayF64, near: ArrayF64, rng: np.random.Generator) -> ArrayF64:
    """What the photo's own expression does to the landmarks [478, 3] of a face."""
    open_ = rng.random() < 0.5
    gap = rng.uniform(0.01, _WIDEST_GAP) if open_ else rng.uniform(0.0, 0.01)
    smile, crooked = rng.uniform(-0.02, 0.06), rng.normal(0.0, 0.012)
    moved = np.zeros_like(offset)
    across = np.clip(np.abs(offset[:, 0]) / 0.27, 0.0, 1.0)
    # The lips part as an ellipse about the line between them; what is below it falls further than what is above rises.
    side = np.where(offset[:, 1] > 0.0, 0.75, -0.25)
    moved[:, 1] += gap * side * np.sqrt(1.0 - np.minimum(across, 0.999) ** 2)
    moved[:, 0] += np.sign(offset[:, 0]) * smile * across
    moved[:, 1] -= (smile + crooked * np.sign(offset[:, 0])) * across**2
    return moved * near


def spoken_by(delta: npt.NDArray[np.floating[npt.NBitBase]], identity: Identity) -> ArrayF64:
    """D_l by which a face does what the canonical face does in ``delta`` [T, 21, 3]; [T, 21, 3], unit E."""
    canonical = canonical_mouth()
    tracks = tracks_of(delta.astype(np.float64), np.zeros((21, 3)), canonical)
    return lip_deformation(tracks, gap_of(tracks.open, identity.mouth), identity.mouth)


SPOKEN = MESH.indices(Region.LIPS, Region.JAW)
"""Keypoints that D_l moves."""


def scale_of(identity: Identity) -> ArrayF64:
    """What delta is multiplied by on another face than the canonical one: D_l = scale * delta + closing.

    Returns
    -------
    ArrayF64
        [21, 3]; 1 where speech moves nothing.
    """
    one = Tracks(*np.ones((4, 1)))
    canonical = canonical_mouth()
    usual = lip_deformation(one, gap_of(one.open, canonical), canonical)[0]
    here = (lip_deformation(one, gap_of(one.open, identity.mouth), identity.mouth) - identity.mouth.closing)[0]
    moved = np.abs(usual) > 1e-9
    return np.asarray(np.where(moved, here / np.where(moved, usual, 1.0), 1.0))
