"""What is said for what is written."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.g2p import pronunciations_of
from pctalk_studio.analysis.speech.numbers import (
    MOST_READINGS,
    alternatives,
    cardinal,
    digits,
    integer,
    ordinal,
    spoken_figures,
    year,
)
from pctalk_studio.analysis.speech.transcript import MOST_PRONUNCIATIONS, transcript_words, unreadable_words
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.speech import ARPABET, VOWELS


def _phones(spoken: str) -> tuple[str, ...]:
    return tuple(phone for word in spoken.split() for phone in pronunciations_of(word)[0])


def _displayed(text: str) -> list[str]:
    return [word.text for word in transcript_words(text)]


# Text, the index of the token in question, what is said first, and what else must be possible.
NORMALISATION = [
    ("42", 0, "forty two", []),
    ("0", 0, "zero", ["oh"]),
    ("7", 0, "seven", []),
    ("13", 0, "thirteen", []),
    ("100", 0, "one hundred", ["a hundred"]),
    ("105", 0, "one hundred five", ["one hundred and five", "one oh five"]),
    ("365", 0, "three hundred sixty five", ["three sixty five"]),
    ("1984", 0, "nineteen eighty four", ["one thousand nine hundred eighty four"]),
    ("2005", 0, "two thousand five", ["twenty oh five", "two thousand and five"]),
    ("2024", 0, "twenty twenty four", ["two thousand twenty four"]),
    ("1900", 0, "nineteen hundred", []),
    ("2000", 0, "two thousand", []),
    ("3000", 0, "three thousand", []),
    ("5280", 0, "five thousand two hundred eighty", ["fifty two eighty"]),
    ("007", 0, "zero zero seven", ["oh oh seven"]),
    ("12,345", 0, "twelve thousand three hundred forty five", []),
    ("1,000,000", 0, "one million", []),
    ("3.14", 0, "three point one four", ["three point fourteen"]),
    (".5", 0, "point five", ["zero point five"]),
    ("-5", 0, "minus five", ["negative five"]),
    ("+3", 0, "plus three", []),
    ("1st", 0, "first", []),
    ("22nd", 0, "twenty second", []),
    ("30th", 0, "thirtieth", []),
    ("112th", 0, "one hundred twelfth", []),
    ("1980s", 0, "nineteen eighties", []),
    ("the '90s", 1, "nineties", []),
    ("20s", 0, "twenties", []),
    ("$5", 0, "five dollars", []),
    ("$1", 0, "one dollar", []),
    ("$3.50", 0, "three dollars fifty cents", ["three fifty", "three dollars and fifty cents"]),
    ("$0.99", 0, "ninety nine cents", []),
    ("£2bn", 0, "two billion pounds", []),
    ("5€", 0, "five euros", []),
    ("$1.5 million", 0, "one point five", []),
    ("$1.5 million", 1, "million dollars", ["million"]),
    ("50%", 0, "fifty percent", []),
    ("50 %", 1, "percent", []),
    ("3:45", 0, "three forty five", ["quarter to four"]),
    ("3:45pm", 0, "three forty five p. m.", []),
    ("10:05", 0, "ten oh five", []),
    ("6:00", 0, "six o'clock", ["six"]),
    ("12:30", 0, "twelve thirty", ["half past twelve"]),
    ("3 PM", 1, "p. m.", []),
    ("at 5 p.m. sharp", 2, "p. m.", []),
    ("1/2", 0, "one half", ["a half"]),
    ("3/4", 0, "three quarters", ["three fourths"]),
    ("½", 0, "one half", []),
    ("2½", 0, "two and a half", []),
    ("24/7", 0, "twenty four seven", []),
    ("9/11", 0, "nine elevenths", ["nine eleven"]),
    ("12/25/2020", 0, "december twenty fifth twenty twenty", ["twelve twenty five twenty twenty"]),
    ("2024-01-15", 0, "january fifteenth twenty twenty four", []),
    ("555-1234", 0, "five five five one two three four", []),
    ("555-123-4567", 0, "five five five one two three four five six seven", []),
    ("10–20", 0, "ten to twenty", ["ten twenty"]),
    ("1990-95", 0, "nineteen ninety to ninety five", []),
    ("1.2.3", 0, "one point two point three", ["one dot two dot three"]),
    ("2.5x", 0, "two point five x.", ["two point five times"]),
    ("2x4", 0, "two by four", []),
    ("5km", 0, "five kilometers", []),
    ("5 kg", 1, "kilograms", []),
    ("1 kg", 1, "kilogram", []),
    ("60 mph", 1, "miles per hour", []),
    ("20°C", 0, "twenty degrees celsius", ["twenty degrees"]),
    ("5'10\"", 0, "five foot ten", []),
    ("10k", 0, "ten k.", ["ten thousand"]),
    ("#5", 0, "number five", ["hashtag five"]),
    ("Mr. Smith", 0, "mister", []),
    ("Mrs Smith", 0, "missus", []),
    ("Dr. Jones", 0, "doctor", []),
    ("on Elm Dr. and", 2, "drive", ["doctor"]),
    ("St. John", 0, "saint", []),
    ("5 Elm St.", 2, "street", ["saint"]),
    ("No. 5", 0, "number", []),
    ("Oh No. What", 1, "no", ["number"]),
    ("etc.", 0, "et cetera", []),
    ("cats, e.g. lions", 1, "for example", ["e. g."]),
    ("i.e. this", 0, "that is", []),
    ("lions vs. tigers", 1, "versus", []),
    ("Jan. 5", 0, "january", []),
    ("NASA flies", 0, "nasa", []),
    ("the FBI", 1, "fbi", []),
    ("a GPU", 1, "g. p. u.", []),
    ("two GPUs here", 1, "g. p. u.s", []),
    ("the U.S. army", 1, "u. s.", []),
    ("J.R.R. Tolkien", 0, "j. r. r.", []),
    ("MP3", 0, "m. p. three", []),
    ("H2O", 0, "h. two o.", []),
    ("COVID-19", 0, "covid nineteen", []),
    ("R&D", 0, "r. and d.", []),
    ("you & me", 1, "and", []),
    ("2 + 2 = 4", 1, "plus", []),
    ("2 + 2 = 4", 3, "equals", []),
    ("Henry VIII was", 1, "the eighth", ["eight"]),
    ("Chapter IV begins", 1, "four", []),
    ("World War II ended", 2, "two", []),
    ("www.example.com", 0, "w. w. w. dot example dot com", []),
    ("bob@mail.org", 0, "bob at mail dot org", []),
    ("well-known", 0, "well known", []),
    ("and/or", 0, "and or", ["and slash or"]),
    ("café", 0, "cafe", []),
    ("naïve", 0, "naive", []),
    ("don’t", 0, "don't", []),
    ("'cause I", 0, "'cause", []),
    ("o'clock", 0, "o'clock", []),
    ("dogs' toys", 0, "dogs'", []),
    ("sooooo good", 0, "so", []),
    ("hmmmm", 0, "hmm", []),
    ("mm-hmm", 0, "mm-hmm", []),
    ("b-b-but why", 0, "but", []),
    ("LivePortrait", 0, "live portrait", []),
    ("w/ cheese", 0, "with", []),
    ("I read it", 1, "read", []),
    ("20-30%", 0, "twenty to thirty percent", []),
    ("$5-10", 0, "five to ten dollars", []),
    ("-40°F/-40°C", 0, "minus forty degrees fahrenheit minus forty degrees celsius", []),
    ("B-52s", 0, "b fifty two seconds", ["b fifty twos"]),
    ("Bowl LVIII", 1, "fifty eight", []),
    ("No.1", 0, "number one", []),
    ("v1.2.3", 0, "v. one point two point three", []),
    ("Node.js", 0, "node dot j. s.", []),
    ("end.Then", 0, "end then", []),
    ("versus V. Woolf", 1, "v.", []),
]


@pytest.mark.parametrize(("text", "at", "first", "also"), NORMALISATION)
def test_a_written_form_is_said_as_people_say_it(text, at, first, also):
    ways = transcript_words(text)[at].pronunciations
    assert ways[0] == _phones(first)
    for spoken in also:
        assert _phones(spoken) in ways


@pytest.mark.parametrize(
    ("text", "displayed"),
    [
        ("“Hello,” she said—quietly…", ["Hello", "she", "said", "quietly"]),
        ("Mr. Smith's U.S. home.", ["Mr.", "Smith's", "U.S.", "home"]),
        ("[laughs] Yes (sighs) *really* **so**", ["Yes", "really", "so"]),
        ("I (of course) agree", ["I", "of", "course", "agree"]),
        ("# Title\n- one\n> two\n`three`", ["Title", "one", "two", "three"]),
        ("see [the site](https://x.org/a)", ["see", "the", "site"]),
        ("<i>Hi</i> there <br/>", ["Hi", "there"]),
        ("1\n00:00:01,000 --> 00:00:02,500\nHello there\n\n2\n00:00:03,000 --> 00:00:04,000\nbye", ["Hello", "there", "bye"]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHello", ["Hello"]),
        ("great 😀👍🏽 day ♪", ["great", "day"]),
        ("the dogs' and 'quoted' 'cause", ["the", "dogs'", "and", "quoted", "'cause"]),
        ("wait... what?! ok--fine – yes", ["wait", "what", "ok", "fine", "yes"]),
        ("it costs $5, -3 °C or 50%.", ["it", "costs", "$5", "-3", "°C", "or", "50%"]),
        ("say Привет now", ["say", "now"]),
        ("dos\r\nlines\rhere", ["dos", "lines", "here"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
    ],
)
def test_displayed_words_are_the_users_own_tokens(text, displayed):
    assert _displayed(text) == displayed


@pytest.mark.parametrize("word", ["live", "read", "lead", "bass", "wind", "tear", "close", "used", "house", "the", "and"])
def test_heteronyms_and_weak_forms_keep_several_pronunciations(word):
    (entry,) = transcript_words(word)
    assert len(entry.pronunciations) > 1


@pytest.mark.parametrize("text", ["Привет, как дела?", "こんにちは", "你好,世界。", "مرحبا", "שלום"])
def test_another_script_is_refused_with_the_remedy(text):
    with pytest.raises(SpeechError, match="leave it out") as caught:
        transcript_words(text)
    assert "another script" in caught.value.user_text
    assert unreadable_words(text)


@pytest.mark.parametrize("text", ["", "  \n", "...", "[music]", "😀", "—", "♪ ♪"])
def test_a_transcript_without_words_is_refused(text):
    with pytest.raises(SpeechError, match="holds no word"):
        transcript_words(text)


def test_words_in_another_script_among_others_are_named():
    assert unreadable_words("hello мир and 世界 there") == ("мир", "世界")
    assert unreadable_words("plain words, 42 and café") == ()


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "*",
        "'",
        "a",
        "1",
        "a-",
        "a.",
        "<!--",
        "[",
        "[a](",
        "![a](",
        "a@",
        "1/",
        "1:",
        "A",
        "AbC",
        "\u0301",
        "\u2026",
        "(laughs ",
    ],
)
def test_no_repetition_costs_more_than_its_length(piece):
    text = piece * 10_000
    start = time.process_time()
    with contextlib.suppress(SpeechError):
        transcript_words(text)
    assert time.process_time() - start < 5


def test_a_text_in_capitals_is_read_as_words():
    words = transcript_words("THE CHILD ALMOST HURT US IN IT")
    assert words[4].pronunciations[0] == _phones("us")
    assert words[6].pronunciations[0] == _phones("it")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_valid_pronunciations_or_a_speech_error(text):
    try:
        words = transcript_words(text)
    except SpeechError:
        return  # nothing to speak; the refusals have their own tests
    for word in words:
        assert word.text
        assert not re.search(r"\s", word.text)
        assert 1 <= len(word.pronunciations) <= MOST_PRONUNCIATIONS
        assert len(set(word.pronunciations)) == len(word.pronunciations)
        for phones in word.pronunciations:
            assert phones
            for phone in phones:
                base = phone.rstrip("012")
                assert base in ARPABET
                assert (base in VOWELS) == (phone != base)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.,:/-$%£°'x km", min_size=1, max_size=16).filter(lambda t: any(c.isdigit() for c in t)))
def test_no_figures_are_lost(text):
    assert all(word.pronunciations for word in transcript_words(text))


# --- numbers --------------------------------------------------------------------------------------------------------------

_VALUES = {word: n for n in range(20) for word in cardinal(n)} | {cardinal(n)[0]: n for n in range(20, 100, 10)}
_POWERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def _value(reading: tuple[str, ...]) -> int:
    total = group = 0
    for word in reading:
        if word == "hundred":
            group *= 100
        elif word in _POWERS:
            total, group = total + group * _POWERS[word], 0
        elif word != "and":
            group += _VALUES[word]
    return total + group


@given(st.integers(0, 10**15 - 1))
def test_a_cardinal_names_its_number(n):
    assert _value(cardinal(n)) == n


@given(st.integers(1, 10**6))
def test_an_ordinal_differs_from_its_cardinal_in_the_last_word_only(n):
    assert ordinal(n)[:-1] == cardinal(n)[:-1]
    assert re.search(r"(?:th|first|second|third)$", ordinal(n)[-1])


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_every_run_of_figures_can_be_said_in_known_words(text):
    for reading in (*integer(text), *digits(text)):
        assert all(pronunciations_of(word) for word in reading)


@given(st.integers(1100, 2099))
def test_a_year_is_read_in_pairs_or_as_a_number(n):
    assert year(str(n))
    assert year(str(n))[0] in integer(str(n))[:2]


def test_alternatives_are_bounded_and_ranked():
    twelve = tuple((str(n),) for n in range(12))
    combined = alternatives(*[twelve] * 30)
    assert len(combined) == MOST_READINGS
    assert combined[0] == ("0",) * 30
    assert alternatives((("a",), ("b",)), (("c",), ("d",))) == (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"))


@pytest.mark.parametrize("text", ["", "abc", "$", "1.2.3.", "::", "1:2:3:4", "-", "#", "12/"])
def test_what_is_no_figure_has_no_reading(text):
    assert spoken_figures(text) == ()
