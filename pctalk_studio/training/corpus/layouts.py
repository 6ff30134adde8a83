"""Folders of real videos as they are published: which clip shows whom, feeling what, and where its sound is.

HDTF (Zhang et al. 2021): one folder of clips named ``WHO_NUMBER.mp4``, neutral speech. MEAD (Wang et al. 2020):
``ACTOR/video/VIEW/EMOTION/level_N/NUMBER.mp4`` with the sound in ``ACTOR/audio/EMOTION/level_N/NUMBER.m4a``; the frontal view
is taken. Folders may lie deeper, or be incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.document.project import Emotion
from pctalk_studio.media.file_endings import MOVIES, SOUNDS
from pctalk_studio.training.corpus.delivery import EMOTIONS

_VIEW = "front"
_ACTOR = re.compile(r"[MW]\d{3}")
_LEVEL = re.compile(r"level_([123])")
_LEVELS = {"1": 0.4, "2": 0.7, "3": 1.0}
"""Intensity of MEAD's levels."""

_NUMBER = re.compile(r"_\d+$")


@dataclass(frozen=True, slots=True)
class VideoClip:
    """A video of one talking person.

    Parameters
    ----------
    path
        The movie.
    sound
        Its recording, where that is another file.
    identity
        Who speaks.
    emotion, intensity
        Number of the emotion, and its strength.
    """

    path: Path
    sound: Path | None
    identity: str
    emotion: int = EMOTIONS.index(Emotion.NEUTRAL)
    intensity: float = 1.0


def hdtf_clips(folder: Path) -> list[VideoClip]:
    """All movies; the speaker is the name without its last number."""
    return [VideoClip(path, None, _NUMBER.sub("", path.stem)) for path in _movies(folder)]


def mead_clips(folder: Path) -> list[VideoClip]:
    """The frontal movies of known emotions."""
    clips = []
    for path in _movies(folder):
        actor, video, view, emotion, level_name = ("", "", "", "", "", *path.parts[:-1])[-5:]
        level = _LEVEL.fullmatch(level_name)
        if (video, view) != ("video", _VIEW) or not _ACTOR.fullmatch(actor) or emotion not in EMOTIONS or level is None:
            continue
        beside = path.parents[4] / "audio" / emotion / level_name / path.name
        sound = next((each for each in (beside.with_suffix(suffix) for suffix in SOUNDS) if each.is_file()), None)
        clips.append(VideoClip(path, sound, actor, EMOTIONS.index(Emotion(emotion)), _LEVELS[level.group(1)]))
    return clips


LAYOUTS: Mapping[str, Callable[[Path], list[VideoClip]]] = MappingProxyType({"hdtf": hdtf_clips, "mead": mead_clips})
"""How the clips of a layout are found, by its name."""


def clips_in(folder: Path, layout: str) -> list[VideoClip]:
    """The clips of a folder, in the order of their paths.

    Raises
    ------
    TrainingError
        When there is no such folder, or no clip of that layout in it.
    """
    if not folder.is_dir():
        raise TrainingError(f"There is no folder '{folder}'; name the one that holds the videos.")
    clips = LAYOUTS[layout](folder)
    if not clips:
        raise TrainingError(f"'{folder}' holds no video of the layout '{layout}'; name its top folder, or another layout.")
    return clips


def _movies(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in MOVIES and path.is_file())
