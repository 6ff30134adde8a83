"""Sentences to be spoken: English-like, rich in phones, reproducible.

Words are those that the pronouncing dictionary and the recogniser's language model both know. Each is drawn by the model's
probability after the two before it, by importance resampling: many candidates from the flattened probabilities of single words,
one of them by what the model says. One sentence in four is built round a word with a given pair of phones, taking all pairs in
turn, so that rare ones occur too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.lexicon import english_lexicon
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.training.corpus.utterance import Split

FEWEST_WORDS, MOST_WORDS = 3, 16

HELD_OUT = 0.10
"""Share of the sentences, and of filmed people, that are never trained on; half of it for validation."""

_CANDIDATES = 32
_FLATTENING = 0.6
"""Power of the single-word probabilities from which candidates are drawn: rare words come up often enough to be chosen."""

_COMMONEST = 20_000
"""Words that are drawn; further down are names and misspellings."""

_COVERING = 4
"""Every so-many-th sentence is built round a pair of phones."""

_ASKED, _COMMA = 0.15, 0.35
_FOR_COMMA = 8
"""Words from which on a sentence may have a comma."""

_WORD_MIDDLE = 10.0
"""Mean number of words."""

_ATTEMPTS = 8
"""Draws of the last words of a sentence that belongs to another split, before one word more is drawn anew."""


class LanguageModel(Protocol):
    """What is needed of a language model with three words' context."""

    def log_probability(self, word: str, before: Sequence[str]) -> float:
        """Natural logarithm of the probability of a word after those ``before`` (at most two, the last one last)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words to be drawn.

    Parameters
    ----------
    words
        In alphabetical order.
    weights
        [W] probabilities with which candidates are drawn; they sum to 1.
    by_pair
        Positions of the words that hold each pair of phones, and the pairs in a fixed order.
    """

    words: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    by_pair: tuple[tuple[int, ...], ...]


class Sentences:
    """Sentences by number; the same number and seed give the same sentence.

    Parameters
    ----------
    model
        Tells which words follow which.
    vocabulary
        Words.
    seed
        Another seed gives other sentences.
    """

    def __init__(self, model: LanguageModel, vocabulary: Vocabulary, seed: int) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._cumulative = np.cumsum(vocabulary.weights)
        self._seed = seed

    def sentence(self, number: int, split: Split) -> str:
        """The sentence of a number and split; those of different splits are never equal."""
        chance = np.random.default_rng((self._seed, number))
        words = self._drawn(chance, number)
        count, attempt = len(words), 0
        while split_of(words) is not split:
            # Other last words are as good as another sentence, and cost less; more of them where few do not help.
            attempt += 1
            del words[max(0, count - 1 - attempt // _ATTEMPTS) :]
            while len(words) < count:
                words.append(self._next(words, chance))
        return _written(words, chance)

    def _drawn(self, chance: np.random.Generator, number: int) -> list[str]:
        count = int(np.clip(round(chance.gamma(6.0, _WORD_MIDDLE / 6.0)), FEWEST_WORDS, MOST_WORDS))
        words: list[str] = []
        fixed = {int(chance.integers(count)): self._covering(number)} if number % _COVERING == 0 else {}
        for place in range(count):
            words.append(fixed.get(place) or self._next(words, chance))
        return words

    def _covering(self, number: int) -> str:
        pairs = self._vocabulary.by_pair
        turn, pair = divmod(number // _COVERING, len(pairs))
        holders = pairs[pair]
        return self._vocabulary.words[holders[turn % len(holders)]]

    def _next(self, words: Sequence[str], chance: np.random.Generator) -> str:
        drawn = np.searchsorted(self._cumulative, chance.random(_CANDIDATES) * self._cumulative[-1], side="right")
        before = ("<s>", *words)[-2:]
        candidates: list[str] = [self._vocabulary.words[i] for i in drawn]
        logs = np.array([self._model.log_probability(word, before) for word in candidates]) - np.log(
            self._vocabulary.weights[drawn]
        )
        if words:
            logs[[candidate == words[-1] for candidate in candidates]] = -np.inf
        odds = np.exp(logs - logs.max())
        return candidates[int(np.searchsorted(np.cumsum(odds), chance.random() * odds.sum()))]


def _written(words: Sequence[str], chance: np.random.Generator) -> str:
    """With a capital, a stop or a question mark, and at times a comma."""
    out = ["I" + word[1:] if word == "i" or word.startswith("i'") else word for word in words]
    if len(out) >= _FOR_COMMA and chance.random() < _COMMA:
        out[int(chance.integers(2, len(out) - 2))] += ","
    return " ".join([out[0][0].upper() + out[0][1:], *out[1:]]) + ("?" if chance.random() < _ASKED else ".")


def split_of(words: Sequence[str]) -> Split:
    """What a sentence may be used for, by its words alone, so that no corpus trains on what another one holds out."""
    return split_by_name(" ".join(words))


def split_by_name(name: str) -> Split:
    """What is held out of all that has a name, by the name alone."""
    share = int(content_hash(name)[:8], 16) / 2**32
    if share < HELD_OUT / 2:
        return Split.TEST
    return Split.VALID if share < HELD_OUT else Split.TRAIN


class TrigramModel:
    """The language model inside the recogniser's package, as :class:`LanguageModel`."""

    def __init__(self) -> None:
        import pocketsphinx

        path = Path(pocketsphinx.get_model_path("en-us/en-us.lm.bin"))
        self._log = pocketsphinx.LogMath()
        self._model = pocketsphinx.NGramModel(pocketsphinx.Config(hmm=None, lm=None, dict=None), self._log, str(path))
        self._unit = math.log(self._log.exp(-10_000)) / -10_000

    def log_probability(self, word: str, before: Sequence[str]) -> float:
        """See :class:`LanguageModel`."""
        return float(self._model.prob([word, *reversed(before)])) * self._unit


@cache
def english_vocabulary() -> Vocabulary:
    """The commonest words of the recogniser's language model that the dictionary pronounces."""
    model, lexicon = TrigramModel(), english_lexicon()
    plain = [word for word in lexicon.entries if word.replace("'", "").isalpha() and word.isascii() and word[0].isalpha()]
    logs = {word: model.log_probability(word, ()) for word in plain}
    chosen = sorted(sorted(plain, key=lambda word: -logs[word])[:_COMMONEST])
    weights = np.exp(_FLATTENING * np.array([logs[word] for word in chosen]))
    holders: dict[tuple[str, str], list[int]] = {}
    for i, word in enumerate(chosen):
        phones = [phone.rstrip("012") for phone in lexicon.pronunciations(word)[0]]
        for pair in dict.fromkeys(pairwise(phones)):
            holders.setdefault(pair, []).append(i)
    pairs = tuple(tuple(sorted(holders[pair], key=lambda i: -weights[i])) for pair in sorted(holders))
    return Vocabulary(tuple(chosen), weights / weights.sum(), pairs)


def english_sentences(seed: int) -> Sentences:
    """Sentences from what the program's dependencies ship."""
    return Sentences(TrigramModel(), english_vocabulary(), seed)
