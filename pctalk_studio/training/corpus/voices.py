"""The synthesizers' voices: what they can be asked, what they answer, and which of them are here.

All are programs of the system, none is shipped. A voice is known by ``synthesizer/name``; some are held out, so that networks
can be judged on voices that they have never heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import SILENCE, Phone, Word
from pctalk_studio.media.mixing import resampled
from pctalk_studio.training.corpus.utterance import Split

F32 = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice.

    Parameters
    ----------
    synthesizer, name
        Who speaks; ``name`` as the synthesizer knows it.
    split
        ``train``, or what it is held out for.
    share
        How often it speaks, relative to the others.
    shifts
        Least and greatest factor by which its pitch and formants may be shifted together.
    """

    synthesizer: str
    name: str
    split: Split = Split.TRAIN
    share: float = 1.0
    shifts: tuple[float, float] = (0.88, 1.14)

    @property
    def full_name(self) -> str:
        """Such as ``flite/slt``."""
        return f"{self.synthesizer}/{self.name}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How something is to be said; factors, 1 as the voice speaks by itself.

    Parameters
    ----------
    rate
        Tempo.
    pitch, spread
        Mean fundamental frequency, and how far it moves about the mean.
    shift
        Pitch and formants together: a shorter or longer vocal tract.
    level
        dB relative to how loudly this voice speaks by itself.
    """

    rate: float = 1.0
    pitch: float = 1.0
    spread: float = 1.0
    shift: float = 1.0
    level: float = 0.0

    @property
    def stretch(self) -> float:
        """Factor of all durations that a synthesizer must speak with so that the tempo is right after the shift."""
        return self.shift / self.rate


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence for a voice."""

    text: str
    voice: Voice
    delivery: Delivery = Delivery()


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What a synthesizer said.

    Parameters
    ----------
    samples
        [n] float32, full scale 1.
    rate
        Hz.
    phones
        Without gap or overlap from 0 to the end.
    words
        In order.
    """

    samples: npt.NDArray[np.float32]
    rate: int
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


class Synthesizer(Protocol):
    """A program that speaks with known phone times."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those that it has here."""
        ...

    def speak(self, requests: Sequence[Request]) -> list[Spoken]:
        """Say each sentence; equal rows of requests give equal samples.

        Raises
        ------
        TrainingError
            When the program fails.
        """
        ...


def synthesizers() -> dict[str, Synthesizer]:
    """Those that are on this machine, by name.

    Raises
    ------
    TrainingError
        When there is none.
    """
    from pctalk_studio.training.corpus.espeak import Espeak
    from pctalk_studio.training.corpus.festival import Festival
    from pctalk_studio.training.corpus.flite import Flite

    makers: dict[str, type[Flite] | type[Espeak] | type[Festival]] = {"flite": Flite, "espeak": Espeak, "festival": Festival}
    found = {name: maker.found() for name, maker in makers.items()}
    here: dict[str, Synthesizer] = {name: synthesizer for name, synthesizer in found.items() if synthesizer is not None}
    if not here:
        raise TrainingError(
            "No speech synthesizer is on the path; install flite, espeak-ng or festival, better all, from your system's packages."
        )
    return here


def fitted(phones: Sequence[Phone], words: Sequence[Word], duration: float) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
    """Times held within the sound: what lies beyond its end is cut off, what is missing at its end is silence."""
    inside = [Phone(p.label, p.start, min(p.end, duration), p.stress) for p in phones if p.start < duration]
    if inside and inside[-1].end < duration:
        last = inside[-1]
        # A silence shorter than a sample is rounding.
        if last.label == SILENCE or duration - last.end < 1.0 / SAMPLE_RATE:
            inside[-1] = Phone(last.label, last.start, duration, last.stress)
        else:
            inside.append(Phone(SILENCE, last.end, duration))
    return tuple(inside), tuple(Word(w.text, w.start, min(w.end, duration)) for w in words if w.start < duration)


def shifted(spoken: Spoken, shift: float) -> Spoken:
    """At 16 kHz, with pitch and formants multiplied by ``shift`` and all times divided by it.

    The sound is played at another speed and resampled once. The factor is rounded so that the two rates have a large common
    divisor; the times follow the rounded factor.
    """
    played = max(100, round(spoken.rate * shift / 100) * 100)
    factor = played / spoken.rate
    samples = resampled(spoken.samples, played, SAMPLE_RATE)
    duration = len(samples) / SAMPLE_RATE
    phones = tuple(Phone(p.label, p.start / factor, p.end / factor, p.stress) for p in spoken.phones)
    words = tuple(Word(w.text, w.start / factor, w.end / factor) for w in spoken.words)
    return Spoken(samples, SAMPLE_RATE, *fitted(phones, words, duration))
