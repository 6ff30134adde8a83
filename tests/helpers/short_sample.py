"""The beginning of the open sample: its first phrase, for tests that take a real clip through the whole program."""

from __future__ import annotations

from pathlib import Path

import soundfile

from pctalk_studio.core.resources import resource_path

SECONDS = 1.8
"""Into the pause after the first phrase."""

TEXT = "A duck swims too near the bee"


def short_sample(folder: Path) -> tuple[Path, Path]:
    """(portrait, recording) of the first phrase; the recording is written to a folder."""
    sample = resource_path("sample")
    sound, rate = soundfile.read(sample / "speech.flac")
    path = folder / "speech.wav"
    soundfile.write(path, sound[: round(SECONDS * rate)], rate)
    return sample / "portrait.jpg", path
