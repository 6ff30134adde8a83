"""How single words are said."""

from __future__ import annotations

import random
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech import g2p
from pctalk_studio.analysis.speech.g2p import letter_to_phone_network, past, plural, pronounce_unknown, pronunciations_of
from pctalk_studio.analysis.speech.lexicon import Lexicon, english_lexicon, has_vowel, parse_dictionary
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.speech import ARPABET, VOWELS

SMALL = parse_dictionary("""
smart S M AA1 R T
phone F OW1 N
make M EY1 K
running R AH1 N IH0 NG
hop HH AA1 P
hope HH OW1 P
happy HH AE1 P IY0
friend F R EH1 N D
watch W AA1 CH
church CH ER1 CH
load L OW1 D
carry K AE1 R IY0
lunge L AH1 N JH
full F UH1 L
beautiful B Y UW1 T AH0 F AH0 L
read R EH1 D # past
read(2) R IY1 D
""")


def _said(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def test_the_dictionary_format_is_read_with_variants_and_remarks():
    assert SMALL.pronunciations("read") == (_said("R EH1 D"), _said("R IY1 D"))
    assert SMALL.pronunciations("nothing") == ()
    assert "phone" in SMALL
    assert len(SMALL) == 16


def test_the_dictionary_holds_english():
    assert len(english_lexicon()) > 120_000
    assert english_lexicon().pronunciations("hello")[0] == _said("HH AH0 L OW1")


def test_every_pronunciation_is_made_of_known_phones_with_stress_on_vowels():
    phones = {phone for ways in english_lexicon().entries.values() for way in ways for phone in way.split()}
    for phone in phones:
        base = phone.rstrip("012")
        assert base in ARPABET
        assert (base in VOWELS) == (phone != base)


def test_missing_weights_are_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(g2p, "find_spec", lambda _: None)
    with pytest.raises(SpeechError, match="pip install g2p-en"):
        letter_to_phone_network.__wrapped__()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("phones", "F OW1 N Z"), ("watches", "W AA1 CH IH0 Z"), ("hops", "HH AA1 P S"), ("carries", "K AE1 R IY0 Z"),
        ("loaded", "L OW1 D IH0 D"), ("hoped", "HH OW1 P T"), ("hopped", "HH AA1 P T"), ("carried", "K AE1 R IY0 D"),
        ("friended", "F R EH1 N D IH0 D"), ("lunged", "L AH1 N JH D"), ("making", "M EY1 K IH0 NG"),
        ("hopping", "HH AA1 P IH0 NG"),
        ("hoping", "HH OW1 P IH0 NG"), ("happily", "HH AE1 P IY0 L IY0"), ("happiness", "HH AE1 P IY0 N AH0 S"),
        ("beautifully", "B Y UW1 T AH0 F AH0 L IY0"), ("unfriend", "AH0 N F R EH1 N D"), ("phone's", "F OW1 N Z"),
        ("church's", "CH ER1 CH IH0 Z"), ("phones'", "F OW1 N Z"), ("friend'll", "F R EH1 N D AH0 L"),
        ("load'd", "L OW1 D D"), ("makers", "M EY1 K ER0 Z"), ("runnin'", "R AH1 N IH0 N"),
    ],
)  # fmt: skip
def test_words_are_built_from_known_parts(word, said):
    assert pronounce_unknown(word, SMALL)[0] == _said(said)


def test_compounds_are_one_of_the_ways():
    assert _said("S M AA1 R T F OW2 N") in pronounce_unknown("smartphone", SMALL)


@pytest.mark.parametrize(
    ("stem", "plural_end", "past_end"), [("T", "S", "IH0 D"), ("D", "Z", "IH0 D"), ("S", "IH0 Z", "T"), ("N", "Z", "D")]
)
def test_endings_follow_the_last_sound(stem, plural_end, past_end):
    assert plural(("AA1", stem)) == ("AA1", stem, *plural_end.split())
    assert past(("AA1", stem)) == ("AA1", stem, *past_end.split())


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("activationist", "AE2 K T IH0 V EY1 SH AH0 N IH0 S T"),
        ("flibbertigibbet", "F L IH1 B ER0 T IH0 JH AH0 T"),
        ("kombucha", "K AH0 M B UW1 K AH0"),
        ("glorpax", "G L AO1 R P AE2 K S"),
        ("zoomer", "Z UW1 M ER0"),
    ],
)
def test_the_network_says_what_the_authors_program_says(word, said):
    assert letter_to_phone_network().pronounce(word) == _said(said)


@pytest.mark.parametrize("word", ["hmmmm", "sooo", "cooool", "yesss"])
def test_drawn_out_words_are_said_as_their_word(word):
    short = re.sub(r"(.)\1+", r"\1", word)
    twice = re.sub(r"(.)\1{2,}", r"\1\1", word)
    known = (*english_lexicon().pronunciations(short), *english_lexicon().pronunciations(twice))
    assert pronunciations_of(word)[0] in known


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=24))
def test_any_word_with_a_letter_can_be_said(word):
    ways = pronunciations_of(word)
    assert bool(ways) == any(c.isalpha() for c in word)
    for phones in ways:
        assert phones
        for phone in phones:
            assert phone.rstrip("012") in ARPABET


def test_unknown_words_have_few_wrong_phones():
    """Dictionary words taken out of the dictionary: at most one phone in ten wrong (stress aside)."""
    known = english_lexicon()
    words = [word for word in known.entries if re.fullmatch(r"[a-z]{4,}", word)]
    wrong = total = 0
    for word in random.Random(11).sample(words, 150):
        rest = Lexicon({key: ways for key, ways in _near(known, word).items() if key != word})
        guess = _plain(pronounce_unknown(word, rest)[0])
        distances = [(_distance(guess, _plain(way)), len(way)) for way in known.pronunciations(word)]
        wrong, total = wrong + min(distances)[0], total + min(distances)[1]
    assert wrong / total < 0.10


def _near(known: Lexicon, word: str) -> dict[str, tuple[str, ...]]:
    """The entries that rules could ask for: parts of the word and their spellings with an ending."""
    parts = {word[a:b] + end for a in range(len(word)) for b in range(a + 1, len(word) + 1) for end in ("", "e", "y")}
    return {part: known.entries[part] for part in parts if part in known}


def _plain(phones):
    return [phone.rstrip("012") for phone in phones]


def _distance(a, b):
    row = np.arange(len(b) + 1)
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return int(row[-1])


def test_syllables_are_told_from_consonants():
    assert has_vowel(("K", "AH0"))
    assert not has_vowel(("P", "S", "T"))


@pytest.mark.perf
def test_the_dictionary_loads_in_a_quarter_of_a_second():
    start = time.process_time()
    english_lexicon.__wrapped__()
    assert time.process_time() - start < 0.25
