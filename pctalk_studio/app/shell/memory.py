"""How much memory drawn frames may take, as a person prefers it."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from pctalk_studio.session.studio import FRAME_MEMORY

CHOICES = (256, 512, 1024, 2048, 4096, 8192)
"""Megabytes to choose from."""

_KEY = "frames/megabytes"


def frame_memory(settings: QSettings) -> int:
    """Bytes of drawn frames that are kept."""
    text = str(settings.value(_KEY, ""))
    return int(text) << 20 if text.isdecimal() and int(text) in CHOICES else FRAME_MEMORY


def set_frame_memory(settings: QSettings, megabytes: int) -> None:
    """Keep as many from the next project on."""
    settings.setValue(_KEY, str(megabytes))
