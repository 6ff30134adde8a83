"""Head pose by fitting the mean face to landmarks: weighted similarity Procrustes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.topology import MESH_COUNT, face_topology


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where and how a face is held; a face-frame row vector x lies at ``scale * (x @ rotation) + translation``.

    Parameters
    ----------
    rotation
        [3, 3] float64, orthonormal, det +1.
    scale
        Pixels per E of the mean face.
    translation
        [3] float64 pixels.
    """

    rotation: npt.NDArray[np.float64]
    scale: float
    translation: npt.NDArray[np.float64]

    def to_face(self, landmarks: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Picture frame [N, 3] to face frame."""
        return (landmarks - self.translation) @ self.rotation.T / self.scale

    def to_picture(self, shape: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Face frame [N, 3] to picture frame."""
        return self.scale * (shape @ self.rotation) + self.translation

    @property
    def angles(self) -> tuple[float, float, float]:
        """(pitch, yaw, roll) in degrees with the signs of ``core.motion.POSE_CHANNELS``; inverse of ``rotation_of``."""
        r = self.rotation
        # X Y Z multiplied out: third column (sin y, -sin p cos y, cos p cos y), first row begins cos y (cos r, sin r).
        yaw = np.arcsin(np.clip(r[0, 2], -1.0, 1.0))
        pitch = np.arctan2(-r[1, 2], r[2, 2])
        roll = np.arctan2(r[0, 1], r[0, 0])
        return float(np.rad2deg(pitch)), float(np.rad2deg(yaw)), float(np.rad2deg(roll))


def similarity(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> Pose:
    """The similarity that takes ``source`` [N, 3] nearest to ``target`` [N, 3] in weighted least squares.

    Closed form by singular value decomposition (Umeyama 1991, equations 40 to 42, with weights).
    """
    share = weights / weights.sum()
    mean_source, mean_target = share @ source, share @ target
    a, b = source - mean_source, target - mean_target
    u, s, vt = np.linalg.svd((a * share[:, None]).T @ b)
    keep = np.array([1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))])
    rotation = (u * keep) @ vt
    scale = float((s * keep).sum() / (share @ (a**2).sum(axis=1)))
    return Pose(rotation, scale, mean_target - scale * mean_source @ rotation)


@cache
def rigid_weights() -> npt.NDArray[np.float64]:
    """Weights [468]: 1 where the face is bone, little where it moves with speech, expression and weight.

    Forehead, nose and eye corners hold the pose; mouth, jaw and lower cheeks, lids and brows hardly count.
    """
    vertices = face_topology().vertices[:MESH_COUNT].astype(np.float64)
    x, y = np.abs(vertices[:, 0]), vertices[:, 1]
    weights = np.ones(MESH_COUNT)
    weights[y > 0.45] = 0.08  # everything below the nostrils moves with mouth and jaw
    weights[(y > 0.2) & (x > 0.3)] = 0.3  # cheeks rise in a smile
    weights[(y < 0.12) & (y > -0.35) & (x > 0.1) & (x < 0.6)] = 0.15  # lids and brows
    weights[[33, 133, 263, 362]] = 3.0  # the corners among them do not move
    weights.setflags(write=False)
    return weights


def fit_pose(landmarks: npt.NDArray[np.float64]) -> Pose:
    """Pose of a face with these landmarks [478, 3] in the picture frame.

    Three rounds of reweighting keep unusual features (a long nose, a high forehead) from turning the head.
    """
    mean_face = face_topology().vertices[:MESH_COUNT].astype(np.float64)
    points = np.asarray(landmarks[:MESH_COUNT], np.float64)
    weights = rigid_weights()
    pose = similarity(mean_face, points, weights)
    for _ in range(3):
        distance = np.linalg.norm(pose.to_face(points) - mean_face, axis=1)
        pose = similarity(mean_face, points, weights / (1.0 + (distance / 0.06) ** 2))
    return pose


def misfit(landmarks: npt.NDArray[np.float64], pose: Pose) -> float:
    """How unlike a face landmarks [478, 3] are: weighted RMS distance of the bony parts from the mean face, unit E."""
    mean_face = face_topology().vertices[:MESH_COUNT].astype(np.float64)
    squared = ((pose.to_face(landmarks[:MESH_COUNT]) - mean_face) ** 2).sum(axis=1)
    weights = rigid_weights()
    return float(np.sqrt((weights * squared).sum() / weights.sum()))
