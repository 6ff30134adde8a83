"""Smoothing: jitter goes, motion stays where and when it is."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.analysis.face.steady import noise_of, steadied

TIME = np.arange(220)
NOISE = 0.1
TRACKS = {
    "still": np.zeros(220),
    "turn": 10 / (1 + np.exp(-(TIME - 110) / 3)),
    "nod": 3 * np.sin(TIME / 12),
    "blink": np.exp(-(((TIME - 110) / 1.5) ** 2)),
}


@pytest.fixture(params=TRACKS)
def seen(request):
    """What is true, [T, 1], and forty noisy views of it, [T, 40]."""
    true = TRACKS[request.param][:, None]
    return request.param, true, true + NOISE * np.random.default_rng(5).normal(size=(len(true), 40))


def test_the_noise_is_measured_whatever_moves(seen):
    _, _, noisy = seen
    assert noise_of(noisy).mean() == pytest.approx(NOISE, rel=0.1)


@pytest.mark.parametrize("calm", [1e-4, 0.02])
def test_jitter_goes_and_nothing_lags(seen, calm):
    name, true, noisy = seen
    smooth = steadied(noisy, calm)
    jitter = np.diff(smooth - true, 2, axis=0).std() / np.diff(noisy - true, 2, axis=0).std()
    assert jitter < (0.07 if name == "still" else 0.20)
    # A lag would show in the mean of all views, in which noise has gone.
    bias = np.abs((smooth - true).mean(axis=1)).max()
    assert bias < (1.8 if name == "blink" else 0.8) * NOISE
    assert (smooth - true).std() < 0.55 * NOISE


def test_it_looks_into_the_past_and_the_future_alike(seen):
    _, _, noisy = seen
    assert np.allclose(steadied(noisy[::-1], 1e-3)[::-1], steadied(noisy, 1e-3), atol=0.05 * NOISE)


def test_what_is_exact_stays_exact():
    line = np.linspace(0, 5, 50)[:, None]
    assert np.allclose(steadied(line, 1e-3), line, atol=1e-5)
    assert (steadied(line[:5], 1e-3) == line[:5]).all()
    assert (noise_of(line[:5]) == 0).all()
