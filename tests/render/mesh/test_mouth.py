from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from helpers import mouth_faces
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import RenderError
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.mouth_look import LUMA, TEETH_CAP


@pytest.fixture(scope="module")
def closed():
    picture, rig = mouth_faces.face()
    return picture, rig, MouthLayers.of(picture, rig)


@pytest.fixture(scope="module")
def toothy():
    picture, rig = mouth_faces.face(gap=0.12, teeth=True)
    return picture, rig, MouthLayers.of(picture, rig)


def painted_on(patch, size):
    """The patch on an empty picture: [h, w, 3] and its coverage."""
    rgb, cover = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), np.uint8)
    height, width = patch.cover.shape
    rgb[patch.y : patch.y + height, patch.x : patch.x + width] = patch.rgb
    cover[patch.y : patch.y + height, patch.x : patch.x + width] = patch.cover
    return rgb, cover


def test_closed_lips_show_nothing(closed):
    _, rig, layers = closed
    upper, _ = mouth_faces.curves(rig)
    assert layers.interior(upper, upper) is None


def test_crossed_lips_show_nothing(closed):
    _, rig, layers = closed
    assert layers.interior(*mouth_faces.curves(rig, upper_rise=-0.05, lower_drop=-0.05)) is None


def test_an_opening_outside_the_region_shows_nothing(closed):
    _, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.1)
    assert layers.interior(upper + 5000, lower + 5000) is None


def test_covers_the_opening_and_no_more(closed):
    _, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.12)
    _, cover = painted_on(layers.interior(upper, lower), 512)
    opening = np.zeros((512, 512), np.uint8)
    ring = np.round(np.vstack([upper, lower[::-1]]) * 16).astype(np.int32)
    cv2.fillPoly(opening, [ring], 255, lineType=cv2.LINE_AA, shift=4)
    core, outside = cv2.erode(opening, np.ones((5, 5))) == 255, cv2.dilate(opening, np.ones((5, 5))) == 0
    assert core.sum() > 300
    assert cover[core].min() == 255
    assert cover[outside].max() == 0


def test_upper_teeth_stay_when_only_lips_move(closed):
    _, rig, layers = closed
    seen = []
    for drop in (0.16, 0.20):
        rgb, cover = painted_on(layers.interior(*mouth_faces.curves(rig, upper_rise=0.02, lower_drop=drop), jaw=(0, 14)), 512)
        seen.append((rgb.astype(int), cover == 255))
    both = seen[0][1] & seen[1][1]
    x, y = (rig.landmarks[13, :2] + rig.landmarks[14, :2]).astype(float) / 2
    rows, columns = slice(int(y), int(y + 0.025 * rig.scale)), slice(int(x - 20), int(x + 20))
    teeth = np.zeros_like(both)
    teeth[rows, columns] = True
    assert (both & teeth).sum() > 50
    assert np.abs(seen[0][0] - seen[1][0])[both & teeth].max() <= 3


def test_lower_teeth_follow_the_jaw(closed):
    _, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.22)
    near, _ = painted_on(layers.interior(upper, lower, jaw=(0, 8)), 512)
    far, _ = painted_on(layers.interior(upper, lower, jaw=(0, 16)), 512)
    column = int(rig.landmarks[13, 0]) + 4
    top = int(rig.landmarks[13, 1] + 0.06 * rig.scale)
    profiles = [image[top : top + 40, column - 3 : column + 4].mean((1, 2)) for image in (near, far)]
    rises = [int(np.argmax(np.diff(profile))) for profile in profiles]
    assert rises[1] - rises[0] == pytest.approx(8, abs=2)


def test_tongue_fills_the_slit_between_the_teeth(closed):
    _, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.10)
    low, _ = painted_on(layers.interior(upper, lower, jaw=(0, 9), tongue=0.0), 512)
    between, _ = painted_on(layers.interior(upper, lower, jaw=(0, 9), tongue=1.0), 512)
    x, y = int(rig.landmarks[13, 0]), int(rig.landmarks[13, 1] + 0.065 * rig.scale)
    before, after = low[y - 2 : y + 3, x - 8 : x + 9].mean((0, 1)), between[y - 2 : y + 3, x - 8 : x + 9].mean((0, 1))
    redness = [float(c[0] - c[1:].mean()) for c in (before, after)]
    assert redness[1] > redness[0] + 20


def test_teeth_are_darker_than_the_eyes(closed):
    _, rig, layers = closed
    rgb, cover = painted_on(layers.interior(*mouth_faces.curves(rig, upper_rise=0.05, lower_drop=0.2), jaw=(0, 15)), 512)
    light = rgb[cover == 255] @ LUMA
    assert light.max() > 0.5 * layers.look.sclera_luma
    # Grain may lift single pixels by a few levels.
    assert np.quantile(light, 0.999) <= TEETH_CAP * layers.look.sclera_luma * 1.25
    assert np.quantile(light, 0.99) <= TEETH_CAP * layers.look.sclera_luma


def test_grey_photo_has_a_grey_mouth():
    picture, rig = mouth_faces.face(grey=True)
    patch = MouthLayers.of(picture, rig).interior(*mouth_faces.curves(rig, lower_drop=0.15), jaw=(0, 12), tongue=0.3)
    assert np.ptp(patch.rgb.astype(int), axis=2).max() <= 1


def test_same_row_same_bytes(closed):
    picture, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.15)
    again = MouthLayers.of(picture, rig)
    layers.interior(upper, upper + np.array([0, 30]), (0, 5), 0.5, 0.9)
    one, two = (maker.interior(upper, lower, (1.5, 9.25), 0.2, 0.4) for maker in (layers, again))
    assert one.rgb.tobytes() == two.rgb.tobytes()
    assert one.cover.tobytes() == two.cover.tobytes()
    assert layers.upper_texture.tobytes() == again.upper_texture.tobytes()


def test_own_teeth_stand_exactly_where_the_photo_has_them(toothy):
    picture, rig, layers = toothy
    rgb, cover = painted_on(layers.interior(*mouth_faces.curves(rig)), 512)
    assert (cover == 255).sum() > 200
    assert np.array_equal(rgb[cover == 255], picture[cover == 255])


def test_own_teeth_stay_when_the_mouth_closes_halfway(toothy):
    picture, rig, layers = toothy
    rgb, cover = painted_on(layers.interior(*mouth_faces.curves(rig, lower_drop=-0.05), jaw=(0, -4)), 512)
    core = cv2.erode(cover, np.ones((7, 7))) == 255
    assert core.any()
    pale = rgb[core].astype(int)
    assert np.median(pale @ LUMA) > 0.6 * np.median(picture[core] @ LUMA)


def test_lip_layers_hold_no_teeth(toothy):
    _, rig, layers = toothy
    x, y = layers.origin
    upper, lower = mouth_faces.curves(rig)
    middle = (upper + lower) / 2
    for texture in (layers.upper_texture, layers.lower_texture):
        for px, py in middle[12:29]:
            colour = texture[int(py) - y, int(px) - x].astype(int)
            assert colour[0] - colour[1] > 30


def test_teeth_that_reach_into_the_landmarks_lip_are_no_part_of_it():
    picture, rig = mouth_faces.face(gap=0.12, teeth=True)
    _, lower = mouth_faces.curves(rig)
    strip = np.vstack([lower, (lower + np.array([0, 0.02 * rig.scale]))[::-1]])[:, None]
    cv2.fillPoly(picture, [np.round(strip * 16).astype(np.int32)], (228, 222, 205), shift=4)
    layers = MouthLayers.of(picture, rig)
    x, y = layers.origin
    for px, py in lower[14:27]:
        at = (int(py + 0.01 * rig.scale), int(px))
        assert np.ptp(picture[at].astype(int)) < 30
        colour = layers.lower_texture[at[0] - y, at[1] - x].astype(int)
        assert colour[0] - colour[1] > 40


def test_closed_lips_part_without_their_dark_line(closed):
    picture, rig, layers = closed
    x, y = layers.origin
    for px, py in mouth_faces.curves(rig)[0][12:29]:
        at = (round(py), round(px))
        assert picture[at] @ LUMA < 75
        for texture in (layers.upper_texture, layers.lower_texture):
            assert texture[at[0] - y, at[1] - x] @ LUMA > 75


def test_each_layer_is_the_photo_on_its_own_side(closed):
    picture, _, layers = closed
    own = picture[layers.frame.roi.slices]
    beside = np.abs(layers.frame.u) > 0.33 * layers.frame.unit
    for texture, away in ((layers.upper_texture, layers.frame.v < -0.04 * layers.frame.unit),
                          (layers.lower_texture, layers.frame.v > 0.04 * layers.frame.unit)):  # fmt: skip
        assert np.array_equal(texture[beside | away], own[beside | away])
        assert not np.array_equal(texture, own)


def test_seam_brings_the_photo_back_when_the_lips_meet(closed):
    picture, rig, layers = closed
    upper, lower = mouth_faces.curves(rig)
    middle = layers.frame.table((upper + lower) / 2)
    below = np.clip(layers.frame.v - middle[layers.frame.column] + 0.5, 0, 1)[..., None]
    composed = np.rint(layers.upper_texture * (1 - below) + layers.lower_texture * below).astype(np.uint8)
    shaded = layers.shade(composed, upper, lower)
    own = picture[layers.frame.roi.slices]
    assert np.abs(shaded.astype(int) - own).max() <= 3
    assert np.abs(composed.astype(int) - own).max() > 30


@pytest.mark.parametrize("size", [128, 256, 1024, 2048])
def test_draws_at_every_size(size):
    picture, rig = mouth_faces.face(size)
    layers = MouthLayers.of(picture, rig)
    patch = layers.interior(*mouth_faces.curves(rig, lower_drop=0.15), jaw=(0, 0.1 * rig.scale), tongue=0.3)
    assert patch.rgb.shape == (*patch.cover.shape, 3)
    assert patch.cover.max() == 255
    assert patch.rgb[patch.cover == 255].std() > 10


@pytest.mark.parametrize(("dx", "dy"), [(-0.43, 0), (0.4, 0), (0, 0.35), (-0.55, 0.2)])
@pytest.mark.parametrize("teeth", [False, True])
def test_draws_a_mouth_that_the_picture_cuts(dx, dy, teeth):
    picture, rig = mouth_faces.face(256, gap=0.12 if teeth else 0.0, teeth=teeth)
    cut = mouth_faces.moved(rig, dx * 256, dy * 256)
    layers = MouthLayers.of(picture, cut)
    upper, lower = mouth_faces.curves(cut, lower_drop=0.15)
    patch = layers.interior(upper, lower, (0, 3), tongue=0.5)
    assert layers.shade(layers.upper_texture, upper, lower, 0.5, 0.5, 0.5).shape == layers.upper_texture.shape
    if patch is not None:
        assert patch.x + patch.rgb.shape[1] <= 256
        assert patch.y + patch.rgb.shape[0] <= 256


def test_a_mouth_outside_the_picture_is_refused():
    picture, rig = mouth_faces.face(256)
    with pytest.raises(RenderError, match="outside the picture"):
        MouthLayers.of(picture, mouth_faces.moved(rig, 0, 300))


@pytest.mark.parametrize("size", [16, 32, 64])
def test_tiny_faces_do_not_break(size):
    picture, rig = mouth_faces.face(size, gap=0.12, teeth=True)
    layers = MouthLayers.of(picture, rig)
    patch = layers.interior(*mouth_faces.curves(rig, lower_drop=0.15), (0, 2), tongue=0.5)
    assert patch.rgb.shape == (*patch.cover.shape, 3)


@settings(max_examples=40, deadline=None)
@given(
    rise=st.floats(-0.3, 0.3), drop=st.floats(-0.5, 1.5), wider=st.floats(-0.4, 0.4),
    jaw=st.tuples(st.floats(-80, 80), st.floats(-80, 200)), tuck=st.floats(0, 1), tongue=st.floats(0, 1),
)  # fmt: skip
def test_any_motion_gives_a_patch_inside_the_picture_or_nothing(closed, rise, drop, wider, jaw, tuck, tongue):
    _, rig, layers = closed
    patch = layers.interior(*mouth_faces.curves(rig, rise, drop, wider), jaw, tuck, tongue)
    if patch is not None:
        height, width = patch.cover.shape
        assert 0 <= patch.x < patch.x + width <= 512
        assert 0 <= patch.y < patch.y + height <= 512
        assert patch.cover.any()


@pytest.mark.parametrize("roll", [-40, 25])
def test_a_tilted_head_has_tilted_teeth(closed, roll):
    _, rig, layers = closed
    _, tilted_rig = mouth_faces.face(roll=roll)
    tilted = MouthLayers.of(mouth_faces.painted(tilted_rig), tilted_rig)
    upright = layers.interior(*mouth_faces.curves(rig, lower_drop=0.18), jaw=(0, 12))
    down = tilted.frame.axes[1] * 12
    turned = tilted.interior(*mouth_faces.curves(tilted_rig, lower_drop=0.18), jaw=(float(down[0]), float(down[1])))
    assert int((turned.cover > 127).sum()) == pytest.approx(int((upright.cover > 127).sum()), rel=0.03)
    means = [patch.rgb[patch.cover == 255].mean(0) for patch in (upright, turned)]
    assert np.allclose(*means, atol=6)


@pytest.mark.perf
def test_a_frame_costs_less_than_blurring_the_picture_once(closed):
    picture, rig, layers = closed
    upper, lower = mouth_faces.curves(rig, lower_drop=0.16)

    def best(work):
        times = []
        for _ in range(40):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)

    reference = best(lambda: cv2.GaussianBlur(picture, (0, 0), 4.0))
    assert best(lambda: layers.interior(upper, lower, (0, 10), 0.0, 0.3)) < 0.5 * reference
    assert best(lambda: layers.shade(layers.upper_texture, upper, lower, 0.2, 0.5, 0.2)) < 0.5 * reference
