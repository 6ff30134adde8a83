"""From phones to segments: what each stretch of speech asks of the mouth, in its context.

The rules are those of JALI (Edwards et al. 2016, section 4.2) with the numbers of talking_faces 3.1 and 3.6: silences that are
too short to relax are absorbed, diphthongs fall into two halves, unstressed and very short vowels undershoot, consonants made
by the tongue alone take their lip shape from the vowel of their word, h is the following vowel, and obstruents move the jaw
only as far as they have time to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pctalk_studio.core.speech import SILENCE, Alignment, Phone
from pctalk_studio.deformation.lac.targets import DIPHTHONGS, Kind, LipTargets

SHORT_SILENCE = 0.12
"""Seconds; silences below are bridged."""

LONG_SILENCE = 0.35
"""Seconds; in silences above the mouth closes and rests, in those between it relaxes."""

_RELAXED = 0.30
_DIPHTHONG_SPLIT = 0.58
_STRESS = {0: 0.65, 1: 1.0, 2: 0.85}
_SCHWA_OPEN, _SCHWA_LONGEST = 0.28, 0.07
_FULL_VOWEL = 0.06
_FULL_OBSTRUENT = 0.06
_LEAST_OBSTRUENT = 0.35
_SHAPELESS = frozenset({Kind.TONGUE, Kind.DENTAL, Kind.GLOTTAL})
_OBSTRUENTS = frozenset({Kind.TONGUE, Kind.DENTAL})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech with its targets and dominances; times in seconds, channels as in the target table.

    ``word`` numbers the words; -1 lies outside of all.
    """

    phone: str
    kind: Kind
    start: float
    end: float
    word: int
    open: float
    width: float
    purse: float
    jaw: float
    limit: float
    press: float
    tuck: float
    tongue: float
    weight_open: float
    weight_width: float
    weight_purse: float
    attack: float
    release: float

    @property
    def vowel(self) -> bool:
        """Whether this is a vowel or half a diphthong."""
        return self.kind is Kind.VOWEL

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.end - self.start


def _segment(targets: LipTargets, row: str, start: float, end: float, word: int) -> Segment:
    target = targets[row]
    return Segment(
        row, target.kind, start, end, word, target.open, target.width, target.purse, target.jaw, target.limit,
        target.press, target.tuck, target.tongue, target.weight_open, target.weight_width, target.weight_purse,
        target.attack_ms / 1000, target.release_ms / 1000,
    )  # fmt: skip


def _reduced(segment: Segment, phone: Phone) -> Segment:
    """A vowel with the undershoot of its stress and shortness."""
    stress = 1.0 if phone.stress is None else _STRESS.get(phone.stress, 1.0)
    schwa = phone.label == "AH" and (phone.stress == 0 or (phone.stress is None and phone.duration < _SCHWA_LONGEST))
    opening = _SCHWA_OPEN / segment.open if schwa else stress
    short = min(1.0, max(phone.duration, 0.0) / _FULL_VOWEL) ** 0.5
    return replace(
        segment,
        open=segment.open * opening * short,
        jaw=segment.jaw * opening * short,
        width=segment.width * short,
        purse=segment.purse * short,
    )


def _of_phone(targets: LipTargets, phone: Phone, word: int) -> list[Segment]:
    if phone.label in DIPHTHONGS:
        split = phone.start + _DIPHTHONG_SPLIT * phone.duration
        first = _segment(targets, f"{phone.label}1", phone.start, split, word)
        second = _segment(targets, f"{phone.label}2", split, phone.end, word)
        return [_reduced(first, phone), _reduced(second, phone)]
    segment = _segment(targets, phone.label, phone.start, phone.end, word)
    if segment.vowel:
        return [_reduced(segment, phone)]
    if segment.kind in _OBSTRUENTS:
        time = min(1.0, max(_LEAST_OBSTRUENT, phone.duration / _FULL_OBSTRUENT))
        return [replace(segment, weight_open=segment.weight_open * time)]
    return [segment]


def _relaxed(silence: Segment, before: Segment | None) -> Segment:
    """A silence: rest when long, a shadow of what went before when short."""
    if before is None or silence.duration > LONG_SILENCE:
        return silence
    keep = _RELAXED * (LONG_SILENCE - silence.duration) / (LONG_SILENCE - SHORT_SILENCE)
    return replace(silence, open=before.open * keep, width=before.width * keep, purse=before.purse * keep, jaw=before.jaw * keep)


def _shaped_by(segment: Segment, vowel: Segment) -> Segment:
    """A consonant with the lip shape of a vowel; h takes all of it."""
    shaped = replace(segment, width=vowel.width, purse=vowel.purse)
    if segment.kind is Kind.GLOTTAL:
        weight = 0.5 * vowel.weight_open
        shaped = replace(shaped, open=0.8 * vowel.open, jaw=0.8 * vowel.jaw, weight_open=weight)
    return shaped


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
            rest = _segment(targets, SILENCE, phone.start, phone.end, -1)
            # A recording that starts or ends in the middle of speech has a short silence that is no pause.
            out.append(_relaxed(rest, out[-1] if out and i < last else None))
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
