"""Values at other times than those at which they are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]


def between(at: ArrayF64, times: ArrayF64, values: npt.NDArray[np.floating[Any]]) -> ArrayF64:
    """Values at some times, straight between those that are known; beyond their ends the first and the last stay.

    Parameters
    ----------
    at
        [T] any times.
    times
        [N] rising, at least one.
    values
        [N, ...] at those.

    Returns
    -------
    ArrayF64
        [T, ...].
    """
    columns = [np.interp(at, times, column) for column in values.reshape(len(values), -1).T]
    return np.stack(columns, axis=1).reshape(len(at), *values.shape[1:])
