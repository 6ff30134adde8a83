"""From the words of a transcript to the lattice of everything that may have been said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel, Place
from pctalk_studio.analysis.speech.transcript import TranscriptWord
from pctalk_studio.analysis.speech.viterbi import Lattice
from pctalk_studio.core.speech import SILENCE

FILLER = "+SPN+"
"""Label of speech that the transcript lacks."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One phone of one pronunciation in one context, or the silence or filler of a gap.

    Parameters
    ----------
    label
        ARPAbet without stress, ``SIL`` or the filler's label.
    stress
        Stress digit of a vowel.
    word
        Number of the word in the transcript; for a gap the number of the word after it.
    senones
        The three tied states; empty for the filler.
    """

    label: str
    stress: int | None
    word: int
    senones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Log weights of the ways through a transcript, in nats.

    Parameters
    ----------
    pause
        Silence between two words.
    filler
        Speech that the transcript lacks.
    skip
        A word that is not said.
    variant
        Each step down the list of pronunciations.
    """

    pause: float = -2.0
    filler: float = -40.0
    skip: float = -40.0
    variant: float = -0.7


class _Builder:
    def __init__(self, model: AcousticModel, words: Sequence[TranscriptWord], weights: Weights) -> None:
        self.model, self.words, self.weights = model, words, weights
        self.units: list[Unit] = []
        self.arcs: list[tuple[int, int, float]] = []
        self.gap_arcs: list[tuple[int, int, float]] = []
        self.first: list[list[tuple[int, str, str, float]]] = []
        self.last: list[list[tuple[int, str, str]]] = []

    def add(self, label: str, stress: int | None, word: int, senones: tuple[int, ...]) -> int:
        self.units.append(Unit(label, stress, word, senones))
        return len(self.units) - 1

    def say(self, number: int, phones: Sequence[str], price: float, lefts: Sequence[str], rights: Sequence[str]) -> None:
        """Units of one pronunciation; its ends exist once for each neighbour that they may have."""
        bare = [phone.rstrip("012") for phone in phones]
        behind: list[int] = []
        for place, (phone, label) in enumerate(zip(phones, bare, strict=True)):
            kind = _place(place, len(bare))
            before = lefts if place == 0 else [bare[place - 1]]
            after = rights if place == len(bare) - 1 else [bare[place + 1]]
            stress = int(phone[-1]) if phone[-1].isdigit() else None
            here: list[int] = []
            for left in before:
                for right in after:
                    states = tuple(self.model.states(kind, label, left, right).tolist())
                    unit = self.add(label, stress, number, states)
                    here.append(unit)
                    if place == 0:
                        self.first[number].append((unit, left, label, price))
                    if place == len(bare) - 1:
                        self.last[number].append((unit, label, right))
            self.arcs += [(source, target, 0.0) for source in behind for target in here]
            behind = here

    def build(self) -> None:
        for number, word in enumerate(self.words):
            self.first.append([])
            self.last.append([])
            lefts = _ends(self.words, number - 1, -1)
            rights = _ends(self.words, number + 1, 0)
            for rank, phones in enumerate(word.pronunciations):
                self.say(number, phones, rank * self.weights.variant, lefts, rights)
        silence = tuple(self.model.states(Place.ALONE, SILENCE, SILENCE, SILENCE).tolist())
        for gap in range(len(self.words) + 1):
            quiet, filler = self.add(SILENCE, None, gap, silence), self.add(FILLER, None, gap, ())
            self.arcs += [(quiet, filler, self.weights.filler), (filler, quiet, 0.0)]
            self.connect(gap, quiet, filler)

    def connect(self, gap: int, quiet: int, filler: int) -> None:
        """Ways from the word before a gap to the word after it."""
        before = self.last[gap - 1] if gap else []
        after = self.first[gap] if gap < len(self.words) else []
        for source, label, right in before:
            if right == SILENCE:
                self.arcs += [(source, quiet, self.weights.pause), (source, filler, self.weights.filler)]
            self.arcs += [(source, target, price) for target, left, first, price in after if left == label and first == right]
        self.gap_arcs += [(gap, target, price) for target, left, _, price in after if left == SILENCE]


def _place(place: int, length: int) -> Place:
    if length == 1:
        return Place.ALONE
    return Place.FIRST if place == 0 else Place.LAST if place == length - 1 else Place.INTERNAL


def _ends(words: Sequence[TranscriptWord], number: int, end: int) -> list[str]:
    """Silence and the phones with which a neighbouring word may end (-1) or begin (0)."""
    if not 0 <= number < len(words):
        return [SILENCE]
    return [SILENCE, *sorted({phones[end].rstrip("012") for phones in words[number].pronunciations})]


def build_lattice(
    model: AcousticModel, words: Sequence[TranscriptWord], step_ratio: float, weights: Weights
) -> tuple[tuple[Unit, ...], npt.NDArray[np.int32], Lattice]:
    """Lattice of a transcript.

    Parameters
    ----------
    model
        Gives the tied states of each phone in context.
    words
        In order.
    step_ratio
        Frame step over the model's 10 ms.
    weights
        Prices of the ways.

    Returns
    -------
    tuple[tuple[Unit, ...], npt.NDArray[np.int32], Lattice]
        Units; the senones that must be scored, [C - 1] without repeats; and the lattice, whose score columns are those senones
        with the filler's score behind them.
    """
    builder = _Builder(model, words, weights)
    builder.build()
    units = builder.units
    senones = np.unique(np.array([s for unit in units for s in unit.senones], np.int32))
    filler_column = len(senones)
    columns = np.array(
        [np.searchsorted(senones, unit.senones) if unit.senones else [filler_column] * 3 for unit in units], np.int32
    )
    phones = [model.phones.index(unit.label) for unit in units]
    stay = 1.0 - (1.0 - np.clip(model.stay[phones], 1e-3, 0.999)) * step_ratio
    arcs = sorted(builder.arcs, key=lambda arc: arc[1])
    gap_of = np.array([unit.word if unit.label in (SILENCE, FILLER) else -1 for unit in units], np.int32)
    count = len(words) + 1
    edge = np.full(len(units), -np.inf)
    starts, finals = edge.copy(), edge.copy()
    inside = gap_of >= 0
    price = np.where([unit.label == FILLER for unit in units], weights.filler, 0.0)
    starts[inside] = (gap_of * weights.skip + price)[inside]
    finals[inside] = ((count - 1 - gap_of) * weights.skip)[inside]
    if words:
        for unit, left, _, rank_price in builder.first[0]:
            if left == SILENCE:
                starts[unit] = rank_price
        for unit, _, right in builder.last[-1]:
            if right == SILENCE:
                finals[unit] = 0.0
    lattice = Lattice(
        columns=columns,
        stay=stay,
        sources=np.array([arc[0] for arc in arcs], np.int32),
        targets=np.array([arc[1] for arc in arcs], np.int32),
        prices=np.array([arc[2] for arc in arcs], np.float64),
        gap_of=gap_of,
        gap_sources=np.array([arc[0] for arc in builder.gap_arcs], np.int32),
        gap_targets=np.array([arc[1] for arc in builder.gap_arcs], np.int32),
        gap_prices=np.array([arc[2] for arc in builder.gap_arcs], np.float64),
        gap_count=count,
        skip=np.full(count - 1, weights.skip),
        starts=starts,
        finals=finals,
    )
    return tuple(units), senones, lattice
