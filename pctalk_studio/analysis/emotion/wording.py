"""Emotion from the words themselves: a small lexicon of our own, negation, and what makes words stronger or weaker.

It reads what is said outright ("I am so happy"), not what is meant; irony and context escape it. English only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pctalk_studio.analysis.emotion.guesses import EmotionGuess, Phrase, best_guess, phrases_of
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import Word
from pctalk_studio.document.project import Emotion

_REACH = 3
"""Words before one that may negate it or change its strength."""
_DOUBT = 0.6
"""What speaks for no emotion in any phrase: one outright word leaves a confidence of about 0.6."""
_EXCLAIMED = 1.3
_ENDINGS = ("ing", "ed", "es", "s", "ly", "er", "est", "ness", "d")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words that tell of emotions.

    Parameters
    ----------
    weights
        By word, how strongly it speaks for which emotions, 0 to 1.
    negations
        Words that take back what follows.
    opposites
        What is left of an emotion that is taken back, at half strength.
    degrees
        Factor of the words that follow.
    """

    weights: Mapping[str, Mapping[Emotion, float]]
    negations: frozenset[str]
    opposites: Mapping[Emotion, Emotion]
    degrees: Mapping[str, float]

    def of(self, word: str) -> Mapping[Emotion, float]:
        """What a word speaks for, also in its other forms; nothing for most."""
        for form in _forms(word):
            if form in self.weights:
                return self.weights[form]
        return {}


def _forms(word: str) -> Sequence[str]:
    """A word, and what it may be a form of."""
    forms = [word]
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if len(stem) >= 3 and stem != word:
            forms += [stem, stem + "e", stem.removesuffix("i") + "y"]
            if stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return forms


@cache
def lexicon() -> Lexicon:
    """The one that ships."""
    raw: dict[str, Any] = json.loads(resource_path("emotion_words.json").read_text(encoding="utf-8"))
    weights: dict[str, dict[Emotion, float]] = {}
    for emotion, words in raw["emotions"].items():
        for word, weight in words.items():
            weights.setdefault(word, {})[Emotion(emotion)] = float(weight)
    opposites = {Emotion(name): Emotion(other) for name, other in raw["opposites"].items()}
    return Lexicon(weights, frozenset(raw["negations"]), opposites, {**raw["stronger"], **raw["weaker"]})


def emotions_of_text(words: Sequence[Word], transcript: str | None = None) -> tuple[EmotionGuess, ...]:
    """Read a transcript.

    Parameters
    ----------
    words
        As they are said.
    transcript
        The text with its punctuation, by which sentences are told; None: pauses tell phrases.

    Returns
    -------
    tuple of EmotionGuess
        In order, at most one for each phrase; nothing for phrases without a telling word.
    """
    guesses = [_guess(phrase) for phrase in phrases_of(words, transcript)]
    return tuple(guess for guess in guesses if guess is not None)


def _guess(phrase: Phrase) -> EmotionGuess | None:
    known, texts = lexicon(), [word.text.lower().replace("’", "'") for word in phrase.words]
    scores: dict[Emotion, float] = {}
    telling: list[str] = []
    for position, text in enumerate(texts):
        before = texts[max(0, position - _REACH) : position]
        negated = sum(_negates(each, known) for each in before) % 2 == 1
        degree = max([1.0, *(known.degrees[each] for each in before if known.degrees.get(each, 1.0) > 1)])
        degree *= min([1.0, *(known.degrees[each] for each in before if known.degrees.get(each, 1.0) < 1)])
        for emotion, weight in known.of(text.strip(".,;:!?\"'()")).items():
            telling.append(text)
            if not negated:
                scores[emotion] = scores.get(emotion, 0.0) + weight * degree
            elif emotion in known.opposites:
                other = known.opposites[emotion]
                scores[other] = scores.get(other, 0.0) + 0.5 * weight * degree
    if phrase.mark == "!":
        scores = {emotion: score * _EXCLAIMED for emotion, score in scores.items()}
    strength = 0.4 + 0.45 * max(scores.values(), default=0.0)
    return best_guess(phrase, scores, _DOUBT, strength, "the words " + ", ".join(f"'{word}'" for word in dict.fromkeys(telling)))


def _negates(word: str, known: Lexicon) -> bool:
    return word in known.negations or word.endswith("n't")
