"""Phone labels of other programs and their meaning here: ARPAbet, TIMIT's 61 symbols, the IPA of English aligners."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pctalk_studio.core.speech import ARPABET, SILENCE, VOWELS


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """What a label stands for.

    Parameters
    ----------
    labels
        One phone or two (a syllabic consonant): (ARPAbet, stress or None). ``SIL`` for silence.
    """

    labels: tuple[tuple[str, int | None], ...]


_SILENCE_NAMES = """
sil sp spn ssil pau epi h# #h # _ - <p:> <eps> eps nsn <sil> <unk> [sil] {sl} {ns} {lg} sil_b sil_e <s> </s> noise breath br lg
cg ls usb laughter silence pause
"""
_SILENCES = frozenset(["", *_SILENCE_NAMES.split()])

_TIMIT_TABLE = """
ax = AH0, ax-h = AH0, axh = AH0, ix = IH0, axr = ER0, ux = UW, el = AH0 L, en = AH0 N, em = AH0 M, eng = IH0 NG, dx = T, nx = N,
hv = HH, bcl = B, dcl = D, gcl = G, pcl = P, tcl = T, kcl = K, h = HH
"""
_IPA_TABLE = """
ɑ = AA, a = AA, ɒ = AA, æ = AE, œ = AE, ʌ = AH, ɐ = AH, ə = AH0, ɘ = AH0, ɵ = AH0, ɔ = AO, aʊ = AW, aw = AW, æw = AW, aɪ = AY,
aj = AY, ɑj = AY, ɛ = EH, e = EH, ɝ = ER, ɜ = ER, ɜɹ = ER, ɚ = ER0, əɹ = ER0, eɪ = EY, ej = EY, ɪ = IH, ɪə = IH, eə = EH, ɨ = IH0,
i = IY, o = OW, oʊ = OW, ow = OW, əʊ = OW, əw = OW, ɔɪ = OY, ɔj = OY, ʊ = UH, ʊə = UH, u = UW, ʉ = UW,
b = B, tʃ = CH, ʧ = CH, d = D, ð = DH, f = F, ɡ = G, g = G, ɟ = G, h = HH, ɦ = HH, ç = HH, dʒ = JH, ʤ = JH, k = K, c = K, l = L,
ɫ = L, ʎ = L, m = M, ɱ = M, n = N, ɲ = N, ɾ̃ = N, ŋ = NG, p = P, r = R, ɹ = R, ɻ = R, s = S, ʃ = SH, t = T, ɾ = T, ʔ = T, θ = TH,
v = V, ʋ = V, w = W, ʍ = W, j = Y, z = Z, ʒ = ZH, l̩ = AH0 L, ɫ̩ = AH0 L, n̩ = AH0 N, m̩ = AH0 M
"""


def _table(text: str) -> dict[str, str]:
    rows = (row.partition(" = ") for row in text.replace("\n", " ").split(","))
    return {unicodedata.normalize("NFC", label.strip()): phones.strip() for label, _, phones in rows}


_TIMIT = _table(_TIMIT_TABLE)
_IPA = _table(_IPA_TABLE)
_IPA_EXTRA = re.compile("[ːˑʰʷʲˠˤ̪̥̬̃̚͜͡ˈˌ.‿ʱⁿˡ]")


def known_phone(label: str) -> KnownPhone | None:
    """The meaning of a label, or None when no table holds it.

    Parameters
    ----------
    label
        ARPAbet in any case, with or without stress digit; a TIMIT symbol; IPA with or without length, release and stress marks;
        any of the usual names for silence.
    """
    plain = unicodedata.normalize("NFC", label.strip())
    low = plain.lower()
    if low in _SILENCES:
        return KnownPhone(((SILENCE, None),))
    upper = plain.upper()
    base = upper.rstrip("012")
    if (
        base in ARPABET
        and len(upper) - len(base) <= 1
        and (base == upper or base in VOWELS)
        and (len(base) > 1 or plain.isascii())
    ):
        return KnownPhone(((base, int(upper[-1]) if base != upper else None),))
    if low in _TIMIT:
        return _parsed(_TIMIT[low])
    decomposed = unicodedata.normalize("NFD", low)
    for spelling in (decomposed, _IPA_EXTRA.sub("", decomposed), _IPA_EXTRA.sub("", decomposed).replace("\u0329", "")):
        found = _IPA.get(unicodedata.normalize("NFC", spelling))
        if found:
            return _parsed(found)
    return None


def _parsed(text: str) -> KnownPhone:
    parts = ((p.rstrip("012"), int(p[-1]) if p[-1].isdigit() else None) for p in text.split())
    return KnownPhone(tuple(parts))


def written_phone(label: str, stress: int | None) -> str:
    """ARPAbet with its stress digit, as aligners write it."""
    return label if stress is None else f"{label}{stress}"
