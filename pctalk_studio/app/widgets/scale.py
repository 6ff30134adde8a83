"""What a slider's numbers mean: their range, their neutral mark, and how they are written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValueScale:
    """A range of values and how they are written.

    Parameters
    ----------
    low, high
        Ends of the range, in the project's own unit.
    neutral
        "No change": where the slider's filled part begins, and what a reset gives.
    step
        Of the wheel and the arrow keys.
    decimals
        Digits after the point, as written.
    unit
        Written after the number, for example ``"°"`` or ``" s"``.
    shown
        Factor from the project's unit to the one that is written, such as 100 for percent.
    """

    low: float
    high: float
    neutral: float
    step: float = 0.05
    decimals: int = 2
    unit: str = ""
    shown: float = 1.0

    def held(self, value: float) -> float:
        """A value inside the range, as exact as it is written, so that what is read is what is kept."""
        written = round(value * self.shown, self.decimals) / self.shown
        return min(max(round(written, 9), self.low), self.high)

    def text(self, value: float) -> str:
        """A value with its unit; never a negative nought."""
        number = round(value * self.shown, self.decimals)
        return f"{number + 0.0:.{self.decimals}f}{self.unit}"

    def read(self, text: str) -> float | None:
        """The value that a person typed, with or without unit, with point or comma, cut to the range; None when it is none."""
        found = re.fullmatch(r"\s*([+\-−]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(\D*)", text)
        if found is None or found[2].strip() not in ("", self.unit.strip()):
            return None
        number = float(found[1].replace(",", ".").replace("−", "-"))
        return self.held(number / self.shown) if math.isfinite(number) else None

    def share(self, value: float) -> float:
        """Where a value lies within the range, 0 to 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def at(self, share: float) -> float:
        """The value at a place within the range; the neutral one close to its mark, so that it is easily found again."""
        value = self.low + min(max(share, 0.0), 1.0) * (self.high - self.low)
        near = 0.012 * (self.high - self.low)
        return self.neutral if abs(value - self.neutral) < near else self.held(value)

    @property
    def range_text(self) -> str:
        """Both ends, for a tip."""
        return f"{self.text(self.low)} – {self.text(self.high)}"
