"""What rows do to LivePortrait's keypoints: regions, closure, directions, and lips that do what the mesh engine's do."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from helpers.mouth_faces import face
from helpers.rows import row
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, Region
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.document.project import Emotion, EmotionClip, StyleAxes
from pctalk_studio.interchange.liveportrait_table import TABLE, control_table, parse_table
from pctalk_studio.render.liveportrait.apertures import LipOpening
from pctalk_studio.render.liveportrait.driving import ExpressionMap
from pctalk_studio.render.mesh.handles import HandleDriver
from pctalk_studio.render.mesh.weights import HandleWeights
from pctalk_studio.storage.project_file import load_project

RIG = frontal_rig()
MIDDLE = 5
"""Of the eleven columns of the lips."""


@cache
def mapped(gap: float = 0.0) -> ExpressionMap:
    return ExpressionMap.of(RIG if gap == 0 else face(gap=gap)[1])


@cache
def mesh_lips(gap: float = 0.0) -> HandleDriver:
    return HandleDriver.of(RIG if gap == 0 else face(gap=gap)[1], HandleWeights.solve(face_topology()))


def drawn_gap(row: MotionRow, gap: float = 0.0) -> float:
    """Gap of the inner lips in their middle as the mesh engine draws it, E."""
    lines = mesh_lips(gap).lines(mesh_lips(gap).pose(row).seen)
    return float(lines.lower[MIDDLE, 1] - lines.upper[MIDDLE, 1])


def opening(row: MotionRow, gap: float = 0.0) -> float:
    """Opening over width that LivePortrait's keypoints make, from the photo's."""
    return control_table().lips.opening(mapped(gap).change(row))


rows = st.builds(
    lambda moves, eyes, mouth: MotionRow(
        np.array(moves, np.float32).reshape(21, 3), MotionRow.rest().pose, np.array(eyes, np.float32), np.array(mouth, np.float32)
    ),
    st.lists(st.floats(-0.15, 0.15), min_size=63, max_size=63),
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-25, 25), st.floats(-25, 25)),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
)


@pytest.mark.parametrize("gap", [0.0, 0.16])
def test_rest_changes_nothing(gap):
    assert not mapped(gap).change(MotionRow.rest()).any()


@given(row=rows, gap=st.sampled_from([0.0, 0.1, 0.2]))
@settings(max_examples=60, deadline=None)
def test_sealed_lips_are_closed_whatever_else_they_do(row, gap):
    sealed = MotionRow(row.deformation, row.pose, row.eyes, np.array([1, row.mouth[1], row.mouth[2], 0], np.float32))
    rest = LipOpening.of(face(gap=gap)[1] if gap else RIG).at_rest
    assert rest + opening(sealed, gap) == pytest.approx(0, abs=1e-4)


@given(row=rows)
@settings(max_examples=60, deadline=None)
def test_lips_never_cross(row):
    assert opening(row) >= -1e-4


@given(row=rows, up=st.floats(-25, 25))
@settings(max_examples=60, deadline=None)
def test_shut_eyes_are_shut_wherever_they_look(row, up):
    face_map = mapped()
    shut = MotionRow(row.deformation, row.pose, np.array([1, 1, row.eyes[2], up], np.float32), row.mouth)
    plain = MotionRow(np.zeros((21, 3), np.float32), row.pose, np.array([1, 1, 0, 0], np.float32), MotionRow.rest().mouth)
    lids = [(11, 1), (13, 1), (15, 1), (16, 1)]
    got, wanted = face_map.change(shut), face_map.change(plain)
    assert [got[lid] for lid in lids] == pytest.approx([wanted[lid] for lid in lids], abs=1e-6)
    assert wanted[11, 1] > 0.01 < wanted[15, 1]


@pytest.mark.parametrize("region", list(Region))
def test_a_region_moves_its_own_points_alone(region):
    table, rng = control_table(), np.random.default_rng(5)
    for _ in range(20):
        deformation = np.zeros((KEYPOINT_COUNT, 3), np.float32)
        own = list(MESH.indices(region))
        deformation[own] = rng.uniform(-0.1, 0.1, (len(own), 3))
        changed = mapped().change(replace(MotionRow.rest(), deformation=deformation)).any(axis=1)
        assert not changed[~table.mask(region)].any()


def test_points_without_expression_and_those_of_the_whole_head_stay():
    rng = np.random.default_rng(7)
    for _ in range(20):
        wild = MotionRow.of_flat(rng.uniform(-1, 1, 77).astype(np.float32))
        assert not mapped().change(wild)[[0, 4, 5, 6, 8, 9, 10, 12, 18]].any()


@pytest.mark.parametrize(
    ("moved", "point", "axis", "sign"),
    [
        (row(lip_lower_mid=(0, 0.1), chin=(0, 0.1)), 19, 1, +1),
        (row(lip_corner_right=(-0.05, -0.05), lip_corner_left=(0.05, -0.05)), 14, 1, -1),
        (row(lip_corner_right=(0, 0.05), lip_corner_left=(0, 0.05)), 14, 1, +1),
        (row(lip_corner_right=(0.05, 0), lip_corner_left=(-0.05, 0)), 14, 1, +1),
        (row(lip_upper_mid=(0, 0, -0.05), lip_lower_mid=(0, 0, -0.05)), 17, 2, -1),
        (row(lip_upper_mid=(0, -0.04), lip_lower_mid=(0, -0.04)), 20, 1, -1),
        (row(lip_upper_mid=(0.05, 0), lip_lower_mid=(0.05, 0)), 19, 0, +1),
        (row(brow_inner_right=(0, -0.07), brow_inner_left=(0, -0.07)), 1, 1, +1),
        (row(brow_inner_right=(0, 0.05), brow_inner_left=(0, 0.05)), 1, 0, +1),
        (row(cheek_right=(0, -0.03), cheek_left=(0, -0.03)), 3, 1, -1),
        (row(lid_upper_right=(0, -0.02)), 11, 1, -1),
        (row(blink_right=1), 11, 1, +1),
        (row(blink_left=1), 15, 1, +1),
        (row(gaze_x=10), 11, 0, +1),
        (row(gaze_x=-10), 15, 0, -1),
        (row(gaze_y=10), 15, 1, -1),
        (row(press=1), 17, 2, +1),
        (row(tuck=1), 19, 2, +1),
    ],
)
def test_controls_move_points_the_measured_way(moved, point, axis, sign):
    assert mapped().change(moved)[point, axis] * sign > 5e-4


def test_one_eye_blinks_alone():
    changed = mapped().change(row(blink_left=1)).any(axis=1)
    assert changed[[15, 16]].all()
    assert not changed[[11, 13]].any()


def test_expressions_stay_within_twice_what_people_do():
    """Widest measured excursions, by LivePortrait's own clips, of points that controls move (x 1000)."""
    widest = {19: 82, 20: 36, 14: 23, 11: 21, 15: 17, 1: 12, 2: 28, 3: 14, 7: 21, 13: 11, 16: 7, 17: 15}
    motion = _sample_motion()
    for frame in range(0, len(motion), 3):
        change = np.abs(mapped().change(motion.row(frame)).max(axis=1)) * 1000
        assert all(change[point] <= 2 * limit for point, limit in widest.items())


def _sample():
    return load_project(resource_path("sample") / "sample.pctalk").project


def _sample_motion(**changes):
    project = replace(_sample(), **changes)
    return Evaluator(RIG, spoken(project.speech.alignment())).motion(project)


def _correlation(motion) -> float:
    told = [(opening(motion.row(frame)), drawn_gap(motion.row(frame))) for frame in range(len(motion))]
    return float(np.corrcoef(np.array(told).T)[0, 1])


def test_lips_open_as_the_mesh_engine_opens_them_over_the_sample():
    assert _correlation(_sample_motion()) > 0.95


@pytest.mark.parametrize("seed", range(6))
def test_lips_open_as_the_mesh_engine_opens_them_in_any_style(seed):
    rng = np.random.default_rng(seed)
    style = StyleAxes(*rng.uniform(0, 2, 3).tolist())
    emotion = EmotionClip(list(Emotion)[seed % len(Emotion)], float(rng.uniform(0.3, 1.2)))
    motion = _sample_motion(style=style, lip_scale=float(rng.uniform(0.5, 1.6)), emotions=(emotion,))
    assert _correlation(motion) > 0.95


def test_consonants_that_close_the_lips_close_them():
    motion = _sample_motion()
    closed = [opening(motion.row(frame)) for frame in range(len(motion)) if motion.mouth[frame, 0] > 0.999]
    assert len(closed) >= 3
    assert max(map(abs, closed)) < 1e-4


def _content():
    return json.loads(resource_path(TABLE).read_text(encoding="utf-8"))


def test_a_table_whose_regions_leak_is_refused():
    content = copy.deepcopy(_content())
    content["controls"][0]["moves"].append([1, "y", 0.01])
    with pytest.raises(ValueError, match="outside"):
        parse_table(content)
    content = copy.deepcopy(_content())
    content["lips"]["along"].append([11, "y", 0.1])
    with pytest.raises(ValueError, match="outside"):
        parse_table(content)
    content = copy.deepcopy(_content())
    content["channels"][0]["moves"].append([11, "y", 0.1])
    with pytest.raises(ValueError, match="mouth channel"):
        parse_table(content)
