"""How far a voice's phone times can be trusted: against the program's own aligner, and against the sound itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.align import align_transcript
from pctalk_studio.analysis.speech.transcript import transcript_words
from pctalk_studio.core.speech import VOWELS, Phone
from pctalk_studio.training.corpus.voices import F32, SAMPLE_RATE, Delivery, Request, Spoken, Synthesizer, Voice, shifted

TEXTS = (
    "The boy put big baby pictures above the window, but Tom kept measuring our vision.",
    "A happy person might bring paper cups to both of them.",
    "She said the people of the town were moving back about five miles.",
    "Nobody asked why my brother makes so many copies.",
    "It took him a week to pick apples from every tree.",
    "Please be careful with the boat when you come home.",
    "We heard the young judge laugh at the church.",
    "Good food is cheap if you buy it from a farmer.",
    "They have thought about the other side of the lake.",
    "How many of those are going to use the public pool?",
)
"""Sentences that every voice can say, rich in closures."""

LARGEST_DIFFERENCE = 0.015
"""Median difference from the aligner, seconds, beyond which a voice is not to be trusted."""

_STOPS = frozenset({"P", "B", "T", "K"})
_CLOSED = (0.2, 0.5)
"""Part of a stop in which it is certainly closed."""
_SILENT_DB = -100.0


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """What was measured of a voice.

    Parameters
    ----------
    voice
        Which.
    compared
        Starts of phones that both the voice and the aligner know.
    difference, bias
        Medians of how far they are apart, and of how much later the voice's are, seconds.
    closure
        Median level within closures of P, B, T and K below that of vowels, dB.
    """

    voice: Voice
    compared: int
    difference: float
    bias: float
    closure: float

    @property
    def trusted(self) -> bool:
        """Whether the times are right."""
        return self.difference < LARGEST_DIFFERENCE


def measured_voices(
    synthesizers: Mapping[str, Synthesizer], texts: Sequence[str] = TEXTS, delivery: Delivery | None = None
) -> Iterator[VoiceFigures]:
    """Measure all voices, one after the other.

    Parameters
    ----------
    synthesizers
        By name.
    texts
        What they say.
    delivery
        How; plainly where it is not given.
    """
    manner = delivery or Delivery()
    for synthesizer in synthesizers.values():
        for voice in synthesizer.voices:
            spoken = synthesizer.speak([Request(text, voice, manner) for text in texts])
            yield _figures(voice, [shifted(each, manner.shift) for each in spoken], texts)


def _figures(voice: Voice, spoken: Sequence[Spoken], texts: Sequence[str]) -> VoiceFigures:
    away, closed, open_ = [], [], []
    for each, text in zip(spoken, texts, strict=True):
        away += differences(each, text)
        closed += [_level(each.samples, phone, *_CLOSED) for phone in each.phones if phone.label in _STOPS]
        open_ += [_level(each.samples, phone, 0.25, 0.75) for phone in each.phones if phone.label in VOWELS]
    apart = np.array(away) if away else np.array([np.inf])
    below = float(np.median(closed) - np.median(open_)) if closed and open_ else 0.0
    return VoiceFigures(voice, len(away), float(np.median(np.abs(apart))), float(np.median(apart)), below)


def differences(spoken: Spoken, text: str) -> list[float]:
    """Starts of phones less those that the aligner hears, seconds, where both have the same phones in the same order."""
    heard = align_transcript(spoken.samples, transcript_words(text))
    ours, theirs = [phone.label for phone in spoken.phones], [phone.label for phone in heard.phones]
    blocks = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    pairs = [(spoken.phones[b.a + i].start, heard.phones[b.b + i].start) for b in blocks for i in range(b.size)]
    return [one - other for one, other in pairs if one > 0 and other > 0]


def _level(samples: F32, phone: Phone, begin: float, end: float) -> float:
    first = int((phone.start + begin * phone.duration) * SAMPLE_RATE)
    stop = max(first + 1, int((phone.start + end * phone.duration) * SAMPLE_RATE))
    piece: npt.NDArray[np.float64] = samples[first:stop].astype(np.float64)
    power = float(np.mean(piece**2)) if len(piece) else 0.0
    return max(_SILENT_DB, 10.0 * float(np.log10(max(power, 1e-12))))
