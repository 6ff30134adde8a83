"""Lips' light, the photo's own teeth, drawn teeth and tongue, one by one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from helpers import mouth_faces

from pctalk_studio.core import topology as topo
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.mouth_frame import MouthFrame
from pctalk_studio.render.mesh.mouth_look import LUMA, MouthLook
from pctalk_studio.render.mesh.own_teeth import OwnMouth
from pctalk_studio.render.mesh.teeth import LOWER_ARCH, UPPER_ARCH, draw_teeth
from pctalk_studio.render.mesh.tongue import RIDGE, paint_tongue, tongue_pose


@pytest.fixture(scope="module")
def closed():
    picture, rig = mouth_faces.face()
    return picture, rig, MouthLayers.of(picture, rig)


def light_of(image):
    return image.astype(float) @ LUMA


def laughing(edge=0.03):
    """A face with an open mouth whose teeth end ``edge`` E below the middle of the opening's top, dark below."""
    picture, rig = mouth_faces.face(gap=0.16)
    marks = rig.landmarks[:, :2].astype(float)
    inner = np.round(marks[list(topo.closed_ring(topo.INNER_LIP_UPPER, topo.INNER_LIP_LOWER))]).astype(np.int32)
    opening, teeth = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(opening, [inner], 1)
    bottom = round(float(marks[13, 1]) + edge * rig.scale)
    teeth[:bottom] = opening[:bottom]
    picture[opening == 1] = (60, 25, 25)
    picture[teeth == 1] = (226, 220, 205)
    return picture, rig, bottom


# --- light on the lips --------------------------------------------------------------------------------------------------


def parted(layers, rig):
    upper, lower = mouth_faces.curves(rig, lower_drop=0.08)
    flat = np.full((*layers.frame.u.shape, 3), 120, np.uint8)
    return flat, upper, lower


def test_pressed_lips_are_darker_and_stretched_ones_lighter(closed):
    _, rig, layers = closed
    flat, upper, lower = parted(layers, rig)
    x, y = layers.origin
    at = (int(lower[20, 1]) + 3 - y, int(lower[20, 0]) - x)
    normal, pressed, stretched = (
        int(layers.shade(flat, upper, lower, **kind)[at][1]) for kind in ({}, {"press": 1.0}, {"stretch": 1.0})
    )
    assert pressed < normal - 6
    assert stretched > normal + 2


def test_light_on_the_lips_has_no_border(closed):
    _, rig, layers = closed
    flat, upper, lower = parted(layers, rig)
    pressed = layers.shade(np.full_like(flat, 250), upper, lower, press=1.0).astype(int)[..., 1]
    inside = np.round(np.vstack([upper, lower[::-1]]) - layers.origin).astype(np.int32)
    mask = np.zeros(pressed.shape, np.uint8)
    cv2.fillPoly(mask, [inside], 1)
    away = cv2.dilate(mask, np.ones((17, 17))) == 0
    steps = np.abs(np.diff(pressed, axis=0))[away[1:] & away[:-1]]
    assert steps.max() <= 3


def test_smile_changes_light_by_at_most_eight_parts_in_a_hundred(closed):
    _, rig, layers = closed
    flat, upper, lower = parted(layers, rig)
    change = layers.shade(flat, upper, lower, smile=1.0).astype(int) - layers.shade(flat, upper, lower)
    assert 0.03 * 120 < np.abs(change).max() <= 0.08 * 120 + 1
    half = np.abs(layers.shade(flat, upper, lower, smile=0.5).astype(int) - layers.shade(flat, upper, lower))
    assert half.sum() == pytest.approx(np.abs(change).sum() / 2, rel=0.25)


def test_shading_leaves_its_input_alone(closed):
    _, rig, layers = closed
    flat, upper, lower = parted(layers, rig)
    before = flat.copy()
    layers.shade(flat, upper, lower, 1.0, 1.0, 1.0)
    assert np.array_equal(flat, before)


def test_lips_that_a_laughing_photo_closes_get_a_line():
    picture, rig, _ = laughing()
    layers = MouthLayers.of(picture, rig)
    upper, lower = mouth_faces.curves(rig)
    middle = (upper + lower) / 2
    flat = np.full((*layers.frame.u.shape, 3), 120, np.uint8)
    shaded = layers.shade(flat, middle, middle)
    x, y = layers.origin
    column = int(middle[20, 0]) - x
    profile = shaded[:, column, 1].astype(int)
    assert abs(int(np.argmin(profile)) - (middle[20, 1] - y)) <= 1
    assert profile.min() < 95


# --- the photo's own teeth ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edge", [0.05, 0.08, 0.11])
def test_finds_where_the_photos_upper_teeth_end(edge):
    picture, rig, bottom = laughing(edge)
    frame = MouthFrame.of(rig)
    own = OwnMouth.of(picture, frame, LipCurves.of(rig, frame), MouthLook.of(picture, rig))
    assert own is not None
    assert own.edge + frame.origin[1] == pytest.approx(bottom - 0.5, abs=1.5)
    assert own.colour == pytest.approx([226, 220, 205], abs=4)


def test_an_open_mouth_without_teeth_gets_none_at_rest():
    picture, rig = mouth_faces.face(gap=0.12)
    layers = MouthLayers.of(picture, rig)
    patch = layers.interior(*mouth_faces.curves(rig))
    own = picture[patch.y : patch.y + patch.rgb.shape[0], patch.x : patch.x + patch.rgb.shape[1]]
    assert np.array_equal(patch.rgb[patch.cover == 255], own[patch.cover == 255])
    assert layers.inside.own.colour is None
    opened = layers.interior(*mouth_faces.curves(rig, lower_drop=0.05), jaw=(0, 5))
    assert light_of(opened.rgb[opened.cover == 255]).max() < 0.6 * layers.look.sclera_luma


def test_own_upper_teeth_stand_still_while_the_jaw_drops():
    picture, rig, bottom = laughing(0.08)
    layers = MouthLayers.of(picture, rig)
    patch = layers.interior(*mouth_faces.curves(rig, lower_drop=0.10), jaw=(0, 12))
    column = int(rig.landmarks[13, 0]) - patch.x
    top = int(rig.landmarks[13, 1]) + 4 - patch.y
    profile = light_of(patch.rgb[top:, column - 2 : column + 3]).mean(1)
    fall = top + int(np.argmin(np.diff(profile)))
    assert fall + patch.y == pytest.approx(bottom - 1, abs=1.5)


def test_leaving_the_photos_pose_is_gradual():
    picture, rig, _ = laughing(0.08)
    layers = MouthLayers.of(picture, rig)
    rest = layers.interior(*mouth_faces.curves(rig))
    near = layers.interior(*mouth_faces.curves(rig, lower_drop=0.004), jaw=(0, 0.3))
    height = min(rest.rgb.shape[0], near.rgb.shape[0])
    both = (rest.cover[:height] == 255) & (near.cover[:height] == 255)
    assert (rest.x, rest.y) == (near.x, near.y)
    change = np.abs(rest.rgb[:height].astype(int) - near.rgb[:height])[both]
    assert change.mean() < 8


# --- drawn teeth and tongue ---------------------------------------------------------------------------------------------


def row_of(arch, edge=10.0):
    picture, rig = mouth_faces.face()
    frame = MouthFrame.of(rig)
    return draw_teeth(arch, rig, frame, MouthLook.of(picture, rig), edge), frame, rig


def test_rows_end_at_their_edge_and_lie_on_opposite_sides_of_it():
    for arch, side in ((UPPER_ARCH, 1), (LOWER_ARCH, -1)):
        rgba, frame, rig = row_of(arch)
        incisor = np.abs(frame.u - 0.04 * rig.scale) < 0.01 * rig.scale
        beyond = incisor & (side * (frame.v - 10) > 0.02 * rig.scale)
        behind = incisor & (side * (10 - frame.v) > 0.02 * rig.scale) & (side * (10 - frame.v) < 0.06 * rig.scale)
        assert rgba[beyond][:, 3].max() < 20
        assert rgba[behind][:, 3].min() > 235


def test_rows_are_single_teeth_of_uneven_brightness():
    rgba, frame, rig = row_of(UPPER_ARCH)
    line = (np.abs(frame.v - (10 - 0.05 * rig.scale)) < 0.6) & (np.abs(frame.u) < 0.22 * rig.scale)
    order = np.argsort(frame.u[line])
    light = light_of(rgba[line][order][:, :3])
    dips = [i for i in range(2, len(light) - 2) if light[i] == light[i - 2 : i + 3].min() and light[i] < 0.93 * np.median(light)]
    groups = np.split(dips, np.flatnonzero(np.diff(dips) > 3) + 1)
    assert 4 <= len(groups) <= 7
    assert light.std() > 4


def test_teeth_get_darker_towards_the_cheeks():
    rgba, frame, rig = row_of(UPPER_ARCH)
    solid = rgba[..., 3] > 250
    crown = solid & (frame.v > 10 - 0.06 * rig.scale)
    front = light_of(rgba[crown & (np.abs(frame.u) < 0.08 * rig.scale)][:, :3]).mean()
    side = light_of(rgba[crown & (np.abs(frame.u) > 0.22 * rig.scale)][:, :3]).mean()
    assert side < 0.8 * front


def test_people_have_teeth_of_their_own():
    picture, rig = mouth_faces.face()
    frame, look = MouthFrame.of(rig), MouthLook.of(picture, rig)
    first = draw_teeth(UPPER_ARCH, rig, frame, look, 10.0)
    again = draw_teeth(UPPER_ARCH, rig, frame, look, 10.0)
    other = draw_teeth(UPPER_ARCH, mouth_faces.named(rig, "someone else"), frame, look, 10.0)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.abs(first.astype(int) - other).mean() < 6


def test_tongue_rises_with_its_channel():
    tops = [tongue_pose(value, 100, 5.0, 15.0).top for value in np.linspace(0, RIDGE, 10)]
    assert np.all(np.diff(tops) < 0)
    assert tops[-1] < 5.0


def test_tongue_covers_what_is_below_its_top():
    u, v = np.meshgrid(np.arange(-40.0, 41.0, dtype=np.float32), np.arange(-20.0, 60.0, dtype=np.float32))
    pose = tongue_pose(0.0, 100, 5.0, 15.0)
    shade, cover = paint_tongue(pose, u, v, 100, 2.0)
    middle = cover[:, 40]
    assert np.all(np.diff(middle) >= -1e-6)
    assert middle[v[:, 40] < pose.top - 4].max() == 0
    assert middle[v[:, 40] > pose.low + 4].min() == 1
    assert cover[:, 0].max() == 0
    assert 0 < shade[cover > 0.5].min() <= shade.max() < 1.2


def test_the_tip_of_the_tongue_comes_out_before_teeth_that_fill_the_opening():
    picture, rig = mouth_faces.face(gap=0.12, teeth=True)
    layers = MouthLayers.of(picture, rig)
    upper, lower = mouth_faces.curves(rig, lower_drop=-0.04)
    x, y = int(lower[20, 0]), int(lower[20, 1] - 0.015 * rig.scale)
    reds = []
    for tongue in (0.0, 1.0):
        patch = layers.interior(upper, lower, (0, -4), tongue=tongue)
        colour = patch.rgb[y - patch.y, x - patch.x].astype(int)
        reds.append(colour[0] - colour[1:].mean())
    assert reds[0] < 30
    assert reds[1] > reds[0] + 30


# --- the photo's manner -------------------------------------------------------------------------------------------------


def test_pursed_lips_leave_the_teeth_in_the_dark(closed):
    _, rig, layers = closed
    wide = layers.interior(*mouth_faces.curves(rig, lower_drop=0.06), jaw=(0, 4))
    purse = layers.interior(*mouth_faces.curves(rig, lower_drop=0.06, wider=-0.09), jaw=(0, 4))
    bright = [np.quantile(light_of(patch.rgb[patch.cover == 255]), 0.9) for patch in (wide, purse)]
    assert bright[1] < 0.6 * bright[0]


def test_a_statues_mouth_is_of_its_own_stone():
    picture, rig = mouth_faces.face()
    stone = np.empty_like(picture)
    stone[:] = (190, 120, 80)
    stone = np.clip(stone * (0.7 + 0.3 * light_of(picture)[..., None] / 255), 0, 255).astype(np.uint8)
    eyes = np.zeros(picture.shape[:2], np.uint8)
    for ring in ((topo.EYE_RIGHT_UPPER, topo.EYE_RIGHT_LOWER), (topo.EYE_LEFT_UPPER, topo.EYE_LEFT_LOWER)):
        cv2.fillPoly(eyes, [np.round(rig.landmarks[list(topo.closed_ring(*ring)), :2]).astype(np.int32)], 1)
    stone[eyes == 1] = (190, 121, 80)
    look = MouthLook.of(stone, rig)
    assert look.chroma == 0
    ratio = look.enamel / look.skin
    assert np.ptp(ratio) / ratio.mean() < 0.05


def test_sharpness_is_measured():
    picture, rig = mouth_faces.face()
    measured = [MouthLook.of(cv2.GaussianBlur(picture, (0, 0), sigma), rig).blur for sigma in (1.0, 2.0, 3.0)]
    assert measured == pytest.approx([1.0, 2.0, 3.0], rel=0.4)
    assert measured[0] < measured[1] < measured[2]


def test_grain_is_measured():
    _, rig = mouth_faces.face()
    flat = np.full((512, 512, 3), 150.0)
    rng = np.random.default_rng(1)
    noisy = np.clip(flat + rng.normal(0, 4, (512, 512, 1)), 0, 255).astype(np.uint8)
    assert MouthLook.of(noisy, rig).grain == pytest.approx(4, rel=0.35)
    assert MouthLook.of(flat.astype(np.uint8), rig).grain < 0.01


@pytest.mark.parametrize(
    "name",
    ["ai_female_2", "ai_female_48", "ai_male_7", "real_089", "caricature_teeth", "statue_marble_girl", "sketch_charcoal"],
)
def test_real_portraits_keep_the_rules(shared_media, name):
    picture, rig = mouth_faces.portrait(shared_media, name)
    layers = MouthLayers.of(picture, rig)
    upper, lower = mouth_faces.curves(rig)
    low = lower + layers.frame.axes[1] * 0.10 * rig.scale * np.sin(np.linspace(0, np.pi, len(lower)))[:, None]
    patch = layers.interior(upper, low, tuple(layers.frame.axes[1] * 0.08 * rig.scale))
    inside = patch.rgb[patch.cover == 255]
    own = layers.inside.own
    cap = 0.85 * layers.look.sclera_luma if own is None else 255
    assert np.quantile(light_of(inside), 0.99) <= cap + 3
    assert light_of(inside).min() < 0.5 * light_of(layers.look.skin[None])[0]
    if name == "sketch_charcoal":
        assert np.ptp(inside.astype(int), axis=1).max() <= 2
