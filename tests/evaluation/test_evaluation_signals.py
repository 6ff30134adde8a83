"""Delays, bands, matches and blinks of series that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.evaluation.signals import band, best_lag, blinks, kendall, matched_offsets, pearson

GRID = np.arange(600) / 100


def wave(times: np.ndarray, seed: int = 3) -> np.ndarray:
    """A smooth, never repeating series, exact at any time."""
    rng = np.random.default_rng(seed)
    parts = [(rng.uniform(0.5, 5), rng.uniform(0, 6), rng.uniform(0.3, 1)) for _ in range(8)]
    return np.sum([a * np.sin(2 * np.pi * f * times + p) for f, p, a in parts], axis=0)


@settings(deadline=None)
@given(st.floats(-0.35, 0.35), st.sampled_from([24.0, 25.0, 29.97, 60.0]))
def test_lags_are_found_between_frames(lag: float, rate: float) -> None:
    times = np.arange(int(6 * rate)) / rate
    found = best_lag(times, 2 + 3 * wave(times - lag), GRID, wave(GRID), (-0.4, 0.4))
    assert found.seconds == pytest.approx(lag, abs=0.003)
    assert found.correlation > 0.995


def test_a_series_that_does_not_change_has_no_lag() -> None:
    times = np.arange(100) / 25
    assert np.isnan(best_lag(times, np.ones(100), GRID, wave(GRID), (-0.4, 0.4)).seconds)
    assert np.isnan(pearson(np.ones(5), np.arange(5.0)))


def test_a_band_keeps_its_frequencies_and_no_others() -> None:
    times = np.arange(200) / 25
    slow, fast = np.sin(2 * np.pi * 2.0 * times), np.sin(2 * np.pi * 10.0 * times)
    np.testing.assert_allclose(band(slow + fast, 25.0, 8.0, 12.0), fast, atol=1e-9)
    both = np.stack([slow + fast, fast], axis=1)
    np.testing.assert_allclose(band(both, 25.0, 1.0, 3.0), np.stack([slow, 0 * slow], axis=1), atol=1e-9)


def test_matched_offsets_tell_how_late_each_turn_is() -> None:
    times = np.arange(250) / 50
    series = wave(times)
    offsets = matched_offsets(series, series, 50.0)
    assert len(offsets) > 5
    np.testing.assert_allclose(offsets, 0, atol=1e-9)
    late = matched_offsets(wave(times - 0.1), series, 50.0)
    assert np.median(late) == pytest.approx(0.1, abs=0.021)


def test_blinks_have_a_start_a_middle_and_an_end() -> None:
    opening = np.full(100, 0.11)
    opening[40:48] = (0.07, 0.01, 0.0, 0.02, 0.04, 0.07, 0.09, 0.10)
    opening[70:74] = 0.06
    (blink,) = blinks(opening)
    assert (blink.start, blink.closed) == (39, 42)
    assert 46 <= blink.end <= 48


def test_kendall_orders() -> None:
    rising = np.arange(5.0)
    assert kendall(rising, rising * 2) == pytest.approx(1)
    assert kendall(rising, -rising) == pytest.approx(-1)
    assert kendall(rising, np.array([0, 1, 2, 4, 3.0])) == pytest.approx(0.8)
    assert np.isnan(kendall(rising, np.ones(5)))
