"""How emotions sound, and how far single utterances and talkers stray from that."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from pctalk_studio.document.project import Emotion
from pctalk_studio.training.corpus.voices import Delivery, Voice

EMOTIONS = tuple(Emotion)

MANNERS: Mapping[Emotion, Delivery] = MappingProxyType(
    {
        Emotion.ANGRY: Delivery(rate=1.12, pitch=1.12, spread=1.45, level=6.0),
        Emotion.CONTEMPT: Delivery(rate=0.92, pitch=0.93, spread=0.75, level=-1.0),
        Emotion.DISGUSTED: Delivery(rate=0.88, pitch=0.94, spread=1.05, level=0.0),
        Emotion.FEAR: Delivery(rate=1.20, pitch=1.30, spread=0.80, level=1.0),
        Emotion.HAPPY: Delivery(rate=1.10, pitch=1.20, spread=1.55, level=3.0),
        Emotion.NEUTRAL: Delivery(),
        Emotion.SAD: Delivery(rate=0.82, pitch=0.90, spread=0.50, level=-5.0),
        Emotion.SURPRISED: Delivery(rate=1.05, pitch=1.28, spread=1.90, level=3.0),
    }
)
"""Directions and sizes after the reviews of Scherer (2003, table 1) and Juslin and Laukka (2003): anger, fear and joy fast, high
and loud, sadness slow, low and soft with little movement."""

_RATE, _PITCH, _SPREAD, _LEVEL = 0.10, 0.07, 0.20, 2.0
"""Deviations of single utterances: of the logarithms of the factors, and dB."""

_NEUTRAL_SHARE = 0.4
"""Share of the utterances that are spoken without emotion."""


def drawn_prosody(chance: np.random.Generator) -> int:
    """Number of the emotion to speak with."""
    if chance.random() < _NEUTRAL_SHARE:
        return EMOTIONS.index(Emotion.NEUTRAL)
    return int(chance.integers(len(EMOTIONS)))


def drawn_delivery(prosody: int, voice: Voice, chance: np.random.Generator) -> Delivery:
    """An emotion's manner, in full strength or less, as this utterance of this talker happens to have it."""
    manner = MANNERS[EMOTIONS[prosody]]
    strength = chance.uniform(0.5, 1.2)
    rate, pitch, spread = (
        float(value**strength * np.exp(chance.normal(0.0, deviation)))
        for value, deviation in ((manner.rate, _RATE), (manner.pitch, _PITCH), (manner.spread, _SPREAD))
    )
    least, most = voice.shifts
    shift = float(np.exp(chance.uniform(np.log(least), np.log(most))))
    return Delivery(
        float(np.clip(rate, 0.65, 1.5)),
        float(np.clip(pitch, 0.7, 1.5)),
        float(np.clip(spread, 0.3, 2.2)),
        shift,
        float(strength * manner.level + chance.normal(0.0, _LEVEL)),
    )
