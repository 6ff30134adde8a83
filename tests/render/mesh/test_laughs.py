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
    # Rows are quantised, so that single steps differ.
    changes = np.convolve(changes, np.ones(3) / 3, mode="valid")
    assert changes[: STEPS // 3].max() < 1.3 * np.median(changes[STEPS // 3 :])


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
