"""Speaking-style presets: those that ship, and those that a person keeps."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pctalk_studio.core.errors import ProjectFormatError, ProjectSaveError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.user_folders import state_folder
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.storage.codec import decode_value, encode_value
from pctalk_studio.storage.json_text import NotReadable, laid_out, parse_json
from pctalk_studio.storage.plain_files import read_plain, write_durably

LARGEST = 1 << 20
"""Bytes of a file of presets."""


def shipped_presets() -> tuple[StylePreset, ...]:
    """The speaking styles that come with the program."""
    return read_presets(resource_path("speaking_styles.json"))


def own_presets_path() -> Path:
    """File in which a person's own presets are kept; it may not exist yet."""
    return state_folder() / "speaking_styles.json"


def read_presets(path: Path) -> tuple[StylePreset, ...]:
    """Read presets.

    Raises
    ------
    ProjectFormatError
        When the file cannot be read or holds no presets.
    """
    try:
        tree = parse_json(read_plain(path, LARGEST))
    except (OSError, NotReadable, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectFormatError(
            f"The presets '{path}' cannot be read ({reason}); restore or delete the file.", repr(error)
        ) from error
    return cast(tuple[StylePreset, ...], decode_value(tuple[StylePreset, ...], tree))


def keep_preset(preset: StylePreset, path: Path) -> tuple[StylePreset, ...]:
    """Keep a preset in a file, in place of one of the same name; the file is there whole or not at all.

    Returns
    -------
    tuple[StylePreset, ...]
        All that are kept there now, by name.

    Raises
    ------
    ProjectFormatError
        When the file that is there holds no presets.
    ProjectSaveError
        When it cannot be written.
    """
    others = read_presets(path) if path.exists() else ()
    kept = (*(each for each in others if each.name != preset.name), preset)
    return write_presets(kept, path)


def write_presets(presets: Iterable[StylePreset], path: Path) -> tuple[StylePreset, ...]:
    """Keep these presets in a file and no others; the file is there whole or not at all.

    Returns
    -------
    tuple[StylePreset, ...]
        The presets by name.

    Raises
    ------
    ProjectSaveError
        When it cannot be written.
    """
    kept = tuple(sorted(presets, key=lambda each: each.name.casefold()))
    text = laid_out(encode_value(tuple[StylePreset, ...], kept))
    try:
        os.makedirs(path.parent, exist_ok=True)
        write_durably(path, f"{text}\n".encode())
    except OSError as error:
        raise ProjectSaveError(
            f"The presets '{path}' could not be kept ({error.strerror}); make room or choose another place.", repr(error)
        ) from error
    return kept
