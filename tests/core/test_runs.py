from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.runs import runs_of


@given(st.lists(st.booleans(), max_size=20))
def test_runs_hold_all_that_is_true_and_are_apart(flags):
    runs = runs_of(np.array(flags, np.bool_))
    assert [k for first, stop in runs for k in range(first, stop)] == [k for k, flag in enumerate(flags) if flag]
    assert all(first < stop for first, stop in runs)
    assert all(stop < first for (_, stop), (first, _) in pairwise(runs))
