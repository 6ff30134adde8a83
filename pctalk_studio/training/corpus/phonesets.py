"""From the phone sets of the synthesizers to the 39 phones of ARPAbet.

A symbol that stands for several phones is parted at fixed shares of its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import ARPABET, SILENCE, VOWELS, Phone


@dataclass(frozen=True, slots=True)
class Timed:
    """A symbol of a synthesizer's own set in time, seconds; ``stress`` of its syllable, None where that is not known."""

    symbol: str
    start: float
    end: float
    stress: int | None = None


PhoneSet = Mapping[str, tuple[str, ...]]
"""Phones by symbol; none for a symbol that has no sound of its own and whose time belongs to the phone before it."""

_SECOND = 0.6
"""Where the second of two phones of one symbol begins: a vowel before r is the longer part."""


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    return {symbol: tuple(phones) for symbol, *phones in (row.split() for row in rows.strip().splitlines())}


CMU: PhoneSet = {phone.lower(): (phone,) for phone in ARPABET} | _table(
    """
    ax AH
    axr ER
    ih0 IH
    el AH L
    em AH M
    en AH N
    nx N
    dx T
    brth SIL
    pau SIL
    h# SIL
    """
)
"""The radio news phone set of flite and festival's American voices."""

IPA: PhoneSet = _table(
    """
    p P
    b B
    t T
    t̪ TH
    d D
    k K
    ɡ G
    x K
    ʔ T
    ɾ T
    tʃ CH
    dʒ JH
    f F
    v V
    θ TH
    ð DH
    s S
    z Z
    ʃ SH
    ʒ ZH
    h HH
    ʍ W
    m M
    n N
    n̩ AH N
    ŋ NG
    l L
    ɫ L
    əl AH L
    ɹ R
    r R
    w W
    j Y
    ʲ
    ɑː AA
    ɑ AA
    ɒ AA
    aː AA
    a: AA
    aa AA
    ɑə AA
    æ AE
    a AE
    ɛə EH
    ʌ AH
    ə AH
    ɐ AH
    ɔː AO
    ɔ AO
    ɔə AO
    o AO
    oə AO
    aʊ AW
    æʊ AW
    ʌʉ AW
    aɪ AY
    aɪə AY AH
    aɪɚ AY ER
    ɛ EH
    e EH
    eə EH AH
    ɚ ER
    ɜː ER
    ɜ ER
    əɪ ER
    əɹ ER
    ʌɹ AH R
    eɪ EY
    eː EY
    ɪ IH
    ᵻ IH
    ɪə IH AH
    i IY
    iː IY
    iə IY AH
    oʊ OW
    əʊ OW
    oː OW
    ɔɪ OY
    ʊ UH
    ʊə UH AH
    uː UW
    u UW
    ʉː UW
    ʉ UW
    ɑːɹ AA R
    oːɹ AO R
    ɔːɹ AO R
    ɪɹ IH R
    iːɹ IY R
    ɛɹ EH R
    ʊɹ UH R
    ʉɹ UH R
    """
)
"""What espeak-ng writes for its English voices; near-equal vowels of other accents go to the phone with the nearest lips. Its oː
is the vowel of "goat" in Scotland and the first part of "oːɹ" in America, where it never stands alone but before r."""


def arpabet(symbols: Sequence[Timed], table: PhoneSet, voice: str) -> tuple[Phone, ...]:
    """Phones of symbols that follow one another without gap.

    Parameters
    ----------
    symbols
        In order; silences among them, and neighbouring ones become one.
    table
        The synthesizer's set.
    voice
        Name for the error's text.

    Raises
    ------
    TrainingError
        When a symbol is not in the table.
    """
    out: list[Phone] = []
    for timed in symbols:
        labels = table.get(timed.symbol)
        if labels is None:
            raise TrainingError(f"The voice '{voice}' spoke the unknown phone '{timed.symbol}'; leave this voice out.")
        if not labels and out:
            out[-1] = _longer(out[-1], timed.end)
        for label, start, end in _parts(labels, timed):
            if label == SILENCE and out and out[-1].label == SILENCE:
                out[-1] = _longer(out[-1], end)
            elif end > start:
                out.append(Phone(label, start, end, timed.stress if label in VOWELS else None))
    return tuple(out)


def _longer(phone: Phone, end: float) -> Phone:
    return Phone(phone.label, phone.start, end, phone.stress)


def _parts(labels: tuple[str, ...], timed: Timed) -> list[tuple[str, float, float]]:
    if len(labels) < 2:
        return [(label, timed.start, timed.end) for label in labels]
    middle = timed.start + _SECOND * (timed.end - timed.start)
    return [(labels[0], timed.start, middle), (labels[1], middle, timed.end)]
