"""Framing moves pixels exactly as ``FaceRig.placed`` moves landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.face import FaceRig
from pctalk_studio.media.framing import Framed, crop_square, fill_window, fit_within, framed
from pctalk_studio.media.pictures import Picture


def spot_picture(size: tuple[int, int], at: tuple[float, float], width: float = 6.0) -> Picture:
    """A soft white spot on black, whose centre of mass is known to a fraction of a pixel."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    spot = 255 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * width**2))
    return Picture.of(np.repeat(np.round(spot)[..., None], 3, axis=2).astype(np.uint8), None, Path("spot.png"))


def centre_of_mass(rgb: np.ndarray) -> tuple[float, float]:
    weight = rgb[..., 0].astype(float)
    y, x = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    return (weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()


def placed(result: Framed, at: tuple[float, float], size: tuple[int, int]) -> np.ndarray:
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = at
    rig = FaceRig("old", size, points, np.eye(3), 100.0, np.array([*at, 0.0]), points, points, "mesh", 1.0)
    moved = rig.placed(result.factor, result.offset, result.picture.size, "new")
    assert np.allclose(moved.translation[:2], moved.landmarks[0, :2], atol=1e-3)
    return moved.translation[:2]


@settings(max_examples=25, deadline=None)
@given(
    factor=st.floats(0.4, 2.5),
    at=st.tuples(st.floats(60, 140), st.floats(60, 100)),
    shift=st.tuples(st.floats(-6, 6), st.floats(-6, 6)),
)
def test_pixels_and_landmarks_stay_together(factor, at, shift):
    picture = spot_picture((200, 160), at)
    size = (round(200 * factor), round(160 * factor))
    result = framed(picture, factor, shift, size)
    assert result.picture.size == size
    assert np.allclose(centre_of_mass(result.picture.rgb), placed(result, at, (200, 160)), atol=0.06)


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.integers(64, 300), st.integers(64, 300)), st.tuples(st.integers(64, 256), st.integers(64, 256)))
def test_fit_within_fits_is_even_and_keeps_proportions(old, limit):
    at = (old[0] / 2, old[1] / 2)
    result = fit_within(spot_picture(old, at), limit)
    width, height = result.picture.size
    assert width % 2 == height % 2 == 0
    assert width <= limit[0]
    assert height <= limit[1]
    # Less than two pixels of each side are given up for evenness, and the fit is tight in one direction.
    for new, side in zip((width, height), old, strict=True):
        assert side * result.factor - 2.001 < new <= side * result.factor + 0.001
    assert width >= limit[0] - 1 or height >= limit[1] - 1
    assert np.allclose(centre_of_mass(result.picture.rgb), placed(result, at, old), atol=0.1)


def test_fit_within_copies_a_picture_that_fits():
    picture = spot_picture((128, 96), (50, 50))
    assert np.array_equal(fit_within(picture, (128, 128)).picture.rgb, picture.rgb)
    result = fit_within(picture, (1000, 1000), enlarge=False)
    assert result.factor == 1
    assert np.array_equal(result.picture.rgb, picture.rgb)
    odd = spot_picture((129, 97), (50, 50))
    result = fit_within(odd, (129, 129))
    assert result.picture.size == (128, 96)
    assert np.array_equal(result.picture.rgb, odd.rgb[:96, :128])


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(64, 300), st.integers(64, 300)),
    st.tuples(st.integers(64, 256), st.integers(64, 256)),
    st.tuples(st.floats(0, 299), st.floats(0, 299)),
)
def test_fill_window_is_filled_without_bars(old, size, centre):
    white = Picture.of(np.full((old[1], old[0], 3), 200, np.uint8), None, Path("white.png"))
    result = fill_window(white, size, centre)
    assert result.picture.size == size
    assert (result.picture.rgb == 200).all()
    for i in (0, 1):
        assert -1e-6 <= result.offset[i] <= max(0.0, old[i] * result.factor - size[i]) + 0.501


def test_fill_window_keeps_the_wanted_point_in_the_middle_where_it_can():
    picture = spot_picture((400, 200), (250, 100))
    result = fill_window(picture, (100, 100), (250, 100))
    assert np.allclose(placed(result, (250, 100), (400, 200)), (49.5, 49.5), atol=0.5)


@pytest.mark.parametrize(("centre", "side"), [((100, 80), 90.0), ((0, 0), 90.0), ((199, 159), 90.0), ((100, 80), 1000.0)])
def test_crop_square_stays_inside(centre, side):
    picture = spot_picture((200, 160), (100, 80))
    result = crop_square(picture, centre, side, 128)
    assert result.picture.size == (128, 128)
    assert result.factor == pytest.approx(128 / min(side, 160))
    for i, length in enumerate((200, 160)):
        assert result.offset[i] >= 0
        assert result.offset[i] + 128 <= length * result.factor + 1e-6


def test_shrinking_does_not_alias_and_keeps_the_mean():
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    result = fit_within(Picture.of(stripes, None, Path("stripes.png")), (96, 96))
    inner = result.picture.rgb[8:-8, 8:-8].astype(float)
    assert abs(inner.mean() - 127.5) < 1
    assert inner.std() < 4


def test_beyond_the_edge_pixels_repeat():
    picture = Picture.of(np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, 0).repeat(3, 2), None, Path("ramp.png"))
    copied = framed(picture, 1.0, (-10, 0), (64, 64)).picture.rgb
    assert (copied[:, :11] == 0).all()
    assert np.array_equal(copied[:, 10:], picture.rgb[:, :54])
    scaled = framed(picture, 2.0, (-20, -20), (64, 64)).picture.rgb
    assert (scaled[:, :20] == 0).all()
    far_left, far_right = (framed(picture, 1.5, (offset, 0), (64, 64)).picture.rgb for offset in (-500, 500))
    assert (far_left == 0).all()
    assert (far_right == 63).all()
    below = framed(picture, 1.5, (0, 500), (96, 64)).picture.rgb
    assert (below == below[:1]).all()
    assert np.array_equal(below[0], framed(picture, 1.5, (0, 0), (96, 64)).picture.rgb[32])


def test_alpha_is_framed_alike():
    alpha = np.zeros((100, 100), np.uint8)
    alpha[:, 50:] = 255
    rgb = np.repeat(alpha[..., None], 3, axis=2)
    result = framed(Picture.of(rgb, alpha, Path("half.png")), 0.5, (0, 0), (50, 50))
    assert result.picture.alpha is not None
    assert np.array_equal(result.picture.alpha, result.picture.rgb[..., 0])


def test_impossible_windows_are_errors():
    picture = spot_picture((100, 100), (50, 50))
    for factor, size in [(0.0, (10, 10)), (-1.0, (10, 10)), (1.0, (0, 10))]:
        with pytest.raises(ValueError, match="not a window"):
            framed(picture, factor, (0, 0), size)
