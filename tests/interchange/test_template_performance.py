"""Templates as performances: signs, lids, gaze and mouth, and a clip of our own that comes back as it went out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.performances import template
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.performance import LARGEST_MOVE
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.performance import Take
from pctalk_studio.interchange.liveportrait_table import control_table
from pctalk_studio.interchange.motion_template import MotionTemplate, read_template
from pctalk_studio.interchange.template_performance import performance_of

TEMPLATES = Path(__file__).resolve().parents[3] / "shared" / "checkpoints" / "motion_templates"
CORNER, LOWER, UPPER = (MESH.index(name) for name in ("lip_corner_left", "lip_lower_mid", "lip_upper_mid"))
BROW, CHEEK = MESH.index("brow_inner_left"), MESH.index("cheek_left")


def liveportrait_rotation(pitch: float, yaw: float, roll: float) -> np.ndarray:
    """R as LivePortrait defines it: (Rz Ry Rx)^T, right-handed, for row vectors."""
    p, y, r = np.deg2rad([pitch, yaw, roll])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return (about_z @ about_y @ about_x).T


@pytest.mark.parametrize(
    ("angles", "ours"),
    [
        ((10, 0, 0), (-10, 0, 0)),  # theirs looks down
        ((0, 20, 0), (0, -20, 0)),  # theirs turns the nose to the picture's left
        ((0, 0, 15), (0, 0, 15)),  # the top of the head to the picture's right: clockwise
    ],
)
def test_signs_of_turns(angles, ours):
    turned = replace(template(1), rotation=liveportrait_rotation(*angles)[None].astype(np.float32))
    assert performance_of(turned).pose[0, :3] == pytest.approx(ours, abs=1e-3)


def test_shift_and_size_are_told_in_the_faces_own_measure():
    made = template(20)
    bigger = replace(made, scale=np.linspace(1.5, 1.8, 20, dtype=np.float32))
    shown = performance_of(bigger)
    assert shown.pose[-1, 5] == pytest.approx(1.2, abs=1e-3)
    assert performance_of(made).pose[-1, 3:5] == pytest.approx([0.05 / (0.32 * 1.55), -0.02 / (0.32 * 1.55)], abs=1e-4)


@pytest.mark.parametrize("measured", [True, False])
def test_lids_shut_where_the_template_shuts_them(measured):
    shown = performance_of(template(21, measured=measured))
    shut = np.abs(np.linspace(0, 1, 21) - 0.5) < 0.12
    assert (shown.eyes[shut, :2] > 0.9).all()
    assert (shown.eyes[~shut, :2] < 0.05).all()


@pytest.mark.parametrize("measured", [True, False])
def test_a_smile_raises_corners_and_the_mouth_opens_as_far_as_measured(measured):
    shown = performance_of(template(20, measured=measured)).expression
    smile = next(control for control in control_table().controls if control.name == "smile")
    assert shown[-1, CORNER, 1] == pytest.approx(0.6 * smile.shows[CORNER, 1], abs=0.006)
    gap = (shown[:, LOWER, 1] - shown[:, UPPER, 1]) - (shown[0, LOWER, 1] - shown[0, UPPER, 1])
    assert gap == pytest.approx(0.3 * np.linspace(0, 1, 20) * 0.62, abs=0.02)
    assert np.abs(shown[:, [BROW, CHEEK]]).max() < 0.006, "nobody raised a brow"


@pytest.mark.parametrize("degrees", [-6.0, 6.0])
def test_gaze_goes_both_ways_and_is_told_apart_from_lids(degrees):
    table, made = control_table(), template(21)
    along = np.linspace(0, 1, 21)[:, None, None]
    across = table.gaze_right if degrees > 0 else table.gaze_left
    open_ = 1 - (np.abs(along - 0.5) < 0.12)
    looking = made.expression + along * (abs(degrees) * across + degrees * open_ * table.gaze_up)
    shown = performance_of(replace(made, expression=looking.astype(np.float32)))
    seen = np.flatnonzero(shown.eyes[:, 0] < 0.5)
    assert shown.eyes[seen, 2] == pytest.approx(degrees * along[seen, 0, 0], abs=0.4)
    assert shown.eyes[seen, 3] == pytest.approx(degrees * along[seen, 0, 0], abs=1.5)


def test_eyes_that_disagree_do_not_look():
    made = template(20)
    crossed = made.expression.copy()
    crossed[:, 11, 0] += 0.002 * np.linspace(0, 1, 20)
    crossed[:, 15, 0] -= 0.002 * np.linspace(0, 1, 20)
    assert np.abs(performance_of(replace(made, expression=crossed)).eyes[:, 2]).max() < 1.0


def test_each_control_comes_back_alone():
    """Of every control, what it shows by half of its usual size is found again, and nothing else to speak of."""
    table, made = control_table(), template(20)
    still = np.repeat(table.neutral[None], 20, axis=0)
    for control in table.controls:
        moved = still.copy()
        amount = 0.5 * control.typical
        moved[10:] += control.limit * np.tanh(amount / control.limit) * control.moves
        found = performance_of(replace(made, expression=moved, eyes=None, lips=None)).expression
        change, wanted = found[-1] - found[0], amount * control.shows
        opened = float((table.lips.measure * (moved[-1] - moved[0])).sum())
        allowed = 0.004 + 0.65 * abs(opened) * (control.name in ("smile", "grin", "upper_lip", "protrude"))
        assert np.abs(change - wanted).max() < max(allowed, 0.35 * np.abs(wanted).max()), control.name


def test_brows_do_not_flicker_and_lids_stay_quick():
    made, noise = template(60), np.random.default_rng(5).normal(0, 0.0006, (60, 21, 3)).astype(np.float32)
    plain, noisy = performance_of(made), performance_of(replace(made, expression=made.expression + noise))
    cheek = np.diff(noisy.expression[:, CHEEK, 1] - plain.expression[:, CHEEK, 1])
    assert np.sqrt((cheek**2).mean()) < 0.0025, "half a pixel of a face that fills the picture"
    assert np.array_equal(plain.eyes[:, 0], noisy.eyes[:, 0])


def test_a_template_that_begins_with_shut_eyes_knows_open_ones():
    made = template(20)
    ratios = np.full((20, 2), 0.3, np.float32)
    ratios[:4] = 0.02
    shown = performance_of(replace(made, eyes=ratios))
    assert shown.eyes[0, 0] == pytest.approx(1.0, abs=0.01)
    assert shown.eyes[10, 0] == 0.0


def test_one_frame_is_enough():
    assert len(performance_of(template(1))) == 1


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="no templates beside the checkout")
def test_real_templates_are_within_what_people_do():
    for path in sorted(TEMPLATES.glob("*.pkl")):
        if path.stem == "lip_array":
            continue
        read = read_template(path)
        shown = performance_of(read)
        assert len(shown) == len(read)
        assert np.isfinite(shown.expression).all()
        assert np.abs(shown.expression[:, [BROW, CHEEK]]).max() < 0.2, path.stem
        assert shown.eyes[:, :2].min() >= 0
        if read.eyes is not None:
            for eye in (0, 1):
                shut = read.eyes[:, eye] < 0.03
                assert (shown.eyes[shut, eye] > 0.9).all(), path.stem
        for t in (0, len(read) - 1):
            assert rotation_of(*shown.pose[t, :3].tolist()) == pytest.approx(read.rotation[t], abs=2e-3)


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="no templates beside the checkout")
def test_eyes_that_shake_with_the_head_look_ahead():
    """Somebody who shakes the head looks at the camera: gaze goes against the turn, which proves both signs at once."""
    shown = performance_of(read_template(TEMPLATES / "shake_face.pkl"))
    open_ = shown.eyes[:, :2].max(axis=1) < 0.5
    assert np.corrcoef(shown.eyes[open_, 2], shown.pose[open_, 1])[0, 1] < -0.8


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.sampled_from([0.0, 1e-3, 0.3, 100.0]), st.booleans())
def test_whatever_a_template_holds_becomes_something_a_face_can_do(seed, frames, size, measured):
    """Numbers as wild as the reader lets through."""
    rng = np.random.default_rng(seed)

    def numbers(*shape: int) -> np.ndarray:
        return rng.uniform(-size, size, (frames, *shape)).astype(np.float32)

    turns = np.stack([rotation_of(*rng.uniform(-180, 180, 3)) for _ in range(frames)]).astype(np.float32)
    extras = (numbers(2), numbers()) if measured else (None, None)
    wild = MotionTemplate(FrameRate(Fraction(25)), turns, numbers(21, 3), numbers(), numbers(3), None, None, *extras)
    kept = Take.of("wild", performance_of(wild)).performance()
    assert np.isfinite(kept.expression).all()
    assert np.isfinite(kept.pose).all()
    assert np.abs(kept.expression).max() <= LARGEST_MOVE
    assert 0 <= kept.eyes[:, :2].min() <= kept.eyes[:, :2].max() <= 1
