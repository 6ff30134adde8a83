"""FaceRig: everything that is known of one face in one picture, computed once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH, KeypointLayout, KeypointsF32
from pctalk_studio.core.problems import Problem


@dataclass(frozen=True, slots=True, eq=False)
class FaceRig:
    """A face found in a picture, split into pose, identity and resting expression.

    With the pose below, ``landmarks == scale * (shape @ rotation) + translation`` to float precision.

    Parameters
    ----------
    picture_hash
        Content hash of the decoded picture.
    picture_size
        (width, height) in pixels.
    landmarks
        [478, 3] float32, picture frame: pixels, x right, y down, z away from the viewer (relative depth, same unit).
        0 to 467 face mesh, 468 to 472 right iris (centre first), 473 to 477 left iris.
    rotation
        [3, 3] float64, orthonormal, det +1.
    scale
        Pixels per E, the distance between the outer eye corners.
    translation
        [3] float64 pixels: where the face frame's origin lies.
    shape
        [478, 3] float32, face frame, unit E: this person in this picture's expression, upright and frontal.
    neutral
        [478, 3] float32, face frame: the same person with lips closed and relaxed; K_c comes from it.
    origin
        ``mesh`` when the landmarks were detected, ``points`` when a template was fitted to given points.
    confidence
        0 to 1, how sure the detector was.
    problems
        What an animator should know (occluded mouth, strong turn, small face).
    """

    picture_hash: str
    picture_size: tuple[int, int]
    landmarks: npt.NDArray[np.float32]
    rotation: npt.NDArray[np.float64]
    scale: float
    translation: npt.NDArray[np.float64]
    shape: npt.NDArray[np.float32]
    neutral: npt.NDArray[np.float32]
    origin: str
    confidence: float
    problems: tuple[Problem, ...] = ()

    def k_c(self, layout: KeypointLayout = MESH) -> KeypointsF32:
        """Canonical keypoints K_c of this identity, [21, 3] float32, face frame."""
        return layout.of_landmarks(self.neutral)

    def delta(self, layout: KeypointLayout = MESH) -> KeypointsF32:
        """Resting expression delta of the picture, [21, 3] float32, face frame: keypoints of ``shape`` minus K_c."""
        return layout.of_landmarks(self.shape) - self.k_c(layout)

    def k_ori(self, layout: KeypointLayout = MESH) -> KeypointsF32:
        """K_ori = s (K_c R + delta R) + t (paper equation 1, delta kept in the face frame), [21, 3] float32 pixels."""
        return layout.of_landmarks(self.landmarks)

    @property
    def mouth_gap(self) -> float:
        """Inner-lip gap (landmarks 13 to 14) at rest, unit E."""
        return float(np.linalg.norm(self.shape[13] - self.shape[14]))

    @property
    def mouth_width(self) -> float:
        """Distance of the inner lip corners (78 to 308) of the relaxed mouth, unit E."""
        return float(np.linalg.norm(self.neutral[78] - self.neutral[308]))

    def placed(self, factor: float, offset: tuple[float, float], size: tuple[int, int], picture_hash: str) -> FaceRig:
        """The rig of the same face in a picture made by scaling the original and then cutting a window out of it.

        Parameters
        ----------
        factor
            New pixels per old pixel.
        offset
            (x, y) of the window's top left corner in the scaled picture, pixels.
        size
            (width, height) of the window.
        picture_hash
            Content hash of the new picture.
        """
        # Pixel centres lie at half-integers under scaling, so that integer coordinate x maps to (x + 1/2) factor - 1/2.
        half = 0.5 * factor - 0.5
        shift = np.array([half - offset[0], half - offset[1], 0.0])
        return replace(
            self,
            picture_hash=picture_hash,
            picture_size=size,
            landmarks=(self.landmarks * factor + shift).astype(np.float32),
            scale=self.scale * factor,
            translation=self.translation * factor + shift,
        )
