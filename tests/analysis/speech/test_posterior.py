from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.posterior import expected_boundaries


def by_trying_all_paths(scores: np.ndarray, stay: np.ndarray, flatness: float) -> np.ndarray:
    frames, phones, states = scores.shape
    flat, kept = scores.reshape(frames, -1) * flatness, stay.ravel()
    total, sums = 0.0, np.zeros(phones - 1)
    for entries in itertools.combinations(range(1, frames), phones * states - 1):
        edges = [0, *entries, frames]
        weight = 1.0
        for state, (start, end) in enumerate(itertools.pairwise(edges)):
            weight *= np.exp(flat[start:end, state].sum()) * kept[state] ** (end - start - 1)
            weight *= 1.0 - kept[state] if state < phones * states - 1 else 1.0
        total += weight
        sums += weight * np.array([edges[k * states] for k in range(1, phones)])
    return sums / total


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 2), st.integers(0, 4), st.sampled_from([0.1, 1.0]))
def test_expected_times_are_means_over_all_paths(seed, phones, states, spare, flatness):
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, (phones * states + spare, phones, states)).astype(np.float32)
    stay = rng.uniform(0.1, 0.9, (phones, states))
    found = expected_boundaries(scores, stay, flatness)
    assert found == pytest.approx(by_trying_all_paths(scores, stay, flatness), abs=1e-6)
