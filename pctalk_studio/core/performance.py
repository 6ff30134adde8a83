"""FacePerformance: what somebody's head, eyes and face did, frame by frame, told without the face that did it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, KeypointsF32, Region
from pctalk_studio.core.motion import EYE_CHANNELS, POSE_CHANNELS, ROW_STEPS
from pctalk_studio.core.time import FrameRate

ArrayF64 = npt.NDArray[np.float64]

PERFORMED = KEYPOINT_COUNT * 3 + len(POSE_CHANNELS) + len(EYE_CHANNELS)
"""Numbers of a frame: expression, pose, eyes; a motion row without the mouth's channels."""

COUNTER = 0.9
"""Share of a head's turn that eyes take back, so that they rest on what they look at."""

LARGEST_MOVE = 0.5
"""E; no point of a face goes further."""
_TURNED = 180.0
_SIZES = (0.25, 4.0)
_LOOKED = 45.0

MOUTH = MESH.indices(Region.LIPS, Region.JAW)
"""Keypoints that belong to the part ``mouth`` of a performance; all others are its ``expression``."""


def rotations_of(angles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """:func:`pctalk_studio.core.motion.rotation_of` of many heads at once: [..., 3, 3] of pitch, yaw and roll [..., 3]."""
    (p, y, r), (cp, cy, cr) = (np.moveaxis(each(np.deg2rad(angles)), -1, 0) for each in (np.sin, np.cos))
    # The product of the three turns, written out.
    rows = (
        (cy * cr, cy * r, y),
        (p * y * cr - cp * r, p * y * r + cp * cr, -p * cy),
        (-cp * y * cr - p * r, -cp * y * r + p * cr, cp * cy),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def angles_of(rotations: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Pitch, yaw and roll [..., 3] in degrees of rotations [..., 3, 3] of heads turned less than 90 degrees.

    Undoes :func:`pctalk_studio.core.motion.rotation_of`.
    """
    pitch = np.arctan2(-rotations[..., 1, 2], rotations[..., 2, 2])
    yaw = np.arcsin(np.clip(rotations[..., 0, 2], -1.0, 1.0))
    roll = np.arctan2(rotations[..., 0, 1], rotations[..., 0, 0])
    return np.asarray(np.rad2deg(np.stack([pitch, yaw, roll], axis=-1)))


@dataclass(frozen=True, slots=True, eq=False)
class FacePerformance:
    """A recorded performance, T frames, at least one.

    Parameters
    ----------
    rate
        Frames a second.
    pose
        [T, 6] float32, see POSE_CHANNELS: angles as the camera saw the head, 0 when it faced it; shift and size since the first
        frame.
    eyes
        [T, 4] float32, see EYE_CHANNELS: lids 0 (as open as in the first frame) to 1 (shut), gaze relative to the head.
    expression
        [T, 21, 3] float32, face frame, unit E: away from a neutral face.
    """

    rate: FrameRate
    pose: npt.NDArray[np.float32]
    eyes: npt.NDArray[np.float32]
    expression: KeypointsF32

    def __len__(self) -> int:
        return len(self.pose)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self) / float(self.rate)

    def at(self, moments: ArrayF64) -> FacePerformance:
        """The performance at other moments, between its frames by straight lines; before its first and after its last it rests.

        Parameters
        ----------
        moments
            [N] seconds of the performance.
        """
        where = np.clip(np.asarray(moments, np.float64) * float(self.rate), 0.0, len(self) - 1.0)
        before = np.minimum(where.astype(int), max(len(self) - 2, 0))
        after = np.minimum(before + 1, len(self) - 1)
        share = (where - before).astype(np.float32)[:, None]
        flat = self._flat()
        return _parts(self.rate, np.asarray(flat[before] * (1 - share) + flat[after] * share, np.float32))

    def blended(self, other: FacePerformance, share: ArrayF64) -> FacePerformance:
        """Between this and another of the same length; ``share`` [T] is the other's, 0 to 1."""
        part = np.asarray(share, np.float32)[:, None]
        return _parts(self.rate, np.asarray(self._flat() * (1 - part) + other._flat() * part, np.float32))

    def _flat(self) -> npt.NDArray[np.float32]:
        return np.concatenate([self.expression.reshape(len(self), -1), self.pose, self.eyes], axis=1)

    def packed(self) -> npt.NDArray[np.int16]:
        """[T, PERFORMED] int16, in the steps at which a motion row is drawn: no picture tells it from the original."""
        return np.asarray(np.clip(np.round(self._flat() / ROW_STEPS[:PERFORMED]), -32768, 32767), np.int16)

    @classmethod
    def unpacked(cls, rate: FrameRate, numbers: npt.NDArray[np.int16]) -> FacePerformance:
        """Undo :meth:`packed`; numbers that no face has are brought to the nearest that one may have."""
        return _parts(rate, _possible(np.asarray(numbers * ROW_STEPS[:PERFORMED], np.float32)))


def _parts(rate: FrameRate, flat: npt.NDArray[np.float32]) -> FacePerformance:
    face, pose = KEYPOINT_COUNT * 3, KEYPOINT_COUNT * 3 + len(POSE_CHANNELS)
    return FacePerformance(rate, flat[:, face:pose], flat[:, pose:], flat[:, :face].reshape(-1, KEYPOINT_COUNT, 3))


def _possible(flat: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    move, turn, look = LARGEST_MOVE, _TURNED, _LOOKED
    low = np.array([-move] * (KEYPOINT_COUNT * 3) + [-turn] * 3 + [-1, -1, _SIZES[0], 0, 0, -look, -look], np.float32)
    high = np.array([move] * (KEYPOINT_COUNT * 3) + [turn] * 3 + [1, 1, _SIZES[1], 1, 1, look, look], np.float32)
    return np.asarray(np.clip(flat, low, high), np.float32)
