"""Folders of this user where the program may keep files of its own."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from pctalk_studio import APPLICATION


def cache_folder() -> Path:
    """Folder of results that can be made again at any time; it may not exist yet."""
    return Path(platformdirs.user_cache_dir(APPLICATION, appauthor=False))


def state_folder() -> Path:
    """Folder of what must outlive a crash and belongs to no document: backups, recovery, locks; it may not exist yet."""
    return Path(platformdirs.user_state_dir(APPLICATION, appauthor=False))


def settings_folder() -> Path:
    """Folder of what a person prefers; it may not exist yet."""
    return Path(platformdirs.user_config_dir(APPLICATION, appauthor=False))


def models_folder() -> Path:
    """Folder of network weights that the user has fetched; it may not exist yet."""
    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False)) / "models"
