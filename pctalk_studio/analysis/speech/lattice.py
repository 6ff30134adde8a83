"""From the words of a transcript to the lattice of everything that may have been said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel, Place
from pctalk_studio.analysis.speech.connected import Saying
from pctalk_studio.analysis.speech.viterbi import Lattice, SkipTariff, skip_price
from pctalk_studio.core.speech import SILENCE

FILLER = "+SPN+"
"""Label of speech that the transcript lacks."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One phone of one way to say a word in one context, or the silence or filler of a gap.

    Parameters
    ----------
    label
        ARPAbet without stress, ``SIL`` or the filler's label.
    stress
        Stress digit of a vowel.
    word
        Number of the word; for a gap the number of the word after it.
    senones
        The three tied states; empty for the filler.
    merged
        The word's last consonant has become one with the next word's first.
    foreign
        Speech that the transcript lacks.
    """

    label: str
    stress: int | None
    word: int
    senones: tuple[int, ...]
    merged: bool = False
    foreign: bool = False

    @property
    def in_word(self) -> bool:
        """A phone of a word, not of a gap."""
        return self.label != SILENCE and not self.foreign


@dataclass(frozen=True, slots=True)
class Weights:
    """Log weights of the ways through a transcript, in nats.

    Parameters
    ----------
    pause
        Silence between two words.
    filler
        Speech that the transcript lacks.
    skips
        Words that are not said.
    step
        Each step away from the likeliest way to say a word.
    """

    pause: float = -2.0
    filler: float = -60.0
    skips: tuple[SkipTariff, ...] = (SkipTariff(0.0, -80.0),)
    step: float = -1.0


@dataclass(frozen=True, slots=True, eq=False)
class WordLattice:
    """A transcript, ready for the search.

    Parameters
    ----------
    units
        What each unit of ``lattice`` is.
    senones
        [C - 1] senones that must be scored, increasing; the filler's score makes the last column.
    lattice
        Units and arcs.
    """

    units: tuple[Unit, ...]
    senones: npt.NDArray[np.int32]
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class _End:
    """A unit at an end of a word, and a neighbour that it was made for."""

    unit: int
    label: str
    neighbour: str
    price: float


class _Builder:
    def __init__(self, model: AcousticModel, ways: Sequence[tuple[Saying, ...]], weights: Weights) -> None:
        self._model, self._ways, self._weights = model, ways, weights
        self.units: list[Unit] = []
        self.arcs: list[tuple[int, int, float]] = []
        self.gap_arcs: list[tuple[int, int, float]] = []
        self.firsts: list[list[_End]] = [[] for _ in ways]
        self.lasts: list[list[_End]] = [[] for _ in ways]

    def build(self) -> None:
        """Make all units and arcs."""
        for number, word_ways in enumerate(self._ways):
            for way in word_ways:
                self._say(number, way)
        silence = tuple(self._model.states(Place.ALONE, SILENCE, SILENCE, SILENCE).tolist())
        for gap in range(len(self._ways) + 1):
            quiet = self._add(Unit(SILENCE, None, gap, silence))
            filler = self._add(Unit(FILLER, None, gap, (), foreign=True))
            self.arcs += [(quiet, filler, self._weights.filler), (filler, quiet, 0.0)]
            self._connect(gap, quiet, filler)

    def _add(self, unit: Unit) -> int:
        self.units.append(unit)
        return len(self.units) - 1

    def _say(self, number: int, way: Saying) -> None:
        """Units of one way to say a word; its ends exist once for each kind of neighbour."""
        bare = [phone.rstrip("012") for phone in way.phones]
        lefts = self._neighbours(number - 1, -1)
        rights = self._neighbours(number + 1, 0)
        if way.merged:
            rights = [label for label in rights if label != SILENCE]
        price = way.steps * self._weights.step
        behind: list[int] = []
        for place, phone in enumerate(way.phones):
            before = lefts if place == 0 else [bare[place - 1]]
            after = rights if place == len(bare) - 1 else [bare[place + 1]]
            stress = int(phone[-1]) if phone[-1].isdigit() else None
            kind = _place(place, len(bare))
            made: dict[tuple[int, ...], int] = {}
            for left in before:
                for right in after:
                    states = tuple(self._model.states(kind, bare[place], left, right).tolist())
                    # A word of one phone keeps its contexts apart: left and right must fit at once.
                    key = (*states, len(made)) if kind is Place.ALONE else states
                    unit = made.get(key)
                    if unit is None:
                        unit = made[key] = self._add(Unit(bare[place], stress, number, states, way.merged))
                    if place == 0:
                        self.firsts[number].append(_End(unit, bare[place], left, price))
                    if place == len(bare) - 1:
                        self.lasts[number].append(_End(unit, bare[place], right, 0.0))
            self.arcs += [(source, target, 0.0) for source in behind for target in made.values()]
            behind = list(made.values())

    def _neighbours(self, number: int, end: int) -> list[str]:
        """Silence and the phones with which a neighbouring word may end (-1) or begin (0)."""
        if not 0 <= number < len(self._ways):
            return [SILENCE]
        return [SILENCE, *sorted({way.phones[end].rstrip("012") for way in self._ways[number]})]

    def _connect(self, gap: int, quiet: int, filler: int) -> None:
        """Ways from the word before a gap to the word after it."""
        before = self.lasts[gap - 1] if gap else []
        after = self.firsts[gap] if gap < len(self._ways) else []
        for last in before:
            if last.neighbour == SILENCE:
                self.arcs += [(last.unit, quiet, self._weights.pause), (last.unit, filler, self._weights.filler)]
            fitting = [first for first in after if first.neighbour == last.label and first.label == last.neighbour]
            self.arcs += [(last.unit, first.unit, first.price) for first in fitting]
        self.gap_arcs += [(gap, first.unit, first.price) for first in after if first.neighbour == SILENCE]


def _place(place: int, length: int) -> Place:
    if length == 1:
        return Place.ALONE
    return Place.FIRST if place == 0 else Place.LAST if place == length - 1 else Place.INTERNAL


def build_lattice(
    model: AcousticModel, ways: Sequence[tuple[Saying, ...]], weights: Weights, *, open_end: bool = False
) -> WordLattice:
    """Lattice of a transcript, or of a stretch of one.

    Parameters
    ----------
    model
        Gives the tied states of each phone in context.
    ways
        For each word the ways to say it.
    weights
        Prices of the ways.
    open_end
        The recording goes on: a path may end in any unit, without having passed the last word.
    """
    builder = _Builder(model, ways, weights)
    builder.build()
    units = builder.units
    senones = np.unique(np.array([s for unit in units for s in unit.senones], np.int32))
    columns = [np.searchsorted(senones, unit.senones) if unit.senones else [len(senones)] * 3 for unit in units]
    arcs = sorted(builder.arcs, key=lambda arc: arc[1])
    starts, finals = _edges(builder, weights, open_end=open_end)
    lattice = Lattice(
        columns=np.array(columns, np.int32),
        stay=stay_probabilities(model, [unit.label for unit in units]),
        sources=np.array([arc[0] for arc in arcs], np.int32),
        targets=np.array([arc[1] for arc in arcs], np.int32),
        prices=np.array([arc[2] for arc in arcs], np.float64),
        gap_of=np.array([-1 if unit.in_word else unit.word for unit in units], np.int32),
        gap_sources=np.array([arc[0] for arc in builder.gap_arcs], np.int32),
        gap_targets=np.array([arc[1] for arc in builder.gap_arcs], np.int32),
        gap_prices=np.array([arc[2] for arc in builder.gap_arcs], np.float64),
        gap_count=len(ways) + 1,
        skips=weights.skips,
        starts=starts,
        finals=finals,
    )
    return WordLattice(tuple(units), senones, lattice)


def stay_probabilities(model: AcousticModel, labels: Sequence[str]) -> npt.NDArray[np.float64]:
    """[N, 3] probability of staying in each state of each phone, kept away from 0 and 1."""
    return np.asarray(np.clip(model.stay[[model.phones.index(label) for label in labels]], 1e-3, 1.0 - 1e-3))


def _edges(builder: _Builder, weights: Weights, *, open_end: bool) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Log weights of beginning and ending in each unit."""
    count = len(builder.firsts)
    starts = np.full(len(builder.units), -np.inf)
    finals = np.full(len(builder.units), 0.0 if open_end else -np.inf)
    for number, unit in enumerate(builder.units):
        if not unit.in_word:
            starts[number] = float(skip_price(weights.skips, unit.word)) + (weights.filler if unit.label == FILLER else 0.0)
            if not open_end:
                finals[number] = float(skip_price(weights.skips, count - unit.word))
    for first in builder.firsts[0] if count else ():
        if first.neighbour == SILENCE:
            starts[first.unit] = first.price
    for last in builder.lasts[-1] if count else ():
        if last.neighbour == SILENCE:
            finals[last.unit] = 0.0
    return starts, finals
