"""Times as people read them: time code, seconds, and where a ruler has its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.time import FrameRate

_SUBFRAME = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def nominal(rate: FrameRate) -> int:
    """Frames that a second of time code counts; 30 for 30000/1001, since nothing is dropped."""
    return max(1, round(rate.value))


def timecode(frame: int, rate: FrameRate) -> str:
    """``MM:SS:FF``, with hours in front where there are any; frames are counted, none is dropped."""
    seconds, frames = divmod(max(frame, 0), nominal(rate))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    digits = len(str(nominal(rate) - 1))
    text = f"{minutes:02d}:{seconds:02d}:{frames:0{max(digits, 2)}d}"
    return f"{hours}:{text}" if hours else text


def seconds_text(time: float, step: float = 0.001) -> str:
    """Seconds with as many digits as a step shows."""
    digits = max(0, min(4, math.ceil(-math.log10(step) - 1e-9)))
    return f"{time:.{digits}f}"


def span_text(start: float, end: float, rate: FrameRate) -> str:
    """Start, end and duration in seconds and frames, as shown while an edge is moved."""
    fps = float(rate)
    frames = f"{start * fps:.1f} - {end * fps:.1f} f   {(end - start) * fps:.1f} f"
    return f"{start:.3f} - {end:.3f} s   {(end - start) * 1000:.0f} ms   {frames}"


def moment_text(time: float, rate: FrameRate) -> str:
    """A moment as time code and seconds."""
    return f"{timecode(rate.frame_at(max(time, 0.0)), rate)}   {time:.3f} s"


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """Marks of a ruler.

    Parameters
    ----------
    short
        [n] seconds of those without a label, rising.
    labelled
        Seconds and label of the others.
    """

    short: npt.NDArray[np.float64]
    labelled: tuple[tuple[float, str], ...]


def ticks(start: float, end: float, density: float, rate: FrameRate, *, apart: float = 96.0, least: float = 7.0) -> Ticks:
    """Ticks of a span.

    Parameters
    ----------
    start, end
        Seconds.
    density
        Pixels a second.
    rate
        Frames a second; ticks of a frame and more lie on frames.
    apart, least
        Least pixels between labels and between short ticks.
    """
    steps = _steps(rate)
    major = next((step for step in steps if step[0] * density >= apart), steps[-1])
    fitting = [step for step in steps if step[0] * density >= least and _divides(step, major)]
    minor = fitting[0] if fitting else major
    ratio, fps = round(major[0] / minor[0]), float(rate)
    numbers = np.arange(max(0, math.floor(start / minor[0])), math.ceil(end / minor[0]) + 1)
    times = numbers * minor[1] / fps if minor[1] else numbers * minor[0]
    named = numbers % ratio == 0
    labels = []
    for number, time in zip(numbers[named].tolist(), times[named].tolist(), strict=True):
        label = timecode(number * minor[1], rate) if major[1] else f"{seconds_text(time, major[0])} s"
        labels.append((time, label))
    return Ticks(times[~named], tuple(labels))


def _steps(rate: FrameRate) -> list[tuple[float, int]]:
    """(seconds, frames) of possible steps in rising order; those below a frame count no frames."""
    fps, frame = nominal(rate), 1 / float(rate)
    below = [(step, 0) for step in _SUBFRAME if step < frame * 0.999]
    divisors = [number for number in range(1, fps) if fps % number == 0]
    return [*below, *((k * frame, k) for k in (*divisors, *(fps * s for s in _SECONDS)))]


def _divides(step: tuple[float, int], major: tuple[float, int]) -> bool:
    if major[1] and not step[1]:
        return False
    if major[1]:
        return major[1] % step[1] == 0
    share = major[0] / step[0]
    return abs(share - round(share)) < 1e-6
