from __future__ import annotations

import pytest

from pctalk_studio.analysis.speech.connected import Saying, sayings
from pctalk_studio.analysis.speech.transcript import TranscriptWord


def words(*entries: tuple[str, str]) -> list[TranscriptWord]:
    return [TranscriptWord(text, tuple(tuple(way.split()) for way in ways.split("/"))) for text, ways in entries]


def ways(entries: list[TranscriptWord], number: int) -> dict[str, Saying]:
    return {" ".join(way.phones): way for way in sayings(entries, number)}


@pytest.mark.parametrize(
    ("entries", "number", "reduced"),
    [
        ([("just", "JH AH1 S T"), ("now", "N AW1")], 0, "JH AH1 S"),
        ([("did", "D IH1 D"), ("you", "Y UW1")], 0, "D IH1 JH"),
        ([("did", "D IH1 D"), ("you", "Y UW1")], 1, "UW1"),
        ([("give", "G IH1 V"), ("him", "HH IH1 M")], 1, "IH1 M"),
        ([("family", "F AE1 M AH0 L IY0")], 0, "F AE1 M L IY0"),
    ],
)
def test_words_are_reduced_as_speakers_do(entries, number, reduced):
    found = ways(words(*entries), number)
    assert reduced in found
    assert found[reduced].steps > 0
    assert not found[reduced].merged


def test_equal_consonants_meet_in_one_and_the_first_word_knows_it():
    found = ways(words(("this", "DH IH1 S"), ("side", "S AY1 D")), 0)
    assert found["DH IH1"].merged
    assert not ways(words(("this", "DH IH1 S"), ("tide", "T AY1 D")), 0).keys() - {"DH IH1 S"}


def test_the_dictionary_comes_first_and_nothing_else_changes_plain_words():
    found = sayings(words(("read", "R EH1 D/R IY1 D"), ("books", "B UH1 K S")), 0)
    assert [way.phones for way in found] == [("R", "EH1", "D"), ("R", "IY1", "D")]
    assert [way.steps for way in found] == [0.0, 0.5]


def test_a_word_of_one_phone_is_never_reduced_to_nothing():
    for entries in ([("s", "S"), ("side", "S AY1 D")], [("d", "D"), ("you", "Y UW1")]):
        assert all(way.phones for way in sayings(words(*entries), 0))


def test_ways_are_distinct_and_few():
    text = words(("first", " / ".join(f"{a} ER1 {b} T" for a in "FPT" for b in "SKP")), ("two", "T UW1"))
    found = sayings(text, 0)
    assert len(found) == len({(way.phones, way.merged) for way in found}) == 12
