from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.deformation.smoothing import Smoothing, reach, smoothed, window_weights


def rts(seen: np.ndarray, noise: np.ndarray, push: float) -> np.ndarray:
    """Kalman filter and Rauch-Tung-Striebel smoother of an integrated random walk, written out; noise variances [N]."""
    step = np.array([[2.0, -1.0], [1.0, 0.0]])
    cover = np.diag([push, 0.0])
    look = np.array([[1.0, 0.0]])
    mean, spread = np.array([0.0, 0.0]), np.eye(2) * 1e9
    filtered, predicted = [], []
    for k, value in enumerate(seen):
        if k:
            mean, spread = step @ mean, step @ spread @ step.T + cover
        predicted.append((mean, spread))
        gain = spread @ look.T / (look @ spread @ look.T + noise[k])
        mean = mean + gain[:, 0] * (value - mean[0])
        spread = (np.eye(2) - gain @ look) @ spread
        filtered.append((mean, spread))
    out = [filtered[-1]]
    for k in range(len(seen) - 2, -1, -1):
        mean, spread = filtered[k]
        ahead, wide = predicted[k + 1]
        gain = spread @ step.T @ np.linalg.pinv(wide)
        later, narrow = out[0]
        out.insert(0, (mean + gain @ (later - ahead), spread + gain @ (narrow - wide) @ gain.T))
    return np.array([mean[0] for mean, _ in out])


def test_a_window_gives_what_filter_and_smoother_give():
    rng = np.random.default_rng(0)
    motion = np.cumsum(rng.normal(size=41))
    smoothing = Smoothing(strength=2.0, window=20)
    ours = smoothed(motion[:, None], smoothing)[20, 0]
    assert ours == pytest.approx(rts(motion, np.full(41, 4.0), 1.0)[20], abs=1e-4)


def test_held_frames_act_as_seen_without_noise():
    rng = np.random.default_rng(1)
    motion = rng.normal(size=21)
    held = np.zeros(21, bool)
    held[12] = True
    noise = np.where(held, 4e-9, 4.0)
    ours = smoothed(motion[:, None], Smoothing(2.0, 10), held)[10, 0]
    assert ours == pytest.approx(rts(motion, noise, 1.0)[10], abs=1e-3)


@given(st.integers(3, 60), st.integers(0, 59), st.floats(0.2, 20.0), st.integers(1, 12))
def test_a_frame_is_felt_within_the_reach_only(count: int, edited: int, strength: float, window: int):
    edited %= count
    smoothing = Smoothing(strength, window)
    motion = np.random.default_rng(2).normal(size=(count, 2))
    other = motion.copy()
    other[edited] += 1.0
    changed = np.flatnonzero(np.any(smoothed(motion, smoothing) != smoothed(other, smoothing), axis=1))
    assert np.all(np.abs(changed - edited) <= reach(smoothing))


@given(st.lists(st.booleans(), min_size=3, max_size=50), st.floats(0.1, 30.0))
def test_closures_stay_to_the_bit_and_straight_lines_stay_straight(held: list[bool], strength: float):
    exempt = np.array(held)
    count = len(exempt)
    motion = np.random.default_rng(3).normal(size=(count, 3))
    np.testing.assert_array_equal(smoothed(motion, Smoothing(strength), exempt)[exempt], motion[exempt])
    line = np.linspace(0.0, 1.0, count)[:, None]
    np.testing.assert_allclose(smoothed(line, Smoothing(strength), exempt), line, atol=1e-5)
    np.testing.assert_allclose(window_weights(exempt, Smoothing(strength)).sum(axis=1), 1.0)


def test_jitter_goes_and_a_plosive_stays():
    times = np.arange(100)
    closing = 1.0 - np.exp(-0.5 * ((times - 50) / 1.5) ** 2)
    rng = np.random.default_rng(4)
    noisy = closing + 0.02 * rng.normal(size=100)
    calm = smoothed(noisy[:, None], Smoothing())[:, 0]
    assert np.abs(np.diff(calm, n=2))[:40].mean() < 0.5 * np.abs(np.diff(noisy, n=2))[:40].mean()
    assert smoothed(closing[:, None], Smoothing())[50, 0] < 0.12


def test_no_strength_changes_nothing():
    motion = np.random.default_rng(5).normal(size=(9, 2))
    np.testing.assert_array_equal(smoothed(motion, Smoothing(0.0)), motion)
    assert reach(Smoothing(0.0)) == 0


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="smoothing"):
        Smoothing(-1.0)
