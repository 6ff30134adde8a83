from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.facts import frontal_rig
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.topology import FACE_OVAL, face_topology
from pctalk_studio.document.masks import MASK_SIDE, FaceMask
from pctalk_studio.document.project import EmotionRegion, Side
from pctalk_studio.render.api import RenderSource
from pctalk_studio.session.face_regions import area, outlines, region_at
from pctalk_studio.session.face_space import FaceSpace

SIZE = 512

TURNS = st.tuples(
    st.floats(-15, 15), st.floats(-30, 30), st.floats(-20, 20), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0.8, 1.2)
)
CHEEKS_NOSE_BROWS = ((-0.35, 0.35), (0.35, 0.35), (0.0, 0.4), (-0.3, -0.2), (0.2, 1.0), (0.0, -0.4))


@pytest.fixture(scope="module")
def space() -> FaceSpace:
    return FaceSpace.of(RenderSource(np.full((SIZE, SIZE, 3), 128, np.uint8), frontal_rig(SIZE)))


def turned(*pose: float) -> MotionRow:
    return replace(MotionRow.rest(), pose=np.array(pose, np.float32))


def test_at_rest_the_mesh_lies_on_the_landmarks(space):
    posed = space.posed(MotionRow.rest())
    assert np.abs(posed.points[:468] - space.rig.landmarks[:468]).max() < 1e-3


@settings(deadline=None, max_examples=40)
@given(TURNS, st.sampled_from(CHEEKS_NOSE_BROWS))
def test_a_point_of_the_face_is_found_again_wherever_the_head_turns(space, pose, place):
    posed = space.posed(turned(*pose))
    x, y = posed.to_picture(np.array([place]))[0]
    found = posed.at(x, y)
    assert found is not None
    assert found.on_mesh
    # A mask's cell is 0.02 E.
    assert np.hypot(found.x - place[0], found.y - place[1]) < 0.02


def test_landmarks_are_found_where_the_motion_puts_them(space):
    row = replace(turned(4, -20, 6, 0.1, 0, 1.05), deformation=np.full((21, 3), 0.02, np.float32))
    posed, flat = space.posed(row), face_topology().vertices[:, :2]
    for landmark in (4, 50, 280, 9, 205, 425):
        found = posed.at(*posed.points[landmark, :2])
        assert np.hypot(found.x - flat[landmark, 0], found.y - flat[landmark, 1]) < 1e-4


def test_a_turned_head_hides_what_lies_behind_its_nose(space):
    posed = space.posed(turned(0, 35, 0, 0, 0, 1))
    tip = posed.at(*posed.points[4, :2])
    assert abs(tip.x) < 0.02
    assert abs(tip.y - face_topology().vertices[4, 1]) < 0.02


def test_beside_the_face_paint_goes_on_a_little_and_then_ends(space):
    posed = space.posed(MotionRow.rest())
    right, top = posed.points[454, :2], posed.points[10, :2]
    beside = posed.at(right[0] + 0.1 * posed.scale, right[1])
    assert beside is not None
    assert not beside.on_mesh
    assert beside.x == pytest.approx(face_topology().vertices[454, 0] + 0.1, abs=0.02)
    above = posed.at(top[0], top[1] - 0.2 * posed.scale)
    assert above.y == pytest.approx(face_topology().vertices[10, 1] - 0.2, abs=0.02)
    assert posed.at(right[0] + posed.scale, right[1]) is None
    back = posed.to_picture(np.array([[beside.x, beside.y]]))[0]
    assert np.hypot(*(back - (right[0] + 0.1 * posed.scale, right[1]))) < 0.03 * posed.scale


@settings(deadline=None, max_examples=15)
@given(TURNS)
def test_paint_stays_on_its_landmark_when_the_head_moves(space, pose):
    posed = space.posed(turned(*pose))
    flat = face_topology().vertices[:, :2]
    cells = np.hypot(*np.moveaxis(_places() - flat[50], -1, 0)) < 0.06
    face, (width, height) = posed.map(), space.size
    seen = face.seen(np.where(cells, 255, 0).astype(np.uint8), (-0.5, -0.5, width, height), (width, height))
    rows, columns = np.nonzero(seen > 128)
    assert len(rows)
    assert np.hypot(columns.mean() - posed.points[50, 0], rows.mean() - posed.points[50, 1]) < 0.03 * posed.scale


def test_the_map_covers_skin_and_neither_mouth_nor_eyes(space):
    # Parted lips, so that there is a mouth to leave out.
    parted = np.zeros((21, 3), np.float32)
    parted[MESH.index("lip_lower_mid"), 1] = parted[MESH.index("chin"), 1] = 0.25
    posed = space.posed(replace(MotionRow.rest(), deformation=parted))
    width, height = space.size
    full = posed.map().seen(np.full((MASK_SIDE, MASK_SIDE), 255, np.uint8), (-0.5, -0.5, width, height), (width, height))

    def at(point):
        return int(full[round(point[1]), round(point[0])])

    assert at(posed.points[50]) == 255
    assert at(posed.points[[13, 14]].mean(axis=0)) < 128
    oval = posed.points[list(FACE_OVAL), :2]
    outside = oval.mean(axis=0) + 1.2 * (oval - oval.mean(axis=0))
    assert max(at(point) for point in outside) == 0


def _places() -> np.ndarray:
    from pctalk_studio.document.masks import MASK_MIDDLE, MASK_REACH

    centres = (np.arange(MASK_SIDE) + 0.5) * 2 * MASK_REACH / MASK_SIDE - MASK_REACH
    return np.dstack(np.meshgrid(centres, centres + MASK_MIDDLE))


def test_regions_share_the_whole_face():
    total = sum(area([region]).values() for region in EmotionRegion)
    assert np.abs(total - 1).max() < 4 / 255
    halves = area([EmotionRegion.CHEEKS], Side.LEFT).values() + area([EmotionRegion.CHEEKS], Side.RIGHT).values()
    assert np.abs(halves - area([EmotionRegion.CHEEKS]).values()).max() <= 2 / 255


@pytest.mark.parametrize(
    ("keypoint", "region"),
    [
        ("brow_inner_left", EmotionRegion.BROWS),
        ("lid_lower_right", EmotionRegion.EYES),
        ("cheek_left", EmotionRegion.CHEEKS),
        ("nose_ala_right", EmotionRegion.NOSE),
        ("lip_corner_left", EmotionRegion.MOUTH),
        ("chin", EmotionRegion.MOUTH),
    ],
)
def test_a_region_holds_its_keypoints_on_its_side(keypoint, region):
    place = MESH.of_landmarks(face_topology().vertices)[MESH.index(keypoint)].astype(np.float64)
    assert region_at(place[0], place[1]) is region
    assert area([region]).at(place) > 0.9
    if keypoint.endswith("left"):
        assert area([region], Side.LEFT).at(place) > 0.9
        assert area([region], Side.RIGHT).at(place) < 0.1


def test_every_region_has_an_outline_around_its_own_points():
    for region, lines in outlines().items():
        assert lines
        for line in lines:
            middle = line.mean(axis=0)
            assert region_at(middle[0], middle[1]) is region or region is EmotionRegion.MOUTH


def test_a_fill_is_soft_at_its_border():
    mask = FaceMask.empty().filled(area([EmotionRegion.NOSE]), 1.0).values()
    assert ((mask > 0.2) & (mask < 0.8)).sum() > 20
