"""The 21 implicit keypoints as a layout: names, regions, and what each is bound to.

Coordinates. *Face frame*: x to the picture's right, y down, z away from the viewer, origin midway between the outer eye
corners, upright and frontal; unit E, the distance between the outer eye corners (landmarks 33 and 263). *Picture frame*: the
same axes in pixels, origin at the top left corner. ``left`` and ``right`` are the subject's own: ``right`` is on the
picture's left.

A face-frame row vector x lies in the picture at ``s * (x @ R) + t`` (paper equation 1 with R applied from the right).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

KeypointsF32 = npt.NDArray[np.float32]
"""Keypoints or keypoint deformations, [21, 3] or [T, 21, 3] float32."""

KEYPOINT_COUNT = 21
LANDMARK_COUNT = 478


class Region(StrEnum):
    """Regions of the face that both engines and all controls name alike."""

    LIPS = "lips"
    JAW = "jaw"
    NOSE = "nose"
    CHEEK_LEFT = "cheek_left"
    CHEEK_RIGHT = "cheek_right"
    EYE_LEFT = "eye_left"
    EYE_RIGHT = "eye_right"
    BROW_LEFT = "brow_left"
    BROW_RIGHT = "brow_right"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One implicit keypoint and the face-mesh landmarks whose mean it is."""

    name: str
    region: Region
    landmarks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeypointLayout:
    """An ordered set of keypoints."""

    name: str
    keypoints: tuple[Keypoint, ...]

    def index(self, name: str) -> int:
        """Position of a keypoint by name; KeyError when there is none."""
        for position, keypoint in enumerate(self.keypoints):
            if keypoint.name == name:
                return position
        raise KeyError(name)

    def indices(self, *regions: Region) -> tuple[int, ...]:
        """Positions of all keypoints of some regions, in order."""
        return tuple(i for i, keypoint in enumerate(self.keypoints) if keypoint.region in regions)

    def of_landmarks(self, landmarks: npt.NDArray[np.float32] | npt.NDArray[np.float64]) -> KeypointsF32:
        """Keypoints of landmarks [478, 3]: the mean of each group, [21, 3] float32, in the landmarks' own frame."""
        means = [landmarks[list(keypoint.landmarks)].mean(axis=0) for keypoint in self.keypoints]
        return np.asarray(means, np.float32)


MESH = KeypointLayout(
    "MESH",
    (
        Keypoint("lip_upper_mid", Region.LIPS, (13, 12, 11, 0)),
        Keypoint("lip_lower_mid", Region.LIPS, (14, 15, 16, 17)),
        Keypoint("lip_corner_right", Region.LIPS, (78, 62, 76, 61)),
        Keypoint("lip_corner_left", Region.LIPS, (308, 292, 306, 291)),
        Keypoint("lip_upper_right", Region.LIPS, (80, 81, 42, 41, 74, 73, 40, 39)),
        Keypoint("lip_upper_left", Region.LIPS, (310, 311, 272, 271, 304, 303, 270, 269)),
        Keypoint("lip_lower_right", Region.LIPS, (88, 178, 89, 179, 90, 180, 91, 181)),
        Keypoint("lip_lower_left", Region.LIPS, (318, 402, 319, 403, 320, 404, 321, 405)),
        Keypoint("chin", Region.JAW, (152, 175, 199)),
        Keypoint("brow_inner_right", Region.BROW_RIGHT, (107, 55, 66, 65)),
        Keypoint("brow_outer_right", Region.BROW_RIGHT, (70, 46, 63, 53)),
        Keypoint("brow_inner_left", Region.BROW_LEFT, (336, 285, 296, 295)),
        Keypoint("brow_outer_left", Region.BROW_LEFT, (300, 276, 293, 283)),
        Keypoint("lid_upper_right", Region.EYE_RIGHT, (160, 159, 158)),
        Keypoint("lid_lower_right", Region.EYE_RIGHT, (144, 145, 153)),
        Keypoint("lid_upper_left", Region.EYE_LEFT, (387, 386, 385)),
        Keypoint("lid_lower_left", Region.EYE_LEFT, (373, 374, 380)),
        Keypoint("cheek_right", Region.CHEEK_RIGHT, (50, 101, 118, 36)),
        Keypoint("cheek_left", Region.CHEEK_LEFT, (280, 330, 347, 266)),
        Keypoint("nose_ala_right", Region.NOSE, (129, 49, 64, 98)),
        Keypoint("nose_ala_left", Region.NOSE, (358, 279, 294, 327)),
    ),
)
"""The embedded engine's layout: each keypoint is the mean of a group of face-mesh landmarks, so its meaning is exact."""
