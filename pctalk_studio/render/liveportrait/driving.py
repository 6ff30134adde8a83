"""From a motion row to LivePortrait's driven keypoints: K_d = K_ori + D_l + D_e in its own layout (paper equation 2).

A row tells what changes relative to the photo. Head turns are laid under the photo's own, R = R_row R_photo; expression is added
to the photo's, after the turn and inside the scale, as the networks were trained; scale and place change in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.motion import EYE_CHANNELS, MotionRow, rotation_of
from pctalk_studio.interchange.liveportrait_table import ControlTable, control_table
from pctalk_studio.nets.liveportrait.pose import FaceMotion, transform
from pctalk_studio.render.liveportrait.apertures import EyeOpening, LipOpening
from pctalk_studio.render.liveportrait.placing import CropPlace

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

_GAZE_X, _GAZE_Y = EYE_CHANNELS.index("gaze_x"), EYE_CHANNELS.index("gaze_y")


@dataclass(frozen=True, slots=True)
class ExpressionMap:
    """Turns what a row deforms into a change of LivePortrait's expression, for one face.

    Parameters
    ----------
    table
        What moves what.
    lips, eyes
        Of the face.
    """

    table: ControlTable
    lips: LipOpening
    eyes: tuple[EyeOpening, EyeOpening]

    @classmethod
    def of(cls, rig: FaceRig, table: ControlTable | None = None) -> ExpressionMap:
        """Measure a face; the shipped table unless another is given."""
        return cls(control_table() if table is None else table, LipOpening.of(rig), EyeOpening.both(rig))

    def change(self, row: MotionRow) -> F32:
        """Change of expression [21, 3] float32, crop frame inside the scale; zero for a row at rest."""
        table = self.table
        out = np.zeros((KEYPOINT_COUNT, 3), np.float32)
        for control in table.controls:
            out += np.float32(control.amount(row.deformation)) * control.moves
        out += np.tensordot(np.clip(row.mouth, 0, 1), table.channels, 1).astype(np.float32)
        self._look(out, row)
        # Last, and outright: whatever smiles, raised lips and glances did to them, openings are what the row asks for.
        for eye, aperture in zip(self.eyes, table.eyes, strict=True):
            out += np.float32(eye.of_row(row) - eye.at_rest) * aperture.along
        return table.lips.set_to(self.lips.of_row(row) - self.lips.at_rest, out)

    def _look(self, out: F32, row: MotionRow) -> None:
        """Turn the eyes, in place; a shut lid does not rise with the eye under it."""
        across, up = float(row.eyes[_GAZE_X]), float(row.eyes[_GAZE_Y])
        out += np.float32(abs(across)) * (self.table.gaze_right if across > 0 else self.table.gaze_left)
        for eye, aperture in zip(self.eyes, self.table.eyes, strict=True):
            own = aperture.along.any(axis=1)[:, None]
            out += np.float32(up * (1 - eye.closure(row))) * self.table.gaze_up * own


@dataclass(frozen=True, slots=True, eq=False)
class DrivenFace:
    """A face in a moment, as LivePortrait describes it; with the identity this gives the keypoints.

    Parameters
    ----------
    rotation
        [3, 3] float64 for row vectors.
    expression
        [21, 3] float32, added after the turn and inside the scale.
    scale
        Of the face in the crop.
    translation
        [3] float64, crop frame; z is 0.
    """

    rotation: F64
    expression: F32
    scale: float
    translation: F64


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """Turns rows into driven keypoints, for one face in one crop.

    Parameters
    ----------
    motion
        What the motion extractor read off the crop.
    expression
        What rows do to the expression.
    pivot
        [2] float64 crop frame: the face frame's origin, round which zooming works.
    shift
        [2, 2] float64: crop frame per E to the face's right and down, as row vectors.
    """

    motion: FaceMotion
    expression: ExpressionMap
    pivot: F64
    shift: F64

    @classmethod
    def of(cls, rig: FaceRig, place: CropPlace, motion: FaceMotion) -> Driver:
        """Study a face."""
        (pivot,) = place.in_crop(rig.translation[None, :2])
        ends = place.in_crop(rig.translation[:2] + rig.scale * rig.rotation[:2, :2])
        return cls(motion, ExpressionMap.of(rig), pivot, ends - pivot)

    @property
    def k_source(self) -> F32:
        """K_ori [21, 3] float32, crop frame."""
        return self.motion.keypoints

    def driven(self, row: MotionRow) -> DrivenFace:
        """What a row makes of the face, as LivePortrait describes faces."""
        pitch, yaw, roll, x, y, zoom = row.pose.tolist()
        motion = self.motion
        place = motion.translation[:2].astype(np.float64)
        moved = place + (zoom - 1) * (place - self.pivot) + zoom * (np.array([x, y]) @ self.shift)
        return DrivenFace(
            rotation_of(pitch, yaw, roll) @ motion.rotation,
            motion.expression + self.expression.change(row),
            motion.scale * zoom,
            np.append(moved, 0.0),
        )

    def k_driven(self, row: MotionRow) -> F32:
        """K_d [21, 3] float32, crop frame, before stitching; K_ori to the bit for a row at rest."""
        return self.keypoints_of(self.driven(row))

    def keypoints_of(self, face: DrivenFace) -> F32:
        """Keypoints [21, 3] float32, crop frame, of this person's face in a moment."""
        return transform(self.motion.canonical, face.rotation, face.expression, face.scale, face.translation)
