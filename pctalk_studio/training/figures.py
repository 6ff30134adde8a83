"""Figures of predicted lips: how the opening follows the truth, and how late."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import MESH

ArrayF32 = npt.NDArray[np.float32]

_UPPER, _LOWER = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
_RIGHT, _LEFT = MESH.index("lip_corner_right"), MESH.index("lip_corner_left")


def opening_of(delta: ArrayF32) -> ArrayF32:
    """How far the lips' middles have parted from rest, [T] unit E, of motion [T, 3 K] whose first points are MESH's."""
    rows = delta.reshape(len(delta), -1, 3)
    return np.asarray(rows[:, _LOWER, 1] - rows[:, _UPPER, 1], np.float32)


def width_of(delta: ArrayF32) -> ArrayF32:
    """How much further apart than at rest the corners of the mouth are, [T] unit E, of the same."""
    rows = delta.reshape(len(delta), -1, 3)
    return np.asarray(rows[:, _LEFT, 0] - rows[:, _RIGHT, 0], np.float32)


def purse_of(delta: ArrayF32) -> ArrayF32:
    """How far forward the lips' middles are, [T] unit E, of the same."""
    rows = delta.reshape(len(delta), -1, 3)
    return np.asarray(-(rows[:, _UPPER, 2] + rows[:, _LOWER, 2]) / 2, np.float32)


def correlation(one: ArrayF32, other: ArrayF32) -> float:
    """Pearson's; 0 where one of both does not move."""
    a, b = one - one.mean(dtype=np.float64), other - other.mean(dtype=np.float64)
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / scale) if scale > 1e-12 else 0.0


def lag_of(predicted: ArrayF32, truth: ArrayF32, most: int = 5) -> float:
    """Frames by which predicted motion is late (positive) or early: the peak of the correlation, refined by a parabola.

    Parameters
    ----------
    predicted, truth
        [T].
    most
        Largest lag looked for.
    """
    count = len(truth)
    values = np.array(
        [
            correlation(predicted[max(0, lag) : count + min(0, lag)], truth[max(0, -lag) : count - max(0, lag)])
            for lag in range(-most, most + 1)
        ]
    )
    best = int(values.argmax())
    if best in (0, 2 * most):
        return float(best - most)
    below, top, above = values[best - 1 : best + 2]
    bend = below - 2 * top + above
    return float(best - most + (0.5 * (below - above) / bend if bend < 0 else 0.0))
