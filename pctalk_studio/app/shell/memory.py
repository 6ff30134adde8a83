"""How much memory and disk drawn frames may take, as a person prefers it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from pctalk_studio.core.user_folders import cache_folder
from pctalk_studio.render.frame_disk import DiskPlan
from pctalk_studio.session.studio import FRAME_MEMORY

CHOICES = (256, 512, 1024, 2048, 4096, 8192)
"""Megabytes of memory to choose from."""

DISK_CHOICES = (0, 512, 1024, 2048, 5120, 10240, 20480)
"""Megabytes on disk to choose from; 0 keeps nothing."""

DISK_USUAL = 2048
"""Megabytes on disk until a person chooses."""

_MEMORY, _DISK = "frames/megabytes", "frames/disk_megabytes"


def frame_memory(settings: QSettings) -> int:
    """Bytes of drawn frames that are kept in memory."""
    text = str(settings.value(_MEMORY, ""))
    return int(text) << 20 if text.isdecimal() and int(text) in CHOICES else FRAME_MEMORY


def set_frame_memory(settings: QSettings, megabytes: int) -> None:
    """Keep as many in memory from the next project on."""
    settings.setValue(_MEMORY, str(megabytes))


def disk_megabytes(settings: QSettings) -> int:
    """Megabytes of drawn frames that are kept on disk; 0: none."""
    text = str(settings.value(_DISK, ""))
    return int(text) if text.isdecimal() and int(text) in DISK_CHOICES else DISK_USUAL


def frame_disk(settings: QSettings) -> DiskPlan | None:
    """Where drawn frames are kept from one session to the next, and how many; None: nowhere."""
    megabytes = disk_megabytes(settings)
    return DiskPlan(disk_folder(), megabytes << 20) if megabytes else None


def disk_folder() -> Path:
    """Where frames lie on disk."""
    return cache_folder() / "frames"


def set_frame_disk(settings: QSettings, megabytes: int) -> None:
    """Keep as many on disk from the next project on."""
    settings.setValue(_DISK, str(megabytes))
