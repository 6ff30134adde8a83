"""A clip goes out as a motion template that gives the same keypoints when it comes back."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.mouth_faces import face
from helpers.rows import row

from pctalk_studio.core.motion import Motion
from pctalk_studio.core.time import FrameRate
from pctalk_studio.interchange.motion_template import read_template, write_template
from pctalk_studio.nets.liveportrait.pose import FaceMotion, transform
from pctalk_studio.render.liveportrait.driving import Driver
from pctalk_studio.render.liveportrait.placing import CropPlace
from pctalk_studio.render.liveportrait.templates import template_of

ROWS = (row(), row(lip_lower_mid=(0, 0.1), yaw=5), row(seal=1, blink_left=1, zoom=1.25, x=0.1))


@pytest.fixture(scope="module")
def driver():
    _, rig = face(size=300, gap=0.1)
    canonical = np.random.default_rng(1).uniform(-0.5, 0.5, (21, 3)).astype(np.float32)
    read = FaceMotion(3.0, -7.0, 2.0, np.array([0.05, -0.1, 0.3], np.float32), 0.01 * canonical, 1.5, canonical)
    return Driver.of(rig, CropPlace.of(rig.landmarks), read)


def motion(rows=ROWS):
    lip = np.array([each.deformation for each in rows], np.float32).reshape(-1, 21, 3)
    parts = [np.array([getattr(each, name) for each in rows], np.float32) for name in ("pose", "eyes", "mouth")]
    return Motion(FrameRate.parse("30000/1001"), lip, np.zeros_like(lip), *parts, np.zeros(len(rows), np.float32))


def test_what_comes_back_gives_the_same_keypoints(driver, tmp_path):
    write_template(tmp_path / "a.pkl", template_of(driver, motion()))
    read = read_template(tmp_path / "a.pkl")
    assert len(read) == len(ROWS)
    assert float(read.rate) == pytest.approx(29.97, abs=0.01)
    for t, each in enumerate(ROWS):
        again = transform(read.canonical[t], read.rotation[t], read.expression[t], float(read.scale[t]), read.translation[t])
        assert again == pytest.approx(driver.k_driven(each.quantised()), abs=1e-5)
        assert read.keypoints[t] == pytest.approx(again, abs=1e-5)


def test_openings_are_told_beside(driver):
    made = template_of(driver, motion())
    assert made.lips[0] == pytest.approx(driver.expression.lips.at_rest)
    assert made.lips[1] > made.lips[0] > made.lips[2] == 0
    assert made.eyes[2, 1] == 0 < made.eyes[2, 0]


def test_an_empty_clip_is_no_template(driver):
    with pytest.raises(ValueError, match="at least one frame"):
        template_of(driver, motion(()))
