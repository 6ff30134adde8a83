"""Performances: what somebody did before a camera, laid over the head, eyes and face of the clip.

A :class:`Take` is a recording of it, part of the project itself: a file that moved or changed takes nothing away. A
:class:`PerformanceClip` plays a take on the timeline.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

import numpy as np

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.performance import PERFORMED, FacePerformance
from pctalk_studio.core.time import FrameRate

Packed = NewType("Packed", bytes)
"""Rows of PERFORMED int16, least significant byte first, frame after frame."""

ROW_BYTES = 2 * PERFORMED
MOST_FRAMES = 60_000
"""Of a take: forty minutes at 25 frames a second."""

SHORTEST_PERFORMANCE = 0.04
"""Seconds; a frame at 25 frames a second."""
SLOWEST, FASTEST = 0.1, 10.0


class PerformancePart(StrEnum):
    """What a performance may drive."""

    HEAD = "head"
    EYES = "eyes"
    EXPRESSION = "expression"
    MOUTH = "mouth"


BESIDE_SPEECH = frozenset({PerformancePart.HEAD, PerformancePart.EYES, PerformancePart.EXPRESSION})
"""Parts that are driven unless a person says otherwise: lips belong to what is said."""


class Convention(StrEnum):
    """How a performance acts on a portrait.

    ``RELATIVE``: what changed since its first frame is added to the portrait. ``ABSOLUTE``: the portrait takes the performer's
    pose and expression; where it stands and how large it is stay its own.
    """

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


class Ending(StrEnum):
    """What comes after the last frame of a take: it is held, or the take begins again."""

    HOLD = "hold"
    LOOP = "loop"


def _too_long(name: str) -> EditRejected:
    return EditRejected(f"The performance '{name:.80}' has more than {MOST_FRAMES:,} frames; import a part of it.")


@dataclass(frozen=True, slots=True)
class Take:
    """A recorded performance.

    Parameters
    ----------
    id
        Identity within the project; 0 for a take that is in none.
    name
        For people, such as that of the file it came from.
    rate
        Frames a second.
    rows
        The frames; see :meth:`pctalk_studio.core.performance.FacePerformance.packed`.
    """

    id: int
    name: str
    rate: FrameRate
    rows: Packed = field(repr=False)

    def __post_init__(self) -> None:
        if not self.rows or len(self.rows) % ROW_BYTES:
            raise EditRejected(f"The performance '{self.name:.80}' holds no whole frames; import it again.")
        if self.frames > MOST_FRAMES:
            raise _too_long(self.name)

    @classmethod
    def of(cls, name: str, performance: FacePerformance) -> Take:
        """A take that is in no project yet.

        Raises
        ------
        EditRejected
            When the performance is empty or longer than a project holds.
        """
        if len(performance) > MOST_FRAMES:
            # Before it is packed: what is refused should not need memory first.
            raise _too_long(name)
        return cls(0, name, performance.rate, Packed(performance.packed().astype("<i2").tobytes()))

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.rows) // ROW_BYTES

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / float(self.rate)

    def performance(self) -> FacePerformance:
        """The frames as numbers."""
        return FacePerformance.unpacked(self.rate, np.frombuffer(self.rows, "<i2").reshape(-1, PERFORMED))


def _checked(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise EditRejected(f"{name} of a performance must lie between {low:g} and {high:g}; {value:g} does not.")


@dataclass(frozen=True, slots=True)
class PartStrengths:
    """How strongly each part acts; 1 as it was performed, 0 to 1.5."""

    head: float = 1.0
    eyes: float = 1.0
    expression: float = 1.0
    mouth: float = 1.0

    def __post_init__(self) -> None:
        for part in PerformancePart:
            _checked(f"The strength of {part}", self.of(part), 0.0, 1.5)

    def of(self, part: PerformancePart) -> float:
        """The strength of a part."""
        return float(getattr(self, part.value))


@dataclass(frozen=True, slots=True)
class PerformanceClip:
    """A take on the timeline.

    Parameters
    ----------
    take
        Id of the take; 0 for a clip that is in no project.
    name
        For people.
    start, end
        Seconds of the clip.
    offset
        Second of the take that is on at ``start``; below 0 its first frame waits.
    speed
        Seconds of the take for each of the clip.
    ending
        What comes after the take.
    convention
        How it acts on the portrait.
    parts
        What it drives.
    strengths
        How strongly.
    fade_in, fade_out
        Seconds in which it comes and goes.
    id
        Identity within the project; 0 for a clip that is in none.
    """

    take: int = 0
    name: str = ""
    start: float = 0.0
    end: float = 1.0
    offset: float = 0.0
    speed: float = 1.0
    ending: Ending = Ending.HOLD
    convention: Convention = Convention.RELATIVE
    parts: frozenset[PerformancePart] = BESIDE_SPEECH
    strengths: PartStrengths = PartStrengths()
    fade_in: float = 0.2
    fade_out: float = 0.2
    id: int = 0

    def __post_init__(self) -> None:
        _checked("The speed", self.speed, SLOWEST, FASTEST)
        _checked("A fade", self.fade_in, 0.0, 60.0)
        _checked("A fade", self.fade_out, 0.0, 60.0)

    @property
    def duration(self) -> float:
        """Seconds of the clip."""
        return self.end - self.start

    def moment(self, time: float) -> float:
        """Second of the take that is on at a moment of the clip, were the take endless."""
        return self.offset + (time - self.start) * self.speed
