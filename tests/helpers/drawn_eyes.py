"""A face with lifelike eyes, drawn where its rig says that they are, and frames of the eye layers over it."""

from __future__ import annotations

import cv2
import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.topology import EYE_LEFT_UPPER, EYE_RIGHT_UPPER, face_topology

SKIN, WHITE, IRIS = (205, 160, 135), (232, 228, 224), (50, 70, 40)


def rig_of(size: tuple[int, int], scale: float, problems: tuple[Problem, ...] = ()) -> FaceRig:
    """The mean face in the middle of a picture."""
    shape = face_topology().vertices
    translation = np.array([size[0] / 2, size[1] * 0.45, 0.0])
    landmarks = (scale * shape + translation).astype(np.float32)
    return FaceRig("drawn", size, landmarks, np.eye(3), scale, translation, shape, shape, "mesh", 1.0, problems)


def face(side: int = 256, unit: float = 120.0, seed: int = 0) -> tuple[np.ndarray, FaceRig]:
    """A face with skin, whites, irises, lashes, glints and grain, drawn where the rig says that they are."""
    rig = rig_of((side, side), unit)
    points, k = rig.landmarks[:, :2], 4
    picture = np.full((side * k, side * k, 3), SKIN, np.uint8)
    rings = ((33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
             (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249))  # fmt: skip
    for ring, iris, upper in zip(rings, (468, 473), (EYE_RIGHT_UPPER, EYE_LEFT_UPPER), strict=True):
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(inside, [np.round((points[list(ring)] + 0.5) * k).astype(np.int32)], 1)
        ball = np.full_like(picture, WHITE)
        centre = tuple(int(c) for c in np.round((points[iris] + 0.5) * k))
        radius = int(0.065 * unit * k)
        cv2.circle(ball, centre, radius, IRIS, -1)
        cv2.circle(ball, centre, radius // 3, (12, 10, 10), -1)
        cv2.circle(ball, (centre[0] + radius // 3, centre[1] - radius // 4), max(radius // 6, 2), (255, 255, 255), -1)
        picture[inside > 0] = ball[inside > 0]
        lash = np.round((points[list(upper)] + 0.5) * k).astype(np.int32)
        cv2.polylines(picture, [lash], False, (40, 28, 24), int(0.015 * unit * k))
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, 1.5, small.shape)
    return np.clip(np.round(small + noise), 0, 255).astype(np.uint8), rig


def drawn(source, layers, blink=0.0, gaze=(0.0, 0.0), lids=0.0, left=None):
    """A frame with both lids moved apart by ``lids`` E (the skin's warp is left out)."""
    picture, rig = source
    canvas, vertices = picture.copy(), rig.landmarks[:, :2].copy()
    if lids:
        vertices[[*EYE_RIGHT_UPPER[1:-1], *EYE_LEFT_UPPER[1:-1]], 1] -= lids * rig.scale
    layers.draw(canvas, vertices, blink, blink if left is None else left, *gaze)
    return canvas
