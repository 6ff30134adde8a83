"""Looks: expressions as strengths of action units, for what is no emotion by name but was seen on a face."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pctalk_studio.core.errors import EditRejected

STRONGEST = 2.0
"""Strength of an action unit that no look exceeds; 1 is what the eight emotions use at full intensity."""


class ActionUnit(StrEnum):
    """The action units that the face has (numbers of Ekman and Friesen, 1978)."""

    AU1 = "AU1"
    AU2 = "AU2"
    AU4 = "AU4"
    AU5 = "AU5"
    AU6 = "AU6"
    AU7 = "AU7"
    AU9 = "AU9"
    AU10 = "AU10"
    AU11 = "AU11"
    AU12 = "AU12"
    AU14 = "AU14"
    AU15 = "AU15"
    AU16 = "AU16"
    AU17 = "AU17"
    AU20 = "AU20"
    AU23 = "AU23"
    AU24 = "AU24"
    AU25 = "AU25"
    AU26 = "AU26"
    AU38 = "AU38"
    AU43 = "AU43"


@dataclass(frozen=True, slots=True)
class UnitStrength:
    """How strongly a look uses one action unit, on the subject's own right and left."""

    unit: ActionUnit
    right: float
    left: float

    def __post_init__(self) -> None:
        for side in (self.right, self.left):
            if not 0.0 <= side <= STRONGEST:
                raise EditRejected(f"The strength of {self.unit} must lie between 0 and {STRONGEST:g}; {side:g} does not.")


Look = tuple[UnitStrength, ...]
"""An expression; each unit at most once."""


def checked_look(look: Look) -> None:
    """See that no unit occurs twice.

    Raises
    ------
    EditRejected
        When one does.
    """
    units = [strength.unit for strength in look]
    twice = next((unit for unit in units if units.count(unit) > 1), None)
    if twice is not None:
        raise EditRejected(f"A look names each action unit once; {twice} occurs twice.")
