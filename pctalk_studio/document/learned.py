"""How far trained networks move the face, beside the rules of phones and action units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pctalk_studio.core.errors import EditRejected

LONGEST_EMBEDDING = 1024


@dataclass(frozen=True, slots=True)
class LearnedStyle:
    """A way of speaking that was learned from a clip.

    Parameters
    ----------
    name
        For people.
    embedding
        What the networks made of the clip's lips.
    """

    name: str
    embedding: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.embedding) <= LONGEST_EMBEDDING or not all(math.isfinite(value) for value in self.embedding):
            raise EditRejected(f"'{self.name}' is no speaking style; learn it from its clip again.")


@dataclass(frozen=True, slots=True)
class Learned:
    """Shares of what networks have learned.

    Parameters
    ----------
    lips
        0: the phones' rules move the lips; 1: the LAC networks do, by ear; between, a blend of both.
    emotion
        0: emotions are the tables' action units; 1: the EMC network's; between, a blend of both.
    style
        How the networks speak; None: plainly.
    """

    lips: float = 0.0
    emotion: float = 0.0
    style: LearnedStyle | None = None

    def __post_init__(self) -> None:
        for name, value in (("lips", self.lips), ("emotion", self.emotion)):
            if not 0.0 <= value <= 1.0:
                raise EditRejected(f"The networks' share of the {name} must lie between 0 and 1; {value:g} does not.")
