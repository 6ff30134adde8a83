"""Random alignments and damage for the interchange tests."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import ARPABET, SILENCE, VOWELS, Alignment, Phone, Word

LABELS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=8)
SHARES = st.floats(0, 1, allow_nan=False)


@st.composite
def edges(draw: st.DrawFn, most: int = 8) -> list[float]:
    """Rising times from 0."""
    steps = draw(st.lists(st.floats(0.004, 3.0), min_size=1, max_size=most))
    return [0.0, *itertools.accumulate(steps)]


@st.composite
def alignments(draw: st.DrawFn) -> Alignment:
    """Any valid alignment whose words keep what a file can say of them."""
    times = draw(edges())
    phones = []
    for start, end in itertools.pairwise(times):
        label = draw(st.sampled_from((*ARPABET, SILENCE)))
        stress = draw(st.sampled_from((None, 0, 1, 2))) if label in VOWELS else None
        phones.append(Phone(label, start, end, stress, draw(SHARES)))
    word_times = draw(edges(5))
    scale = times[-1] / word_times[-1] if word_times[-1] else 0.0
    spans = [(min(a * scale, times[-1]), min(b * scale, times[-1])) for a, b in itertools.pairwise(word_times)]
    words = tuple(Word(draw(LABELS), a, b, draw(SHARES)) for a, b in spans if draw(st.booleans()))
    problems = draw(st.lists(st.builds(Problem, LABELS, LABELS, st.none() | st.floats(0, 9), st.none()), max_size=2))
    method = draw(st.sampled_from(("transcript", "recognised", "phone-loop", "imported")))
    return Alignment(times[-1], words, tuple(phones), draw(SHARES), method, tuple(problems))


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with a few cuts, swaps, repetitions and foreign bytes."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 40))
        kind = draw(st.sampled_from(("cut", "drop", "repeat", "foreign", "flip")))
        if kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + length :]
        elif kind == "repeat":
            data = data[:at] + data[at : at + length] * 2 + data[at + length :]
        elif kind == "foreign":
            data = data[:at] + draw(st.binary(max_size=12)) + data[at:]
        elif data:
            data = data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]
    return data
