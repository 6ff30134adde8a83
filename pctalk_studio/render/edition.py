"""Which program draws: frames that another edition of it has drawn are not taken for this one's."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pctalk_studio.core.resources import resource_path

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOMS = ("core", "media", "nets", "analysis", "deformation", "render")
"""On whose code pixels depend."""

_LIBRARIES = ("numpy", "scipy", "opencv-contrib-python", "opencv-python", "opencv-python-headless", "torch", "pillow")


def edition() -> str:
    """Identity of the code, data and libraries on which pixels depend; takes some hundredths of a second.

    An engine's version tells what it means to draw; this tells what it does draw, also in a checkout that is worked on.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    # Not needed before a project is open, and slow to import.
    from importlib.metadata import PackageNotFoundError, version

    digest = hashlib.blake2b(digest_size=8)
    for room in _ROOMS:
        _add_files(digest, _PACKAGE / room, "**/*.py")
    for pattern in ("*.npz", "*.json", "*.csv"):
        _add_files(digest, resource_path("canonical_face.npz").parent, pattern)
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {version(library)};".encode())
        except PackageNotFoundError:
            continue  # one of several that provide the same, or one that is not needed
    return digest.hexdigest()


def _add_files(digest: hashlib.blake2b, folder: Path, pattern: str) -> None:
    for path in sorted(folder.glob(pattern)):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(data)};".encode())
        digest.update(data)
