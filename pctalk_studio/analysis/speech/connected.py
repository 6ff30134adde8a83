"""How words change in connected speech: the reductions that a dictionary does not list.

After the descriptions of casual American English: final t and d go in clusters ("jus(t) now"), equal consonants meet in one
("this (s)ide"), t and d melt with a following y ("di(d y)ou" with a JH), h drops from weak pronouns and auxiliaries ("give
(h)im"), schwas go between consonants where a sonorant follows ("fam(i)ly").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pctalk_studio.analysis.speech.transcript import TranscriptWord
from pctalk_studio.core.speech import VOWELS

_H_DROPPERS = frozenset({"he", "him", "his", "her", "hers", "have", "has", "had", "he'd", "he's", "he'll", "himself", "herself"})
_SONORANTS = frozenset({"L", "R", "N", "M"})
_MELTED = {"T": "CH", "D": "JH"}
_MOST = 12
_DICTIONARY_STEP, _REDUCTION_STEP = 0.5, 1.5

Phones = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to say a word among its neighbours.

    Parameters
    ----------
    phones
        ARPAbet with stress digits, at least one.
    steps
        Distance from the likeliest way: half a step for each place down the dictionary's list, one and a half for a reduction.
    merged
        The last consonant has become one with the equal consonant that begins the next word, and is not among ``phones``.
    """

    phones: Phones
    steps: float
    merged: bool = False


def sayings(words: Sequence[TranscriptWord], number: int) -> tuple[Saying, ...]:
    """Ways to say one word among its neighbours.

    Parameters
    ----------
    words
        The transcript.
    number
        Which word.

    Returns
    -------
    tuple[Saying, ...]
        The dictionary's pronunciations and their reductions, the likeliest first, at most twelve.
    """
    word = words[number]
    before = _edges(words, number - 1, -1)
    after = _edges(words, number + 1, 0)
    known = {(phones, False): _DICTIONARY_STEP * rank for rank, phones in reversed(list(enumerate(word.pronunciations)))}
    for phones in word.pronunciations:
        steps = known[phones, False] + _REDUCTION_STEP
        for reduced in _reductions(word.text.lower(), phones, before, after):
            known.setdefault((reduced, False), steps)
        if phones[-1] in after and len(phones) > 1 and not _is_vowel(phones[-1]):
            known.setdefault((phones[:-1], True), steps)
    ways = [Saying(phones, steps, merged) for (phones, merged), steps in known.items()]
    return tuple(sorted(ways, key=lambda way: way.steps))[:_MOST]


def _edges(words: Sequence[TranscriptWord], number: int, end: int) -> frozenset[str]:
    """Phones with which a neighbour may end (-1) or begin (0)."""
    return frozenset(p[end] for p in words[number].pronunciations) if 0 <= number < len(words) else frozenset()


def _reductions(text: str, phones: Phones, before: frozenset[str], after: frozenset[str]) -> Iterator[Phones]:
    if len(phones) < 2:
        return
    first, last = phones[0], phones[-1]
    if last in ("T", "D") and len(phones) > 2 and not _is_vowel(phones[-2]):
        yield phones[:-1]
    if last in _MELTED and "Y" in after:
        yield (*phones[:-1], _MELTED[last])
    if first == "Y" and before & _MELTED.keys():
        yield phones[1:]
    if first == "HH" and text in _H_DROPPERS:
        yield phones[1:]
    for place in range(1, len(phones) - 1):
        if phones[place] == "AH0" and not _is_vowel(phones[place - 1]) and phones[place + 1] in _SONORANTS:
            yield phones[:place] + phones[place + 1 :]


def _is_vowel(phone: str) -> bool:
    return phone.rstrip("012") in VOWELS
