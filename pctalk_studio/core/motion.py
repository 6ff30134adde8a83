"""Motion: one row of numbers per frame, all that a renderer needs besides the rig.

A row is 77 float32: 63 keypoint deformation, 6 pose, 4 eyes, 4 mouth; and, where the source is a movie, the number of the frame
of it that is drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, KeypointLayout, KeypointsF32
from pctalk_studio.core.time import FrameRate

POSE_CHANNELS = ("pitch", "yaw", "roll", "x", "y", "zoom")
"""Degrees (pitch: chin up, yaw: towards the subject's left, which is the picture's right, roll: clockwise on screen), shift
in E (right, down) and size (1 = as in the picture); all relative to the picture's own pose."""

EYE_CHANNELS = ("blink_right", "blink_left", "gaze_x", "gaze_y")
"""Lid closure 0 (as in the picture) to 1 (shut); gaze in degrees (to the picture's right, up) from the picture's own."""

MOUTH_CHANNELS = ("seal", "press", "tuck", "tongue")
"""seal: 0 free to 1 inner lips meet exactly (P B M, rest), whatever the keypoints say; press: 0 to 1 lips rolled in; tuck: 0
to 1 lower lip on the upper teeth (F V); tongue: 0 low, 0.3 to 0.6 at the ridge (T D N L), above 0.7 between the teeth (TH DH)."""

ROW_STEPS = np.concatenate(
    [
        np.full(KEYPOINT_COUNT * 3, 2.0**-12),
        np.array([2.0**-6, 2.0**-6, 2.0**-6, 2.0**-12, 2.0**-12, 2.0**-12]),
        np.array([2.0**-8, 2.0**-8, 2.0**-5, 2.0**-5]),
        np.full(4, 2.0**-8),
    ]
).astype(np.float32)
"""Quantisation of each channel, finer than a tenth of a pixel on a face of 400 pixels; powers of two, so exact in float32."""


FACING = np.array([0, 0, 0, 0, 0, 1], np.float32)
"""Pose of a head that is held as in the picture."""

_REST = np.concatenate([np.zeros(KEYPOINT_COUNT * 3, np.float32), FACING, np.zeros(8, np.float32)])


def rotation_of(pitch: float, yaw: float, roll: float) -> npt.NDArray[np.float64]:
    """Rotation [3, 3] float64 for row vectors (``x @ R``) in the face frame; degrees with the signs of POSE_CHANNELS."""
    p, y, r = np.deg2rad([pitch, yaw, roll])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_x @ about_y @ about_z)


@dataclass(frozen=True, slots=True, eq=False)
class MotionRow:
    """One frame's motion.

    Parameters
    ----------
    deformation
        [21, 3] float32, D_l + D_e in the face frame, unit E.
    pose, eyes, mouth
        [6], [4], [4] float32; see POSE_CHANNELS, EYE_CHANNELS, MOUTH_CHANNELS.
    source
        The frame of a movie to which all this is relative, from 0; None where the source is one picture.
    """

    deformation: KeypointsF32
    pose: npt.NDArray[np.float32]
    eyes: npt.NDArray[np.float32]
    mouth: npt.NDArray[np.float32]
    source: int | None = None

    def flat(self) -> npt.NDArray[np.float32]:
        """The row as [77] float32, without its source."""
        return np.concatenate([self.deformation.ravel(), self.pose, self.eyes, self.mouth])

    def quantised(self) -> MotionRow:
        """The row at the precision at which a pixel can change; idempotent. Renderers draw only such rows."""
        return MotionRow.of_flat(np.round(self.flat() / ROW_STEPS) * ROW_STEPS, self.source)

    @classmethod
    def of_flat(cls, flat: npt.NDArray[np.float32], source: int | None = None) -> MotionRow:
        """Undo :meth:`flat`."""
        n = KEYPOINT_COUNT * 3
        values = flat.astype(np.float32)
        parts = values[:n].reshape(KEYPOINT_COUNT, 3), values[n : n + 6], values[n + 6 : n + 10], values[n + 10 :]
        return cls(*parts, source)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is to differ from the source."""
        return bool((self.quantised().flat() == _REST).all())

    @classmethod
    def rest(cls) -> MotionRow:
        """The picture as it is."""
        return cls.of_flat(_REST)

    def key(self) -> str:
        """Content hash of the quantised row and, if it has one, its source."""
        flat = self.quantised().flat() + np.float32(0)
        return content_hash(flat if self.source is None else np.append(flat, np.float32(self.source)))


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A clip's motion, T rows.

    Parameters
    ----------
    rate
        Frames a second.
    lip
        D_l, [T, 21, 3] float32, face frame, unit E; non-zero only at lip and jaw keypoints.
    emotion
        D_e, [T, 21, 3] float32, face frame, unit E.
    pose, eyes, mouth
        [T, 6], [T, 4], [T, 4] float32.
    target_openness
        [T] float32: the aperture that the phones ask for, 0 closed to 1 widest conversational, before scale and emotion.
    source
        [T] int32: frames of the movie that rows are drawn from; None where the source is one picture.
    """

    rate: FrameRate
    lip: KeypointsF32
    emotion: KeypointsF32
    pose: npt.NDArray[np.float32]
    eyes: npt.NDArray[np.float32]
    mouth: npt.NDArray[np.float32]
    target_openness: npt.NDArray[np.float32]
    source: npt.NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.lip)

    def row(self, frame: int) -> MotionRow:
        """The quantised row of a frame."""
        source = None if self.source is None else int(self.source[frame])
        deformation = self.lip[frame] + self.emotion[frame]
        return MotionRow(deformation, self.pose[frame], self.eyes[frame], self.mouth[frame], source).quantised()

    def part(self, frames: slice) -> Motion:
        """The motion of some frames."""
        source = None if self.source is None else self.source[frames]
        channels = (self.lip, self.emotion, self.pose, self.eyes, self.mouth, self.target_openness)
        lip, emotion, pose, eyes, mouth, openness = (channel[frames] for channel in channels)
        return Motion(self.rate, lip, emotion, pose, eyes, mouth, openness, source)

    def quantised(self) -> npt.NDArray[np.float32]:
        """All rows as :meth:`row` gives them, flat, [T, 77] float32; zeros without sign, so that equal rows are equal bytes.

        Of a movie [T, 78]: the source of each row is the last.
        """
        count = len(self)
        deformation = (self.lip + self.emotion).reshape(count, KEYPOINT_COUNT * 3)
        flat = np.concatenate([deformation, self.pose, self.eyes, self.mouth], axis=1)
        rows = np.asarray(np.round(flat / ROW_STEPS) * ROW_STEPS + np.float32(0), np.float32)
        return rows if self.source is None else np.column_stack([rows, self.source.astype(np.float32)])

    def k_ori(self, face: FaceRig | FaceTrack, layout: KeypointLayout = MESH) -> KeypointsF32:
        """K_ori in pixels; [21, 3] float32 of a picture, [T, 21, 3] of a movie."""
        if isinstance(face, FaceRig):
            return face.k_ori(layout)
        return np.stack([rig.k_ori(layout) for rig in self._rigs(face)])

    def k_d(self, face: FaceRig | FaceTrack, layout: KeypointLayout = MESH) -> KeypointsF32:
        """Driven keypoints K_d = K_ori + D_l + D_e (paper equation 2) in pixels, posed; [T, 21, 3] float32."""
        moved = self.lip + self.emotion
        out = np.empty_like(moved)
        for t, (rig, (pitch, yaw, roll, x, y, zoom)) in enumerate(zip(self._rigs(face), self.pose, strict=True)):
            shape = layout.of_landmarks(rig.shape) + moved[t]
            turned = shape @ rotation_of(pitch, yaw, roll) + (x, y, 0.0)
            out[t] = rig.scale * zoom * (turned @ rig.rotation) + rig.translation
        return out

    def _rigs(self, face: FaceRig | FaceTrack) -> list[FaceRig]:
        """The face behind each row."""
        if isinstance(face, FaceRig):
            return [face] * len(self)
        if self.source is None:
            raise ValueError("the motion was made for one picture, not for a movie")
        return [face.rig(int(index)) for index in self.source]
