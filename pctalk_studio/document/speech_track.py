"""What is said when, as a person edits it: words and phones with identities, owners and, per word, a style.

Times are seconds of the recording. Phones follow one another without gap from 0 to the end, silence included; words lie on top
of them. Values only; the edits are in :mod:`pctalk_studio.document.speech_edits`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import ARPABET, SILENCE, VOWELS, Alignment, Phone, Word
from pctalk_studio.document.listed import by_id

SHORTEST_PHONE = 0.010
"""Seconds; a boundary stops this far from its neighbour."""

SAME_TIME = 1e-6
"""Seconds within which two edges are one."""


class Owner(StrEnum):
    """Who a value belongs to. Re-analysis may replace what is automatic, and nothing else; a lock also keeps people off."""

    AUTOMATIC = "automatic"
    EDITED = "edited"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class WordStyle:
    """How one word is spoken, relative to the clip: gains of the style axes and of the whole lip movement.

    Parameters
    ----------
    open, wide, purse, scale
        0 to 2; 1 changes nothing.
    edge
        Seconds over which the style fades in and out about the word's edges.
    """

    open: float = 1.0
    wide: float = 1.0
    purse: float = 1.0
    scale: float = 1.0
    edge: float = 0.07

    def __post_init__(self) -> None:
        for name in ("open", "wide", "purse", "scale"):
            if not 0 <= getattr(self, name) <= 2:
                raise EditRejected(f"A word's '{name}' must lie between 0 and 2; {getattr(self, name):g} does not.")
        if not 0 <= self.edge <= 0.5:
            raise EditRejected(f"A word's soft edge must lie between 0 and 0.5 s; {self.edge:g} does not.")


@dataclass(frozen=True, slots=True)
class WordItem:
    """One word of the track; see :class:`pctalk_studio.core.speech.Word` for the times, text and ``said``."""

    id: int
    text: str
    start: float
    end: float
    confidence: float = 1.0
    said: bool = True
    owner: Owner = Owner.AUTOMATIC
    style: WordStyle = field(default_factory=WordStyle)


@dataclass(frozen=True, slots=True)
class PhoneItem:
    """One phone of the track; see :class:`pctalk_studio.core.speech.Phone`."""

    id: int
    label: str
    start: float
    end: float
    stress: int | None = None
    confidence: float = 1.0
    owner: Owner = Owner.AUTOMATIC

    def __post_init__(self) -> None:
        if self.label != SILENCE and self.label not in ARPABET:
            raise EditRejected(f"'{self.label}' is no phone; use one of {', '.join(ARPABET)} or {SILENCE}.")
        if self.stress is not None and (self.stress not in (0, 1, 2) or self.label not in VOWELS):
            raise EditRejected(f"'{self.label}' cannot carry the stress {self.stress}; vowels carry 0, 1 or 2.")


@dataclass(frozen=True, slots=True)
class SpeechTrack:
    """Words and phones of a recording.

    Parameters
    ----------
    duration
        Seconds of the recording.
    words, phones
        In order; ids are unique among both.
    trust, method, problems
        Of the analysis that made them; see :class:`pctalk_studio.core.speech.Alignment`.
    next_id
        The id that the next new item gets; ids are never used twice.

    Raises
    ------
    EditRejected
        When phones leave a gap, or words overlap or leave the recording.
    """

    duration: float = 0.0
    words: tuple[WordItem, ...] = ()
    phones: tuple[PhoneItem, ...] = ()
    trust: float = 1.0
    method: str = "transcript"
    problems: tuple[Problem, ...] = ()
    next_id: int = 1

    def __post_init__(self) -> None:
        edge = 0.0
        for phone in self.phones:
            if abs(phone.start - edge) > SAME_TIME or not phone.start < phone.end:
                raise EditRejected(
                    f"The phones must follow one another without a gap; '{phone.label}' at {phone.start:.3f} s does not."
                )
            edge = phone.end
        if self.phones and abs(edge - self.duration) > SAME_TIME:
            raise EditRejected(f"The phones must reach from 0 to the end of the recording ({self.duration:.3f} s).")
        edge = 0.0
        for word in self.words:
            if word.start < edge - SAME_TIME or word.end < word.start or word.end > self.duration + SAME_TIME:
                raise EditRejected(f"'{word.text}' at {word.start:.3f} s overlaps another word or leaves the recording.")
            edge = word.end
        ids = [word.id for word in self.words] + [phone.id for phone in self.phones]
        if len(set(ids)) < len(ids) or any(not 0 < each < self.next_id for each in ids):
            raise EditRejected("Two words or phones share an identity; the project file is damaged.")

    @classmethod
    def of(cls, alignment: Alignment) -> SpeechTrack:
        """A track of an analysis; everything in it is automatic. Phones of no length are left out."""
        heard = [phone for phone in alignment.phones if phone.end > phone.start]
        count = len(alignment.words)
        words = tuple(WordItem(i + 1, w.text, w.start, w.end, w.confidence, w.said) for i, w in enumerate(alignment.words))
        phones = tuple(PhoneItem(count + i + 1, p.label, p.start, p.end, p.stress, p.confidence) for i, p in enumerate(heard))
        return cls(
            alignment.duration, words, phones, alignment.trust, alignment.method, alignment.problems, count + len(heard) + 1
        )

    def alignment(self) -> Alignment:
        """The track as plain facts, for deformation and for exchange."""
        words = tuple(Word(w.text, w.start, w.end, w.confidence, w.said) for w in self.words)
        phones = tuple(Phone(p.label, p.start, p.end, p.stress, p.confidence) for p in self.phones)
        return Alignment(self.duration, words, phones, self.trust, self.method, self.problems)

    def set_by_hand(self) -> tuple[Phone, ...]:
        """The sounding phones that a person has set or locked."""
        return tuple(
            Phone(p.label, p.start, p.end, p.stress) for p in self.phones if p.owner is not Owner.AUTOMATIC and p.label != SILENCE
        )

    def word(self, word_id: int) -> WordItem:
        """A word by id.

        Raises
        ------
        EditRejected
            When there is none.
        """
        return by_id(self.words, word_id, "word")

    def phone(self, phone_id: int) -> PhoneItem:
        """A phone by id.

        Raises
        ------
        EditRejected
            When there is none.
        """
        return by_id(self.phones, phone_id, "phone")

    def phones_of(self, word: WordItem) -> tuple[PhoneItem, ...]:
        """The sounding phones whose middle lies inside a word."""
        return tuple(p for p in self.phones if p.label != SILENCE and word.start <= (p.start + p.end) / 2 < word.end)
