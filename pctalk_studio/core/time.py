"""Exact frame rates and half-open frame ranges.

Seconds (float64) exist only at the borders: media, phones and words. Everything else counts frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from pctalk_studio.core.errors import UsageError

_FRAME_SPAN = re.compile(r"(\d+)(?:-(\d+))?")
_RATE = re.compile(r"(\d+)(?:/(\d+)|(?:\.(\d+)))?")

_ROUNDING = Fraction(1, 10**9)
"""Seconds by which a moment may miss the frame that begins there: 0.12 is a little less than three times 1/25."""


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames a second as an exact fraction; 30000/1001 stays 30000/1001."""

    value: Fraction

    def __post_init__(self) -> None:
        if not 1 <= self.value <= 240:
            raise UsageError(f"A frame rate of {self.value} is outside 1 to 240 frames a second; choose one inside.")

    @classmethod
    def parse(cls, text: str) -> FrameRate:
        """Read ``25``, ``29.97`` or ``30000/1001``.

        Raises
        ------
        UsageError
            When the text is none of these or the rate is outside 1 to 240.
        """
        match = _RATE.fullmatch(text.strip())
        if match is None or match[2] == "0":
            raise UsageError(f"'{text}' is no frame rate; write a number such as 25 or a fraction such as 30000/1001.")
        return cls(Fraction(text.strip()))

    def time_of(self, frame: int) -> float:
        """Start of a frame, in seconds."""
        return float(frame / self.value)

    def frame_at(self, seconds: float) -> int:
        """Index of the frame that is on screen at a time; its own start counts to it also where rounding fell short of that."""
        return int((Fraction(seconds) + _ROUNDING) * self.value // 1)

    def frames_in(self, seconds: float) -> int:
        """Frames needed so that picture and sound of this length differ by less than a frame; at least 1."""
        return max(1, round(Fraction(seconds) * self.value))

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames ``start`` (included) to ``stop`` (excluded)."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"not a frame range: {self.start}..{self.stop}")

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop


@dataclass(frozen=True, slots=True)
class FrameSet:
    """A set of frames kept as sorted, disjoint, non-adjacent half-open ranges."""

    ranges: tuple[FrameRange, ...] = ()

    @classmethod
    def of(cls, ranges: Iterable[FrameRange]) -> FrameSet:
        """Join ranges that overlap or touch; drop empty ones."""
        merged: list[FrameRange] = []
        for span in sorted(span for span in ranges if len(span)):
            if merged and span.start <= merged[-1].stop:
                merged[-1] = FrameRange(merged[-1].start, max(merged[-1].stop, span.stop))
            else:
                merged.append(span)
        return cls(tuple(merged))

    @classmethod
    def parse(cls, text: str) -> FrameSet:
        """Read ``0-99,120``: both ends of a span are meant, as editors write it.

        Raises
        ------
        UsageError
            When a part is neither a number nor a rising span.
        """
        spans = []
        for part in text.split(","):
            match = _FRAME_SPAN.fullmatch(part.strip())
            first = int(match[1]) if match else 0
            last = int(match[2]) if match and match[2] else first
            if match is None or last < first:
                raise UsageError(f"'{text}' is no list of frames; write for example 0-99,120.")
            spans.append(FrameRange(first, last + 1))
        return cls.of(spans)

    def clipped(self, stop: int) -> FrameSet:
        """The part of the set below ``stop``."""
        kept = (FrameRange(min(span.start, stop), min(span.stop, stop)) for span in self.ranges)
        return FrameSet.of(kept)

    def __len__(self) -> int:
        return sum(len(span) for span in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for span in self.ranges:
            yield from span

    def __contains__(self, frame: int) -> bool:
        return any(frame in span for span in self.ranges)
