"""The mathematics of the judged measures, against analytic cases and other formulations."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import gamma

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.topology import face_topology
from pctalk_studio.evaluation.judged.alignment import chip, five_points, model_crop, sync_crop
from pctalk_studio.evaluation.judged.cepstra import cepstra_of
from pctalk_studio.evaluation.judged.frechet import frechet_distance
from pctalk_studio.evaluation.judged.lip_sync import boxes_of, lip_sync
from pctalk_studio.evaluation.judged.niqe import (
    _asymmetric,
    _halved,
    luma,
    niqe,
    pristine_of,
    published_statistics,
    shipped_statistics,
)


def plain_cepstra(samples: np.ndarray) -> np.ndarray:
    """Frame by frame and term by term, as the definition reads."""
    steps = np.round(samples.astype(float) * 32768)
    steps = np.append(steps[0], steps[1:] - 0.97 * steps[:-1])
    mel = np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 28)
    bins = np.floor(513 * 700 * (10 ** (mel / 2595) - 1) / 16000).astype(int)
    columns = []
    for start in range(0, max(1, len(steps) - 400 + 160), 160):
        frame = np.zeros(400)
        part = steps[start : start + 400]
        frame[: len(part)] = part
        power = np.abs(np.fft.fft(frame, 512)[:257]) ** 2 / 512
        energies = []
        for low, peak, high in zip(bins, bins[1:], bins[2:], strict=False):
            rising = sum(power[k] * (k - low) / (peak - low) for k in range(low, peak))
            falling = sum(power[k] * (high - k) / (high - peak) for k in range(peak, high))
            energies.append(np.log(max(rising + falling, np.finfo(float).eps)))
        column = [
            np.sqrt((1 if n == 0 else 2) / 26)
            * sum(e * np.cos(np.pi * n * (i + 0.5) / 26) for i, e in enumerate(energies))
            * (1 + 11 * np.sin(np.pi * n / 22))
            for n in range(13)
        ]
        column[0] = np.log(max(power.sum(), np.finfo(float).eps))
        columns.append(column)
    return np.array(columns).T


@pytest.mark.parametrize("length", [100, 400, 401, 3217])
def test_cepstra_are_what_their_definition_says(length):
    samples = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    expected = plain_cepstra(samples)
    found = cepstra_of(samples)
    assert found.shape == (13, 1 + max(0, -(-(length - 400) // 160)))
    np.testing.assert_allclose(found, expected[:, : found.shape[1]], rtol=1e-4, atol=1e-3)


def test_silence_has_finite_cepstra():
    assert np.isfinite(cepstra_of(np.zeros(16000, np.float32))).all()


@given(shift=st.integers(-12, 12), seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_known_lag_is_found_with_its_distance(shift, seed):
    rng = np.random.default_rng(seed)
    track = rng.normal(size=(90, 16))
    lips, sound = track[15:75], track[15 - shift : 75 - shift]
    found = lip_sync(lips, sound)
    # The picture shows at k what the sound had at k + shift.
    assert found.offset == -shift
    beyond = np.linalg.norm(lips[len(lips) - shift :] if shift > 0 else lips[: -shift or 0], axis=1).sum() if shift else 0.0
    assert found.distance == pytest.approx(beyond / len(lips))
    assert found.distance_in_place == pytest.approx(np.linalg.norm(lips - sound, axis=1).mean())
    assert found.confidence > 1


def test_embeddings_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="belong together"):
        lip_sync(np.zeros((3, 4)), np.zeros((2, 4)))


@given(seed=st.integers(0, 1000), few=st.booleans())
@example(seed=493, few=True)
@settings(max_examples=20, deadline=None)
def test_the_distance_is_that_of_the_covariances(seed, few):
    rng = np.random.default_rng(seed)
    count = 4 if few else 60
    a, b = rng.normal(size=(count, 6)) @ rng.normal(size=(6, 6)), rng.normal(1, 2, size=(count + 3, 6))
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The trace of the root is the sum of the roots of the eigenvalues, also of singular matrices, which have no sure root.
    root = np.sqrt(np.linalg.eigvals(first @ second).astype(complex)).real.sum()
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * root
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_one_look_each_gives_the_distance_of_the_means():
    assert frechet_distance(np.array([[1.0, 2.0]]), np.array([[4.0, 6.0]])) == pytest.approx(25)
    with pytest.raises(ValueError, match="compared"):
        frechet_distance(np.zeros((0, 2)), np.zeros((1, 2)))


def test_the_shape_of_an_asymmetric_gaussian_is_recovered():
    rng = np.random.default_rng(0)
    side = np.where(rng.random(200_000) < 2 / 5, -2.0, 3.0)
    shape, left, right = _asymmetric(np.abs(rng.normal(size=200_000)) * side)
    assert shape == pytest.approx(2.0, abs=0.05)
    assert left == pytest.approx(2.0 * np.sqrt(gamma(1 / 2) / gamma(3 / 2)), rel=0.03)
    assert right == pytest.approx(3.0 * np.sqrt(gamma(1 / 2) / gamma(3 / 2)), rel=0.03)
    assert _asymmetric(np.zeros(10))[1:] == (0.0, 0.0)


def textured(seed: int) -> np.ndarray:
    """A picture with the falling spectrum of photos."""
    rng = np.random.default_rng(seed)
    grey = sum(cv2.resize(rng.normal(0, 8, (n, n)), (288, 288), interpolation=cv2.INTER_CUBIC) for n in (6, 18, 72, 144, 288))
    return np.clip(grey[..., None] + 128, 0, 255).astype(np.uint8).repeat(3, axis=2)


def test_what_is_blurred_noisy_or_coarsely_packed_is_farther_from_photos():
    pristine = pristine_of([textured(seed) for seed in range(8)], "made here")
    picture = textured(99)
    worse = [
        cv2.GaussianBlur(picture, (0, 0), 2.0),
        cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 5])[1], 1),
    ]
    assert all(niqe(spoilt, pristine) > 1.5 * niqe(picture, pristine) for spoilt in worse)
    with pytest.raises(ValueError, match="no block"):
        niqe(picture[:90], pristine)


def test_the_statistics_that_ship_are_those_of_photos():
    shipped = shipped_statistics()
    assert shipped.mean.shape == (36,)
    np.testing.assert_allclose(shipped.covariance, shipped.covariance.T, atol=1e-5)
    assert np.linalg.eigvalsh(shipped.covariance).min() > -1e-5
    assert 1.0 < shipped.mean[0] < 4.0, "the shape of normalised luma"


def test_a_file_without_statistics_is_refused(tmp_path):
    path = tmp_path / "modelparameters.mat"
    path.write_bytes(b"MATLAB 5.0 MAT-file" + b" " * 200)
    with pytest.raises(WeightsError, match="no statistics of NIQE"):
        published_statistics(path)


def test_luma_keeps_to_the_studio_range_and_halving_keeps_the_mean():
    assert luma(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)).round(2).tolist() == [[16.0, 235.0]]
    grey = cv2.GaussianBlur(np.random.default_rng(0).random((64, 96)), (0, 0), 3)
    small = _halved(grey)
    assert small.shape == (32, 48)
    np.testing.assert_allclose(small, grey.reshape(32, 2, 48, 2).mean(axis=(1, 3)), atol=0.005)


def drawn(size: int, scale: float, turn: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A picture with a white dot at each of the five points of a mean face, and its landmarks."""
    shape = face_topology().vertices[:, :2].astype(np.float64)
    wave = np.deg2rad(turn)
    landmarks = shape @ np.array([[np.cos(wave), np.sin(wave)], [-np.sin(wave), np.cos(wave)]]) * scale + size / 2
    picture = np.zeros((size, size, 3), np.uint8)
    for x, y in five_points(landmarks):
        cv2.circle(picture, (round(x * 16), round(y * 16)), round(0.03 * scale * 16), (255, 255, 255), -1, cv2.LINE_AA, 4)
    return picture, landmarks


def dots(crop: np.ndarray) -> np.ndarray:
    count, _, _, centres = cv2.connectedComponentsWithStats((crop[..., 0] > 90).astype(np.uint8))
    return centres[1:count]


@pytest.mark.parametrize(("size", "scale"), [(300, 80.0), (1200, 420.0)])
def test_crops_put_faces_of_any_size_at_the_same_place(size, scale):
    picture, landmarks = drawn(size, scale)
    aligned = dots(model_crop(picture, landmarks))
    assert len(aligned) == 5
    eyes = aligned[np.argsort(aligned[:, 1])[:2]]
    assert abs(eyes[0, 0] - eyes[1, 0]) == pytest.approx(0.62 * 102, rel=0.12)
    assert eyes[:, 0].mean() == pytest.approx(112, abs=4)


@pytest.mark.parametrize("turn", [-25.0, 0.0, 40.0])
def test_chips_are_upright(turn):
    picture, landmarks = drawn(700, 200.0, turn)
    aligned = dots(chip(picture, landmarks))
    eyes = aligned[np.argsort(aligned[:, 1])[:2]]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1], abs=2.5)
    assert eyes[:, 0].mean() == pytest.approx((0.49 + 0.25) / 1.5 * 224, abs=4)


def test_the_sync_crop_holds_the_face_with_its_margins_and_grey_beyond_the_border():
    picture, landmarks = drawn(400, 90.0)
    track = np.repeat(landmarks[None], 20, axis=0)
    track[7] += 90.0  # a slip of one frame, which the median forgets
    box = boxes_of(track)[7]
    crop = sync_crop(picture, box)
    assert len(dots(crop)) == 5
    low, high = landmarks.min(0), landmarks.max(0)
    assert box[:2] == pytest.approx((low + high) / 2)
    assert sync_crop(picture, box * (1, 1, 4))[0, 0].tolist() == [110, 110, 110]
