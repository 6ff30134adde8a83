"""The table of lip targets: complete, checked, and in the order that phoneticians measured."""

from __future__ import annotations

import itertools

import pytest

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import ARPABET, BILABIALS, LABIODENTALS, SILENCE, VOWELS
from pctalk_studio.deformation.lac.targets import DIPHTHONGS, Kind, lip_targets, read_lip_targets

TABLE = resource_path("lip_targets.csv")


def test_every_phone_has_its_rows():
    rows = set(lip_targets())
    assert rows == {p for p in ARPABET if p not in DIPHTHONGS} | {f"{d}{k}" for d in DIPHTHONGS for k in (1, 2)} | {SILENCE}
    assert {p for p in rows if lip_targets()[p].kind is Kind.VOWEL} == {p for p in rows if p.rstrip("12") in VOWELS}


def test_lips_close_for_bilabials_alone_and_tuck_for_labiodentals_alone():
    for phone, row in lip_targets().items():
        assert (row.limit == 0) == (phone in BILABIALS)
        assert (row.kind is Kind.BILABIAL) == (phone in BILABIALS)
        assert (row.tuck > 0) == (phone in LABIODENTALS)
        assert (row.open == 0) == (phone in BILABIALS or phone == SILENCE)


@pytest.mark.parametrize(
    ("channel", "order"),
    [
        ("open", ("AA", "AE", "AO", "EH", "AH", "IH", "UH", "IY", "UW")),
        ("width", ("IY", "IH", "AA", "AO", "UH", "UW")),
        ("purse", ("W", "OW2", "SH", "R", "AA")),
    ],
)
def test_vowels_and_rounding_keep_the_measured_order(channel, order):
    values = [getattr(lip_targets()[phone], channel) for phone in order]
    assert all(a >= b for a, b in itertools.pairwise(values)), dict(zip(order, values, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("\nUW,vowel", "\nXX,vowel", "'XX' is unknown or doubled"),
        ("\nUW,vowel", "\nIY,vowel", "'IY' is unknown or doubled"),
        ("\nUW,vowel", "\nUW,vowl", "'vowl' is no class"),
        ("\nUW,vowel,0.", "\nUW,vowel,many", "'open' is no number"),
        ("\nUW,vowel,0.", "\nUW,vowel,9.", "'open' must lie between 0 and 1"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(tmp_path, old, new, says):
    text = TABLE.read_text()
    assert old in text
    bad = tmp_path / "targets.csv"
    bad.write_text(text.replace(old, new))
    with pytest.raises(InterchangeError, match=says) as caught:
        read_lip_targets(bad)
    assert "targets.csv' line" in caught.value.user_text


def test_a_short_table_is_refused(tmp_path):
    bad = tmp_path / "targets.csv"
    bad.write_text("\n".join(TABLE.read_text().splitlines()[:-3]) + "\n")
    with pytest.raises(InterchangeError, match="lacks the phones"):
        read_lip_targets(bad)
