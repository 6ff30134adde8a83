"""How to say a word that no dictionary holds: by its parts, by its spelling, at last by a small network.

The network is the one that the package g2p-en carries in its wheel: a grapheme encoder and a phone decoder, each one gated
recurrent layer of 256 units (Cho et al. 2014, in the form in which the reset gate multiplies the recurrent term after its
matrix). Only its weight file is read; nothing is downloaded and the package, which asks for downloads, is never imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.lexicon import Lexicon, Pronunciation, english_lexicon, has_vowel
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.speech import ARPABET, VOWELS

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FIRST_LETTER = 3  # after the padding, unknown and end symbols
_END_OF_WORD = 2
_START_OF_PHONES = 2
_END_OF_PHONES = 3
_MOST_PHONES_PER_LETTER = 2
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")

F32 = npt.NDArray[np.float32]


def _phone_symbols() -> tuple[str, ...]:
    """The decoder's output symbols in order: four marks, then the phones sorted, where UW also exists without stress."""
    phones: list[str] = []
    for phone in sorted(ARPABET):
        if phone == "UW":
            phones.append(phone)
        phones.extend((f"{phone}{digit}" for digit in "012") if phone in VOWELS else (phone,))
    return ("", "", "", "", *phones)


@dataclass(frozen=True, slots=True, eq=False)
class GatedUnit:
    """One gated recurrent layer with its symbol embedding.

    Parameters
    ----------
    inputs
        [S, 3H] float32: for each symbol the input term of the reset, update and new gates, embedding and bias included.
    recurrent, bias
        [H, 3H] and [3H] float32.
    """

    inputs: F32
    recurrent: F32
    bias: F32

    def step(self, symbol: int, state: F32) -> F32:
        """One symbol further; ``state`` [H]."""
        h = len(state)
        i, r = self.inputs[symbol], state @ self.recurrent + self.bias
        reset, update = np.split(1 / (1 + np.exp(-(i[: 2 * h] + r[: 2 * h]))), 2)
        new = np.tanh(i[2 * h :] + reset * r[2 * h :])
        return np.asarray((1 - update) * new + update * state, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LetterToPhoneNetwork:
    """The network, ready to run.

    Parameters
    ----------
    encoder, decoder
        The two recurrent layers.
    out, out_bias
        [H, P] and [P] float32: phone scores from the decoder's state.
    """

    encoder: GatedUnit
    decoder: GatedUnit
    out: F32
    out_bias: F32

    def pronounce(self, word: str) -> Pronunciation:
        """Greedy decoding of a word of the letters a to z; other characters are passed over."""
        state = np.zeros(len(self.out), np.float32)
        letters = [_FIRST_LETTER + _LETTERS.index(c) for c in word if c in _LETTERS]
        for symbol in [*letters, _END_OF_WORD]:
            state = self.encoder.step(symbol, state)
        symbols, phones, last = _phone_symbols(), [], _START_OF_PHONES
        for _ in range(_MOST_PHONES_PER_LETTER * len(letters) + 2):
            state = self.decoder.step(last, state)
            last = int(np.argmax(state @ self.out + self.out_bias))
            if last == _END_OF_PHONES:
                break
            if symbols[last]:
                phones.append("UW0" if symbols[last] == "UW" else symbols[last])
        return tuple(phones)


@cache
def letter_to_phone_network() -> LetterToPhoneNetwork:
    """Load the weights, once.

    Raises
    ------
    SpeechError
        When the package that carries them is missing or its weights have other shapes.
    """
    spec = find_spec("g2p_en")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0], "checkpoint20.npz") if folders else None
    if path is None or not path.is_file():
        raise SpeechError("The weights for unknown words are missing; install them with 'pip install g2p-en==2.1.0'.", str(path))
    with np.load(path, allow_pickle=False) as weights:
        arrays = {name: np.asarray(weights[name], np.float32) for name in weights.files}
    if arrays["fc_w"].shape != (len(_phone_symbols()), 256) or arrays["enc_emb"].shape[0] != _FIRST_LETTER + len(_LETTERS):
        raise SpeechError("The weights for unknown words are of another version; install 'g2p-en==2.1.0'.", str(path))

    def unit(name: str) -> GatedUnit:
        inputs = arrays[f"{name}_emb"] @ arrays[f"{name}_w_ih"].T + arrays[f"{name}_b_ih"]
        return GatedUnit(inputs, np.ascontiguousarray(arrays[f"{name}_w_hh"].T), arrays[f"{name}_b_hh"])

    return LetterToPhoneNetwork(unit("enc"), unit("dec"), np.ascontiguousarray(arrays["fc_w"].T), arrays["fc_b"])


# --- rules on the parts of a word -----------------------------------------------------------------------------------------

Lookup = Callable[[str], tuple[Pronunciation, ...]]
"""Pronunciations of a known word; empty when unknown."""

_SIBILANTS = {"S", "Z", "SH", "ZH", "CH", "JH"}
_VOICELESS = {"P", "T", "K", "F", "TH", "S", "SH", "CH", "HH"}
_CONTRACTIONS: dict[str, Pronunciation] = {
    "'d": ("D",), "'ll": ("AH0", "L"), "'ve": ("AH0", "V"), "'re": ("ER0",), "'m": ("M",), "n't": ("AH0", "N", "T"),
    "'em": ("AH0", "M"), "'all": ("AO1", "L"),
}  # fmt: skip
_SUFFIX_TABLE = """
ing IH0 NG, in' IH0 N, ings IH0 NG Z, er ER0, ers ER0 Z, or ER0, ly L IY0, ness N AH0 S, less L AH0 S, ful F AH0 L,
able AH0 B AH0 L, ish IH0 SH, ist IH0 S T, ists IH0 S T S, ism IH2 Z AH0 M, ment M AH0 N T, ments M AH0 N T S, y IY0,
est AH0 S T, like L AY2 K, ship SH IH2 P, wise W AY2 Z, proof P R UW2 F
"""
_PREFIX_TABLE = """
un AH0 N, re R IY0, non N AA0 N, pre P R IY0, mis M IH0 S, anti AE2 N T IY0, over OW2 V ER0, under AH2 N D ER0, dis D IH0 S,
super S UW2 P ER0, micro M AY2 K R OW0, multi M AH2 L T IY0, inter IH2 N T ER0, sub S AH0 B, semi S EH2 M IY0, mega M EH2 G AH0,
cyber S AY2 B ER0, hyper HH AY2 P ER0, auto AO2 T OW0, bio B AY2 OW0, tele T EH2 L AH0, ultra AH2 L T R AH0, nano N AE2 N OW0,
co K OW0, de D IY0, out AW2 T, fore F AO2 R, mid M IH2 D, self S EH2 L F
"""


def _affixes(table: str) -> dict[str, Pronunciation]:
    """Spelling to phones, the longest spelling first."""
    rows = [row.split() for row in table.split(",")]
    return {spelling: tuple(phones) for spelling, *phones in sorted(rows, key=lambda row: -len(row[0]))}


_SUFFIXES = _affixes(_SUFFIX_TABLE)
_PREFIXES = _affixes(_PREFIX_TABLE)


def plural(stem: Pronunciation) -> Pronunciation:
    """The ending -s of plurals, possessives and verbs, by the last sound."""
    if stem[-1] in _SIBILANTS:
        return (*stem, "IH0", "Z")
    return (*stem, "S" if stem[-1] in _VOICELESS else "Z")


def past(stem: Pronunciation) -> Pronunciation:
    """The ending -ed, by the last sound."""
    if stem[-1] in ("T", "D"):
        return (*stem, "IH0", "D")
    return (*stem, "T" if stem[-1] in _VOICELESS else "D")


def _stems(stem: str) -> tuple[str, ...]:
    """Spellings that a stem may have had before a vowel suffix: with its silent e, as it is, undoubled, with y for i.

    A single consonant behind a single vowel would have been doubled if there were no e (dining, dinning), and c and g are soft
    because of it (produced, lunged); elsewhere the bare stem is likelier.
    """
    spellings = [stem, stem + "e"]
    if re.search(r"[^aeiou][aeiouy][^aeiouwxy]$|[cg]$", stem):
        spellings.reverse()
    if len(stem) > 3 and stem[-1] == stem[-2]:
        spellings.append(stem[:-1])
    if stem.endswith("i"):
        spellings.insert(0, stem[:-1] + "y")
    return tuple(spellings)


def _first_known(spellings: tuple[str, ...], lookup: Lookup) -> tuple[Pronunciation, ...]:
    return next((found for spelling in spellings if len(spelling) > 2 and (found := lookup(spelling))), ())


def _with_apostrophe(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    for ending, phones in _CONTRACTIONS.items():
        if word.endswith(ending) and (stem := lookup(word[: -len(ending)])):
            return tuple((*p, *phones) for p in stem)
    if word.endswith("'s") and (stem := lookup(word[:-2])):
        return tuple(plural(p) for p in stem)
    if word.endswith("s'"):
        return lookup(word[:-1]) or tuple(plural(p) for p in lookup(word[:-2]))
    if word.endswith("in'"):
        return tuple((*p[:-1], "N") for p in lookup(word[:-1] + "g") if p[-1] == "NG")
    return ()


def _with_suffix(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    if word.endswith("s") and not word.endswith("ss"):
        stems = (word[:-3] + "y",) if word.endswith("ies") else ()
        stems = (*stems, word[:-1], *((word[:-2],) if word.endswith("es") else ()))
        if found := _first_known(stems, lookup):
            return tuple(plural(p) for p in found)
    if word.endswith("ed") and (found := _first_known(_stems(word[:-2]), lookup)):
        return tuple(past(p) for p in found)
    for ending, phones in _SUFFIXES.items():
        if word.endswith(ending) and len(word) - len(ending) > 2:
            stem = word[: -len(ending)]
            spellings = _stems(stem) if ending[0] in "aeiouy" else (stem, *((stem[:-1] + "y",) if stem.endswith("i") else ()))
            if found := _first_known(spellings, lookup):
                return tuple(_suffixed(p, phones) for p in found)
    return ()


def _suffixed(stem: Pronunciation, suffix: Pronunciation) -> Pronunciation:
    """Stem and suffix; a consonant that both share is said once (frightful-ly)."""
    shared = stem[-1] == suffix[0] and suffix[0] in ARPABET and suffix[0] not in VOWELS
    return (*stem, *(suffix[1:] if shared else suffix))


def _demoted(phones: Pronunciation) -> Pronunciation:
    """Secondary stress in place of primary: the second part of a compound."""
    return tuple(p.replace("1", "2") for p in phones)


def _compound(word: str, lexicon: Lexicon) -> tuple[Pronunciation, ...]:
    """Two dictionary words written together, each of at least four letters; the most even split wins."""
    cuts = sorted(range(4, len(word) - 3), key=lambda cut: abs(2 * cut - len(word)))
    for cut in cuts:
        head, tail = lexicon.pronunciations(word[:cut]), lexicon.pronunciations(word[cut:])
        if head and tail and all(has_vowel(p[0]) for p in (head, tail)):
            return ((*head[0], *_demoted(tail[0])),)
    return ()


def _with_prefix(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    for prefix, phones in _PREFIXES.items():
        if word.startswith(prefix) and len(word) - len(prefix) > 4 and (found := lookup(word[len(prefix) :])):
            return tuple((*phones, *p) for p in found)
    return ()


def pronounce_unknown(word: str, lexicon: Lexicon) -> tuple[Pronunciation, ...]:
    """Pronunciations of a word outside the dictionary.

    Parameters
    ----------
    word
        Lower-case letters a to z and apostrophes.
    lexicon
        Where its parts are looked up.

    Returns
    -------
    tuple of Pronunciation
        At least one unless the word holds no letter.
    """
    if "'" in word:
        if found := _with_apostrophe(word, lambda stem: _known_or_guessed(stem, lexicon)):
            return found
        stripped = word.replace("'", "")
        return lexicon.pronunciations(stripped) or (pronounce_unknown(stripped, lexicon) if stripped else ())
    if found := _with_suffix(word, lexicon.pronunciations) or _with_prefix(word, lexicon.pronunciations):
        return found
    # The dictionary is full of surnames, so that many words fall into two of them by chance: the network's guess stays.
    guess = letter_to_phone_network().pronounce(word) if word else ()
    return tuple(dict.fromkeys((*((guess,) if guess else ()), *_compound(word, lexicon))))


def _known_or_guessed(stem: str, lexicon: Lexicon) -> tuple[Pronunciation, ...]:
    return lexicon.pronunciations(stem) or (pronounce_unknown(stem, lexicon) if stem.strip("'") else ())


def _fewer_repeats(word: str) -> tuple[str, ...]:
    """Spellings without emphasis: a letter written three times or more is meant once ("sooo") or twice ("cooool")."""
    if not _DRAWN_OUT.search(word):
        return ()
    return _DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)


@cache
def pronunciations_of(word: str) -> tuple[Pronunciation, ...]:
    """All ways to say one spoken word, dictionary first.

    Parameters
    ----------
    word
        Lower case, letters a to z, apostrophes, a full stop after a letter that is to be named (``b.``).

    Returns
    -------
    tuple of Pronunciation
        Empty only when the word holds no letter.
    """
    lexicon = english_lexicon()
    if found := lexicon.pronunciations(word):
        return found
    plain = "".join(c for c in word if c in _LETTERS or c == "'").strip("'")
    if found := lexicon.pronunciations(plain):
        return found
    shorter = _fewer_repeats(plain)
    if found := tuple(dict.fromkeys(p for spelling in shorter for p in lexicon.pronunciations(spelling))):
        return found
    return pronounce_unknown(shorter[0] if shorter else plain, lexicon)
