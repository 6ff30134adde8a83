"""A clip's motion as its frames are asked for: rows to draw, and their keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.hashing import row_hashes
from pctalk_studio.core.motion import Motion, MotionRow
from pctalk_studio.core.time import FrameRate


class ClipFrames:
    """Rows and row keys of a motion; keys are made when they are first asked for.

    While somebody drags only the frame under the playhead is asked for, and then only its row is hashed.

    Parameters
    ----------
    motion
        Of the whole clip.
    before
        The clip before an edit: rows that are the same keep their keys without being hashed again.
    """

    __slots__ = ("_before", "_keys", "_rows", "motion")

    def __init__(self, motion: Motion, before: ClipFrames | None = None) -> None:
        self.motion = motion
        self._before = before._hashed() if before is not None else None
        self._rows: npt.NDArray[np.float32] | None = None
        self._keys: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.motion)

    @property
    def rate(self) -> FrameRate:
        """Frames a second."""
        return self.motion.rate

    def row(self, frame: int) -> MotionRow:
        """The quantised row of a frame."""
        return self.motion.row(frame)

    def row_key(self, frame: int) -> str:
        """Key of one row."""
        return self._keys[frame] if self._keys is not None else self.row(frame).key()

    def row_keys(self) -> tuple[str, ...]:
        """Keys of all rows; computed once, from whichever thread asks first."""
        keys = self._keys
        if keys is None:
            rows, before = self.motion.quantised(), self._before
            keys = row_hashes(rows) if before is None else _partly(rows, before)
            # Threads that come at once compute the same; the keys are set last, for whoever looks without asking.
            self._rows, self._keys, self._before = rows, keys, None
        return keys

    def _hashed(self) -> tuple[npt.NDArray[np.float32], tuple[str, ...]] | None:
        """The nearest rows with keys that need no computing: the clip's own, or those of the clip before it."""
        rows, keys = self._rows, self._keys
        return (rows, keys) if rows is not None and keys is not None else self._before


def _partly(rows: npt.NDArray[np.float32], before: tuple[npt.NDArray[np.float32], tuple[str, ...]]) -> tuple[str, ...]:
    """Keys of rows, hashing only those that differ from the earlier rows of the same frames."""
    old, known = before
    if rows.shape[1:] != old.shape[1:]:
        return row_hashes(rows)  # rows of a movie tell their source, too
    shared = min(len(rows), len(old))
    changed = np.ones(len(rows), np.bool_)
    # As bytes, because a row is what its bits are; as words, because that is faster.
    changed[:shared] = (rows[:shared].view(np.uint32) != old[:shared].view(np.uint32)).any(axis=1)
    fresh = iter(row_hashes(rows[changed]))
    return tuple(next(fresh) if new else known[frame] for frame, new in enumerate(changed.tolist()))
