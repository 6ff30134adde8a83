"""Shut lids of furrowed faces have furrows; hair beside an eye stays before its lid."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from helpers.drawn_eyes import SKIN, drawn, face

from pctalk_studio.render.mesh.eye_fill import luma_of
from pctalk_studio.render.mesh.eye_frame import RIGHT_EYE, EyeFrame
from pctalk_studio.render.mesh.eyes import EyeLayers
from pctalk_studio.render.mesh.eyewear import strands
from pctalk_studio.render.mesh.lid_texture import lid_texture


def furrowed(depth: float, spacing: float = 0.045):
    """A face with dark creases below the eyes, ``depth`` of its brightness deep and ``spacing`` E apart."""
    picture, rig = face()
    ys = (np.arange(picture.shape[0]) - rig.landmarks[145, 1]) / rig.scale
    creases = np.where(ys > 0.045, np.clip(np.cos(2 * np.pi * ys / spacing), 0, 1) ** 2, 0.0)
    return np.round(picture * (1 - depth * creases)[:, None, None]).astype(np.uint8), rig


def lid_detail(source) -> float:
    """Deviation of the detail along the middle of the right eye's shut lid, as a part of its brightness."""
    picture, rig = source
    shut = luma_of(drawn(source, EyeLayers.of(picture, rig), 1.0).astype(np.float32))
    (x, top), bottom = rig.landmarks[159, :2], rig.landmarks[145, 1]
    reach = 0.03 * rig.scale
    column = shut[round(top - 0.02 * rig.scale) : round(bottom - 0.03 * rig.scale), round(x - reach) : round(x + reach)].mean(
        axis=1
    )
    even = np.polyval(np.polyfit(np.arange(len(column)), column, 2), np.arange(len(column)))
    return float((column - even).std() / column.mean())


def test_lids_are_furrowed_where_the_skin_below_the_eye_is():
    smooth, deep = lid_detail(face()), lid_detail(furrowed(0.35))
    assert smooth < 0.012
    assert deep > 2.5 * smooth


def test_the_furrows_of_a_row_at_rest_are_the_photos():
    source = furrowed(0.35)
    assert np.array_equal(drawn(source, EyeLayers.of(*source)), source[0])


def test_a_hair_below_the_eye_is_no_furrow():
    """Light on a furrow differs little from that beside it."""
    picture, rig = face()
    frame = EyeFrame.of(RIGHT_EYE, rig.landmarks[:, :2], (picture.shape[1], picture.shape[0]))
    y = int(rig.landmarks[145, 1] + 0.11 * rig.scale)
    picture[y : y + 2] = (8, 6, 5)
    assert lid_texture(picture, frame).min() > 0.6


@pytest.mark.parametrize("unit", [6.0, 20.0, 40.0, 120.0])
def test_texture_is_that_of_plain_skin_on_a_plain_face(unit):
    picture, rig = face(256, unit)
    frame = EyeFrame.of(RIGHT_EYE, rig.landmarks[:, :2], (picture.shape[1], picture.shape[0]))
    if frame is None:
        assert unit < 20
        return
    texture = lid_texture(picture, frame)
    assert texture.shape == (*frame.u.shape, 3)
    assert np.isfinite(texture).all()
    lid = (frame.v > frame.fold) & (frame.v < frame.lower) & (frame.u > 0.2 * frame.width) & (frame.u < 0.8 * frame.width)
    assert np.abs(texture[lid] - 1).max() < 0.1


def with_hair(source, begins: float):
    """Hair of the skin's own brightness hangs over the right eye's outer corner, from ``begins`` E beside it outwards."""
    picture, rig = source
    random = np.random.default_rng(5)
    tones = cv2.GaussianBlur(random.normal(0, 1, (1, picture.shape[1], 1)).astype(np.float32), (0, 0), 0.7)[..., None]
    locks = np.clip(np.array(SKIN) * np.exp(0.30 * tones / tones.std()).reshape(1, -1, 1), 0, 255)
    edge = round(float(rig.landmarks[33, 0]) + begins * rig.scale)
    covered = picture.copy()
    covered[:, :edge] = np.broadcast_to(locks, picture.shape)[:, :edge]
    return covered, rig, edge


@pytest.mark.parametrize("begins", [-0.02, 0.03])
def test_hair_beside_an_eye_stays_before_the_lid(begins):
    picture, rig, edge = with_hair(face(), begins)
    layers = EyeLayers.of(picture, rig)
    for blink in (0.4, 1.0):
        shut = drawn((picture, rig), layers, blink)
        changed = np.abs(shut.astype(int) - picture).max(axis=2)
        y, reach = rig.landmarks[159, 1], 0.1 * rig.scale
        beside = changed[round(y - reach) : round(y + reach), edge - round(0.12 * rig.scale) : edge - round(0.03 * rig.scale)]
        assert np.percentile(beside, 95) <= 8
        middle = rig.landmarks[159, 0]
        assert changed[:, round(middle - 0.02 * rig.scale) : round(middle + 0.02 * rig.scale)].max() > 60, "the lid closes"


def test_furrows_and_lashes_beside_an_eye_are_no_hair():
    picture, rig = face()
    frame = EyeFrame.of(RIGHT_EYE, rig.landmarks[:, :2], (picture.shape[1], picture.shape[0]))
    x0, y0, x1, y1 = frame.window
    corner = rig.landmarks[33, :2]
    lined = picture.copy()
    for angle in np.deg2rad((150, 165, 180, 195, 210)):
        end = corner + 0.2 * rig.scale * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(
            lined,
            tuple(np.round(corner - (4, 0)).astype(int).tolist()),
            tuple(np.round(end).astype(int).tolist()),
            (120, 85, 70),
            1,
        )
    for plain in (picture, lined):
        assert strands(luma_of(plain[y0:y1, x0:x1].astype(np.float32)), frame).max() == 0
