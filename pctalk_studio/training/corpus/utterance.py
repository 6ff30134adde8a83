"""One utterance of a corpus: what is heard, what is said when, and in which manner it is to be articulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import ARPABET, SILENCE, Alignment, Phone, SpeechFacts, Word

LABELS = (*ARPABET, SILENCE)
"""Phones by number: the 39 of ARPAbet, then silence."""

NO_STRESS = 255
"""Stress of what has none, or of which it is not known."""


PhoneColumns = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.uint8]]
"""``phone_label``, ``phone_start``, ``phone_end`` and ``phone_stress`` of an :class:`Utterance`."""


class Split(StrEnum):
    """What an utterance may be used for. Held-out voices and sentences never occur in ``train``."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """One utterance.

    Parameters
    ----------
    mel
        [M, 80] float16 at 80 Hz, of the sound as it is heard (with room, noise, codec); see :mod:`pctalk_studio.media.mel`.
    phone_label
        [P] uint8, numbers in :data:`LABELS`.
    phone_start, phone_end
        [P] float32 seconds, without gap or overlap from 0 to ``duration``.
    phone_stress
        [P] uint8: 0, 1, 2, or :data:`NO_STRESS`.
    words
        In order.
    loudness, pitch
        [N] float16 at 100 Hz of the voice alone: dB relative to full scale, and Hz, NaN where unvoiced.
    voice
        Number in the corpus's list of voices.
    split
        What it may be used for.
    style
        Number of the speaking style in the shipped list.
    emotion, intensity
        Number of the emotion in :class:`pctalk_studio.document.project.Emotion`'s order, and its strength.
    prosody
        Number of the emotion that the voice speaks with.
    text
        What is said.
    duration
        Seconds of the recording.
    delta
        Measured motion [T, 21, 3] float16 at 25 Hz, face frame, unit E, of a real video; None where motion is to be solved.
    """

    mel: npt.NDArray[np.float16]
    phone_label: npt.NDArray[np.uint8]
    phone_start: npt.NDArray[np.float32]
    phone_end: npt.NDArray[np.float32]
    phone_stress: npt.NDArray[np.uint8]
    words: tuple[Word, ...]
    loudness: npt.NDArray[np.float16]
    pitch: npt.NDArray[np.float16]
    voice: int
    split: Split
    style: int
    emotion: int
    intensity: float
    prosody: int
    text: str
    duration: float
    delta: npt.NDArray[np.float16] | None = None

    def phones(self) -> tuple[Phone, ...]:
        """The phones as the rest of the program has them."""
        rows = zip(self.phone_label, self.phone_start, self.phone_end, self.phone_stress, strict=True)
        return tuple(
            Phone(LABELS[label], float(start), float(end), None if stress == NO_STRESS else int(stress))
            for label, start, end, stress in rows
        )

    def alignment(self, phones: tuple[Phone, ...] | None = None) -> Alignment:
        """Words and phones; other phones, without gap from 0 to ``duration``, may take the place of its own."""
        return Alignment(self.duration, self.words, self.phones() if phones is None else phones)

    def facts(self, phones: tuple[Phone, ...] | None = None) -> SpeechFacts:
        """What deformation needs to know; somebody speaks where no phone is silence."""
        alignment = self.alignment(phones)
        times = np.arange(len(self.loudness)) / 100.0
        speaking = np.ones(len(times), np.bool_)
        for phone in alignment.phones:
            if phone.label == SILENCE:
                speaking[(times >= phone.start) & (times < phone.end)] = False
        return SpeechFacts(alignment, self.loudness.astype(np.float32), self.pitch.astype(np.float32), speaking, "")


def phone_columns(phones: Sequence[Phone]) -> PhoneColumns:
    """Phones as an utterance holds them; each begins where the one before ends, the first at 0."""
    ends = np.array([phone.end for phone in phones], np.float32)
    return (
        np.array([LABELS.index(phone.label) for phone in phones], np.uint8),
        np.concatenate([np.zeros(1, np.float32), ends[:-1]]),
        ends,
        np.array([NO_STRESS if phone.stress is None else phone.stress for phone in phones], np.uint8),
    )
