"""Glasses and hair before the eyes: found, and left where they are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.drawn_eyes import drawn, face

from pctalk_studio.analysis.face import find_face
from pctalk_studio.core.face import FaceRig
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.render.mesh.eyes import EyeLayers
from pctalk_studio.render.mesh.eyewear import wears_glasses


def with_glasses(source: tuple[np.ndarray, FaceRig], height: float = 0.07) -> tuple[np.ndarray, np.ndarray]:
    """Dark frames drawn over a face, their upper rims ``height`` E above the upper lids, and where they are."""
    picture, rig = source
    unit, points, k = rig.scale, rig.landmarks[:, :2], 4
    mask = np.zeros([side * k for side in picture.shape[:2]], np.uint8)
    line = int(0.03 * unit * k)
    inner = []
    for top, bottom, corners in ((159, 145, (33, 133)), (386, 374, (263, 362))):
        middle = points[list(corners)].mean(axis=0)
        x0, x1 = sorted((middle[0] - 0.21 * unit, middle[0] + 0.21 * unit))
        y0, y1 = points[top, 1] - height * unit, points[bottom, 1] + 0.16 * unit
        box = [tuple(int((c + 0.5) * k) for c in corner) for corner in ((x0, y0), (x1, y1))]
        cv2.rectangle(mask, *box, 255, line)
        inner.append(x1 if corners[0] == 33 else x0)
    bridge = int((points[168, 1] * 0.5 + points[6, 1] * 0.5 + 0.5) * k)
    cv2.line(mask, (int(inner[0] * k), bridge), (int(inner[1] * k), bridge), 255, line)
    cover = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    worn = picture * (1 - cover) + np.array([28, 24, 40]) * cover
    return np.clip(np.round(worn), 0, 255).astype(np.uint8), cover[..., 0]


def test_a_bare_face_wears_no_glasses():
    picture, rig = face()
    assert not wears_glasses(picture, rig.landmarks[:, :2])


def test_frames_are_found():
    _, rig = source = face()
    assert wears_glasses(with_glasses(source)[0], rig.landmarks[:, :2])


@pytest.mark.parametrize("unit", [2.0, 6.0, 20.0])
def test_a_tiny_face_wears_none(unit):
    picture, rig = face(64, unit)
    assert not wears_glasses(picture, rig.landmarks[:, :2])


@pytest.mark.parametrize("height", [0.06, 0.08, 0.12])
def test_rims_stay_while_the_lids_close(height):
    source = face()
    picture, cover = with_glasses(source, height)
    layers = EyeLayers.of(picture, source[1])
    for blink in (0.3, 0.7, 1.0):
        change = np.abs(drawn((picture, source[1]), layers, blink).astype(int) - picture).max(axis=2)
        assert np.percentile(change[cover > 0.95], 99) <= 12
        assert change[cover > 0.95].max() <= 60


@pytest.mark.parametrize(
    ("portrait", "glasses"),
    [
        *((name, True) for name in ("ai_female_69", "ai_male_95", "real_016", "real_023", "real_034", "real_082")),
        *((name, False) for name in ("ai_female_2", "ai_female_12", "ai_male_7", "real_028", "real_057")),
    ],
)
@pytest.mark.slow
def test_glasses_of_real_portraits(shared_media: Path, portrait: str, glasses: bool):
    picture = read_picture(shared_media / "portraits" / f"{portrait}.jpg")
    rig = find_face(picture.rgb, picture.content_hash)
    assert wears_glasses(picture.rgb, rig.landmarks[:, :2]) is glasses
