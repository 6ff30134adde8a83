"""Which words a person should look at."""

from __future__ import annotations

from pctalk_studio.document.speech_track import Owner, SpeechTrack, WordItem

DOUBTFUL = 0.5
"""Confidence below which a word is marked; half of the words below it are wrong somewhere."""


def is_doubtful(word: WordItem) -> bool:
    """Whether nobody has looked at a word that was hard to hear, or that the recording lacks."""
    return word.owner is Owner.AUTOMATIC and (not word.said or word.confidence < DOUBTFUL)


def doubtful_words(speech: SpeechTrack) -> list[WordItem]:
    """The doubtful words of a recording, in order."""
    return [word for word in speech.words if is_doubtful(word)]
