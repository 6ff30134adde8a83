"""Stacking: clips that overlap lie in rows below one another."""

from __future__ import annotations

from collections.abc import Sequence


def stacked(spans: Sequence[tuple[float, float]]) -> tuple[list[int], int]:
    """The row of each span, and how many rows there are; each lies in the first row from the top in which it meets no other.

    Parameters
    ----------
    spans
        (start, end) seconds.
    """
    ends: list[float] = []
    placed = [0] * len(spans)
    for number in sorted(range(len(spans)), key=lambda each: spans[each]):
        start, end = spans[number]
        row = next((each for each, until in enumerate(ends) if until <= start + 1e-9), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = end
        placed[number] = row
    return placed, len(ends)
