"""Where the data that ships with the program lies: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_shipped" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def resource_path(name: str) -> Path:
    """Path of a file or folder under resources/, such as ``canonical_face.npz``.

    Raises
    ------
    FileNotFoundError
        When the installation lacks it; that is a packaging error, not a user's.
    """
    path = _shipped("resources") / name
    if not path.exists():
        raise FileNotFoundError(f"the installation lacks resources/{name}")
    return path


def model_path(name: str) -> Path:
    """Path of a file under models/, such as ``liveportrait.json``.

    Raises
    ------
    FileNotFoundError
        When the installation lacks it; that is a packaging error, not a user's.
    """
    path = _shipped("models") / name
    if not path.exists():
        raise FileNotFoundError(f"the installation lacks models/{name}")
    return path
