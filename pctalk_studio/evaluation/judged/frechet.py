"""Fréchet distance between two sets of features taken as Gaussians (Dowson and Landau, 1982; Heusel et al., 2017)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]
FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def frechet_distance(features: FloatArray, reference: FloatArray) -> float:
    """The squared distance |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)).

    The trace of the root is that of (A B)^(1/2) for centred features A^T A = S1 and B^T B = S2: the sum of the singular values of
    B A^T. That needs no root of a matrix, and is exact however few features there are.

    Parameters
    ----------
    features, reference
        [N, D] and [M, D]; at least one each. With fewer than two, a covariance is zero.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    ValueError
        When a set is empty or they differ in length of their features.
    """
    first, second = np.asarray(features, np.float64), np.asarray(reference, np.float64)
    if not len(first) or not len(second) or first.shape[1] != second.shape[1]:
        raise ValueError(f"features {first.shape} and {second.shape} cannot be compared")
    a, b = _centred(first), _centred(second)
    means = first.mean(axis=0) - second.mean(axis=0)
    root = float(np.linalg.svd(b @ a.T, compute_uv=False).sum())
    return max(0.0, float(means @ means + (a * a).sum() + (b * b).sum() - 2.0 * root))


def _centred(features: ArrayF64) -> ArrayF64:
    """Features whose product with themselves is their covariance."""
    return np.asarray((features - features.mean(axis=0)) / np.sqrt(max(1, len(features) - 1)))
