"""The engine's promises: rest and surroundings bit by bit, exactness at landmarks, closed lips, no folds, symmetry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from helpers.mouth_faces import face
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core import topology as topo
from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import MOUTH_CHANNELS, POSE_CHANNELS, Motion, MotionRow
from pctalk_studio.core.time import FrameRate
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh.engine import MeshRenderer
from pctalk_studio.render.mesh.fields import MIN_DETERMINANT, determinants
from pctalk_studio.render.mesh.sheets import JAW_SKIRT, SKIRT


@cache
def prepared(**kinds):
    picture, rig = face(**kinds)
    return MeshRenderer().prepare(RenderSource(picture, rig))


@pytest.fixture(scope="module")
def closed():
    return prepared()


@pytest.fixture(scope="module")
def laughing():
    return prepared(gap=0.16, teeth=True)


def row(pose=(), mouth=(), eyes=(0, 0, 0, 0), **moves):
    """A row from keypoint displacements by name, pose and mouth channels by name."""
    deformation = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    for name, move in moves.items():
        deformation[MESH.index(name), : len(move)] = move
    rest = MotionRow.rest()
    pose_values, mouth_values = rest.pose.copy(), rest.mouth.copy()
    for name, value in dict(pose).items():
        pose_values[POSE_CHANNELS.index(name)] = value
    for name, value in dict(mouth).items():
        mouth_values[MOUTH_CHANNELS.index(name)] = value
    return MotionRow(deformation, pose_values, np.asarray(eyes, np.float32), mouth_values)


def opened(gap=0.12, **more):
    moves = {
        "lip_lower_mid": (0, gap), "lip_lower_right": (0, 0.8 * gap), "lip_lower_left": (0, 0.8 * gap),
        "lip_corner_right": (0.05 * gap, 0.2 * gap), "lip_corner_left": (-0.05 * gap, 0.2 * gap), "chin": (0, 0.8 * gap),
    }  # fmt: skip
    return row(**(moves | more))


def mirrored(motion):
    """The same motion of the mirrored face."""
    names = [keypoint.name for keypoint in MESH.keypoints]
    order = [names.index(n.replace("right", "#").replace("left", "right").replace("#", "left")) for n in names]
    deformation = motion.deformation[order] * np.array([-1, 1, 1], np.float32)
    eyes = motion.eyes[[1, 0, 2, 3]] * np.array([1, 1, -1, 1], np.float32)
    return MotionRow(deformation, motion.pose * np.array([1, -1, -1, -1, 1, 1], np.float32), eyes, motion.mouth)


def test_rest_is_the_photo_bit_by_bit_and_a_fresh_array(closed):
    frame = closed.frame(MotionRow.rest())
    assert np.array_equal(frame, closed.picture)
    frame[:] = 0
    assert np.array_equal(closed.frame(MotionRow.rest()), closed.picture)


@pytest.mark.parametrize(
    "motion",
    [
        opened(),
        opened(0.16, lip_corner_right=(-0.06, -0.05)),
        row(mouth={"seal": 1, "press": 1}),
        row(brow_inner_left=(0.02, -0.08)),
    ],
)
def test_outside_the_skirt_the_photo_is_untouched(closed, motion):
    frame, rig = closed.frame(motion), closed.rig
    assert not np.array_equal(frame, closed.picture)
    oval = rig.landmarks[list(topo.FACE_OVAL), :2]
    ys, xs = np.mgrid[: frame.shape[0], : frame.shape[1]]
    pixels = np.stack([xs, ys], -1).reshape(-1, 1, 2)
    distance = np.linalg.norm(pixels - oval[None], axis=-1).min(1).reshape(frame.shape[:2])
    inside = (np.abs(xs - oval[:, 0].mean()) < np.ptp(oval[:, 0]) / 2) & (ys > oval[:, 1].min()) & (ys < oval[:, 1].max())
    far = (distance > (SKIRT + JAW_SKIRT + 0.1) * rig.scale) & ~inside
    far |= (distance > (SKIRT + 0.1) * rig.scale) & ~inside & (ys < rig.landmarks[13, 1])
    assert far.mean() > 0.1
    assert np.array_equal(frame[far], closed.picture[far])


@pytest.mark.parametrize("roll", [0.0, 20.0])
def test_keypoint_groups_land_where_the_motion_says(roll):
    engine = prepared(roll=roll)
    motion = opened(0.1, lip_corner_left=(0.04, -0.03), brow_inner_left=(0.01, -0.06), cheek_right=(0.0, -0.03))
    clip = Motion(
        FrameRate(25), motion.deformation[None], np.zeros_like(motion.deformation)[None], motion.pose[None],
        motion.eyes[None], motion.mouth[None], np.zeros(1, np.float32),
    )  # fmt: skip
    asked = clip.k_d(engine.rig)[0, :, :2]
    landed = MESH.of_landmarks(np.pad(engine.vertices(motion), ((0, 0), (0, 1))))[:, :2]
    assert np.abs(landed - asked).max() < 0.5


def test_skin_moves_with_its_landmark(closed):
    """A drawn dot on the chin is found where the chin's landmark goes."""
    picture = closed.picture.copy()
    x, y = np.rint(closed.rig.landmarks[199, :2]).astype(int)
    picture[y - 1 : y + 2, x - 1 : x + 2] = (0, 0, 255)
    engine = MeshRenderer().prepare(RenderSource(picture, closed.rig))
    motion = opened(0.14)
    frame = engine.frame(motion).astype(float)
    blue = np.clip(frame[..., 2] - frame[..., 0] - 60, 0, None)
    ys, xs = np.mgrid[: blue.shape[0], : blue.shape[1]]
    found = np.array([(xs * blue).sum(), (ys * blue).sum()]) / blue.sum()
    expected = (x, y) + engine.vertices(motion)[199] - closed.rig.landmarks[199, :2]
    assert np.abs(found - expected).max() < 0.6


@pytest.mark.parametrize("kind", ["closed", "laughing"])
def test_seal_makes_the_lip_lines_coincide(kind, request):
    engine = request.getfixturevalue(kind)
    for motion in (row(mouth={"seal": 1}), replace(opened(0.1), mouth=np.array([1, 0, 0, 0], np.float32))):
        lines = engine.driver.lines(engine.driver.pose(motion).seen)
        assert np.abs(lines.upper - lines.lower).max() * engine.rig.scale < 0.05
        drawn = engine.mouth.lines(engine.to_picture(engine.driver.pose(motion).seen))
        # What is drawn may keep the hair's breadth by which detected landmarks of touching lips lie apart.
        assert np.abs(drawn[0] - drawn[1]).max() < 0.5


def test_lips_never_cross(closed):
    crossing = row(lip_upper_mid=(0, 0.06), lip_upper_right=(0, 0.06), lip_lower_mid=(0, -0.06), lip_lower_left=(0, -0.06))
    upper, lower = closed.mouth.lines(closed.to_picture(closed.driver.pose(crossing).seen))
    assert (lower - upper)[:, 1].min() > -0.05


def test_laughing_mouth_shows_no_teeth_when_sealed(laughing):
    frame = laughing.frame(row(mouth={"seal": 1})).astype(int)
    x0, x1 = laughing.rig.landmarks[[78, 308], 0].astype(int)
    y0, y1 = laughing.rig.landmarks[[0, 17], 1].astype(int)
    teeth = (frame[y0:y1, x0:x1] > 190).all(-1)
    assert (laughing.picture[y0:y1, x0:x1] > 190).all(-1).sum() > 100
    assert teeth.sum() <= 8


def test_opening_shows_an_interior_that_grows(closed):
    mouth = slice(int(closed.rig.landmarks[13, 1]), int(closed.rig.landmarks[17, 1] + 20)), slice(240, 272)
    dark = [(closed.frame(opened(gap))[mouth].sum(-1) < 200).sum() for gap in (0.0, 0.06, 0.12)]
    assert dark[0] < dark[1] < dark[2]


@pytest.mark.parametrize("corners", [0.0, -0.05])
def test_what_a_mouth_adds_to_the_skin_ends_softly(closed, corners):
    """Outside its box and on the box's rim the skin stays as it is, smiling or not."""
    motion = opened(0.1, lip_corner_right=(-0.04, corners), lip_corner_left=(0.04, corners))
    seen = closed.to_picture(closed.driver.pose(motion).seen)
    shape = closed.mouth.shape(seen, motion.mouth)
    grey = np.full_like(closed.picture, 128)
    canvas = grey.copy()
    closed.mouth.draw(canvas, closed.fields(motion)[1:], shape)
    x0, y0, x1, y1 = shape.box
    assert (canvas[y0:y1, x0:x1] != 128).any()
    canvas[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1] = 128
    assert np.array_equal(canvas, grey)


@settings(max_examples=25, deadline=None)
@given(
    moves=st.lists(st.floats(-0.16, 0.16), min_size=KEYPOINT_COUNT * 2, max_size=KEYPOINT_COUNT * 2),
    mouth=st.lists(st.floats(0, 1), min_size=4, max_size=4),
    pose=st.tuples(
        st.floats(-6, 6), st.floats(-8, 8), st.floats(-8, 8), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(0.95, 1.05)
    ),
)
def test_no_motion_folds_the_skin_or_the_head(moves, mouth, pose):
    closed = prepared()
    deformation = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    deformation[:, :2] = np.reshape(moves, (KEYPOINT_COUNT, 2))
    motion = MotionRow(deformation, np.asarray(pose, np.float32), np.zeros(4, np.float32), np.asarray(mouth, np.float32))
    for sheet, forward in closed.fields(motion):
        trace, determinant = determinants(forward, sheet.grid.step)
        assert (1 + trace + determinant)[sheet.valid].min() >= MIN_DETERMINANT - 1e-3
    head = closed.head.forward(motion.pose)
    trace, determinant = determinants(head, closed.head.grid.step)
    assert (1 + trace + determinant).min() >= MIN_DETERMINANT - 1e-3
    assert closed.frame(motion).shape == closed.picture.shape


def test_what_is_shortened_is_told(closed):
    assert closed.kept(opened(0.14)) == 1.0
    assert closed.kept(row(mouth={"seal": 1, "press": 1})) == 1.0
    folding = row(chin=(0, -0.3), lip_lower_mid=(0, 0.3), lip_lower_left=(0.2, 0.3), lip_lower_right=(-0.2, 0.3))
    assert 0.0 < closed.kept(folding) < 0.95


def test_frames_are_the_same_in_any_order_and_thread(closed):
    rows = [opened(0.02 * i, brow_inner_left=(0, -0.01 * i)) for i in range(6)] + [row(pose={"yaw": 5}), row(eyes=(1, 1, 0, 0))]
    alone = [closed.frame(r) for r in rows]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(closed.frame, reversed(rows)))
    for a, b in zip(alone, reversed(together), strict=True):
        assert np.array_equal(a, b)


def test_a_symmetric_row_stays_symmetric_and_sides_can_be_swapped(closed):
    even = closed.vertices(opened(0.1)) - closed.rig.landmarks[:, :2]
    mirror = topo.face_topology().mirror
    assert np.abs(even - even[mirror] * (-1, 1)).max() < 0.01
    odd = opened(0.1, brow_inner_left=(0.02, -0.07), lip_corner_right=(-0.05, -0.04))
    left = closed.vertices(odd) - closed.rig.landmarks[:, :2]
    right = closed.vertices(mirrored(odd)) - closed.rig.landmarks[:, :2]
    assert np.abs(left - right[mirror] * (-1, 1)).max() < 0.01


def test_head_turn_moves_the_face_as_the_keypoints_say_and_keeps_the_border(closed):
    motion = row(pose={"yaw": 5, "roll": 4, "x": 0.03})
    clip = Motion(
        FrameRate(25), motion.deformation[None], motion.deformation[None], motion.pose[None],
        motion.eyes[None], motion.mouth[None], np.zeros(1, np.float32),
    )  # fmt: skip
    asked = clip.k_d(closed.rig)[0, :, :2]
    at = MESH.of_landmarks(closed.rig.landmarks)[:, :2]
    grid, forward = closed.head.grid, closed.head.forward(motion.pose)
    place = (at - (grid.x0, grid.y0) + 0.5) / grid.step - 0.5
    j, i = np.floor(place).astype(int).T
    f, g = (place - np.floor(place)).T[:, :, None]
    near = (1 - g) * ((1 - f) * forward[i, j] + f * forward[i, j + 1]) + g * (
        (1 - f) * forward[i + 1, j] + f * forward[i + 1, j + 1]
    )
    assert np.abs(at + near - asked).max() < 1.5
    frame = closed.frame(motion)
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.abs(frame[edge].astype(int) - closed.picture[edge]).mean() < 2


def test_values_that_are_not_numbers_are_refused(closed):
    broken = MotionRow.rest().flat()
    broken[3] = np.nan
    with pytest.raises(RenderError, match="not numbers"):
        closed.frame(MotionRow.of_flat(broken))


@pytest.mark.parametrize("window", [(0, 0, 256, 512), (130, 90, 400, 320), (100, 0, 420, 316)])
def test_faces_cut_by_the_border_are_drawn_all_the_same(window):
    x0, y0, x1, y1 = window
    picture, rig = face()
    cut = np.ascontiguousarray(picture[y0:y1, x0:x1])
    engine = MeshRenderer().prepare(RenderSource(cut, rig.placed(1.0, (x0, y0), (x1 - x0, y1 - y0), "cut")))
    for motion in (
        opened(),
        row(pose={"yaw": -8, "roll": 8, "x": 0.1}, mouth={"seal": 1, "press": 1}),
        opened(pose={"pitch": 6}),
    ):
        assert engine.frame(motion).shape == cut.shape


def test_a_face_too_small_to_draw_is_refused():
    picture, rig = face(size=64)
    with pytest.raises(RenderError, match="too small"):
        MeshRenderer().prepare(RenderSource(picture, rig))
