"""LSE-D and LSE-C: distance and confidence of SyncNet at the best offset (Chung and Zisserman, 2016; Prajwal et al., 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]
FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]

RATE = 25
"""Pictures a second that SyncNet knows."""

REACH = 15
"""Frames by which sound is shifted to either side."""

COLUMNS_PER_FRAME = 4


@dataclass(frozen=True, slots=True)
class LipSync:
    """How well lips and sound agree.

    Parameters
    ----------
    distance
        LSE-D: mean distance of the embeddings at the best offset; lower is better.
    confidence
        LSE-C: median over the offsets less that distance; higher is better.
    offset
        Frames at 25 a second by which the picture is late at the best offset; a constantly late mouth has the same LSE.
    distance_in_place
        Mean distance at no offset.
    """

    distance: float
    confidence: float
    offset: int
    distance_in_place: float


def lip_sync(lips: FloatArray, sound: FloatArray, reach: int = REACH) -> LipSync:
    """Compare embeddings.

    Parameters
    ----------
    lips, sound
        [N, D] embeddings of windows that begin at the same frames.
    reach
        Largest shift.

    Returns
    -------
    LipSync
        Sound beyond the ends counts as zeros, as in the published measure, which favours short clips a little.

    Raises
    ------
    ValueError
        When there is no window, or not one of both for each frame.
    """
    if not len(lips) or lips.shape != sound.shape:
        raise ValueError(f"embeddings {lips.shape} and {sound.shape} do not belong together")
    heard = np.pad(np.asarray(sound, np.float64), ((reach, reach), (0, 0)))
    seen = np.asarray(lips, np.float64)
    means = np.array([np.linalg.norm(seen - heard[shift : shift + len(seen)], axis=1).mean() for shift in range(2 * reach + 1)])
    best = int(means.argmin())
    return LipSync(float(means[best]), float(np.median(means) - means[best]), reach - best, float(means[reach]))


def boxes_of(landmarks: FloatArray) -> ArrayF64:
    """Where SyncNet looks at each frame: centre x, centre y, half of the face's longer side, [T, 3] pixels, median of 13 frames.

    Parameters
    ----------
    landmarks
        [T, P, 2 or more] pixels of the whole face. The published measure takes the box of a detector, which spans about the same.
    """
    low, high = landmarks[:, :, :2].min(axis=1), landmarks[:, :, :2].max(axis=1)
    raw = np.column_stack([(low + high) / 2, (high - low).max(axis=1) / 2])
    padded = np.pad(raw, ((6, 6), (0, 0)), mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 13, axis=0), axis=2))
