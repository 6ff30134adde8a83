"""Recorded performances as text: what changes from frame to frame, channel by channel, deflated, in base64.

Differences of neighbouring frames are small and alike, which is what makes a minute of a performance take some ten thousand
characters. The text says nothing of its length; how much it may unfold to is known before.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from functools import lru_cache

import numpy as np

from pctalk_studio.core.performance import PERFORMED
from pctalk_studio.document.performance import MOST_FRAMES, ROW_BYTES

_LARGEST = MOST_FRAMES * ROW_BYTES
_LONGEST_TEXT = _LARGEST * 3 // 2
"""Characters; rows of noise in base64 take less."""


@lru_cache(maxsize=32)
def rows_text(rows: bytes) -> str:
    """Frames of PERFORMED int16 each, as text; kept, for a project is written often and its recordings stay as they are."""
    table = np.frombuffer(rows, "<u2").reshape(-1, PERFORMED)
    # Differences wrap round, so that none is lost; low and high bytes apart, for the high ones are nearly all equal.
    steps = np.diff(table, axis=0, prepend=np.zeros((1, PERFORMED), "<u2")).astype("<u2")
    planes = np.ascontiguousarray(steps.T).view(np.uint8).reshape(-1, 2).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 6)).decode("ascii")


def rows_of(text: str) -> bytes:
    """Undo :func:`rows_text`.

    Raises
    ------
    ValueError
        When it is no such text; one clause says why.
    """
    if len(text) > _LONGEST_TEXT:
        raise ValueError("is longer than a performance can be")
    try:
        packed = base64.b64decode(text, validate=True)
        unfolding = zlib.decompressobj()
        planes = unfolding.decompress(packed, _LARGEST)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise ValueError("is no performance in base64") from error
    if not unfolding.eof or unfolding.unused_data or not planes or len(planes) % ROW_BYTES:
        raise ValueError("is no whole performance, or longer than one can be")
    pairs = np.ascontiguousarray(np.frombuffer(planes, np.uint8).reshape(2, -1).T)
    steps = pairs.view("<u2").reshape(PERFORMED, -1).T
    return np.cumsum(steps, axis=0, dtype=np.uint16).astype("<u2").tobytes()
