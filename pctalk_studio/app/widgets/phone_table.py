"""What panels know of phones: how they are written and what the lips do."""

from __future__ import annotations

from pctalk_studio.core.speech import ARPABET, BILABIALS, LABIODENTALS, SILENCE, VOWELS
from pctalk_studio.document.speech_track import PhoneItem

CLOSURES = BILABIALS | LABIODENTALS
"""Phones at which the lips meet, or the lower lip the teeth."""

_SYMBOLS = "ɑ æ ʌ ɔ aʊ aɪ b tʃ d ð ɛ ɝ eɪ f ɡ h ɪ i dʒ k l m n ŋ oʊ ɔɪ p ɹ s ʃ t θ ʊ u v w j z ʒ"

IPA = dict(zip(ARPABET, _SYMBOLS.split(), strict=True))
"""General American in the International Phonetic Alphabet."""

_MARKS = {1: "ˈ", 2: "ˌ"}


def tint(label: str) -> str:
    """Token of a phone's ground: vowels warm, consonants cool, closures rose; silence has none."""
    if label == SILENCE:
        return "panel"
    return "vowel" if label in VOWELS else "closure" if label in CLOSURES else "consonant"


def written(phone: PhoneItem, *, ipa: bool) -> str:
    """A phone with its stress, as ``AE1`` or ``ˈæ``; nothing for silence."""
    if phone.label == SILENCE:
        return ""
    if ipa:
        return _MARKS.get(phone.stress or 0, "") + IPA[phone.label]
    return phone.label if phone.stress is None else f"{phone.label}{phone.stress}"
