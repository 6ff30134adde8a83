"""Where something holds for a while."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def runs_of(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open runs of what is true in [T], in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
