"""Copied keys on the system's clipboard, so that they can be pasted into another curve, project or window."""

from __future__ import annotations

import atexit
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
    atexit.unregister(_leave_as_text)
    atexit.register(_leave_as_text)


def _leave_as_text() -> None:
    """At the program's end, leave Qt what does not belong to Python: a clipboard that outlives the interpreter would crash."""
    if QGuiApplication.instance() is None:
        return
    clipboard = QGuiApplication.clipboard()
    mime = clipboard.mimeData()
    if mime is not None and mime.hasFormat(KIND):
        clipboard.setText(clipboard.text())


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
