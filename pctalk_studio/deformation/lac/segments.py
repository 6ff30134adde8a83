"""From phones to segments: what each stretch of speech asks of the mouth, in its context.

The rules are those of JALI (Edwards et al. 2016, section 4.2) with numbers tuned to filmed talkers: silences that are
too short to relax are absorbed, diphthongs fall into two halves, unstressed and very short vowels undershoot, consonants made
by the tongue alone take their lip shape from the vowel of their word, h is the following vowel, and obstruents move the jaw
only as far as they have time to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pctalk_studio.core.speech import SILENCE, Alignment, Phone
from pctalk_studio.deformation.lac.targets import DIPHTHONGS, Kind, LipTarget, LipTargets

SHORT_SILENCE = 0.12
"""Seconds; silences below are bridged."""

LONG_SILENCE = 0.35
"""Seconds; in silences above the mouth closes and rests, in those between it relaxes."""

_RELAXED = 0.30
_DIPHTHONG_SPLIT = 0.58
_STRESS = {0: 0.65, 1: 1.0, 2: 0.85}
_SCHWA_OPEN, _SCHWA_LONGEST = 0.41, 0.07
_FULL_VOWEL = 0.06
_FULL_OBSTRUENT = 0.06
_LEAST_OBSTRUENT = 0.35
_BREATHED = 0.8
_SHAPELESS = frozenset({Kind.TONGUE, Kind.DENTAL, Kind.GLOTTAL})
_OBSTRUENTS = frozenset({Kind.TONGUE, Kind.DENTAL})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech and what it asks of the mouth in its context.

    Parameters
    ----------
    target
        Its row of the table.
    start, end
        Seconds.
    word
        Number of its word; -1 outside of all.
    open, width, purse, jaw
        The row's targets as context, stress and style have changed them.
    weight_open
        The row's dominance of opening as the length of the segment has changed it.
    """

    target: LipTarget
    start: float
    end: float
    word: int
    open: float
    width: float
    purse: float
    jaw: float
    weight_open: float

    @property
    def kind(self) -> Kind:
        """Articulatory class."""
        return self.target.kind

    @property
    def vowel(self) -> bool:
        """Whether this is a vowel or half a diphthong."""
        return self.target.kind is Kind.VOWEL

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.end - self.start


def _vowel(target: LipTarget, start: float, end: float, word: int, phone: Phone) -> Segment:
    """A vowel, or half of one, with the undershoot of its stress and shortness."""
    stress = 1.0 if phone.stress is None else _STRESS.get(phone.stress, 1.0)
    schwa = phone.label == "AH" and (phone.stress == 0 or (phone.stress is None and phone.duration < _SCHWA_LONGEST))
    short = min(1.0, max(phone.duration, 0.0) / _FULL_VOWEL) ** 0.5
    opening = short * (_SCHWA_OPEN / target.open if schwa else stress)
    return Segment(
        target, start, end, word, target.open * opening, target.width * short, target.purse * short,
        target.jaw * opening, target.weight_open,
    )  # fmt: skip


def _consonant(target: LipTarget, phone: Phone, word: int) -> Segment:
    """A consonant; one made by the tongue alone moves the jaw only as far as it has time to."""
    time = min(1.0, max(_LEAST_OBSTRUENT, phone.duration / _FULL_OBSTRUENT)) if target.kind in _OBSTRUENTS else 1.0
    return Segment(
        target, phone.start, phone.end, word, target.open, target.width, target.purse, target.jaw, time * target.weight_open
    )


def _of_phone(targets: LipTargets, phone: Phone, word: int) -> list[Segment]:
    if phone.label in DIPHTHONGS:
        split = phone.start + _DIPHTHONG_SPLIT * phone.duration
        first, second = targets[f"{phone.label}1"], targets[f"{phone.label}2"]
        return [_vowel(first, phone.start, split, word, phone), _vowel(second, split, phone.end, word, phone)]
    target = targets[phone.label]
    if target.kind is Kind.VOWEL:
        return [_vowel(target, phone.start, phone.end, word, phone)]
    return [_consonant(target, phone, word)]


def _silence(target: LipTarget, phone: Phone, before: Segment | None) -> Segment:
    """A silence: rest when long, a shadow of what went before when short."""
    if before is None or phone.duration > LONG_SILENCE:
        return _consonant(target, phone, -1)
    keep = _RELAXED * (LONG_SILENCE - phone.duration) / (LONG_SILENCE - SHORT_SILENCE)
    return Segment(
        target, phone.start, phone.end, -1, before.open * keep, before.width * keep, before.purse * keep,
        before.jaw * keep, target.weight_open,
    )  # fmt: skip


def _shaped_by(segment: Segment, vowel: Segment) -> Segment:
    """A consonant with the lip shape of a vowel; h takes all of it."""
    if segment.kind is Kind.GLOTTAL:
        opening, jaw, weight = _BREATHED * vowel.open, _BREATHED * vowel.jaw, 0.5 * vowel.weight_open
    else:
        opening, jaw, weight = segment.open, segment.jaw, segment.weight_open
    return Segment(segment.target, segment.start, segment.end, segment.word, opening, vowel.width, vowel.purse, jaw, weight)


def _in_context(segments: Sequence[Segment]) -> list[Segment]:
    """Give consonants without a lip shape of their own that of the next vowel of their word, else of the last one."""
    out = list(segments)
    upcoming: Segment | None = None
    for i in range(len(out) - 1, -1, -1):
        here = out[i]
        if here.vowel or here.kind is Kind.GLIDE:
            upcoming = here
        elif here.kind is Kind.REST:
            upcoming = None
        elif here.kind in _SHAPELESS and upcoming is not None and upcoming.word == here.word:
            out[i] = _shaped_by(here, upcoming)
    previous: Segment | None = None
    for i, here in enumerate(segments):
        if here.vowel:
            previous = here
        elif here.kind is Kind.REST:
            previous = None
        elif here.kind in _SHAPELESS and out[i] is here and previous is not None:
            out[i] = _shaped_by(here, previous)
    return out


def _words(alignment: Alignment, phones: Sequence[Phone]) -> list[int]:
    said = [(word.start, word.end) for word in alignment.words if word.said and word.end > word.start]
    starts = [start for start, _ in said]
    numbers = []
    for phone in phones:
        middle = (phone.start + phone.end) / 2
        at = bisect_right(starts, middle) - 1
        numbers.append(at if at >= 0 and middle <= said[at][1] else -1)
    return numbers


def segments_of(alignment: Alignment, targets: LipTargets) -> tuple[Segment, ...]:
    """All segments of a recording, in order; short silences leave gaps that the neighbours' dominance bridges.

    Parameters
    ----------
    alignment
        Phones and words.
    targets
        The table of targets.
    """
    last = len(alignment.phones) - 1
    out: list[Segment] = []
    for i, (phone, word) in enumerate(zip(alignment.phones, _words(alignment, alignment.phones), strict=True)):
        if phone.label == SILENCE:
            if 0 < i < last and phone.duration < SHORT_SILENCE:
                continue
            # Nothing is held towards the end of a recording: its last silence is a rest however short.
            out.append(_silence(targets[SILENCE], phone, out[-1] if out and i < last else None))
        else:
            out.extend(_of_phone(targets, phone, word))
    return tuple(_in_context(out))


def rests(segments: Sequence[Segment], duration: float) -> tuple[tuple[float, float], ...]:
    """Spans in which the mouth is closed and still: long silences, and all of a recording without speech.

    Parameters
    ----------
    segments
        As from :func:`segments_of`.
    duration
        Seconds of the recording.
    """
    if not segments:
        return ((0.0, duration),)
    silences = [(s.start, s.end) for s in segments if s.kind is Kind.REST]
    merged: list[tuple[float, float]] = []
    for start, end in silences:
        if merged and start - merged[-1][1] < 1e-9:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple((a, b) for a, b in merged if b - a > LONG_SILENCE)
