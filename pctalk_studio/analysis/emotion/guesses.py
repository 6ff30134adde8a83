"""Phrases of a recording, and what is guessed of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pctalk_studio.core.speech import Word
from pctalk_studio.document.project import Emotion

_PAUSE = 0.35
"""Seconds of silence that end a phrase."""
_LONGEST = 8.0
"""Seconds after which the next shorter pause ends it too."""
_SHORT_PAUSE = 0.12
_ENDS = re.compile(r"[.!?…]+[\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that belong together.

    Parameters
    ----------
    words
        As they are said, at least one.
    mark
        How its sentence ends where the transcript says it: ``!``, ``?``, ``.`` or nothing.
    """

    words: tuple[Word, ...]
    mark: str = ""

    @property
    def start(self) -> float:
        """Seconds."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.words[-1].end


@dataclass(frozen=True, slots=True)
class EmotionGuess:
    """What a phrase seems to feel.

    Parameters
    ----------
    start, end
        Seconds.
    emotion
        The likeliest, never neutral.
    intensity
        0 to 1.
    confidence
        0 to 1: the share that this emotion has of all that speaks for one, or for none.
    reason
        What it was read from, for people.
    """

    start: float
    end: float
    emotion: Emotion
    intensity: float
    confidence: float
    reason: str


def phrases_of(words: Sequence[Word], transcript: str | None = None) -> tuple[Phrase, ...]:
    """Cut words into phrases, at the ends of sentences and at pauses.

    Parameters
    ----------
    words
        In order; those that were not said are left out.
    transcript
        The text with its punctuation; used where its words are those that were said.
    """
    said = [word for word in words if word.said]
    marks = _marks(said, transcript)
    phrases: list[Phrase] = []
    begun: list[Word] = []
    for position, word in enumerate(said):
        begun.append(word)
        last = position == len(said) - 1
        pause = 0.0 if last else said[position + 1].start - word.end
        long = word.end - begun[0].start >= _LONGEST and pause >= _SHORT_PAUSE
        if last or marks[position] or pause >= _PAUSE or long:
            phrases.append(Phrase(tuple(begun), marks[position]))
            begun = []
    return tuple(phrases)


def _marks(said: Sequence[Word], transcript: str | None) -> list[str]:
    """How the sentence ends after each word; nothing inside one, and nothing where the text has other words."""
    marks = [""] * len(said)
    tokens = (transcript or "").split()
    place = 0
    for token in tokens:
        bare = _bare(token)
        if not bare:
            continue
        # A few words of the text may not have been said.
        ahead = next((k for k in range(place, min(place + 4, len(said))) if _bare(said[k].text) == bare), None)
        if ahead is None:
            continue
        place = ahead + 1
        if found := _ENDS.search(token):
            marks[ahead] = "!" if "!" in found[0] else "?" if "?" in found[0] else "."
    return marks


def _bare(token: str) -> str:
    return re.sub(r"[^\w']", "", token).strip("'").lower()


def best_guess(
    phrase: Phrase, scores: Mapping[Emotion, float], doubt: float, strength: float, reason: str
) -> EmotionGuess | None:
    """The emotion with the highest score.

    Parameters
    ----------
    phrase
        What was judged.
    scores
        0 or more by emotion, on one scale with ``doubt``.
    doubt
        What speaks for none.
    strength
        Intensity of the winner, cut to 0 to 1.
    reason
        For people.

    Returns
    -------
    EmotionGuess or None
        None when nothing speaks for an emotion.
    """
    felt = {emotion: score for emotion, score in scores.items() if emotion is not Emotion.NEUTRAL and score > 0}
    if not felt:
        return None
    winner = max(felt, key=felt.__getitem__)
    confidence = felt[winner] / (sum(felt.values()) + doubt)
    return EmotionGuess(phrase.start, phrase.end, winner, min(1.0, max(0.0, strength)), confidence, reason)
