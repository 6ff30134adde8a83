from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.deformation.lac.dominance import Tracks
from pctalk_studio.deformation.lac.mapping import MouthGeometry, gap_of, lip_deformation
from pctalk_studio.deformation.lac.reading import tracks_of

REST = np.random.default_rng(0).normal(0.0, 0.02, (21, 3))


@given(st.integers(1, 30), st.floats(0.49, 0.60), st.sampled_from([1.0, 0.6]), st.integers(0, 2**31))
def test_what_was_solved_is_read_back(count: int, width: float, hidden: float, seed: int):
    rng = np.random.default_rng(seed)
    low, high = [0.0, -1.0, 0.0, 0.0], [1.5, 1.0, 1.0, 1.5]
    tracks = Tracks.of_stacked(rng.uniform(low, high, (count, 4)))
    mouth = MouthGeometry(width, REST, hidden)
    lip = lip_deformation(tracks, gap_of(tracks.open, mouth), mouth)
    np.testing.assert_allclose(tracks_of(lip, mouth.closing, mouth).stacked(), tracks.stacked(), atol=1e-12)


def test_another_idea_of_closed_lips_is_taken_for_closed():
    mouth = MouthGeometry(0.54, REST)
    still = tracks_of(np.tile(REST + 0.01, (3, 1, 1)), REST + 0.01, mouth)
    assert np.all(still.stacked() == 0.0)


def test_lips_that_cross_are_closed():
    mouth = MouthGeometry(0.54, np.zeros((21, 3)))
    lip = np.zeros((1, 21, 3))
    lip[0, MESH.index("lip_lower_mid"), 1] = -0.05
    lip[0, MESH.index("chin"), 1] = -0.05
    assert np.all(tracks_of(lip, mouth.closing, mouth).stacked() == 0.0)
