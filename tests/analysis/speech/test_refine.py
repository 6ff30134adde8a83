from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.refine import refine_boundaries, short_spectra


def hiss_between(start: float, end: float, seconds: float, seed: int = 0) -> np.ndarray:
    """Strong noise in faint noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * 16000)) / 16000
    return (rng.normal(0, 1, len(time)) * np.where((time >= start) & (time < end), 0.1, 0.0005)).astype(np.float32)


@pytest.mark.parametrize("error", [-0.025, -0.01, 0.0, 0.01, 0.025])
def test_a_boundary_moves_most_of_the_way_to_a_sudden_change(error):
    spectra = short_spectra(hiss_between(0.4, 0.6, 1.0))
    edges = np.array([0.0, 0.4 + error, 0.6 - error, 1.0])
    refined = refine_boundaries(spectra, edges, ["F", "F", "F"])
    assert np.abs(refined - [0.0, 0.4, 0.6, 1.0]).max() <= abs(error) / 3 + 0.003


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.0005, 0.3), min_size=1, max_size=12),
    st.integers(0, 100),
    st.lists(st.sampled_from(["SIL", "T", "S", "N", "AA", "R", "CH"]), min_size=12, max_size=12),
)
def test_phones_keep_their_order_and_the_ends_their_place(lengths, seed, labels):
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    samples = np.random.default_rng(seed).normal(0, 0.05, max(1, round(edges[-1] * 16000))).astype(np.float32)
    refined = refine_boundaries(short_spectra(samples), edges, labels[: len(lengths)])
    assert refined[0] == edges[0]
    assert refined[-1] == edges[-1]
    least = np.minimum(0.008, np.diff(edges) / 2)
    assert (np.diff(refined) >= least - 1e-9).all()


def test_a_stop_keeps_its_breath_until_the_voice_sets_in():
    spectra = short_spectra(hiss_between(0.4, 0.6, 1.0))
    edges = np.array([0.0, 0.4, 1.0])
    plain = refine_boundaries(spectra, edges, ["S", "SH"])[1]
    assert refine_boundaries(spectra, edges, ["T", "R"])[1] == pytest.approx(plain + 0.015)
