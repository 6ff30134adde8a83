from __future__ import annotations

import pytest

from pctalk_studio.core.speech import ARPABET, VOWELS, Alignment, Phone, Word


def test_phones_of_a_word_are_those_whose_middle_lies_in_it():
    phones = (Phone("SIL", 0, 0.2), Phone("B", 0.2, 0.3), Phone("IY", 0.3, 0.5), Phone("SIL", 0.5, 1.0))
    word = Word("bee", 0.21, 0.49)
    alignment = Alignment(1.0, (word,), phones)
    assert [phone.label for phone in alignment.phones_of(word)] == ["B", "IY"]


@pytest.mark.parametrize(
    "phones",
    [
        (Phone("SIL", 0, 0.2), Phone("B", 0.3, 1.0)),
        (Phone("SIL", 0.1, 1.0),),
        (Phone("SIL", 0, 0.5),),
        (Phone("SIL", 0, 0.6), Phone("B", 0.6, 0.5), Phone("B", 0.5, 1.0)),
    ],
    ids=["gap", "late start", "early end", "backwards"],
)
def test_phones_must_cover_the_recording(phones):
    with pytest.raises(ValueError, match="phones"):
        Alignment(1.0, (), phones)


def test_there_are_39_phones():
    assert len(set(ARPABET)) == 39
    assert set(ARPABET) > VOWELS
