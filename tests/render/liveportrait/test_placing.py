"""The crop and the way back: where things lie, at all sizes, and what is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.mouth_faces import face

from pctalk_studio.render.liveportrait.placing import SIDE, CropPlace, Paste


def enlarged(crop: np.ndarray) -> np.ndarray:
    """What a network that changes nothing would draw: the crop, twice as wide."""
    import cv2

    side = 2 * len(crop)
    return cv2.resize(crop, (side, side), interpolation=cv2.INTER_CUBIC)


def paste_of(picture, place, side=512):
    """A paste in which no frame looks still, so that frames alone are seen."""
    return Paste.of(picture, place, np.full((side, side, 3), 128, np.uint8))


def unlike(frame: np.ndarray) -> np.ndarray:
    return frame + np.uint8(128)


def smooth(size: int) -> np.ndarray:
    """A picture without edges, which no resampling changes by much."""
    y, x = np.mgrid[:size, :size] / size
    waves = [127 + 100 * np.sin(2 * np.pi * (a * x + b * y)) for a, b in ((2, 1), (1, 3), (3, 2))]
    return np.stack(waves, axis=-1).astype(np.uint8)


def test_the_crop_is_upright_and_holds_the_face():
    _, rig = face(size=640, roll=25.0)
    place = CropPlace.of(rig.landmarks)
    seen = place.in_crop(rig.landmarks[:, :2].astype(np.float64))
    assert 0.4 < np.abs(seen).max() < 0.7
    right, left = seen[468], seen[473]
    assert abs(right[1] - left[1]) < 0.02
    assert left[0] - right[0] > 0.2
    assert seen[152, 1] > seen[10, 1]


@pytest.mark.parametrize("size", [200, 512, 1100, 1900])
def test_a_network_that_changes_nothing_leaves_the_picture_as_it_was(size):
    _, rig = face(size=size, roll=10.0)
    picture = smooth(size)
    place = CropPlace.of(rig.landmarks)
    frame = enlarged(place.cut(picture, 256))
    out = Paste.of(picture, place, unlike(frame))(frame)
    assert np.abs(out.astype(int) - picture).max() <= 6
    # A shift of half a pixel of the crop would show as more than this in the mean.
    assert np.abs(out.astype(int) - picture).mean() < 0.75


def test_a_shift_of_one_pixel_would_be_seen():
    _, rig = face(size=512)
    picture, place = smooth(512), CropPlace.of(rig.landmarks)
    drawn = enlarged(place.cut(picture, 256))
    out = Paste.of(picture, place, unlike(drawn))(np.roll(drawn, 3, axis=1))
    assert np.abs(out.astype(int) - picture).mean() > 0.75


def test_beyond_the_crop_the_picture_stays_bit_for_bit():
    picture, rig = face(size=900)
    rig = rig.placed(0.3, (0.0, 0.0), (900, 900), "small")
    place = CropPlace.of(rig.landmarks)
    paste = paste_of(picture, place)
    out = paste(np.full((512, 512, 3), 255, np.uint8))
    y, x = np.mgrid[:900, :900]
    inside = (np.abs(place.in_crop(np.stack([x, y], -1).reshape(-1, 2).astype(float))) < 1).all(axis=1).reshape(900, 900)
    assert (out[~inside] == picture[~inside]).all()
    assert (out[inside] != picture[inside]).any(axis=1).mean() > 0.8
    assert (out[int(rig.translation[1]), int(rig.translation[0])] == 255).all()


def test_the_seam_is_soft():
    picture, rig = face(size=512)
    rig = rig.placed(0.5, (0.0, 0.0), (512, 512), "small")
    out = paste_of(np.zeros_like(picture), CropPlace.of(rig.landmarks))(np.full((512, 512, 3), 255, np.uint8))
    steps = np.abs(np.diff(out[..., 0].astype(int), axis=1))
    assert 0 < steps.max() < 40


@pytest.mark.parametrize("offset", [(-150.0, 0.0), (0.0, 180.0), (380.0, 300.0)])
def test_a_face_at_the_picture_s_edge_is_cut_and_laid_back(offset):
    _, rig = face(size=512)
    rig = rig.placed(1.0, offset, (512, 512), "moved")
    picture, place = smooth(512), CropPlace.of(rig.landmarks)
    paste = paste_of(picture, place)
    out = paste(enlarged(place.cut(picture, 256)))
    assert out.shape == picture.shape
    x0, y0, x1, y1 = paste.box
    assert 0 <= x0 < x1 <= 512
    assert 0 <= y0 < y1 <= 512


def test_a_crop_that_lies_beside_the_picture_leaves_it_alone():
    _, rig = face(size=512)
    rig = rig.placed(1.0, (3000.0, 0.0), (512, 512), "gone")
    picture = smooth(512)
    assert (paste_of(picture, CropPlace.of(rig.landmarks))(np.zeros((512, 512, 3), np.uint8)) == picture).all()


def test_drafts_lie_where_full_frames_lie():
    _, rig = face(size=700)
    picture, place = smooth(700), CropPlace.of(rig.landmarks)
    frame = enlarged(place.cut(picture, 128))
    out = Paste.of(picture, place, unlike(frame))(frame)
    assert np.abs(out.astype(int) - picture).mean() < 1.0
    assert SIDE == 512


def softened(picture, place):
    """What a network that draws softly would make of the photo."""
    import cv2

    return cv2.GaussianBlur(enlarged(place.cut(picture, 256)), (0, 0), 2.0)


def test_the_photo_s_own_frame_leaves_the_photo_bit_for_bit():
    picture, rig = face(size=900)
    place = CropPlace.of(rig.landmarks)
    still = softened(picture, place)
    assert (Paste.of(picture, place, still)(still) == picture).all()


def test_what_stands_still_keeps_the_photo_s_detail_and_what_moves_is_the_frame_s():
    picture, rig = face(size=700)
    picture = np.random.default_rng(0).integers(60, 190, picture.shape, np.uint8)
    place = CropPlace.of(rig.landmarks)
    still = softened(picture, place)
    moved = still.copy()
    moved[300:400, 200:320] = 255
    out = Paste.of(picture, place, still)(moved)
    y, x = np.mgrid[:700, :700]
    at = (place.in_crop(np.stack([x, y], -1).reshape(-1, 2).astype(float)).reshape(700, 700, 2) + 1) * 256
    across, down = at[..., 0], at[..., 1]
    inside = (across > 206) & (across < 314) & (down > 306) & (down < 394)
    away = (across < 160) | (across > 360) | (down < 260) | (down > 440)
    assert (out[inside] == 255).all()
    assert (out[away] == picture[away]).all()


def test_stillness_fades_without_a_jump():
    """A face that begins to move must not change its softness from one frame to the next."""
    _, rig = face(size=512)
    place, still = CropPlace.of(rig.landmarks), np.full((512, 512, 3), 100, np.uint8)
    paste = Paste.of(np.full((512, 512, 3), 130, np.uint8), place, still)
    shown = [int(paste(np.full((512, 512, 3), 100 + step, np.uint8))[256, 256, 0]) for step in range(40)]
    assert shown[0] == 130
    assert shown[-1] == 139
    assert np.abs(np.diff(shown)).max() <= 4
