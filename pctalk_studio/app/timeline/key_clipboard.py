"""Copied keys on the system's clipboard, so that they can be pasted into another curve, project or window."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

from pctalk_studio.core.errors import StudioError
from pctalk_studio.document.curves import Key
from pctalk_studio.storage.codec import decode_value, encode_value

KIND = "application/x-pctalk-keys"
_MOST = 4 << 20
"""Bytes that are read from a clipboard, which anybody may have filled."""


def keep_keys(keys: Sequence[Key]) -> None:
    """Put keys on the clipboard, as text for other programs too."""
    data = QMimeData()
    text = json.dumps(encode_value(tuple[Key, ...], tuple(keys)))
    data.setData(KIND, QByteArray(text.encode()))
    data.setText("\n".join(f"{key.time:.6f}\t{key.value:.6f}" for key in keys))
    QGuiApplication.clipboard().setMimeData(data)


def copied_keys() -> tuple[Key, ...]:
    """The keys on the clipboard; none when something else is there."""
    mime = QGuiApplication.clipboard().mimeData()
    if mime is None or not mime.hasFormat(KIND):
        return ()
    data = bytes(mime.data(KIND).data())
    if len(data) > _MOST:
        return ()
    try:
        keys = decode_value(tuple[Key, ...], json.loads(data))
    except (ValueError, RecursionError, StudioError):
        return ()
    return keys if isinstance(keys, tuple) else ()
