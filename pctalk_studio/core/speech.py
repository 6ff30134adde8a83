"""Words, phones and prosody of one recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.problems import Problem

SILENCE = "SIL"

ARPABET = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K",
    "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
"""The 39 ARPAbet phones that the program speaks."""

VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"})
BILABIALS = frozenset({"P", "B", "M"})
LABIODENTALS = frozenset({"F", "V"})


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone in time.

    Parameters
    ----------
    label
        ARPAbet without stress digit, or ``SIL``.
    start, end
        Seconds from the start of the recording.
    stress
        0, 1 or 2 for vowels of a known pronunciation, otherwise None.
    confidence
        0 to 1.
    """

    label: str
    start: float
    end: float
    stress: int | None = None
    confidence: float = 1.0

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    """One word in time. ``said`` is False for a word of the transcript that the recording lacks; it then has no length."""

    text: str
    start: float
    end: float
    confidence: float = 1.0
    said: bool = True


@dataclass(frozen=True, slots=True)
class Alignment:
    """Phones and words of a recording.

    Parameters
    ----------
    duration
        Seconds of the recording.
    words
        In order, not overlapping.
    phones
        In order, without gap or overlap from 0 to ``duration``; silence is a phone too.
    trust
        0 to 1: how far the whole can be trusted.
    method
        ``transcript``, ``recognised``, ``phone-loop`` or ``imported``.
    problems
        Words not said, passages not understood.
    """

    duration: float
    words: tuple[Word, ...]
    phones: tuple[Phone, ...]
    trust: float = 1.0
    method: str = "transcript"
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        edge = 0.0
        for phone in self.phones:
            if abs(phone.start - edge) > 1e-6 or phone.end < phone.start:
                raise ValueError(f"phones must follow one another without gap: {phone} after {edge}")
            edge = phone.end
        if self.phones and abs(edge - self.duration) > 1e-6:
            raise ValueError(f"phones end at {edge}, the recording at {self.duration}")

    def phones_of(self, word: Word) -> tuple[Phone, ...]:
        """The phones whose middle lies inside a word."""
        return tuple(p for p in self.phones if p.label != SILENCE and word.start <= (p.start + p.end) / 2 < word.end)


FEATURE_RATE = 100
"""Prosody samples a second."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechFacts:
    """What deformation needs to know of a recording.

    Parameters
    ----------
    alignment
        Words and phones.
    loudness
        [N] float32 at 100 Hz: RMS in dB relative to full scale of a 25 ms window, floor -100.
    pitch
        [N] float32 at 100 Hz: fundamental frequency in Hz, NaN where unvoiced.
    speaking
        [N] bool at 100 Hz: somebody speaks.
    content_hash
        Identity of the samples and the alignment.
    """

    alignment: Alignment
    loudness: npt.NDArray[np.float32]
    pitch: npt.NDArray[np.float32]
    speaking: npt.NDArray[np.bool_]
    content_hash: str
