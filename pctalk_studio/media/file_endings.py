"""How files that people choose are usually named.

Only for choosers, and for folders that hold other things too: what a file is, its content decides.
"""

from __future__ import annotations

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif")
MOVIES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg")
SOUNDS = (".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aac")


def patterns(endings: tuple[str, ...]) -> str:
    """Endings as file choosers want them: ``*.jpg *.png``."""
    return " ".join(f"*{ending}" for ending in endings)
