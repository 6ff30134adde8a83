from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.viterbi import Lattice, SkipTariff, best_path


def lattice_of(rng: np.random.Generator, words: int, skip: float) -> tuple[Lattice, int]:
    """Words of one or two units between gaps of one silence each, with direct ways past the silences."""
    kinds: list[int] = []
    arcs: list[tuple[int, int, float]] = []
    gap_arcs: list[tuple[int, int, float]] = []
    finals, starts = [], []
    previous_end = -1
    for gap in range(words + 1):
        silence = len(kinds)
        kinds.append(gap)
        starts.append(gap * skip)
        finals.append((words - gap) * skip)
        if previous_end >= 0:
            arcs.append((previous_end, silence, -1.0))
        if gap < words:
            length = int(rng.integers(1, 3))
            first = len(kinds)
            kinds += [-1] * length
            starts += [-np.inf] * length
            finals += [-np.inf] * length
            arcs += [(first + k, first + k + 1, 0.0) for k in range(length - 1)]
            gap_arcs.append((gap, first, float(rng.normal())))
            if previous_end >= 0:
                arcs.append((previous_end, first, float(rng.normal())))
            previous_end = first + length - 1
    arcs.sort(key=lambda arc: arc[1])
    units = len(kinds)
    return (
        Lattice(
            columns=np.arange(3 * units, dtype=np.int32).reshape(units, 3),
            stay=rng.uniform(0.1, 0.9, (units, 3)),
            sources=np.array([a for a, _, _ in arcs], np.int32),
            targets=np.array([b for _, b, _ in arcs], np.int32),
            prices=np.array([c for _, _, c in arcs], np.float64),
            gap_of=np.array(kinds, np.int32),
            gap_sources=np.array([a for a, _, _ in gap_arcs], np.int32),
            gap_targets=np.array([b for _, b, _ in gap_arcs], np.int32),
            gap_prices=np.array([c for _, _, c in gap_arcs], np.float64),
            gap_count=words + 1,
            skips=(SkipTariff(0.0, skip), SkipTariff(skip, skip / 4)),
            starts=np.array(starts),
            finals=np.array(finals),
        ),
        units,
    )


def skipping(lattice: Lattice, gap: int, start: int) -> float:
    return max(tariff.run + tariff.word * (start - gap) for tariff in lattice.skips) if start > gap else 0.0


def every_path(lattice: Lattice, scores: np.ndarray) -> float:
    """Best weight by trying all paths, state by state."""
    frames = len(scores)
    ways: dict[int, list[tuple[int, float]]] = {}
    for source, target, price in zip(lattice.sources, lattice.targets, lattice.prices, strict=True):
        ways.setdefault(int(source), []).append((int(target), float(price)))
    for unit, gap in enumerate(lattice.gap_of):
        for start, target, price in zip(lattice.gap_sources, lattice.gap_targets, lattice.gap_prices, strict=True):
            if 0 <= gap <= start:
                ways.setdefault(unit, []).append((int(target), float(price + skipping(lattice, gap, start))))

    def onwards(frame: int, unit: int, state: int) -> float:
        here = float(scores[frame, lattice.columns[unit, state]])
        if frame == frames - 1:
            return here + (float(lattice.finals[unit]) if state == 2 else -np.inf)
        best = np.log(lattice.stay[unit, state]) + onwards(frame + 1, unit, state)
        leave = np.log1p(-lattice.stay[unit, state])
        if state < 2:
            return here + max(best, leave + onwards(frame + 1, unit, state + 1))
        for target, price in ways.get(unit, []):
            best = max(best, leave + price + onwards(frame + 1, target, 0))
        return here + best

    return max(float(start) + onwards(0, unit, 0) for unit, start in enumerate(lattice.starts) if np.isfinite(start))


def weight_of(lattice: Lattice, scores: np.ndarray, visits) -> float:
    """Weight of a path that was found, summed anew."""
    total = float(lattice.starts[visits[0].unit] + lattice.finals[visits[-1].unit])
    for visit in visits:
        edges = [visit.start, *visit.inner, visit.end]
        for state in range(3):
            count = edges[state + 1] - edges[state]
            assert count >= 1
            total += float(scores[edges[state] : edges[state + 1], lattice.columns[visit.unit, state]].sum())
            total += (count - 1) * np.log(lattice.stay[visit.unit, state])
            if state < 2 or visit is not visits[-1]:
                total += np.log1p(-lattice.stay[visit.unit, state])
    for one, other in itertools.pairwise(visits):
        chosen = (lattice.sources == one.unit) & (lattice.targets == other.unit)
        prices = list(lattice.prices[chosen])
        gap = lattice.gap_of[one.unit]
        for start, target, price in zip(lattice.gap_sources, lattice.gap_targets, lattice.gap_prices, strict=True):
            if target == other.unit and 0 <= gap <= start:
                prices.append(price + skipping(lattice, gap, start))
        total += max(prices)
    return total


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 3), st.integers(3, 9), st.sampled_from([0.0, -2.0, -50.0]))
def test_the_path_found_is_the_best_of_all(seed, words, frames, skip):
    rng = np.random.default_rng(seed)
    lattice, units = lattice_of(rng, words, skip)
    scores = rng.normal(0, 3, (frames, 3 * units)).astype(np.float32)
    visits, total = best_path(lattice, scores)
    assert total == pytest.approx(every_path(lattice, scores), abs=1e-4)
    assert weight_of(lattice, scores, visits) == pytest.approx(total, abs=1e-4)
    assert [v.start for v in visits] == [0, *[v.end for v in visits[:-1]]]
    assert visits[-1].end == frames


def test_fewer_frames_than_states_have_no_path():
    lattice, units = lattice_of(np.random.default_rng(0), 1, -1.0)
    with pytest.raises(ValueError, match="no path"):
        best_path(lattice, np.zeros((2, 3 * units), np.float32))
