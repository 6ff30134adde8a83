"""``--emotion-from``: emotions that are read from words, a voice or another face, and laid into a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pctalk_studio.cli.source_calls import source_call
from pctalk_studio.core.errors import UsageError
from pctalk_studio.document.project import EmotionRegion

if TYPE_CHECKING:
    from pctalk_studio.document.project import EmotionClip
    from pctalk_studio.session import Studio

FORM = "text|voice|FACE[:REGION,...][@START]"
TEXT, VOICE, MOVING = "text", "voice", "moving"


@dataclass(frozen=True, slots=True)
class EmotionCall:
    """Emotions that are asked for.

    Parameters
    ----------
    source
        ``text``, ``voice``, or the path of a picture or movie of a face.
    regions
        Which regions of that face are taken over.
    moving
        Of a movie: as strongly from moment to moment as it shows, instead of its average.
    start
        Where the clip begins, seconds; None: it lasts from the beginning to the end.
    """

    source: str
    regions: frozenset[EmotionRegion] = frozenset(EmotionRegion)
    moving: bool = False
    start: float | None = None

    @classmethod
    def parse(cls, text: str) -> EmotionCall:
        """Read ``text``, ``voice``, ``anna.jpg:brows,eyes`` or ``anna.mp4:moving@1.5``.

        Raises
        ------
        UsageError
            When a region is unknown, or given for words or a voice.
        """
        call = source_call(text)
        if call is None:
            raise UsageError(f"'{text}' is no source of emotions; write {FORM}.")
        if call.source in (TEXT, VOICE) and (call.words or call.start is not None):
            raise UsageError(f"'{text}': emotions of {call.source} are found where they are; give no regions and no start.")
        unknown = [word for word in call.words if word not in {*EmotionRegion, MOVING}]
        if unknown:
            known = ", ".join((*EmotionRegion, MOVING))
            raise UsageError(f"'{unknown[0]}' in '{text}' is no region of the face; choose from {known}.")
        regions = frozenset(EmotionRegion(word) for word in call.words if word != MOVING)
        return cls(call.source, regions or frozenset(EmotionRegion), MOVING in call.words, call.start)


def feel(studio: Studio, calls: Sequence[EmotionCall]) -> None:
    """Lay what is found into an open project, in order; each source is one step to undo.

    Raises
    ------
    StudioError
        When a source cannot be used.
    """
    for call in calls:
        clips = _found(studio, call)
        if clips:
            studio.apply_all(f"Emotions from {call.source}", [("add_emotion", {"clip": clip}) for clip in clips])


def _found(studio: Studio, call: EmotionCall) -> Sequence[EmotionClip]:
    from pctalk_studio.session.emotion_finding import FindOnFace, from_text, from_voice

    if call.source == TEXT:
        return from_text(studio.project, studio.sources.speech)
    if call.source == VOICE:
        return from_voice(studio.project, studio.sources.speech)
    return [FindOnFace(Path(call.source), call.regions, call.start, over_time=call.moving).find()]
