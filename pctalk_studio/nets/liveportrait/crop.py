"""The square round a face that LivePortrait was trained on, and how far eyes and lips are open; numpy only.

Picture frame: pixels, x right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LandmarkSet:
    """Which landmarks of a set stand for the eyes' and the mouth's centres; each centre is the mean of its points.

    Parameters
    ----------
    eyes
        Of the eye on the picture's left and right.
    mouth
        Of the lips.
    """

    eyes: tuple[tuple[int, ...], tuple[int, ...]]
    mouth: tuple[int, ...]


POINTS_203 = LandmarkSet(eyes=((0, 6, 12, 18), (24, 30, 36, 42)), mouth=(48, 66))
"""LivePortrait's own landmark network."""
POINTS_478 = LandmarkSet(eyes=((468,), (473,)), mouth=(14,))
"""MediaPipe's face mesh with irises."""


@dataclass(frozen=True, slots=True)
class CropRule:
    """How the square is laid.

    Parameters
    ----------
    scale
        Side of the square over the longer side of the box round all landmarks.
    drop
        By how much of its side the square moves along the line from eyes to mouth; negative leaves room for the forehead.
    side
        Pixels of the crop's side.
    upright
        Whether the crop turns with the face.
    """

    scale: float = 2.3
    drop: float = -0.125
    side: int = 512
    upright: bool = True


SOURCE_CROP = CropRule()
DRIVING_CROP = CropRule(scale=2.2, drop=-0.1, upright=False)


def crop_matrix(points: Points, landmarks: LandmarkSet, rule: CropRule = SOURCE_CROP) -> ArrayF64:
    """Similarity [2, 3] from picture to crop: ``crop = A[:, :2] @ (x, y) + A[:, 2]``.

    Parameters
    ----------
    points
        [P, 2] landmarks in the picture.
    landmarks
        Which of them are eyes and mouth.
    rule
        How the square is laid.

    Raises
    ------
    ValueError
        When the points have no extent, or eyes and mouth coincide.
    """
    places = np.asarray(points, np.float64)
    down = np.array([0.0, 1.0])
    if rule.upright:
        eyes = np.mean([places[list(eye)].mean(axis=0) for eye in landmarks.eyes], axis=0)
        down = places[list(landmarks.mouth)].mean(axis=0) - eyes
    length = float(np.linalg.norm(down))
    if length < 1e-6:
        raise ValueError("eyes and mouth coincide")
    down = down / length
    axes = np.array([[down[1], -down[0]], down])
    in_axes = places @ axes.T
    low, high = in_axes.min(axis=0), in_axes.max(axis=0)
    side = float((high - low).max()) * rule.scale
    if side <= 0:
        raise ValueError("all landmarks coincide")
    centre = (low + high) / 2 + (0.0, rule.drop * side)
    factor = rule.side / side
    return np.column_stack([factor * axes, rule.side / 2 - factor * centre])


def inverse_of(matrix: ArrayF64) -> ArrayF64:
    """The way back, [2, 3], from crop to picture."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def _ratio(points: Points, height: tuple[int, int], width: tuple[int, int]) -> float:
    def distance(pair: tuple[int, int]) -> float:
        return float(np.linalg.norm(np.asarray(points[pair[0]], np.float64) - points[pair[1]]))

    return distance(height) / (distance(width) + 1e-6)


def eye_ratios_203(points: Points) -> tuple[float, float]:
    """Opening over width of both eyes, from the 203 landmarks [203, 2]: eye 0 (points 0 to 23), eye 1 (24 to 47)."""
    return _ratio(points, (6, 18), (0, 12)), _ratio(points, (30, 42), (24, 36))


def lip_ratio_203(points: Points) -> float:
    """Opening over width of the lips, from the 203 landmarks [203, 2]."""
    return _ratio(points, (90, 102), (48, 66))
