"""How far an alignment is from one that an expert made by hand.

The rules, so that figures can be compared:

- Words are matched in order by their spelling. Each matched word gives two boundaries, its start and its end. A word of the
  reference without a match, or matched with a word that counts as not said, is a failure.
- Phones are matched in order by the cheapest row of equal labels, replacements and phones put in or left out; to replace a
  phone by one of its own kind costs half of what it costs to leave both unmatched. Where two neighbours on one side are
  matched with two neighbours on the other side, their common boundary is compared. Beginning and end of a recording are none.
- Phones of TIMIT are folded to the 39 phones of ARPAbet first: a closure and its release are one stop, glottal stops are a
  label of their own that matches nothing, and syllabic consonants are consonants.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.phone_kinds import phone_kind
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word

GLOTTAL_STOP = "Q"
"""Label of a glottal stop in a folded reference."""

_FOLDED = {
    "AX": "AH", "AX-H": "AH", "IX": "IH", "AXR": "ER", "UX": "UW", "EL": "L", "EN": "N", "EM": "M", "ENG": "NG", "DX": "D",
    "NX": "N", "HV": "HH", "H#": SILENCE, "PAU": SILENCE, "EPI": SILENCE,
}  # fmt: skip
_CLOSURES = {"PCL": "P", "TCL": "T", "KCL": "K", "BCL": "B", "DCL": "D", "GCL": "G"}
_RELEASES = {
    "P": ("P",),
    "T": ("T", "CH"),
    "K": ("K",),
    "B": ("B",),
    "D": ("D", "JH"),
    "G": ("G",),
}
_UNMATCHED = 1.0
_OWN_KIND, _OTHER_KIND = 1.0, 1.8


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """Differences between found and labelled boundaries, found minus labelled.

    Parameters
    ----------
    word_errors
        Seconds, start and end of each matched word.
    phone_errors
        Seconds, boundaries between phones.
    failures
        Words of the reference that were not found.
    """

    word_errors: tuple[float, ...]
    phone_errors: tuple[float, ...]
    failures: int

    @property
    def word_mean(self) -> float:
        """Mean absolute error of word boundaries in ms."""
        return float(np.abs(self.word_errors).mean() * 1000.0) if self.word_errors else float("nan")

    @property
    def word_median(self) -> float:
        """Median absolute error of word boundaries in ms."""
        return float(np.median(np.abs(self.word_errors)) * 1000.0) if self.word_errors else float("nan")

    @property
    def word_bias(self) -> float:
        """Mean error of word boundaries in ms; positive where the found ones are late."""
        return float(np.mean(self.word_errors) * 1000.0) if self.word_errors else float("nan")

    def words_within(self, seconds: float) -> float:
        """Share of word boundaries whose error is at most this."""
        return _share_within(self.word_errors, seconds)

    def phones_within(self, seconds: float) -> float:
        """Share of phone boundaries whose error is at most this."""
        return _share_within(self.phone_errors, seconds)

    def __add__(self, other: AlignmentScore) -> AlignmentScore:
        """Both recordings' boundaries together."""
        return AlignmentScore(
            self.word_errors + other.word_errors, self.phone_errors + other.phone_errors, self.failures + other.failures
        )


def compare_alignments(found: Alignment, words: Sequence[Word], phones: Sequence[Phone]) -> AlignmentScore:
    """Compare with a reference.

    Parameters
    ----------
    found
        To be judged.
    words, phones
        The expert's, in order. Phones are folded to ARPAbet (:func:`folded_timit` for TIMIT's own). A word of ``found`` that is
        spelled like several words of the reference in a row (hyphens and apostrophes apart) is matched with all of them.
    """
    word_errors: list[float] = []
    failures = 0
    for word, group in _matched_words(found.words, words):
        if word is None or not word.said:
            failures += len(group)
            continue
        word_errors += [word.start - group[0].start, word.end - group[-1].end]
    pairs = _matched([p.label for p in found.phones], [p.label for p in phones])
    phone_errors = [
        found.phones[after].start - phones[behind].start
        for (one, other), (after, behind) in itertools.pairwise(pairs)
        if after == one + 1 and behind == other + 1
    ]
    return AlignmentScore(tuple(word_errors), tuple(phone_errors), failures)


def folded_timit(segments: Sequence[tuple[float, float, str]]) -> tuple[Phone, ...]:
    """Phones of a TIMIT transcription in ARPAbet.

    Parameters
    ----------
    segments
        (start, end, label) in seconds with TIMIT's labels, in order.

    Returns
    -------
    tuple[Phone, ...]
        Closures joined with their releases, pauses with their neighbours; a closure without release stands for its stop.
    """
    phones: list[Phone] = []
    closed: str | None = None
    for start, end, name in segments:
        label = name.upper()
        if closed is not None and label in _RELEASES[closed]:
            phones[-1] = Phone(label, phones[-1].start, end)
            closed = None
            continue
        closed = _CLOSURES.get(label)
        folded = closed or _FOLDED.get(label, label)
        if folded == SILENCE and phones and phones[-1].label == SILENCE:
            phones[-1] = Phone(SILENCE, phones[-1].start, end)
        else:
            phones.append(Phone(folded, start, end))
    return tuple(phones)


def _share_within(errors: Sequence[float], seconds: float) -> float:
    return float(np.mean(np.abs(errors) <= seconds + 1e-9)) if errors else float("nan")


def _spelling(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _matched_words(found: Sequence[Word], words: Sequence[Word]) -> list[tuple[Word | None, Sequence[Word]]]:
    """Every word of the reference, in groups, with the found word that covers the group."""
    spelled = [_spelling(word.text) for word in words]
    out: list[tuple[Word | None, Sequence[Word]]] = []
    place = 0
    for word in found:
        for first in range(place, len(words)):
            last = _covered(_spelling(word.text), spelled, first)
            if last is not None:
                out += [(None, words[missed : missed + 1]) for missed in range(place, first)]
                out.append((word, words[first:last]))
                place = last
                break
    return [*out, *((None, words[missed : missed + 1]) for missed in range(place, len(words)))]


def _covered(text: str, spelled: Sequence[str], first: int) -> int | None:
    """End of the run of reference words, from ``first``, that together are spelled like a text."""
    joined = ""
    for last in range(first, len(spelled)):
        joined += spelled[last]
        if joined == text:
            return last + 1
        if not text.startswith(joined):
            return None
    return None


def _matched(found: Sequence[str], labelled: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions of the cheapest match, in order."""
    rows, columns = len(found) + 1, len(labelled) + 1
    cost = np.zeros((rows, columns))
    cost[:, 0] = np.arange(rows) * _UNMATCHED
    cost[0] = np.arange(columns) * _UNMATCHED
    change = _replacement_costs(found, labelled)
    for row in range(1, rows):
        for column in range(1, columns):
            cost[row, column] = min(
                cost[row - 1, column - 1] + change[row - 1, column - 1],
                cost[row - 1, column] + _UNMATCHED,
                cost[row, column - 1] + _UNMATCHED,
            )
    pairs: list[tuple[int, int]] = []
    row, column = rows - 1, columns - 1
    while row and column:
        if cost[row, column] == cost[row - 1, column - 1] + change[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif cost[row, column] == cost[row - 1, column] + _UNMATCHED:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]


def _replacement_costs(found: Sequence[str], labelled: Sequence[str]) -> npt.NDArray[np.float64]:
    same = np.array(found)[:, None] == np.array(labelled)[None, :]
    kinds, labelled_kinds = [phone_kind(label) for label in found], [phone_kind(label) for label in labelled]
    alike = np.array(kinds)[:, None] == np.array(labelled_kinds)[None, :]
    return np.asarray(np.where(same, 0.0, np.where(alike, _OWN_KIND, _OTHER_KIND)))
