from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.masks import MASK_SIDE, Brush, Dab, FaceMask, Stroke, StrokeMode

brushes = st.builds(Brush, st.floats(0.02, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from(StrokeMode), st.booleans())
strokes = st.lists(st.builds(Dab, st.floats(-1.5, 1.5), st.floats(-1.5, 2), st.floats(0, 1)), max_size=4)
BROW_RIGHT, BROW_LEFT = np.array([-0.35, -0.2]), np.array([0.35, -0.2])


@settings(deadline=None, max_examples=50)
@given(brushes, strokes)
def test_strokes_make_new_masks_and_stay_within_bounds(brush, dabs):
    before = FaceMask.of(np.full((MASK_SIDE, MASK_SIDE), 0.5))
    after = before.stroked(brush, dabs)
    assert before.values().min() == before.values().max()
    change = after.values() - before.values()
    if brush.mode is StrokeMode.PAINT:
        assert change.min() >= 0
    if brush.mode is StrokeMode.ERASE:
        assert change.max() <= 0
    if brush.mode is StrokeMode.SMOOTH:
        assert np.abs(change).max() < 1e-9


@settings(deadline=None, max_examples=50)
@given(brushes, strokes)
def test_a_mirrored_stroke_is_symmetric(brush, dabs):
    mirrored = Brush(brush.radius, brush.hardness, brush.strength, brush.mode, mirror=True)
    values = FaceMask.of(np.full((MASK_SIDE, MASK_SIDE), 0.3)).stroked(mirrored, dabs).values()
    assert np.abs(values - values[:, ::-1]).max() <= 1 / 255 + 1e-9


def test_paint_lands_where_the_pen_was():
    mask = FaceMask.empty().stroked(Brush(radius=0.1, hardness=1, strength=1), [Dab(-0.35, -0.2)])
    assert mask.at(BROW_RIGHT) == pytest.approx(1)
    assert mask.at(BROW_LEFT) == 0
    assert mask.at(BROW_RIGHT + np.array([0.15, 0])) == 0


def test_pressure_and_strength_multiply():
    mask = FaceMask.empty().stroked(Brush(radius=0.2, hardness=1, strength=0.5), [Dab(0, 0, 0.5)])
    assert mask.at(np.zeros(2)) == pytest.approx(0.25, abs=0.01)


def test_a_slow_stroke_is_no_stronger_than_a_fast_one():
    brush = Brush(radius=0.2, strength=0.4)
    fast = FaceMask.empty().stroked(brush, [Dab(-0.5, 0), Dab(0.5, 0)])
    slow = FaceMask.empty().stroked(brush, [Dab(x, 0) for x in np.linspace(-0.5, 0.5, 60)])
    assert np.abs(fast.values() - slow.values()).max() < 0.02


def test_a_fast_stroke_has_no_beads():
    mask = FaceMask.empty().stroked(Brush(radius=0.1, hardness=0, strength=1), [Dab(-0.8, 0), Dab(0.8, 0)])
    ridge = mask.at(np.stack([np.linspace(-0.7, 0.7, 200), np.zeros(200)], axis=-1))
    assert ridge.min() > 0.9


def test_smoothing_softens_an_edge_and_keeps_flat_paint():
    values = np.zeros((MASK_SIDE, MASK_SIDE))
    values[:, MASK_SIDE // 2 :] = 1
    edge = FaceMask.of(values)
    soft = edge.stroked(Brush(radius=0.3, hardness=1, strength=1, mode=StrokeMode.SMOOTH), [Dab(0, 0.3)])
    jump = np.abs(np.diff(soft.values()[MASK_SIDE // 2])).max()
    assert jump < 0.3
    assert soft.at(np.array([0.9, 0.3])) == 1


def test_inverting_twice_and_filling():
    mask = FaceMask.empty().stroked(Brush(), [Dab(0.2, 0.4)])
    assert mask.inverted().inverted() == mask
    assert FaceMask().filled(mask, 0.0).values() == pytest.approx(1 - mask.values(), abs=1 / 255)


@pytest.mark.parametrize("change", [{"radius": 0}, {"radius": 2}, {"hardness": 2}, {"strength": -1}])
def test_impossible_brushes_are_rejected(change):
    with pytest.raises(EditRejected):
        Brush(**change)


def test_a_mask_has_just_its_cells():
    with pytest.raises(EditRejected, match="weights"):
        FaceMask(b"123")


@settings(deadline=None, max_examples=50)
@given(brushes, strokes, st.integers(0, 4))
def test_a_stroke_that_grows_is_the_stroke_as_a_whole(brush, dabs, part):
    before = FaceMask.of(np.tile(np.linspace(0, 1, MASK_SIDE), (MASK_SIDE, 1)))
    grown = Stroke(before, brush).grown(dabs[:part]).grown(()).grown(dabs[part:])
    assert grown.mask() == before.stroked(brush, dabs)
