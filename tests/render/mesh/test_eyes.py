"""The eye layers on a drawn face: what may change, what must not, and how smoothly."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest
from helpers.drawn_eyes import SKIN, drawn, face, rig_of
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.topology import EYE_LEFT_LOWER, EYE_LEFT_UPPER
from pctalk_studio.render.mesh.eyes import EyeLayers


@pytest.fixture(scope="module")
def drawn_face() -> tuple[np.ndarray, FaceRig]:
    return face()


@pytest.fixture(scope="module")
def layers(drawn_face: tuple[np.ndarray, FaceRig]) -> EyeLayers:
    return EyeLayers.of(*drawn_face)


def opening(rig: FaceRig, margin: float = 0.0) -> np.ndarray:
    """Pixels between the lids of the right eye at rest."""
    ring = rig.landmarks[[33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7], :2]
    mask = np.zeros(rig.picture_size[::-1], np.uint8)
    cv2.fillPoly(mask, [np.round(ring).astype(np.int32)], 1)
    return cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=int(margin)) > 0


def test_at_rest_nothing_changes(drawn_face, layers):
    assert np.array_equal(drawn(drawn_face, layers), drawn_face[0])


def test_only_the_surroundings_of_the_eyes_change(drawn_face, layers):
    picture, rig = drawn_face
    changed = np.any(drawn(drawn_face, layers, 1.0, (12, 8)) != picture, axis=2)
    ys, xs = np.nonzero(changed)
    near = np.min([np.hypot(xs - x, ys - y) for x, y in rig.landmarks[[159, 145, 386, 374], :2]], axis=0)
    assert near.max() < 0.35 * rig.scale


def test_one_eye_can_wink(drawn_face, layers):
    picture, rig = drawn_face
    changed = np.any(drawn(drawn_face, layers, 1.0, left=0.0) != picture, axis=2)
    middle = int(rig.landmarks[6, 0])
    assert changed[:, :middle].any()
    assert not changed[:, middle:].any()


def test_a_shut_lid_hides_iris_and_white(drawn_face, layers):
    picture, rig = drawn_face
    inside = opening(rig, 2)
    # Above the line where the lids meet, skin and nothing else shows.
    low = rig.landmarks[145, 1] - 0.03 * rig.scale
    inside &= np.arange(picture.shape[0])[:, None] < low
    shut = drawn(drawn_face, layers, 1.0)[inside].astype(float)
    assert np.abs(shut - SKIN).max() < 60
    assert np.abs(shut.mean(axis=0) - SKIN).max() < 25


def test_the_iris_disappears_step_by_step(drawn_face, layers):
    picture, rig = drawn_face
    x, y = rig.landmarks[468, :2]
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    disk = (np.hypot(xs - x, ys - y) < 0.06 * rig.scale) & (ys < rig.landmarks[145, 1] - 0.045 * rig.scale)
    dark = [(drawn(drawn_face, layers, b)[disk].astype(float).mean(axis=1) < 85).sum() for b in np.linspace(0, 1, 11)]
    assert dark[0] > 50
    assert all(b <= a + 3 for a, b in itertools.pairwise(dark))
    assert dark[-1] < 0.12 * dark[0]


@pytest.mark.parametrize("channel", ["blink", "gaze_x", "gaze_y", "lids"])
def test_small_steps_make_small_changes(drawn_face, layers, channel):
    steps, reach = 128, {"blink": 1.0, "gaze_x": 12.0, "gaze_y": 12.0, "lids": 0.03}[channel]

    def frame(t: float) -> np.ndarray:
        value = t * reach
        ways = {
            "blink": {"blink": value},
            "gaze_x": {"gaze": (value, 0)},
            "gaze_y": {"gaze": (0, value)},
            "lids": {"lids": value},
        }
        return drawn(drawn_face, layers, **ways[channel]).astype(np.int16)

    frames = [frame(t) for t in np.linspace(0, 1, steps + 1)]
    # An edge of 200 grey levels that goes 12 pixels in 128 steps changes a pixel by about 20 a step.
    assert max(np.abs(b - a).max() for a, b in itertools.pairwise(frames)) <= 24


def test_same_input_gives_same_bytes_in_any_order(drawn_face, layers):
    first = drawn(drawn_face, layers, 0.4, (5, -3))
    drawn(drawn_face, layers, 1.0, (-12, 3))
    assert np.array_equal(first, drawn(drawn_face, layers, 0.4, (5, -3)))
    assert np.array_equal(first, drawn(drawn_face, EyeLayers.of(*drawn_face), 0.4, (5, -3)))


def test_gaze_turns_the_pupil_the_right_way(drawn_face, layers):
    _, rig = drawn_face
    x, y = rig.landmarks[468, :2]
    ys, xs = np.mgrid[0 : rig.picture_size[1], 0 : rig.picture_size[0]]
    near = np.hypot(xs - x, ys - y) < 0.045 * rig.scale

    def middle(gaze):
        weight = np.maximum(48 - drawn(drawn_face, layers, gaze=gaze).mean(axis=2), 0) * near
        return (xs * weight).sum() / weight.sum(), (ys * weight).sum() / weight.sum()

    x0, y0 = middle((0, 0))
    reach = 0.1 * rig.scale * np.sin(np.deg2rad(12))
    for gaze, way in (((12, 0), (1, 0)), ((-12, 0), (-1, 0)), ((0, 12), (0, -1)), ((0, -12), (0, 1))):
        x1, y1 = middle(gaze)
        assert (x1 - x0, y1 - y0) == pytest.approx((way[0] * reach, way[1] * reach), abs=0.4 * reach)


def test_both_eyes_turn_equally(drawn_face, layers):
    picture, rig = drawn_face
    turned = drawn(drawn_face, layers, gaze=(10, 0)).astype(int) - picture
    sizes = [
        np.abs(turned[:, part]).sum() for part in (slice(0, int(rig.landmarks[6, 0])), slice(int(rig.landmarks[6, 0]), None))
    ]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.25)


def test_the_glint_of_a_lamp_stays(drawn_face, layers):
    picture, rig = drawn_face
    radius = 0.065 * rig.scale
    x, y = rig.landmarks[468, :2] + (radius / 3, -radius / 4)
    spot = round(float(y)), round(float(x))
    assert picture[spot].mean() > 170
    for gaze in ((10, 0), (-10, 0), (0, -8)):
        assert drawn(drawn_face, layers, gaze=gaze)[spot].mean() > picture[spot].mean() - 40


def test_hidden_eyes_are_left_alone(drawn_face):
    picture, _ = drawn_face
    rig = rig_of((256, 256), 120.0, (Problem("eyes-hidden", "The eyes are hidden by sunglasses."),))
    assert np.array_equal(drawn((picture, rig), EyeLayers.of(picture, rig), 1.0, (10, 5)), picture)


def test_shut_eyes_do_not_move():
    picture, rig = face()
    landmarks = rig.landmarks.copy()
    for upper, lower in (((246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)),
                         ((466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382))):  # fmt: skip
        landmarks[list(upper)] = landmarks[list(lower)] - (0, 0.5, 0)
    shut = replace(rig, landmarks=landmarks)
    assert np.array_equal(drawn((picture, shut), EyeLayers.of(picture, shut), 1.0, (12, 0)), picture)


@pytest.mark.parametrize("unit", [6.0, 14.0, 24.0, 60.0, 400.0])
def test_any_size_is_drawn(unit):
    side = int(unit * 2.2)
    picture, rig = face(max(side, 16), unit)
    layers = EyeLayers.of(picture, rig)
    shut = drawn((picture, rig), layers, 1.0, (8, 4))
    assert shut.shape == picture.shape
    if unit >= 24:
        assert not np.array_equal(shut, picture)


@pytest.mark.parametrize("shift", [(-70, 0), (70, 0), (0, -110), (0, 150), (-400, 0)])
def test_an_eye_at_the_edge_of_the_picture_is_no_failure(shift):
    picture, rig = face()
    away = np.array([*shift, 0.0])
    moved = replace(rig, landmarks=(rig.landmarks + away).astype(np.float32), translation=rig.translation + away)
    drawn((picture, moved), EyeLayers.of(picture, moved), 0.7, (12, -12), 0.02)


def test_wide_lids_show_eyeball_and_not_stretched_lashes(drawn_face, layers):
    _, rig = drawn_face
    wide = drawn(drawn_face, layers, lids=0.025)
    x, y = rig.landmarks[160, :2]
    spot = wide[round(float(y - 0.014 * rig.scale)), round(float(x))].astype(float)
    assert spot.min() > 130  # white of the eye, in the lid's shadow, where lashes were


def test_a_tilted_head_blinks_like_an_upright_one(drawn_face, layers):
    picture, rig = drawn_face
    centre = rig.landmarks[6, :2].astype(float)
    turn = cv2.getRotationMatrix2D(tuple(centre), 25, 1.0)
    landmarks = rig.landmarks.copy()
    landmarks[:, :2] = landmarks[:, :2] @ turn[:, :2].T + turn[:, 2]
    size = picture.shape[1::-1]
    tilted = cv2.warpAffine(picture, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    tilted_rig = replace(rig, landmarks=landmarks.astype(np.float32))
    back = cv2.invertAffineTransform(turn)
    shut = cv2.warpAffine(drawn((tilted, tilted_rig), EyeLayers.of(tilted, tilted_rig), 1.0), back, size, flags=cv2.INTER_CUBIC)
    upright = drawn(drawn_face, layers, 1.0)
    inside = opening(rig)
    assert np.abs(shut[inside].astype(float) - upright[inside]).mean() < 14
    assert np.abs(picture[inside].astype(float) - upright[inside]).mean() > 60


def test_an_eye_that_the_nose_hides_is_left_alone(drawn_face):
    picture, rig = drawn_face
    landmarks = rig.landmarks.copy()
    middle = rig.landmarks[473, 0]
    left = [*EYE_LEFT_UPPER, *EYE_LEFT_LOWER]
    landmarks[left, 0] = middle + 0.35 * (landmarks[left, 0] - middle)
    turned = replace(rig, landmarks=landmarks)
    changed = np.any(drawn((picture, turned), EyeLayers.of(picture, turned), 1.0) != picture, axis=2)
    nose = int(rig.landmarks[6, 0])
    assert changed[:, :nose].any()
    assert not changed[:, nose:].any()


def edgewise(share: float) -> tuple[np.ndarray, FaceRig]:
    """A face whose left eye is narrowed to a share of its width, picture and landmarks alike."""
    picture, rig = face()
    landmarks = rig.landmarks.copy()
    inner, reach = float(rig.landmarks[362, 0]), int(0.5 * rig.scale)
    eye = (landmarks[:, 0] > inner - 1) & (landmarks[:, 0] < inner + reach)
    landmarks[eye, 0] = inner + share * (landmarks[eye, 0] - inner)
    x0 = round(inner)
    part = picture[:, x0 : x0 + reach]
    narrow = cv2.resize(part, (round(share * part.shape[1]), part.shape[0]), interpolation=cv2.INTER_AREA)
    turned = picture.copy()
    turned[:, x0 : x0 + reach] = SKIN
    turned[:, x0 : x0 + narrow.shape[1]] = narrow
    return turned, replace(rig, landmarks=landmarks)


def test_an_eye_seen_edgewise_shuts_with_the_other(drawn_face):
    picture, rig = edgewise(0.48)
    layers = EyeLayers.of(picture, rig)
    assert layers.left is None
    assert np.array_equal(drawn((picture, rig), layers), picture)
    x0, x1 = sorted(rig.landmarks[[362, 263], 0].astype(int))
    y0, y1 = (int(y) for y in rig.landmarks[[386, 374], 1])

    def iris_and_white(blink: float) -> int:
        eye = drawn((picture, rig), layers, blink)[y0 + 1 : y1 - 1, x0:x1].astype(int)
        return int((np.abs(eye - SKIN).max(axis=2) > 60).sum())

    seen = [iris_and_white(b) for b in (0.0, 0.35, 0.7, 1.0)]
    assert all(b < a for a, b in itertools.pairwise(seen))
    assert seen[-1] < 0.35 * seen[0]
    changed = np.argwhere(np.any(drawn((picture, rig), layers, 0.0, left=1.0) != picture, axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    wx0, wy0, wx1, wy1 = layers.windows[-1]
    assert wx0 <= left <= right < wx1
    assert wy0 <= top <= bottom < wy1


def test_an_eye_seen_edgewise_does_not_follow_the_gaze(drawn_face):
    picture, rig = edgewise(0.48)
    turned = drawn((picture, rig), EyeLayers.of(picture, rig), gaze=(10, 4))
    nose = int(rig.landmarks[6, 0])
    assert np.array_equal(turned[:, nose:], picture[:, nose:])


def test_threads_share_the_layers(drawn_face, layers):
    rows = [(b / 10, (b - 5.0, 5.0 - b)) for b in range(11)] * 3
    alone = [drawn(drawn_face, layers, *row) for row in rows]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda row: drawn(drawn_face, layers, *row), rows))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_upper_lids_follow_a_look_up(drawn_face, layers):
    _, rig = drawn_face
    x, y = (round(float(c)) for c in rig.landmarks[157, :2])
    reach = round(0.05 * rig.scale)

    def lash_line(gaze: float) -> float:
        column = drawn(drawn_face, layers, gaze=(0, gaze))[y - reach : y + reach, x].astype(float).mean(axis=1)
        dark = np.maximum(120 - column, 0)
        return float((np.arange(len(dark)) * dark).sum() / dark.sum())

    assert 0.4 < lash_line(0) - lash_line(12) < 2.5
    assert abs(lash_line(0) - lash_line(-12)) < 0.4


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    reach=st.sampled_from([0.0, 0.3, 6.0]),
    blinks=st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)),
    gaze=st.tuples(st.floats(-90, 90), st.floats(-90, 90)),
)
def test_whatever_is_asked_for_stays_around_the_eyes(drawn_face, layers, seed, reach, blinks, gaze):
    picture, rig = drawn_face
    canvas = picture.copy()
    shifts = np.random.default_rng(seed).uniform(-reach, reach, (478, 2))
    vertices = (rig.landmarks[:, :2] + shifts).astype(np.float32)
    layers.draw(canvas, vertices, *blinks, *gaze)
    away = np.ones(picture.shape[:2], bool)
    for eye in (layers.right, layers.left):
        x0, y0, x1, y1 = eye.frame.window
        away[y0:y1, x0:x1] = False
    assert np.array_equal(canvas[away], picture[away])
