"""A photo that laughs: its mouth leaves the photo without a step, and comes back to it."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from helpers import mouth_faces

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.render.mesh.lips import LipCurves
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.mouth_corners import without_dark_corners
from pctalk_studio.render.mesh.mouth_frame import MouthFrame
from pctalk_studio.render.mesh.mouth_look import luma

GAP, STEPS = 0.13, 40


@pytest.fixture(scope="module")
def laugh():
    """Teeth above, dark corners beside them, a lower row, and the shade that lips cast on what is behind them."""
    picture, rig = mouth_faces.face(gap=GAP, teeth=True)
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    (x, y), unit = rig.landmarks[[13, 14], :2].mean(axis=0), rig.scale
    inside = (picture.min(axis=2) > 180) & (np.abs(xs - x) < 0.3 * unit) & (np.abs(ys - y) < 0.1 * unit)
    dark = inside & ((np.abs(xs - x) > 0.17 * unit) | (np.abs(ys - y - 0.025 * unit) < 0.008 * unit))
    picture[dark] = (45, 20, 20)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.5)
    return RenderSource(soft, rig), MeshRenderer().prepare(RenderSource(soft, rig))


def closing(rig, part: float) -> MotionRow:
    row = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    row[:] = -part * rig.delta()
    rest = MotionRow.rest()
    return MotionRow(row, rest.pose, rest.eyes, rest.mouth)


def opening(part: float) -> MotionRow:
    row = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    for name, share in (("lip_lower_mid", 1.0), ("lip_lower_right", 0.7), ("lip_lower_left", 0.7), ("chin", 0.7)):
        row[MESH.index(name), 1] = 0.1 * part * share
    rest = MotionRow.rest()
    return MotionRow(row, rest.pose, rest.eyes, rest.mouth)


@pytest.mark.parametrize("way", ["closing", "opening"])
def test_no_step_where_layers_take_over_from_the_photo(laugh, way):
    source, engine = laugh
    x, y = source.rig.landmarks[[13, 14], :2].mean(axis=0).astype(int)
    reach = int(0.4 * source.rig.scale)
    rows = [closing(source.rig, k / STEPS) if way == "closing" else opening(k / STEPS) for k in range(STEPS + 1)]
    frames = [engine.frame(row)[y - reach // 2 : y + reach // 2, x - reach : x + reach].astype(float) for row in rows]
    changes = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(frames)])
    # Rows are quantised, so that single steps differ; and where the dark behind the teeth comes into view, more changes.
    changes = np.convolve(changes, np.ones(3) / 3, mode="valid")
    assert changes[: STEPS // 3].max() < 1.8 * np.median(changes[STEPS // 3 :])


def test_the_photos_own_inside_stays_while_the_mouth_hardly_moves(laugh):
    """Dark corners stay dark, and the teeth where the skull has them."""
    source, engine = laugh
    picture, rig = source.picture, source.rig
    moved = engine.frame(closing(rig, 0.2))
    (x, y), unit = rig.landmarks[[13, 14], :2].mean(axis=0), rig.scale
    for corner in (-0.19, 0.19):
        spot = (
            slice(int(y - 0.01 * unit), int(y + 0.01 * unit)),
            slice(int(x + (corner - 0.01) * unit), int(x + (corner + 0.01) * unit)),
        )
        assert np.abs(moved[spot].astype(float) - picture[spot]).mean() < 12
    teeth = slice(int(y - 0.03 * unit), int(y - 0.01 * unit)), slice(int(x - 0.1 * unit), int(x + 0.1 * unit))
    assert np.abs(moved[teeth].astype(float) - picture[teeth]).mean() < 6


def test_a_sad_mouth_keeps_no_dark_hooks_from_the_laugh(laugh):
    """Lips closed and corners down: beside the mouth there is skin, not the dark of the corners that laughed."""
    source, engine = laugh
    rig, unit = source.rig, source.rig.scale
    row = -rig.delta().astype(np.float32)
    for side in ("right", "left"):
        row[MESH.index(f"lip_corner_{side}")] += (0, 0.06, 0)
    rest = MotionRow.rest()
    frame = engine.frame(MotionRow(row, rest.pose, rest.eyes, np.array([1, 0, 0, 0], np.float32)))
    skin = luma(np.array(mouth_faces.SKIN))
    for corner, outward in ((78, -1), (308, 1)):
        x, y = rig.landmarks[corner, :2]
        x0, x1 = sorted((int(x + outward * 0.012 * unit), int(x + outward * 0.08 * unit)))
        beside = luma(frame[int(y - 0.08 * unit) : int(y + 0.12 * unit), x0:x1])
        assert (beside < 0.7 * skin).mean() < 0.005


def test_dark_corners_go_only_where_the_mouth_was_open(laugh):
    source, _ = laugh
    for picture, rig, changes in ((source.picture, source.rig, True), (*mouth_faces.face(), False)):
        frame = MouthFrame.of(rig)
        bare = without_dark_corners(picture, frame, LipCurves.of(rig, frame))
        different = np.argwhere(np.abs(bare.astype(int) - picture).max(axis=2) > 3)
        assert (len(different) > 0) is changes
        for y, x in different[::7]:
            ends = rig.landmarks[[61, 291, 78, 308], :2]
            assert np.hypot(*(ends - (x, y)).T).min() < 0.11 * rig.scale


def test_pursed_lips_leave_a_laughs_teeth_in_warm_shade():
    picture, rig = mouth_faces.face(gap=0.12, teeth=True)
    layers = MouthLayers.of(picture, rig)
    colours = []
    for wider in (0.0, -0.07):
        patch = layers.interior(*mouth_faces.curves(rig, upper_rise=-0.02, lower_drop=-0.04, wider=wider), jaw=(0, -4))
        middle = patch.rgb[patch.cover > 250].astype(float)
        colours.append(middle[luma(middle) > np.median(luma(middle))].mean(axis=0))
    relaxed, pursed = colours
    assert 0.4 * luma(relaxed) < luma(pursed) < 0.75 * luma(relaxed)
    assert (pursed[0] - pursed[2]) / luma(pursed) > (relaxed[0] - relaxed[2]) / luma(relaxed) + 0.05


def test_a_tongue_brings_the_inside_but_not_the_rims_of_layers(laugh):
    source, engine = laugh
    seen = engine.to_picture(engine.driver.pose(closing(source.rig, 0.1)).seen)
    calm, raised, pressed = (
        engine.mouth.shape(seen, np.array(channels, np.float32)) for channels in ((0, 0, 0, 0), (0, 0, 0, 1), (0, 1, 0, 0))
    )
    assert calm.rims < 0.9
    assert raised.rims == calm.rims
    assert raised.part == pressed.part == pressed.rims == 1


def test_what_showed_below_the_teeth_is_not_repeated_up_to_them(laugh):
    """A mouth that opens far beyond its photo is dark between the upper teeth and what went down with the jaw."""
    source, engine = laugh
    frame = engine.frame(opening(1.6))
    (x, y), unit = source.rig.landmarks[[13, 14], :2].mean(axis=0), source.rig.scale
    column = luma(frame[:, int(x - 0.1 * unit) : int(x + 0.1 * unit)]).mean(axis=1)
    gap = column[int(y + 0.06 * unit) : int(y + 0.11 * unit)]
    assert gap.max() < 60
    assert column[int(y + 0.12 * unit) : int(y + 0.22 * unit)].max() > 90


def test_the_hollow_of_a_corner_that_landmarks_take_for_lip_is_no_part_of_the_lower_lip():
    """It is hardly darker than a lip in shade; closed over the teeth, it would be a spot on the lip."""
    picture, rig = mouth_faces.face(size=1024, gap=0.12, teeth=True)
    _, lower = mouth_faces.curves(rig)
    strip = np.vstack([lower, (lower + np.array([0, 0.012 * rig.scale]))[::-1]])[:, None]
    hollow = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(hollow, [np.round(strip * 16).astype(np.int32)], 1, shift=4)
    picture[hollow > 0] = np.round(0.58 * np.array(mouth_faces.LIPS)).astype(np.uint8)
    layers = MouthLayers.of(picture, rig)
    x, y = layers.origin
    for px, py in lower[14:27]:
        at = (int(py + 0.006 * rig.scale), int(px))
        assert luma(picture[at]) < 0.65 * luma(np.array(mouth_faces.LIPS))
        assert luma(layers.lower_texture[at[0] - y, at[1] - x]) > 0.8 * luma(np.array(mouth_faces.LIPS))
