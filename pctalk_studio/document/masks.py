"""Painted masks: how strongly an emotion is felt, point by point, in face space, so that paint stays put when the head moves.

A mask is a square of weights over the frontal, upright mean face: face-frame x from -MASK_REACH to +MASK_REACH (right in the
picture is +), y about MASK_MIDDLE, unit E. Values are immutable; a stroke makes a new mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import EditRejected

ArrayF64 = npt.NDArray[np.float64]

MASK_SIDE = 128
"""Cells on a side; a cell is 0.02 E, finer than any brush that can be aimed."""
MASK_REACH = 1.28
"""Half the side of the square, unit E."""
MASK_MIDDLE = 0.32
"""Face-frame y of the square's centre, unit E: halfway between hairline and chin."""


class StrokeMode(StrEnum):
    """What a stroke does to the weights under it."""

    PAINT = "paint"
    ERASE = "erase"
    SMOOTH = "smooth"


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    Parameters
    ----------
    radius
        Unit E, 0.02 to 1.
    hardness
        0: falls off from the centre; 1: full up to the rim.
    strength
        0 to 1: how far one pass moves weights.
    mode
        Paint towards 1, erase towards 0, or smooth.
    mirror
        Do the same on the other half of the face.
    """

    radius: float = 0.15
    hardness: float = 0.3
    strength: float = 0.8
    mode: StrokeMode = StrokeMode.PAINT
    mirror: bool = False

    def __post_init__(self) -> None:
        if not 0.02 <= self.radius <= 1:
            raise EditRejected(f"A brush radius lies between 0.02 and 1 eye distance; {self.radius:g} does not.")
        if not (0 <= self.hardness <= 1 and 0 <= self.strength <= 1):
            raise EditRejected("Hardness and strength of a brush lie between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Dab:
    """One sample of a stroke: face-frame x and y, unit E, and pen pressure 0 to 1."""

    x: float
    y: float
    pressure: float = 1.0


@dataclass(frozen=True, slots=True)
class FaceMask:
    """Weights 0 to 255, MASK_SIDE x MASK_SIDE, row by row from the forehead down, kept as bytes."""

    weights: bytes = field(default=bytes([255]) * MASK_SIDE**2, repr=False)

    def __post_init__(self) -> None:
        if len(self.weights) != MASK_SIDE**2:
            raise EditRejected(f"A mask has {MASK_SIDE} x {MASK_SIDE} weights; this one has {len(self.weights)}.")

    @classmethod
    def empty(cls) -> FaceMask:
        """No weight anywhere."""
        return cls(bytes(MASK_SIDE**2))

    @classmethod
    def of(cls, values: ArrayF64) -> FaceMask:
        """A mask of values 0 to 1, [MASK_SIDE, MASK_SIDE]."""
        return cls(np.round(np.clip(values, 0, 1) * 255).astype(np.uint8).tobytes())

    def values(self) -> ArrayF64:
        """Weights 0 to 1, [MASK_SIDE, MASK_SIDE] float64."""
        cells = np.frombuffer(self.weights, np.uint8).reshape(MASK_SIDE, MASK_SIDE)
        return np.asarray(cells / 255.0)

    def at(self, points: ArrayF64) -> ArrayF64:
        """Weights at face-frame points [..., 2] or [..., 3], unit E; bilinear, the rim's value beyond it."""
        column = np.clip((points[..., 0] + MASK_REACH) / _CELL - 0.5, 0, MASK_SIDE - 1)
        row = np.clip((points[..., 1] - MASK_MIDDLE + MASK_REACH) / _CELL - 0.5, 0, MASK_SIDE - 1)
        x0, y0 = np.floor(column).astype(int), np.floor(row).astype(int)
        x1, y1 = np.minimum(x0 + 1, MASK_SIDE - 1), np.minimum(y0 + 1, MASK_SIDE - 1)
        u, v, cells = column - x0, row - y0, self.values()
        top = cells[y0, x0] * (1 - u) + cells[y0, x1] * u
        return np.asarray(top * (1 - v) + (cells[y1, x0] * (1 - u) + cells[y1, x1] * u) * v)

    def stroked(self, brush: Brush, dabs: Sequence[Dab]) -> FaceMask:
        """The mask after one stroke. However slowly the pen moves, a stroke acts once: of dabs that overlap, the strongest."""
        return Stroke(self, brush).grown(dabs).mask()

    def inverted(self) -> FaceMask:
        """1 minus each weight."""
        return FaceMask(bytes(255 - weight for weight in self.weights))

    def filled(self, area: FaceMask, weight: float) -> FaceMask:
        """The mask with a weight laid over an area, softly where the area is soft."""
        share = area.values()
        return FaceMask.of(self.values() * (1 - share) + weight * share)


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A stroke that is being drawn. It grows by its newest dabs alone, so that a long one stays as quick as it began.

    Parameters
    ----------
    start
        The mask before it.
    brush
        What draws it.
    amount
        [MASK_SIDE, MASK_SIDE] how fully it has acted so far, 0 to 1; None: nowhere.
    last
        The dab that came last.
    """

    start: FaceMask
    brush: Brush
    amount: ArrayF64 | None = None
    last: Dab | None = None

    def grown(self, dabs: Sequence[Dab]) -> Stroke:
        """The stroke after more dabs."""
        if not dabs:
            return self
        amount = np.zeros((MASK_SIDE, MASK_SIDE)) if self.amount is None else self.amount.copy()
        path = _filled(dabs if self.last is None else (self.last, *dabs), self.brush.radius / 4)
        for dab in (*path, *(Dab(-d.x, d.y, d.pressure) for d in path if self.brush.mirror)):
            _press(amount, self.brush, dab)
        return Stroke(self.start, self.brush, amount, dabs[-1])

    def mask(self) -> FaceMask:
        """The mask as it is with the stroke so far."""
        if self.amount is None:
            return self.start
        values, amount, mode = self.start.values(), self.amount, self.brush.mode
        if mode is StrokeMode.PAINT:
            return FaceMask.of(values + (1 - values) * amount)
        if mode is StrokeMode.ERASE:
            return FaceMask.of(values * (1 - amount))
        return FaceMask.of(values + (_blurred(values, self.brush.radius / 3) - values) * amount)


_CELL = 2 * MASK_REACH / MASK_SIDE
_CENTRES = (np.arange(MASK_SIDE) + 0.5) * _CELL - MASK_REACH


def _press(amount: ArrayF64, brush: Brush, dab: Dab) -> None:
    """Raise the stroke's amount to what one dab gives, in place, within the dab's square alone."""
    columns = np.flatnonzero(np.abs(_CENTRES - dab.x) < brush.radius)
    rows = np.flatnonzero(np.abs(_CENTRES + MASK_MIDDLE - dab.y) < brush.radius)
    if not len(columns) or not len(rows):
        return
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    distance = np.hypot(_CENTRES[rows][:, None] + MASK_MIDDLE - dab.y, _CENTRES[columns][None] - dab.x) / brush.radius
    fall = np.clip((1 - distance) / max(1 - brush.hardness, 1e-3), 0, 1)
    smooth = fall * fall * (3 - 2 * fall)
    amount[window] = np.maximum(amount[window], brush.strength * float(np.clip(dab.pressure, 0, 1)) * smooth)


def _filled(dabs: Sequence[Dab], spacing: float) -> list[Dab]:
    """Dabs close enough together that a fast stroke shows no beads."""
    path = [dabs[0]]
    for before, after in pairwise(dabs):
        steps = max(1, int(np.ceil(np.hypot(after.x - before.x, after.y - before.y) / spacing)))
        for step in range(1, min(steps, 1000) + 1):
            share = step / min(steps, 1000)
            path.append(
                Dab(
                    before.x + (after.x - before.x) * share,
                    before.y + (after.y - before.y) * share,
                    before.pressure + (after.pressure - before.pressure) * share,
                )
            )
    return path


def _blurred(values: ArrayF64, sigma: float) -> ArrayF64:
    """Gaussian blur, separable, edges continued; sigma in unit E."""
    cells = max(sigma / _CELL, 0.3)
    reach = int(np.ceil(3 * cells))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / cells) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        values = np.apply_along_axis(np.convolve, axis, padded, kernel, mode="valid")
    return values
