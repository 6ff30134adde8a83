"""Edits of the project's words and phones; see :mod:`pctalk_studio.document.speech_edits` for what each does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pctalk_studio.core.speech import Alignment
from pctalk_studio.document import reanalysis, speech_edits
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import SpeechTrack


def _on_project(edit: Callable[..., SpeechTrack]) -> Callable[..., Project]:
    """The same edit on the track of a project; keeps name, text and the types of the arguments."""

    @functools.wraps(edit)
    def edited(project: Project, **arguments: Any) -> Project:
        return replace(project, speech=edit(project.speech, **arguments))

    return edited


def set_speech(project: Project, *, found: Alignment, transcript: str | None) -> Project:
    """Take over the first analysis of a recording."""
    return replace(project, speech=SpeechTrack.of(found), media=replace(project.media, transcript=transcript))


def realign(project: Project, *, found: Alignment, start: float = 0.0, end: float | None = None) -> Project:
    """Take over a new analysis between two times, around what is edited or locked."""
    return replace(project, speech=reanalysis.reanalysed(project.speech, found, start, end))


ALL = (
    set_speech,
    realign,
    *(
        _on_project(edit)
        for edit in (
            speech_edits.move_boundary,
            speech_edits.split_phone,
            speech_edits.merge_phones,
            speech_edits.relabel_phone,
            speech_edits.insert_phone,
            speech_edits.delete_phone,
            speech_edits.relabel_word,
            speech_edits.split_word,
            speech_edits.merge_words,
            speech_edits.insert_word,
            speech_edits.delete_word,
            speech_edits.set_owner,
            speech_edits.set_word_style,
        )
    ),
)
"""The edits of this module."""
