"""A Kalman filter and Rauch-Tung-Striebel smoother for predicted motion (the paper's "Kalman filter on implicit keypoints").

Each coordinate is a position with a speed that is pushed at random (white acceleration), seen with noise. A smoother over a whole
clip lets every frame hang on every other; here each frame is smoothed within a window of its own, so that an edit reaches no
further than the declared :func:`reach`. Frames of hard closures are seen without noise: they stay as they are, to the bit, and
hold their neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]

_UNKNOWN = 1e6
"""Variance of what is not known before the first frame of a window, in units of the noise."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How much to smooth.

    Parameters
    ----------
    strength
        Square root of noise over push, in frames squared: 0 leaves motion as it is, 0.7 halves jitter from frame to frame and
        leaves a plosive (three frames) nearly all its depth, 10 irons everything.
    window
        Frames to either side that a frame's value hangs on.
    """

    strength: float = 0.7
    window: int = 8

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 100.0 or not 1 <= self.window <= 100:
            raise ValueError(f"not a smoothing: {self}")


def reach(smoothing: Smoothing) -> int:
    """Frames to either side of an edited one whose smoothed motion can change."""
    return smoothing.window if smoothing.strength > 0.0 else 0


def smoothed(motion: ArrayF64, smoothing: Smoothing, exempt: npt.NDArray[np.bool_] | None = None) -> ArrayF64:
    """Smooth motion over time.

    Parameters
    ----------
    motion
        [T, ...] coordinates, any unit.
    smoothing
        How much.
    exempt
        [T] frames that must stay as they are.

    Returns
    -------
    ArrayF64
        Of the same shape; frame t depends on frames t - window to t + window alone.
    """
    count = len(motion)
    if count < 3 or smoothing.strength == 0.0:
        return np.array(motion, np.float64)
    held = np.zeros(count, np.bool_) if exempt is None else exempt
    flat = np.asarray(motion, np.float64).reshape(count, -1)
    weights = window_weights(held, smoothing)
    radius = smoothing.window
    padded = np.pad(flat, ((radius, radius), (0, 0)))
    out = np.zeros_like(flat)
    for k in range(2 * radius + 1):
        out += weights[:, k, None] * padded[k : k + count]
    out[held] = flat[held]
    return out.reshape(motion.shape)


def window_weights(held: npt.NDArray[np.bool_], smoothing: Smoothing) -> ArrayF64:
    """What each frame of its window adds to a smoothed frame.

    The smoother is linear in what is seen, so that its gains, which do not depend on the motion, can be computed for all windows
    at once and applied to all coordinates.

    Parameters
    ----------
    held
        [T] frames that are seen without noise.
    smoothing
        How much.

    Returns
    -------
    ArrayF64
        [T, 2 window + 1], rows that sum to one; zero beyond the ends of the clip.
    """
    count, radius = len(held), smoothing.window
    at = np.arange(count)[:, None] + np.arange(-radius, radius + 1)
    inside = (at >= 0) & (at < count)
    exact = inside & held[np.clip(at, 0, count - 1)]
    # A frame beyond the ends is seen with no certainty at all.
    precision = np.where(exact, 1e9, 1.0) * inside / max(smoothing.strength, 1e-3) ** 2
    return _middle_rows(precision)


def _middle_rows(precision: ArrayF64) -> ArrayF64:
    """Weights of the middle frame's estimate, for windows of known precision [T, W].

    For Gaussian states what the filter and the RTS smoother arrive at is the minimum of sum_k p_k (x_k - z_k)^2 plus the
    push, sum_k (x_(k+1) - 2 x_k + x_(k-1))^2 (Rauch, Tung and Striebel 1965, section III). Its normal equations have five
    diagonals; the row of the inverse that belongs to the middle frame, times the precisions, is the row of weights.
    """
    width = precision.shape[1]
    second = np.diff(np.eye(width), n=2, axis=0)
    push = second.T @ second
    systems = push[None] + precision[:, :, None] * np.eye(width)[None]
    # One frame seen leaves the speed open; a trace of a prior keeps windows of one or two frames solvable.
    systems += np.eye(width)[None] / _UNKNOWN**2
    middle = np.zeros(width)
    middle[width // 2] = 1.0
    rows = np.linalg.solve(systems, np.broadcast_to(middle, precision.shape)[:, :, None])[:, :, 0] * precision
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
