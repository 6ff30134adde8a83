"""Alignments as tiers of a TextGrid, in the way of the Montreal Forced Aligner, and back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.interchange.phone_labels import known_phone, written_phone
from pctalk_studio.interchange.textgrid import Interval, TextGrid, Tier

_WORD_NAMES = "words word wrd wor ort orthography ort-mau tokens token"
_PHONE_NAMES = "phones phone phn pho phonemes phoneme phonetic phonetics segments segment seg mau phons sounds"
_WORD_TIERS, _PHONE_TIERS = frozenset(_WORD_NAMES.split()), frozenset(_PHONE_NAMES.split())
_NOT_SAID_TIERS = frozenset({"not said"})
_NO_WORDS = frozenset({"", "sil", "sp", "spn", "<eps>", "<p:>", "<sil>", "pau", "h#", "#", "_", "<unk>", "[noise]", "{sl}"})
_TOLERANCE = 2e-3
"""Seconds by which neighbours may overlap, for programs that round."""


def grid_of_alignment(alignment: Alignment) -> TextGrid:
    """Tiers ``words`` and ``phones`` without gaps, and points ``not said`` where words of the transcript are missing.

    Parameters
    ----------
    alignment
        What to show. Confidence and trust have no place in a TextGrid; use JSON to keep them.
    """
    words: list[Interval] = []
    edge = 0.0
    for word in alignment.words:
        if not word.said or word.end <= word.start:
            continue
        if word.start > edge:
            words.append(Interval(edge, word.start, ""))
        words.append(Interval(max(word.start, edge), word.end, word.text))
        edge = word.end
    if edge < alignment.duration:
        words.append(Interval(edge, alignment.duration, ""))
    phones = [Interval(p.start, p.end, written_phone(p.label, p.stress)) for p in alignment.phones if p.end > p.start]
    tiers = [Tier("words", tuple(words)), Tier("phones", tuple(phones))]
    missing = tuple(Interval(word.start, word.start, word.text) for word in alignment.words if not word.said)
    if missing:
        tiers.append(Tier("not said", missing, points=True))
    return TextGrid(0.0, alignment.duration, tuple(tiers))


def alignment_of_grid(grid: TextGrid, name: str, speaker: str | None = None) -> Alignment:
    """Read words and phones from a TextGrid.

    Parameters
    ----------
    grid
        With a tier of phones under one of the usual names (phones, phone, MAU, ...), for one speaker or several ("Ann - phones").
    name
        What errors call it.
    speaker
        Whose tiers to take; by default those of the one who speaks most, with a problem that names the others.

    Raises
    ------
    InterchangeError
        When there is no tier of phones, or one with labels that stand for no English phone.
    """
    speakers = _speakers(grid)
    voiced = {who: kinds["phones"] for who, kinds in speakers.items() if "phones" in kinds}
    if not voiced:
        named = ", ".join(f"'{tier.name:.30}'" for tier in grid.tiers[:8]) or "none"
        raise InterchangeError(
            f"The TextGrid '{name}' has no tier named 'phones' (its tiers: {named}); rename the one with phones."
        )
    if speaker is not None and speaker not in voiced:
        raise InterchangeError(f"The TextGrid '{name}' has no speaker '{speaker}'; choose one of: {', '.join(sorted(voiced))}.")
    chosen = speaker if speaker is not None else max(voiced, key=lambda who: _spoken_seconds(voiced[who]))
    problems: tuple[Problem, ...] = ()
    if len(voiced) > 1 and speaker is None:
        others = ", ".join(f"'{who}'" for who in voiced if who != chosen)
        problems = (
            Problem("several-speakers", f"The TextGrid holds several speakers; '{chosen}' was taken, {others} left out."),
        )
    duration = grid.end
    phones = phones_of_intervals(voiced[chosen].intervals, duration, name)
    kinds = speakers[chosen]
    words = words_of_intervals(kinds["words"].intervals if "words" in kinds else (), name)
    missing = kinds["missing"].intervals if "missing" in kinds else ()
    words = (*words, *(Word(point.text, point.start, point.start, 0.0, said=False) for point in missing))
    ordered = tuple(sorted(words, key=lambda word: (word.start, word.end)))
    return Alignment(duration, ordered, phones, 1.0, "imported", problems)


def _speakers(grid: TextGrid) -> dict[str, dict[str, Tier]]:
    """For each speaker ("" when none is named) the tiers of words, phones and missing words; the first of a kind counts."""
    found: dict[str, dict[str, Tier]] = defaultdict(dict)
    for tier in grid.tiers:
        who, _, kind = ("", "", tier.name) if " - " not in tier.name else tier.name.rpartition(" - ")
        plain = re.sub(r"\s+", " ", kind.strip().lower())
        for role, names in (("words", _WORD_TIERS), ("phones", _PHONE_TIERS), ("missing", _NOT_SAID_TIERS)):
            if plain in names and tier.points == (role == "missing"):
                found[who.strip()].setdefault(role, tier)
    return found


def _spoken_seconds(tier: Tier) -> float:
    return sum(i.end - i.start for i in tier.intervals if (known := known_phone(i.text)) is None or known.labels[0][0] != SILENCE)


def words_of_intervals(intervals: Sequence[Interval], name: str) -> tuple[Word, ...]:
    """Words of labelled intervals, those that stand for silence left out.

    Raises
    ------
    InterchangeError
        When words overlap.
    """
    words: list[Word] = []
    for interval in intervals:
        text = " ".join(interval.text.split())
        if text.lower() in _NO_WORDS or interval.end <= interval.start:
            continue
        if words and interval.start < words[-1].end - _TOLERANCE:
            raise InterchangeError(f"Words of '{name}' overlap at {interval.start:.3f} s; mend the file.")
        words.append(Word(text, max(0.0, interval.start), interval.end))
    return tuple(words)


def phones_of_intervals(intervals: Sequence[Interval], duration: float, name: str) -> tuple[Phone, ...]:
    """Phones of labelled intervals without gap from 0 to ``duration``: gaps become silence, silences that touch are joined.

    Parameters
    ----------
    intervals
        In order of time.
    duration
        Seconds of the recording.
    name
        What errors call the file.

    Raises
    ------
    InterchangeError
        When a label stands for no English phone, or phones overlap or lie outside the recording.
    """
    pieces: list[Phone] = []
    edge = 0.0
    for interval in intervals:
        known = known_phone(interval.text)
        if known is None:
            raise InterchangeError(
                f"'{interval.text:.20}' at {interval.start:.3f} s of '{name}' is no English phone; use ARPAbet or IPA labels."
            )
        start, end = max(0.0, interval.start), interval.end
        if start < edge - _TOLERANCE or end > duration + _TOLERANCE:
            raise InterchangeError(f"Phones of '{name}' overlap or leave the recording at {interval.start:.3f} s; mend the file.")
        if start > edge:
            pieces.append(Phone(SILENCE, edge, start))
            edge = start
        end = min(max(end, edge), duration)
        cuts = [edge + (end - edge) * n / len(known.labels) for n in range(len(known.labels))] + [end]
        pieces += [Phone(label, a, b, stress) for (label, stress), a, b in zip(known.labels, cuts[:-1], cuts[1:], strict=True)]
        edge = end
    if edge < duration:
        pieces.append(Phone(SILENCE, edge, duration))
    return _silences_joined(pieces)


def _silences_joined(pieces: Sequence[Phone]) -> tuple[Phone, ...]:
    phones: list[Phone] = []
    for phone in pieces:
        if phone.end <= phone.start:
            continue
        if phone.label == SILENCE and phones and phones[-1].label == SILENCE:
            phones[-1] = Phone(SILENCE, phones[-1].start, phone.end)
        else:
            phones.append(phone)
    return tuple(phones)
