"""Style axes: each amplifies its own and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.deformation.lac.targets import lip_targets
from pctalk_studio.deformation.style import axis_basis, axis_gains, styled
from pctalk_studio.document.project import Project, StyleAxes

TARGETS = lip_targets()
DUCK, BEE, TOO = axis_basis(TARGETS)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=5))
def test_gains_of_one_change_nothing_to_the_bit(shapes):
    before = np.array(shapes)
    assert np.array_equal(styled(before, axis_gains(StyleAxes()), TARGETS), before)


@pytest.mark.parametrize(
    ("style", "own", "others"),
    [
        (StyleAxes(wide=1.5), BEE, (DUCK, TOO)),
        (StyleAxes(open=1.5), DUCK, (BEE, TOO)),
        (StyleAxes(purse=1.5), TOO, (DUCK, BEE)),
    ],
)
def test_an_axis_scales_its_own_vowel_and_leaves_the_other_two(style, own, others):
    assert np.allclose(styled(own, axis_gains(style), TARGETS), 1.5 * own)
    for other in others:
        assert np.array_equal(styled(other, axis_gains(style), TARGETS), other)


@given(st.tuples(st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1)), st.floats(1, 2))
def test_more_wide_never_narrows(shape, gain):
    before = np.array(shape)
    assert styled(before, axis_gains(StyleAxes(wide=gain)), TARGETS)[1] >= before[1] - 1e-12


def widest(motion, at, start, end) -> float:
    left, right = MESH.index("lip_corner_left"), MESH.index("lip_corner_right")
    inside = (at >= start) & (at <= end)
    return float((motion.lip[:, left, 0] - motion.lip[:, right, 0])[inside].mean())


def test_bee_widens_tee_and_not_bus(face, speech_of):
    phones = [("SIL", 0.5), ("T", 0.06), ("IY", 0.16), ("SIL", 0.5), ("B", 0.08), ("AH", 0.14), ("S", 0.12), ("SIL", 0.5)]
    speech = speech_of(phones)
    plain, wide = (evaluate(Project(style=StyleAxes(wide=g)), face, speech) for g in (1.0, 1.5))
    at = np.arange(len(plain)) / 25
    tee = widest(wide, at, 0.58, 0.70) - widest(plain, at, 0.58, 0.70)
    bus = widest(wide, at, 1.32, 1.42) - widest(plain, at, 1.32, 1.42)
    assert tee > 0.01
    assert abs(bus) * 8 <= tee
