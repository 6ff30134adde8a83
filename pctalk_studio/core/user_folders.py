"""Folders of this user where the program may keep what can be made again."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from pctalk_studio import APPLICATION


def cache_folder() -> Path:
    """Folder of results that can be made again at any time; it may not exist yet."""
    return Path(platformdirs.user_cache_dir(APPLICATION, appauthor=False))
