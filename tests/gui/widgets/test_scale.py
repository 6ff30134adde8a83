"""Numbers as people read and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.app.widgets.scale import ValueScale

DEGREES = ValueScale(-8, 8, 0, 0.1, 1, "°")
PERCENT = ValueScale(0, 1, 0.5, 0.01, 0, " %", 100)


@given(st.floats(-8, 8))
def test_what_is_written_is_read_again_as_the_value_that_is_kept(value):
    kept = DEGREES.held(value)
    assert DEGREES.read(DEGREES.text(kept)) == kept


@given(st.floats(-1, 2))
def test_every_place_on_the_bar_is_inside_the_range(share):
    assert -8 <= DEGREES.at(share) <= 8


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.5", 1.5), ("1,5", 1.5), (" -2 ", -2.0), ("−2.5°", -2.5), ("99", 8.0), (".5", 0.5), ("+3.", 3.0)],
)
def test_it_reads_what_people_type(typed, value):
    assert DEGREES.read(typed) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["", "duck", "1.2.3", "5 s", "1e400", "-", "nan", "∞"])
def test_it_refuses_what_is_no_number(typed):
    assert DEGREES.read(typed) is None


def test_percent_is_kept_as_a_share():
    assert PERCENT.read("45") == pytest.approx(0.45)
    assert PERCENT.read("45 %") == pytest.approx(0.45)
    assert PERCENT.text(0.45) == "45 %"
    assert PERCENT.range_text == "0 % – 100 %"


def test_nought_has_no_sign():
    assert DEGREES.text(-0.01) == "0.0°"


def test_the_neutral_value_is_easily_found_again():
    assert DEGREES.at(0.505) == 0.0
    assert DEGREES.at(0.55) != 0.0
