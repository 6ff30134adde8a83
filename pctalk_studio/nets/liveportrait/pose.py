"""Head pose and keypoints of LivePortrait as plain numbers; numpy only.

Crop frame: x right, y down, z inward, -1 to 1 across the crop. Points are row vectors, turned by ``k @ R``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

ArrayF32 = npt.NDArray[np.float32]
ArrayF64 = npt.NDArray[np.float64]

DEGREES_PER_BIN = 3.0
FIRST_BIN = -97.5
"""Degrees of the first of the 66 angle bins."""


def degrees_of_bins(logits: npt.NDArray[np.floating[Any]]) -> ArrayF64:
    """Expected angle [N] in degrees of logits [N, 66]; a single column [N, 1] is degrees already."""
    values = np.asarray(logits, np.float64)
    if values.shape[1] == 1:
        return values[:, 0]
    weights = np.exp(values - values.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(weights @ np.arange(values.shape[1]) * DEGREES_PER_BIN + FIRST_BIN)


def rotation_matrix(pitch: float, yaw: float, roll: float) -> ArrayF64:
    """Rotation [3, 3] for row vectors, degrees: the transpose of Rz(roll) Ry(yaw) Rx(pitch).

    In the crop frame positive pitch looks down, positive yaw turns the nose to the picture's left, positive roll tilts the top
    of the head to the picture's right.
    """
    (cp, cy, cr), (sp, sy, sr) = (turn(np.radians([pitch, yaw, roll])) for turn in (np.cos, np.sin))
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray((about_z @ about_y @ about_x).T)


def angles_of(rotation: npt.NDArray[np.floating[Any]]) -> ArrayF64:
    """Pitch, yaw and roll [..., 3] in degrees of rotations [..., 3, 3] for row vectors; undoes :func:`rotation_matrix`.

    Yaw is from -90 to 90. Looking sideways, at exactly 90, pitch and roll turn about one axis, and all is put down to pitch.
    """
    columns = np.asarray(rotation, np.float64).swapaxes(-1, -2)
    yaw = np.arcsin(np.clip(-columns[..., 2, 0], -1, 1))
    sideways = np.abs(columns[..., 2, 0]) > 1 - 1e-12
    pitch = np.arctan2(
        np.where(sideways, -columns[..., 1, 2], columns[..., 2, 1]), np.where(sideways, columns[..., 1, 1], columns[..., 2, 2])
    )
    roll = np.where(sideways, 0.0, np.arctan2(columns[..., 1, 0], columns[..., 0, 0]))
    return np.asarray(np.degrees(np.stack([pitch, yaw, roll], axis=-1)))


def transform(
    canonical: npt.NDArray[np.floating[Any]],
    rotation: npt.NDArray[np.floating[Any]],
    expression: npt.NDArray[np.floating[Any]],
    scale: float,
    translation: npt.NDArray[np.floating[Any]],
) -> ArrayF32:
    """Keypoints [..., 21, 3] in the crop frame: scale (canonical R + expression), then moved by the translation's x and y.

    The expression is added after the turn and inside the scale; the translation's z is never used (LivePortrait, equation 2
    as the published code computes it).
    """
    turned = np.asarray(canonical, np.float64) @ np.asarray(rotation, np.float64) + expression
    moved = scale * turned
    moved[..., :2] += np.asarray(translation, np.float64)[..., None, :2]
    return moved.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceMotion:
    """What the motion extractor reads off one picture.

    Parameters
    ----------
    pitch, yaw, roll
        Degrees; signs as in :func:`rotation_matrix`.
    translation
        [3] float32, crop frame; z is never used.
    expression
        [21, 3] float32, added after the turn and inside the scale.
    scale
        Of the face in the crop.
    canonical
        [21, 3] float32: who it is, facing front and at rest.
    """

    pitch: float
    yaw: float
    roll: float
    translation: ArrayF32
    expression: ArrayF32
    scale: float
    canonical: ArrayF32

    @property
    def rotation(self) -> ArrayF64:
        """Rotation [3, 3] for row vectors."""
        return rotation_matrix(self.pitch, self.yaw, self.roll)

    @property
    def keypoints(self) -> ArrayF32:
        """Where the keypoints are in the crop, [21, 3]."""
        return transform(self.canonical, self.rotation, self.expression, self.scale, self.translation)
