"""Emotion from how something is said: pitch, loudness and pace of each phrase, beside those of the recording as a whole.

A small model (multinomial logistic regression) that ships as ``models/voice_emotion.npz``; what it was trained on, and how far to
trust it, stands in ``models/voice_emotion.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.emotion.guesses import EmotionGuess, Phrase, best_guess, phrases_of
from pctalk_studio.core.resources import model_path
from pctalk_studio.core.speech import FEATURE_RATE, SILENCE, VOWELS, SpeechFacts
from pctalk_studio.document.project import Emotion

ArrayF64 = npt.NDArray[np.float64]

FEATURES = (
    "pitch", "pitch_spread", "pitch_range", "pitch_slope", "pitch_end",
    "level", "level_spread", "level_slope", "pace", "vowel_length", "pauses",
)  # fmt: skip
"""What is measured of a phrase: semitones, dB, phones a second, seconds; pitch, level and pace relative to the talker's own."""

_LEAST_VOICED = 8
"""Voiced hundredths of a second without which nothing is measured."""
_DOUBT = 0.15


@dataclass(frozen=True, slots=True)
class Talker:
    """A talker's own manner: medians over what is known of the voice.

    Parameters
    ----------
    pitch
        Semitones above 1 Hz.
    level
        dB.
    pace
        Phones a second.
    """

    pitch: float
    level: float
    pace: float

    @classmethod
    def of(cls, facts: Sequence[SpeechFacts]) -> Talker | None:
        """Measure one or several recordings of a voice; None when hardly anything is voiced."""
        tones = np.concatenate([_semitones(each.pitch) for each in facts])
        levels = np.concatenate([each.loudness[each.speaking].astype(np.float64) for each in facts])
        if np.isfinite(tones).sum() < _LEAST_VOICED or not len(levels):
            return None
        phones = [phone for each in facts for phone in each.alignment.phones if phone.label != SILENCE]
        spoken = sum(phone.duration for phone in phones)
        pace = len(phones) / spoken if spoken > 0 else 0.0
        return cls(float(np.nanmedian(tones)), float(np.median(levels)), pace)


@dataclass(frozen=True, slots=True, eq=False)
class VoiceModel:
    """Logistic regression on standardised features.

    Parameters
    ----------
    emotions
        What its scores stand for, E.
    middle, scale
        [F] by which features are standardised.
    weights, bias
        [E, F] and [E].
    """

    emotions: tuple[Emotion, ...]
    middle: ArrayF64
    scale: ArrayF64
    weights: ArrayF64
    bias: ArrayF64

    @classmethod
    def read(cls, path: Path) -> VoiceModel:
        """Read a model of ``training/voice_emotion.py``."""
        with np.load(path, allow_pickle=False) as stored:
            emotions = tuple(Emotion(str(name)) for name in stored["emotions"])
            numbers = (stored[name].astype(np.float64) for name in ("middle", "scale", "weights", "bias"))
            return cls(emotions, *numbers)

    def shares(self, features: ArrayF64) -> ArrayF64:
        """How likely each emotion is, [..., E]; sums to one."""
        scores = (features - self.middle) / self.scale @ self.weights.T + self.bias
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


@cache
def shipped_model() -> VoiceModel:
    """The one that ships."""
    return VoiceModel.read(model_path("voice_emotion.npz"))


def emotions_of_voice(facts: SpeechFacts, transcript: str | None = None) -> tuple[EmotionGuess, ...]:
    """Listen to a recording.

    Parameters
    ----------
    facts
        The recording, with its words.
    transcript
        The text with its punctuation, by which sentences are told; None: pauses tell phrases.

    Returns
    -------
    tuple of EmotionGuess
        In order, at most one for each phrase; nothing for those that sound neutral or are hardly voiced.
    """
    model, talker = shipped_model(), Talker.of([facts])
    if talker is None:
        return ()
    guesses = []
    for phrase in phrases_of(facts.alignment.words, transcript):
        features = features_of(facts, phrase.start, phrase.end, talker)
        if features is not None and (guess := _guess(phrase, features, model)) is not None:
            guesses.append(guess)
    return tuple(guesses)


def features_of(facts: SpeechFacts, start: float, end: float, talker: Talker) -> ArrayF64 | None:
    """Measure a stretch of a recording, [F]; None when it is hardly voiced."""
    part = slice(int(start * FEATURE_RATE), max(int(start * FEATURE_RATE) + 1, int(end * FEATURE_RATE)))
    tones, levels = _semitones(facts.pitch[part]), facts.loudness[part].astype(np.float64)
    voiced = np.isfinite(tones)
    phones = [phone for phone in facts.alignment.phones if start <= (phone.start + phone.end) / 2 < end]
    sounds = [phone for phone in phones if phone.label != SILENCE]
    spoken = sum(phone.duration for phone in sounds)
    if voiced.sum() < _LEAST_VOICED or not sounds or spoken <= 0:
        return None
    clear, when = tones[voiced], np.flatnonzero(voiced) / FEATURE_RATE
    low, high = np.percentile(clear, [10, 90])
    third = max(1, len(clear) // 3)
    vowels = [phone.duration for phone in sounds if phone.label in VOWELS]
    return np.array(
        [
            float(np.median(clear)) - talker.pitch,
            float(clear.std()),
            float(high - low),
            _slope(when, clear),
            float(np.median(clear[-third:]) - np.median(clear[:third])),
            float(np.median(levels[voiced])) - talker.level,
            float(levels[voiced].std()),
            _slope(when, levels[voiced]),
            len(sounds) / spoken - talker.pace,
            float(np.mean(vowels)) if vowels else spoken / len(sounds),
            1.0 - spoken / (end - start),
        ]
    )


def _semitones(pitch: npt.NDArray[np.float32]) -> ArrayF64:
    return np.asarray(12.0 * np.log2(np.maximum(pitch.astype(np.float64), 1.0)))


def _slope(when: ArrayF64, values: ArrayF64) -> float:
    """Change a second."""
    away = when - when.mean()
    power = float(away @ away)
    return float(away @ values) / power if power > 0 else 0.0


def _guess(phrase: Phrase, features: ArrayF64, model: VoiceModel) -> EmotionGuess | None:
    shares = dict(zip(model.emotions, model.shares(features).tolist(), strict=True))
    if max(shares, key=shares.__getitem__) is Emotion.NEUTRAL:
        return None
    doubt = shares.get(Emotion.NEUTRAL, 0.0) + _DOUBT
    strength = 0.4 + 0.6 * (1.0 - doubt)
    return best_guess(phrase, shares, doubt, strength, "the sound of the voice")
