"""The colour of shut lids: the face's skin, whatever shadow or make-up lies around the open eye."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from helpers.drawn_eyes import SKIN, drawn, face

from pctalk_studio.render.mesh.eye_frame import RIGHT_EYE, EyeFrame
from pctalk_studio.render.mesh.eyes import EyeLayers
from pctalk_studio.render.mesh.lid_colour import FaceSkin

MIDDLE_OF_LID = 0.5


def shaded(share: float, shade: tuple[int, int, int]) -> tuple[np.ndarray, object]:
    """A face whose right eye lies in a painted shade, with ``share`` of it, a soft ellipse as large as the socket."""
    picture, rig = face()
    x, y = rig.landmarks[[33, 133], :2].mean(axis=0)
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    away = np.hypot((xs - x) / (0.30 * rig.scale), (ys - y) / (0.25 * rig.scale))
    cover = share * np.clip((1.25 - away) / 0.5, 0, 1)[..., None]
    # Only skin is painted over: what is darker or paler stays.
    skin = (np.abs(picture.astype(int) - SKIN).max(axis=2) < 30)[..., None]
    mixed = np.where(skin, picture * (1 - cover) + np.array(shade) * cover, picture)
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8), rig


def lid_of(source, layers) -> np.ndarray:
    """Mean colour in the middle of the right eye's shut lid."""
    _, rig = source
    top, bottom = rig.landmarks[[159, 145], 1]
    x, y, reach = rig.landmarks[159, 0], top + MIDDLE_OF_LID * (bottom - top), 0.02 * rig.scale
    spot = drawn(source, layers, 1.0)[round(y - reach) : round(y + reach) + 1, round(x - 2 * reach) : round(x + 2 * reach) + 1]
    return spot.reshape(-1, 3).astype(float).mean(axis=0)


def redness(colour) -> float:
    colour = np.asarray(colour, float)
    return float((colour[0] - colour[2]) / colour.mean())


@pytest.mark.parametrize("shade", [(112, 112, 116), (90, 92, 92), (150, 150, 152)])
def test_a_lid_in_grey_paint_is_of_the_faces_colour(shade):
    source = shaded(0.9, shade)
    lid = lid_of(source, EyeLayers.of(*source))
    assert redness(lid) > 0.7 * redness(SKIN)


def test_a_lid_in_shade_comes_forward_out_of_it():
    """Lighter than the shade around the eye, but not as light as the face."""
    shade = (112, 86, 72)
    source = shaded(0.9, shade)
    lid = lid_of(source, EyeLayers.of(*source)).mean()
    assert 1.02 * np.mean(shade) < lid < 0.85 * np.mean(SKIN)


def test_a_lid_without_shade_is_as_the_skin_around():
    source = face()
    lid = lid_of(source, EyeLayers.of(*source))
    assert np.abs(lid - SKIN).max() < 0.1 * np.max(SKIN)


def test_made_up_lids_keep_their_colour():
    blue = (120, 140, 205)
    source = shaded(0.8, blue)
    assert redness(lid_of(source, EyeLayers.of(*source))) < 0.4 * redness(SKIN)


def test_grey_pictures_stay_grey():
    picture, rig = shaded(0.8, (90, 90, 90))
    grey = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    lid = lid_of((grey, rig), EyeLayers.of(grey, rig))
    assert np.ptp(lid) < 1.0


def test_hair_over_half_of_the_face_does_not_colour_its_skin():
    picture, rig = face()
    covered = picture.copy()
    covered[:, : int(rig.landmarks[118, 0] + 0.05 * rig.scale)] = (60, 30, 10)
    frame = EyeFrame.of(RIGHT_EYE, rig.landmarks[:, :2], (picture.shape[1], picture.shape[0]))
    skin = FaceSkin.of(covered, frame, rig.landmarks[:, :2])
    assert np.abs(skin.tint * skin.luma - SKIN).max() < 12


def test_a_face_cut_off_at_every_spot_has_no_skin_to_tell_of():
    picture, rig = face()
    frame = EyeFrame.of(RIGHT_EYE, rig.landmarks[:, :2], (picture.shape[1], picture.shape[0]))
    assert FaceSkin.of(picture[:4, :4], frame, rig.landmarks[:, :2]) is None
