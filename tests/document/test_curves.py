from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.curves import REACH, Curve, Handle, Interpolation, Key

levels = st.floats(-10, 10)
gaps = st.floats(0.01, 3)


@st.composite
def curves(draw: st.DrawFn, kinds: tuple[Interpolation, ...] = tuple(Interpolation), least: int = 0) -> Curve:
    steps = draw(st.lists(gaps, min_size=least, max_size=7))
    times = np.cumsum([draw(st.floats(-2, 2)), *steps])[: len(steps)]
    keys = []
    for time in times:
        arriving = draw(st.none() | st.builds(Handle, st.floats(-4, 0), levels))
        leaving = draw(st.none() | st.builds(Handle, st.floats(0, 4), levels))
        keys.append(Key(float(time), draw(levels), draw(st.sampled_from(kinds)), arriving, leaving))
    return Curve(draw(levels), tuple(keys))


def test_free_bezier_agrees_with_a_known_animation_tool():
    # Blender's own test of its curves: keys (1, 7) and (2, 13) with clamped automatic handles, which are flat and reach
    # 1 / 2.5614 of the way, give 7.8297067 at 1.25.
    reach = 1 / 2.5614
    curve = Curve(
        0.0,
        (
            Key(1, 7, Interpolation.BEZIER, leaving=Handle(reach, 0)),
            Key(2, 13, arriving=Handle(-reach, 0)),
        ),
    )
    assert curve.at(1.25) == pytest.approx(7.8297067, abs=1e-5)
    assert curve.at(1.5) == pytest.approx(10)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Interpolation.HOLD, 2.0), (Interpolation.LINEAR, 3.0), (Interpolation.SMOOTH, 2.625), (Interpolation.BEZIER, 2.625)],
)
def test_a_quarter_of_the_way(kind, value):
    # Flat at both ends, smooth and Bezier are the same cubic when the handles reach a third: 2 + 4 (3/16 - 2/64).
    assert Curve(0, (Key(0, 2, kind), Key(1, 6))).at(0.25) == pytest.approx(value)


@given(curves())
def test_keys_are_met_exactly_and_ends_are_kept(curve):
    for key in curve.keys:
        assert curve.at(key.time) == key.value
    first, last = (curve.keys[0].value, curve.keys[-1].value) if curve.keys else (curve.default, curve.default)
    assert curve.at(-100) == first
    assert curve.at(100) == last


@given(curves((Interpolation.SMOOTH, Interpolation.LINEAR, Interpolation.HOLD), least=2))
def test_nothing_but_a_free_tangent_overshoots(curve):
    for left, right in zip(curve.keys, curve.keys[1:], strict=False):
        values = curve.values(np.linspace(left.time, right.time, 50)[:-1])
        assert values.min() >= min(left.value, right.value)
        assert values.max() <= max(left.value, right.value)


@given(curves((Interpolation.BEZIER,), least=2))
def test_a_bezier_lies_on_its_parametric_curve(curve):
    left, right = curve.keys[0], curve.keys[1]
    span = right.time - left.time
    out, back = left.leaving or Handle(span / 3, 0), right.arriving or Handle(-span / 3, 0)
    shorten = min(1.0, span / (out.time - back.time)) if out.time > back.time else 1.0
    x = [left.time, left.time + out.time * shorten, right.time + back.time * shorten, right.time]
    y = [left.value, left.value + out.value * shorten, right.value + back.value * shorten, right.value]
    for s in (0.1, 0.35, 0.5, 0.8):
        weights = [(1 - s) ** 3, 3 * (1 - s) ** 2 * s, 3 * (1 - s) * s**2, s**3]
        time, value = float(np.dot(weights, x)), float(np.dot(weights, y))
        if x[1] > x[0] + 1e-3 and x[2] < x[3] - 1e-3 and x[2] > x[1] + 1e-3:
            assert curve.at(time) == pytest.approx(value, abs=1e-6)


@given(curves(), st.lists(st.floats(-5, 25), min_size=1, max_size=8))
def test_one_time_or_many_is_the_same(curve, times):
    together = curve.values(np.array(times))
    assert np.isfinite(together).all()
    assert [curve.at(time) for time in times] == list(together)


@given(curves(least=1), st.data())
def test_a_changed_key_is_seen_no_further_than_its_reach(curve, data):
    index = data.draw(st.integers(0, len(curve.keys) - 1))
    key = curve.keys[index]
    changed = curve.with_key(Key(key.time, data.draw(levels), key.interpolation, key.arriving, key.leaving))
    near = curve.keys[max(0, index - 2) : index + 3]
    reach = max(REACH[each.interpolation] for each in near)
    low = curve.keys[index - reach].time if index >= reach else -np.inf
    high = curve.keys[index + reach].time if index + reach < len(curve.keys) else np.inf
    times = np.linspace(-5, 25, 400)
    same = curve.values(times) == changed.values(times)
    assert same[(times < low) | (times > high)].all()


def test_keys_are_put_in_order_replaced_and_deleted():
    curve = Curve(1.0).with_key(Key(2, 5)).with_key(Key(1, 4)).with_key(Key(2, 6))
    assert [(key.time, key.value) for key in curve.keys] == [(1, 4), (2, 6)]
    assert [key.time for key in curve.without([1]).keys] == [2]
    with pytest.raises(EditRejected, match="no key"):
        curve.without([3])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Curve(0, (Key(1, 0), Key(1, 2))),
        lambda: Curve(0, (Key(2, 0), Key(1, 2))),
        lambda: Key(float("nan"), 0),
        lambda: Key(0, float("inf")),
        lambda: Key(0, 0, leaving=Handle(-1, 0)),
        lambda: Key(0, 0, arriving=Handle(1, 0)),
    ],
)
def test_impossible_keys_are_rejected(make):
    with pytest.raises(EditRejected):
        make()
