"""Synthesizers that need no program: words as tones, each phone with a length of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pctalk_studio.core.speech import SILENCE, Phone, Word
from pctalk_studio.training.corpus.text import Sentences, Vocabulary
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import Request, Spoken, Voice

RATE = 16_000
PAUSE = 0.1

WORDS = ("apple", "bee", "cat", "do", "east", "far", "go", "how", "ink", "joy")


def phones_of(word: str) -> tuple[str, ...]:
    """A closure, a vowel, and a consonant that depends on the word."""
    return ("B", ("AA", "IY", "UW")[len(word) % 3], ("S", "N", "T")[ord(word[0]) % 3])


class Tones:
    """A synthesizer with a voice for each split.

    Parameters
    ----------
    name
        Its name.
    """

    def __init__(self, name: str = "toy") -> None:
        self.voices = tuple(Voice(name, split.value, split) for split in Split)
        self.asked: list[Request] = []

    def speak(self, requests: Sequence[Request]) -> list[Spoken]:
        """Say each sentence."""
        self.asked += requests
        return [self._say(request) for request in requests]

    def _say(self, request: Request) -> Spoken:
        phones, words, pieces = [Phone(SILENCE, 0.0, PAUSE)], [], [np.zeros(round(PAUSE * RATE))]
        pitch = 120 * request.delivery.pitch
        for text in request.text.strip(".?").replace(",", "").split():
            begun = phones[-1].end
            for place, label in enumerate(phones_of(text.lower())):
                count = round((0.06, 0.14, 0.08)[place] * request.delivery.stretch * RATE)
                gain = (0.002, 0.4, 0.05)[place]
                pieces.append(gain * np.sin(2 * np.pi * pitch * (1 + place) * np.arange(count) / RATE))
                end = phones[-1].end + count / RATE
                phones.append(Phone(label, phones[-1].end, end, 1 if place == 1 else None))
            words.append(Word(text, begun, phones[-1].end))
        pieces.append(np.zeros(round(PAUSE * RATE)))
        samples = np.concatenate(pieces).astype(np.float32)
        phones.append(Phone(SILENCE, phones[-1].end, len(samples) / RATE))
        return Spoken(samples, RATE, tuple(phones), tuple(words))


class AnyWord:
    """A language model to which all words are alike, but for one that never follows another."""

    def log_probability(self, word: str, before: Sequence[str]) -> float:
        """See :class:`pctalk_studio.training.corpus.text.LanguageModel`."""
        return -50.0 if before and (before[-1], word) == ("bee", "cat") else -2.0


def toy_sentences(seed: int = 0) -> Sentences:
    """Sentences of ten words."""
    pairs = ((0, 3), (5,), (9,))
    return Sentences(AnyWord(), Vocabulary(WORDS, np.full(len(WORDS), 1 / len(WORDS)), pairs), seed)
