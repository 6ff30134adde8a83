"""Expected times of the boundaries in a fixed sequence of phones.

The best path puts each boundary at one frame and is jumpy where two phones glide into each other. The mean over all paths, each
weighted by its likelihood, is a steadier estimate; frames 10 ms apart are anything but independent, so likelihoods are flattened
first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def expected_boundaries(scores: npt.NDArray[np.float32], stay: FloatArray, flatness: float) -> FloatArray:
    """Mean entry frame of each phone but the first.

    Parameters
    ----------
    scores
        [T, N, S] log likelihoods of the S states of N phones in a row, T >= N * S.
    stay
        [N, S] probability of staying in a state.
    flatness
        Factor on the scores: 1 takes the frames for independent, smaller values blur.

    Returns
    -------
    FloatArray
        [N - 1] frames, increasing.
    """
    frames, phones, states = scores.shape
    entries = np.arange(states, phones * states, states)
    if not len(entries):
        return np.zeros(0)
    emitted = scores.reshape(frames, -1).astype(np.float64) * flatness
    log_stay, log_leave = np.log(stay).ravel(), np.log1p(-stay).ravel()
    before = _forward(emitted, log_stay, log_leave, entries - 1)
    after = _backward(emitted, log_stay, log_leave, entries)
    worth = before[:-1] + log_leave[entries - 1] + after[1:]
    weight = np.exp(worth - worth.max(axis=0))
    mean = (weight * np.arange(1, frames)[:, None]).sum(axis=0) / weight.sum(axis=0)
    return np.asarray(np.maximum.accumulate(mean))


def _forward(emitted: FloatArray, log_stay: FloatArray, log_leave: FloatArray, wanted: npt.NDArray[np.int_]) -> FloatArray:
    """[T, len(wanted)] log weight of all ways to be in a state, its own frame included."""
    kept = np.empty((len(emitted), len(wanted)))
    alpha = np.full(emitted.shape[1], -np.inf)
    alpha[0] = emitted[0, 0]
    kept[0] = alpha[wanted]
    arriving = np.full_like(alpha, -np.inf)
    for frame in range(1, len(emitted)):
        arriving[1:] = (alpha + log_leave)[:-1]
        alpha = np.logaddexp(alpha + log_stay, arriving) + emitted[frame]
        kept[frame] = alpha[wanted]
    return kept


def _backward(emitted: FloatArray, log_stay: FloatArray, log_leave: FloatArray, wanted: npt.NDArray[np.int_]) -> FloatArray:
    """[T, len(wanted)] log weight of all ways on from a state, its own frame included, to the end in the last state."""
    kept = np.empty((len(emitted), len(wanted)))
    beta = np.full(emitted.shape[1], -np.inf)
    beta[-1] = emitted[-1, -1]
    kept[-1] = beta[wanted]
    leaving = np.full_like(beta, -np.inf)
    for frame in range(len(emitted) - 2, -1, -1):
        leaving[:-1] = beta[1:] + log_leave[:-1]
        beta = np.logaddexp(beta + log_stay, leaving) + emitted[frame]
        kept[frame] = beta[wanted]
    return kept
