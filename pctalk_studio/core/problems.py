"""Facts that came out incomplete: analysis reports them and goes on."""

from __future__ import annotations

from dataclasses import dataclass

LIPS_UNCLEAR = "lips-unclear"
"""Code for lips that a beard or shadow hides; such a mouth opens less, and under a fringe of hair."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that an animator should know about an analysis.

    Parameters
    ----------
    code
        Stable name for programs, for example ``mouth-occluded`` or ``word-not-said``.
    text
        One sentence for people.
    start, end
        Seconds in the recording, where the problem has a place in time.
    """

    code: str
    text: str
    start: float | None = None
    end: float | None = None
