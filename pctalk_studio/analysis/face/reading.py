"""Reading the mesh of one face precisely: patches cut upright around it, several looks averaged.

One look of the network is off by 1 to 2 % of the eye distance, in a way that changes with where exactly the patch was cut.
Looks at slightly moved, turned, scaled and mirrored patches err in different directions, so that their mean is steadier, and
their disagreement tells how far a reading can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.networks import PATCH, FaceNetworks, PictureU8
from pctalk_studio.core.topology import MESH_COUNT, OUTER_EYE_CORNERS, face_topology

_MARGIN = 1.5
"""Patch side over face extent; the network was trained on this."""

_ENOUGH = 2.5
"""Times the patch's side that a window may measure before the picture is reduced."""

_JITTER = (
    (0.0, 0.0, 1.0, 0.0),
    (0.03, 0.02, 1.04, 3.0),
    (-0.03, -0.02, 0.97, -3.0),
    (0.02, -0.03, 0.95, -1.5),
    (-0.02, 0.03, 1.06, 1.5),
)
"""Looks besides mirroring: shift of the centre as share of the side (x, y), factor on the side, turn in degrees."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square turned window onto a picture.

    Parameters
    ----------
    x, y
        Centre in pixels.
    side
        Pixels.
    angle
        Radians, clockwise on screen: the direction in which the window's x axis points.
    """

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def around(cls, landmarks: npt.NDArray[np.float64]) -> Window:
        """The window that the mesh network wants for a face with these landmarks [478, 3]."""
        right, left = OUTER_EYE_CORNERS
        across = landmarks[left, :2] - landmarks[right, :2]
        angle = float(np.arctan2(across[1], across[0]))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        upright = landmarks[:MESH_COUNT, :2] @ turn
        low, high = upright.min(axis=0), upright.max(axis=0)
        x, y = turn @ ((low + high) / 2)
        return cls(float(x), float(y), float((high - low).max()) * _MARGIN, angle)

    def jittered(self, shift_x: float, shift_y: float, factor: float, degrees: float) -> Window:
        """A window moved, scaled and turned a little."""
        return Window(
            self.x + shift_x * self.side, self.y + shift_y * self.side, self.side * factor, self.angle + np.deg2rad(degrees)
        )

    def matrix(self, pixels: int = PATCH) -> npt.NDArray[np.float64]:
        """Affine map [2, 3] from the picture's pixels to those of a patch of ``pixels`` a side."""
        k = pixels / self.side
        cos, sin = k * np.cos(self.angle), k * np.sin(self.angle)
        linear = np.array([[cos, sin], [-sin, cos]])
        offset = np.full(2, (pixels - 1) / 2) - linear @ (self.x, self.y)
        return np.column_stack([linear, offset])


@dataclass(frozen=True, slots=True, eq=False)
class Nearby:
    """The surroundings of a window, reduced when the window is much larger than the patch that is wanted.

    Parameters
    ----------
    picture
        [h, w, 3] uint8.
    factor
        Whole number of the original's pixels to one of these.
    corner
        [2] where the left top corner lies in the original, pixels.
    """

    picture: PictureU8
    factor: int
    corner: npt.NDArray[np.float64]

    @classmethod
    def of(cls, picture: PictureU8, window: Window, pixels: int) -> Nearby:
        """The picture itself when that is small enough; else a part, a window's side further on all sides, reduced."""
        factor = int(window.side / (_ENOUGH * pixels))
        if factor < 2:
            return cls(picture, 1, np.zeros(2))
        height, width = picture.shape[:2]
        left, top = (int(np.clip(at - window.side, 0, size - 1)) for at, size in ((window.x, width), (window.y, height)))
        right, bottom = min(width, int(window.x + window.side)), min(height, int(window.y + window.side))
        columns, rows = max(1, (right - left) // factor), max(1, (bottom - top) // factor)
        part = picture[top : top + rows * factor, left : left + columns * factor]
        small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
        return cls(np.asarray(small, np.uint8), factor, np.array([left, top], np.float64))

    def window(self, window: Window) -> Window:
        """A window of the original in this picture."""
        x, y = (np.array((window.x, window.y)) - self.corner + 0.5) / self.factor - 0.5
        return Window(float(x), float(y), window.side / self.factor, window.angle)


def cut(picture: PictureU8, window: Window, pixels: int = PATCH) -> PictureU8:
    """The patch [pixels, pixels, 3] that a window shows; black outside the picture, free of aliasing."""
    near = Nearby.of(picture, window, pixels)
    inner = near.window(window)
    matrix = inner.matrix(pixels)
    shrink = int(inner.side / pixels)
    if shrink < 2:
        patch = cv2.warpAffine(near.picture, matrix, (pixels, pixels), flags=cv2.INTER_LINEAR)
    else:  # sample finer, then average; sub-pixel (0, 0) lies (shrink - 1) / 2 sub-pixels left of the pixel's centre
        fine = matrix * shrink
        fine[:, 2] += (shrink - 1) / 2
        big = cv2.warpAffine(near.picture, fine, (pixels * shrink, pixels * shrink), flags=cv2.INTER_LINEAR)
        patch = cv2.resize(big, (pixels, pixels), interpolation=cv2.INTER_AREA)
    return np.asarray(patch, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A mesh read from a picture.

    Parameters
    ----------
    landmarks
        [478, 3] float64, picture frame.
    presence
        Probability that a face is there, 0 to 1; the mean of all looks.
    deviation
        [478] float64: how much the looks disagree about each landmark, RMS distance from the mean as share of the outer-eye
        distance. Zeros for one look.
    """

    landmarks: npt.NDArray[np.float64]
    presence: float
    deviation: npt.NDArray[np.float64]

    def spread(self, indices: Sequence[int] = range(MESH_COUNT)) -> float:
        """RMS deviation of some landmarks, by default of the whole skin."""
        return float(np.sqrt((self.deviation[list(indices)] ** 2).mean()))


def look(networks: FaceNetworks, picture: PictureU8, window: Window, *, mirrored: bool = False) -> Reading:
    """Read the mesh once, through one window; ``mirrored`` shows the network the mirror image."""
    patch = cut(picture, window)
    points, presence = networks.mesh(patch[:, ::-1] if mirrored else patch)
    if mirrored:
        points = points[face_topology().mirror]
        points[:, 0] = PATCH - 1 - points[:, 0]
    matrix = window.matrix()
    inverse = np.linalg.inv(matrix[:, :2])
    landmarks = np.empty_like(points)
    landmarks[:, :2] = (points[:, :2] - matrix[:, 2]) @ inverse.T
    landmarks[:, 2] = points[:, 2] * window.side / PATCH
    return Reading(landmarks, presence, np.zeros(len(landmarks)))


def read(networks: FaceNetworks, picture: PictureU8, window: Window) -> Reading:
    """Read the mesh as precisely as it can be read: the window is refined twice, then ten looks are averaged.

    Parameters
    ----------
    networks
        Ready networks.
    picture
        [H, W, 3] uint8 RGB.
    window
        Roughly around the face.
    """
    near = Nearby.of(picture, window, PATCH)
    inner = near.window(window)
    for _ in range(2):
        inner = Window.around(look(networks, near.picture, inner).landmarks)
    looks = [
        look(networks, near.picture, inner.jittered(*jitter), mirrored=mirrored)
        for jitter in _JITTER
        for mirrored in (False, True)
    ]
    reading = averaged(looks)
    landmarks = reading.landmarks * near.factor
    landmarks[:, :2] += 0.5 * near.factor - 0.5 + near.corner
    return Reading(landmarks, reading.presence, reading.deviation)


def averaged(looks: list[Reading]) -> Reading:
    """Mean of several looks at the same face; each look's depth is first moved to a common level."""
    stack = np.array([one.landmarks for one in looks])
    stack[:, :, 2] -= stack[:, :MESH_COUNT, 2].mean(axis=1, keepdims=True)
    mean = stack.mean(axis=0)
    right, left = OUTER_EYE_CORNERS
    unit = max(float(np.linalg.norm(mean[left] - mean[right])), 1e-9)
    deviation = np.sqrt(((stack - mean)[:, :, :2] ** 2).sum(axis=2).mean(axis=0)) / unit
    return Reading(mean, float(np.mean([one.presence for one in looks])), deviation)
