"""Manner classes of the phones."""

from __future__ import annotations

from functools import lru_cache

from pctalk_studio.core.speech import SILENCE, VOWELS

_KINDS = {
    "stop": frozenset({"P", "T", "K", "B", "D", "G"}),
    "fricative": frozenset({"F", "V", "TH", "DH", "S", "Z", "SH", "ZH", "HH"}),
    "affricate": frozenset({"CH", "JH"}),
    "nasal": frozenset({"M", "N", "NG"}),
    "glide": frozenset({"L", "R", "W", "Y"}),
    "vowel": VOWELS,
    "silence": frozenset({SILENCE}),
}


@lru_cache(maxsize=128)
def phone_kind(label: str) -> str:
    """``stop``, ``fricative``, ``affricate``, ``nasal``, ``glide``, ``vowel`` or ``silence``; any other label is its own kind."""
    return next((kind for kind, members in _KINDS.items() if label in members), label)
