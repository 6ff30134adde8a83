from __future__ import annotations

import pytest

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import ARPABET, SILENCE
from pctalk_studio.training.corpus.phonesets import CMU, IPA, Timed, arpabet


@pytest.mark.parametrize("table", [CMU, IPA])
def test_tables_reach_every_phone_and_no_other(table):
    reached = {phone for phones in table.values() for phone in phones}
    assert set(ARPABET) <= reached
    assert reached <= {*ARPABET, SILENCE}


def test_a_symbol_of_two_phones_is_parted_and_only_vowels_are_stressed():
    phones = arpabet([Timed("k", 0.0, 0.1, 1), Timed("ɑːɹ", 0.1, 0.3, 1)], IPA, "v")
    assert [(p.label, p.stress) for p in phones] == [("K", None), ("AA", 1), ("R", None)]
    assert [p.start for p in phones] == pytest.approx([0.0, 0.1, 0.22])
    assert phones[-1].end == 0.3


def test_silences_side_by_side_become_one_and_soundless_symbols_lengthen_the_phone_before():
    phones = arpabet([Timed("pau", 0.0, 0.1), Timed("brth", 0.1, 0.2), Timed("t", 0.2, 0.3)], CMU, "v")
    assert [(p.label, p.start, p.end) for p in phones] == [(SILENCE, 0.0, 0.2), ("T", 0.2, 0.3)]
    phones = arpabet([Timed("t", 0.0, 0.1), Timed("ʲ", 0.1, 0.15)], IPA, "v")
    assert [(p.label, p.end) for p in phones] == [("T", 0.15)]


def test_an_unknown_symbol_is_told_with_its_voice():
    with pytest.raises(TrainingError, match=r"'espeak/x'.*'ʘ'"):
        arpabet([Timed("ʘ", 0.0, 0.1)], IPA, "espeak/x")
