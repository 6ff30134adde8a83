"""Where one eye lies in the picture: a window around it, lid curves over it, and how lid vertices bend those curves.

The *eye frame* has its origin at the corner on the picture's left, u along the line to the other corner, v across it and
downwards, in pixels. It turns with the head's roll, so that "above the lid" means the same on a tilted head. Knows nothing of
colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from pctalk_studio.core.topology import EYE_LEFT_LOWER, EYE_LEFT_UPPER, EYE_RIGHT_LOWER, EYE_RIGHT_UPPER, IRIS_LEFT, IRIS_RIGHT

PlaneF32 = npt.NDArray[np.float32]
"""One number for each pixel of an eye's window, [h, w] float32."""

_MARGIN_NASAL, _MARGIN_OUTER, _MARGIN_ABOVE, _MARGIN_BELOW = 0.10, 0.32, 0.26, 0.24
LEAST_FOLD = 0.08
"""Least distance of the fold from the upper lid's edge over that of the eye's corners."""
STILL = 1 / 64
"""Pixels: the eyeball fades in with the square of the way, so that this much is a four-hundredth of a grey level of a hundred."""


@dataclass(frozen=True, slots=True)
class EyeLandmarks:
    """Which landmarks draw one eye.

    Parameters
    ----------
    upper, lower, fold
        Lines from the picture's left to its right; the lids' edges share both ends.
    iris
        Its centre, then four points around it.
    nasal
        +1 where the nose lies to the picture's right of the eye, else -1.
    """

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    fold: tuple[int, ...]
    iris: tuple[int, ...]
    nasal: int


# The line above each upper lid is where the mesh puts the fold from which the lid unrolls.
RIGHT_EYE = EyeLandmarks(EYE_RIGHT_UPPER, EYE_RIGHT_LOWER, (247, 30, 29, 27, 28, 56, 190), IRIS_RIGHT, 1)
"""The subject's right eye."""
LEFT_EYE = EyeLandmarks(EYE_LEFT_UPPER[::-1], EYE_LEFT_LOWER[::-1], (414, 286, 258, 257, 259, 260, 467), IRIS_LEFT, -1)
"""The subject's left eye."""


def smoothstep(x: PlaneF32, low: float, high: float) -> PlaneF32:
    """0 below ``low``, 1 above ``high``, with a smooth cubic between; any shape, float32."""
    t = np.clip((x - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def ease(x: float, low: float, high: float) -> float:
    """:func:`smoothstep` of one number."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


@dataclass(frozen=True, slots=True, eq=False)
class LidLines:
    """v of the upper lid's edge, the lower lid's edge and the upper lid's fold at each pixel's u."""

    upper: PlaneF32
    lower: PlaneF32
    fold: PlaneF32


@dataclass(frozen=True, slots=True, eq=False)
class EyeFrame:
    """Geometry of one eye at rest, computed once.

    Parameters
    ----------
    landmarks
        The lines that draw this eye.
    window
        (x0, y0, x1, y1) in the picture; every plane below covers just that, [h, w] float32.
    across, down
        Unit vectors of u and v in the picture, [2] float64.
    corner
        Origin of the eye frame in the picture, [2] float64 pixels.
    width
        Distance of the corners, pixels.
    u, v
        Eye-frame coordinates of each pixel.
    lines
        The lids at rest.
    bases
        [n, h * w] float32 for the upper edge, the lower edge and the fold: how far each pixel's line follows each vertex.
    rest
        [25, 2] float32: the vertices of the three lines in the picture.
    slopes
        [25] float64: dv / du of its line at each of them.
    """

    landmarks: EyeLandmarks
    window: tuple[int, int, int, int]
    across: npt.NDArray[np.float64]
    down: npt.NDArray[np.float64]
    corner: npt.NDArray[np.float64]
    width: float
    u: PlaneF32
    v: PlaneF32
    lines: LidLines
    bases: tuple[npt.NDArray[np.float32], ...]
    rest: npt.NDArray[np.float32]
    slopes: npt.NDArray[np.float64]

    @classmethod
    def of(cls, landmarks: EyeLandmarks, points: npt.NDArray[np.float32], size: tuple[int, int]) -> EyeFrame | None:
        """Lay the frame over an eye.

        Parameters
        ----------
        landmarks
            Which eye.
        points
            [478, 2] float32 pixels.
        size
            (width, height) of the picture.

        Returns
        -------
        EyeFrame | None
            None where the eye lies outside the picture, is turned away, or is under five pixels wide.
        """
        ends = points[[landmarks.upper[0], landmarks.upper[-1]]].astype(np.float64)
        width = float(np.hypot(*(ends[1] - ends[0])))
        if width < 5 or ends[1, 0] <= ends[0, 0]:
            return None
        across = (ends[1] - ends[0]) / width
        down = np.array([-across[1], across[0]])

        def local(ids: tuple[int, ...]) -> npt.NDArray[np.float64]:
            away = points[list(ids)].astype(np.float64) - ends[0]
            return np.stack([away @ across, away @ down], axis=1)

        upper, lower, fold = local(landmarks.upper), local(landmarks.lower), local(landmarks.fold)
        window = _window(ends[0], across, down, width, float(fold[:, 1].min()), float(lower[:, 1].max()), landmarks.nasal, size)
        if window is None:
            return None
        x0, y0, x1, y1 = window
        ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float64)
        u = (xs - ends[0, 0]) * across[0] + (ys - ends[0, 1]) * across[1]
        v = (xs - ends[0, 0]) * down[0] + (ys - ends[0, 1]) * down[1]
        splines = [_basis(line, u) for line in (upper, lower, fold)]
        edges = [np.tensordot(line[:, 1], basis, 1) for line, (basis, _) in zip((upper, lower, fold), splines, strict=True)]
        lines = LidLines(
            edges[0].astype(np.float32),
            np.maximum(edges[1], edges[0]).astype(np.float32),
            np.minimum(edges[2], edges[0] - LEAST_FOLD * width).astype(np.float32),
        )
        return cls(
            landmarks,
            window,
            across,
            down,
            ends[0],
            width,
            u.astype(np.float32),
            v.astype(np.float32),
            lines,
            tuple(basis.reshape(len(basis), -1).astype(np.float32) for basis, _ in splines),
            points[[*landmarks.upper, *landmarks.lower, *landmarks.fold]].astype(np.float32),
            np.concatenate([slopes for _, slopes in splines]),
        )

    @property
    def upper(self) -> PlaneF32:
        """The upper lid's edge at rest."""
        return self.lines.upper

    @property
    def lower(self) -> PlaneF32:
        """The lower lid's edge at rest."""
        return self.lines.lower

    @property
    def fold(self) -> PlaneF32:
        """The upper lid's fold at rest."""
        return self.lines.fold

    @property
    def from_outer(self) -> PlaneF32:
        """Distance of each pixel from the outer corner along u, growing towards the nose."""
        return self.u if self.landmarks.nasal > 0 else np.float32(self.width) - self.u

    @property
    def opening(self) -> float:
        """Widest opening of the lids over the distance of the corners."""
        inside = (self.u > 0) & (self.u < self.width)
        return float((self.lower - self.upper)[inside].max(initial=0)) / self.width

    def inside(self, margin: float = 0.0) -> npt.NDArray[np.bool_]:
        """Pixels of the opening, [h, w] bool, less ``margin`` pixels at both lids."""
        return (self.v > self.upper + margin) & (self.v < self.lower - margin) & (self.u > 0) & (self.u < self.width)

    def heights(self, vertices: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...] | None:
        """How far a deformed mesh takes the vertices of the upper edge, the lower edge and the fold off their lines.

        Parameters
        ----------
        vertices
            [478, 2] float32: the mesh in the picture.

        Returns
        -------
        tuple of [n] float32 | None
            Pixels along v, by which :attr:`bases` bend each pixel's lines; None when no edge has moved by as much as changes a
            byte.
        """
        marks = self.landmarks
        moved = vertices.take((*marks.upper, *marks.lower, *marks.fold), 0) - self.rest
        first, second = len(marks.upper), len(marks.upper) + len(marks.lower)
        if np.abs(moved[:second]).max() < STILL:
            return None
        # A vertex that slides along its own line leaves the line where it is.
        off = (moved @ self.down - self.slopes * (moved @ self.across)).astype(np.float32)
        return off[:first], off[first:second], off[second:]


def _window(
    corner: npt.NDArray[np.float64],
    across: npt.NDArray[np.float64],
    down: npt.NDArray[np.float64],
    width: float,
    top: float,
    bottom: float,
    nasal: int,
    size: tuple[int, int],
) -> tuple[int, int, int, int] | None:
    """Bounding box, inside the picture, of all that an eye may draw on; None when too little is left."""
    start, end = (_MARGIN_OUTER, _MARGIN_NASAL) if nasal > 0 else (_MARGIN_NASAL, _MARGIN_OUTER)
    reach = [
        corner + a * across + b * down
        for a in (-start * width, (1 + end) * width)
        for b in (top - _MARGIN_ABOVE * width, bottom + _MARGIN_BELOW * width)
    ]
    low = np.maximum(np.floor(np.min(reach, axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(np.max(reach, axis=0)) + 1, size).astype(int)
    if (high - low < 4).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _basis(line: npt.NDArray[np.float64], u: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Natural cubic splines that are 1 at one point of a line and 0 at the others, [n, h, w], and the line's slopes, [n].

    Beyond the ends the line goes on level: nothing there belongs to a lid.
    """
    knots = line[:, 0].copy()
    # Where a turned head folds the line over itself, its points share what room there is.
    room = 0.2 * (knots[-1] - knots[0]) / (len(knots) - 1)
    for i in range(1, len(knots)):
        knots[i] = max(knots[i], knots[i - 1] + room)
    knots = line[0, 0] + (knots - knots[0]) * (line[-1, 0] - line[0, 0]) / (knots[-1] - knots[0])
    splines = CubicSpline(knots, np.eye(len(line)), bc_type="natural")
    spread = np.moveaxis(splines(np.clip(u, knots[0], knots[-1])), -1, 0)
    return spread, np.clip(CubicSpline(knots, line[:, 1], bc_type="natural")(knots, 1), -2, 2)
