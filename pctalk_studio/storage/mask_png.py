"""Masks as PNG: 8-bit grey, MASK_SIDE on a side, and nothing else. The head is compared before anything is decoded."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import zlib

from pctalk_studio.document.masks import MASK_SIDE

_LARGEST = 64 << 10
"""Characters of base64; a mask of noise takes a third of it."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_HEAD = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", MASK_SIDE, MASK_SIDE, 8, 0, 0, 0, 0))
"""Signature and IHDR of the one kind of PNG that is read: side by side, 8 bits, grey, not interlaced."""


def png_text(weights: bytes) -> str:
    """Weights 0 to 255, MASK_SIDE squared of them row by row, as a PNG in base64."""
    rows = b"".join(b"\0" + weights[start : start + MASK_SIDE] for start in range(0, MASK_SIDE**2, MASK_SIDE))
    data = _HEAD + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return base64.b64encode(data).decode("ascii")


def weights_of(text: str) -> bytes:
    """The weights of a PNG in base64.

    Raises
    ------
    ValueError
        When it is no such PNG; one clause says why.
    """
    from PIL import Image

    if len(text) > _LARGEST:
        raise ValueError("is larger than a mask can be")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("is no picture in base64") from error
    if not data.startswith(_HEAD):
        raise ValueError(f"is no grey PNG of {MASK_SIDE} x {MASK_SIDE} pixels with 8 bits")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.size != (MASK_SIDE, MASK_SIDE) or picture.mode != "L":
                raise ValueError("changes its size or kind inside")
            return picture.tobytes()
    except (OSError, SyntaxError, struct.error, zlib.error, EOFError, ValueError, IndexError, OverflowError) as error:
        raise ValueError("is a damaged picture") from error
