"""From the text that was typed to the words that were spoken: one entry per displayed word, each with its pronunciations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranscriptWord:
    """One word as it is displayed, and the ways in which it may have been said.

    Parameters
    ----------
    text
        The user's own token without the punctuation around it: ``42``, ``Dr.``, ``dogs'``.
    pronunciations
        ARPAbet phones, vowels with their stress digit (``AH0``), the likeliest pronunciation first; at least one, none of
        them empty. A token that is spoken as several words ("42": forty two) has their phones joined.
    """

    text: str
    pronunciations: tuple[tuple[str, ...], ...]
