"""Exact best path through a lattice of three-state phones, vectorised over the states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STATES = 3

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SkipTariff:
    """Log weight of leaving out words in a row: ``run`` once and ``word`` for each."""

    run: float
    word: float


def skip_price(tariffs: Sequence[SkipTariff], words: npt.NDArray[np.int_] | int) -> FloatArray:
    """Log weight of leaving out each number of words by the cheapest tariff; 0 for none."""
    count = np.asarray(words)
    prices = np.max([tariff.run + tariff.word * count for tariff in tariffs], axis=0)
    return np.asarray(np.where(count > 0, prices, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Phones in their contexts ("units") and the ways between them.

    Units are entered through arcs. Besides the arcs there is a chain of ``gaps``, the places between the words of a transcript: a
    path that has just left a unit of gap i may act as if it stood at any later gap, for a price, which is how words are
    left out.

    Parameters
    ----------
    columns
        [U, 3] int32: column of the score matrix for each state.
    stay
        [U, 3] float64: probability of staying in a state for another frame.
    sources, targets, prices
        [A]: arcs from the end of unit ``sources`` to the start of unit ``targets`` with a log weight; sorted by target.
    gap_of
        [U] int32: the gap whose silence or filler a unit is, -1 for phones of words.
    gap_sources, gap_targets, gap_prices
        [B]: arcs from gap to unit, taken after leaving out words, and their log weights; no unit has two of them.
    gap_count
        Number of gaps; words + 1.
    skips
        Tariffs for leaving out a run of words, of which the cheapest counts.
    starts, finals
        [U] float64: log weights of beginning and ending in a unit.
    """

    columns: npt.NDArray[np.int32]
    stay: FloatArray
    sources: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    prices: FloatArray
    gap_of: npt.NDArray[np.int32]
    gap_sources: npt.NDArray[np.int32]
    gap_targets: npt.NDArray[np.int32]
    gap_prices: FloatArray
    gap_count: int
    skips: tuple[SkipTariff, ...]
    starts: FloatArray
    finals: FloatArray


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a unit.

    Parameters
    ----------
    unit
        Number of the unit.
    start, end
        Frames, half-open.
    inner
        First frames of the second and the third state.
    """

    unit: int
    start: int
    end: int
    inner: tuple[int, int]


class _Skips:
    """Reaching later gaps from the gaps that units leave."""

    def __init__(self, lattice: Lattice) -> None:
        self._units = np.flatnonzero(lattice.gap_of >= 0)
        self._gaps = lattice.gap_of[self._units]
        self._order = np.arange(lattice.gap_count)
        self._tariffs = lattice.skips

    def reach(self, exits: FloatArray) -> FloatArray:
        """[G] best log weight of standing at each gap, words left out included."""
        at = np.full(len(self._order), -np.inf)
        np.maximum.at(at, self._gaps, exits[self._units])
        best = at
        for tariff in self._tariffs:
            slope = tariff.word * self._order
            best = np.maximum(best, np.maximum.accumulate(at - slope) + slope + tariff.run)
        return best

    def origin(self, exits: FloatArray, gap: int) -> int:
        """The unit from which the best way to a gap came."""
        before = self._gaps <= gap
        worth = exits[self._units] + skip_price(self._tariffs, np.where(before, gap - self._gaps, 0))
        return int(self._units[int(np.argmax(np.where(before, worth, -np.inf)))])


def best_path(lattice: Lattice, scores: npt.NDArray[np.float32]) -> tuple[tuple[Visit, ...], float]:
    """Viterbi search.

    Parameters
    ----------
    lattice
        Units and arcs.
    scores
        [T, C] log likelihoods of the frames; ``lattice.columns`` points into C. T >= 3.

    Returns
    -------
    tuple[tuple[Visit, ...], float]
        The units visited, covering all frames, and the log weight of the path.

    Raises
    ------
    ValueError
        When no path of this length exists.
    """
    frames, units = len(scores), len(lattice.columns)
    log_stay, log_leave = np.log(lattice.stay), np.log1p(-lattice.stay)
    skips = _Skips(lattice)
    order = np.flatnonzero(np.diff(lattice.targets, prepend=-1))
    entered = lattice.targets[order]
    advanced = np.zeros((frames, units, STATES), np.bool_)
    exits = np.empty((frames, units), np.float64)
    alpha = np.full((units, STATES), -np.inf)
    alpha[:, 0] = lattice.starts
    alpha += scores[0][lattice.columns]
    exits[0] = -np.inf
    for frame in range(1, frames):
        leaving = alpha + log_leave
        exits[frame] = leaving[:, 2]
        stepped = np.full((units, STATES), -np.inf)
        stepped[:, 1:] = leaving[:, :-1]
        if len(order):
            ways = leaving[lattice.sources, 2] + lattice.prices
            stepped[entered, 0] = np.maximum.reduceat(ways, order)
        if len(lattice.gap_targets):
            reached = skips.reach(leaving[:, 2])
            via = reached[lattice.gap_sources] + lattice.gap_prices
            stepped[lattice.gap_targets, 0] = np.maximum(stepped[lattice.gap_targets, 0], via)
        alpha += log_stay
        np.greater(stepped, alpha, out=advanced[frame])
        np.maximum(stepped, alpha, out=alpha)
        alpha += scores[frame][lattice.columns]
    last = alpha[:, 2] + lattice.finals
    end = int(np.argmax(last))
    if not np.isfinite(last[end]):
        raise ValueError(f"no path through {units} units takes {frames} frames")
    return _trace(lattice, skips, advanced, exits, end), float(last[end])


def _trace(lattice: Lattice, skips: _Skips, advanced: npt.NDArray[np.bool_], exits: FloatArray, unit: int) -> tuple[Visit, ...]:
    """Follow the decisions back from the end of ``unit``."""
    gap_into = {int(unit): arc for arc, unit in enumerate(lattice.gap_targets)}
    visits: list[Visit] = []
    end, state = len(advanced), STATES - 1
    changes: list[int] = []
    for frame in range(len(advanced) - 1, -1, -1):
        if not advanced[frame, unit, state] and frame:
            continue
        if state:
            changes.append(frame)
            state -= 1
            continue
        visits.append(Visit(unit, frame, end, (changes[1], changes[0])))
        if frame:
            unit = _predecessor(lattice, skips, gap_into, exits[frame], unit)
            end, state, changes = frame, STATES - 1, []
    return tuple(reversed(visits))


def _predecessor(lattice: Lattice, skips: _Skips, gap_into: dict[int, int], exits: FloatArray, unit: int) -> int:
    """The unit that was left when ``unit`` was entered."""
    low, high = np.searchsorted(lattice.targets, [unit, unit + 1])
    ways = exits[lattice.sources[low:high]] + lattice.prices[low:high]
    best = int(lattice.sources[low + int(np.argmax(ways))]) if high > low else -1
    if unit not in gap_into:
        return best
    arc = gap_into[unit]
    gap = int(lattice.gap_sources[arc])
    over_gap = skips.reach(exits)[gap] + lattice.gap_prices[arc]
    if best >= 0 and ways.max() >= over_gap:
        return best
    return skips.origin(exits, gap)
