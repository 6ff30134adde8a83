from __future__ import annotations

import numpy as np

from pctalk_studio.core.sampling import between


def test_every_number_goes_straight_from_one_time_to_the_next_and_stays_beyond_the_ends():
    values = np.array([[[0.0, 10.0]], [[4.0, 10.0]], [[4.0, -10.0]]], np.float32)
    found = between(np.array([-1.0, 0.5, 2.0, 2.25, 9.0]), np.array([0.0, 2.0, 3.0]), values)
    assert found.dtype == np.float64
    assert found.tolist() == [[[0, 10]], [[1, 10]], [[4, 10]], [[4, 5]], [[4, -10]]]
    assert between(np.zeros(2), np.zeros(1), np.array([5.0])).tolist() == [5, 5]
    assert between(np.zeros(0), np.zeros(1), np.ones((1, 21, 3))).shape == (0, 21, 3)
