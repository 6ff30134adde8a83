"""What metrics say: values, limits and sentences, as plain values that can be written as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured property of a clip.

    Parameters
    ----------
    code
        ``M1`` to ``M23`` as in the published list of metrics for talking faces, or a word for what is not in it.
    name
        Short name for people.
    value
        The measured value; None when the clip gives no occasion to measure it.
    unit
        Of the value; empty for ratios.
    limit
        What passes, in words such as ``at most 20``; empty for what is only reported.
    passed
        None when there is no value or no limit.
    sentence
        What was found, for people.
    count
        On how many occasions (phones, frames) the value rests; its weight when clips are pooled.
    """

    code: str
    name: str
    value: float | None
    unit: str
    limit: str
    passed: bool | None
    sentence: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class ClipReport:
    """All metrics of one clip.

    Parameters
    ----------
    clip
        Its path.
    frames, rate, duration
        Pictures, pictures a second, seconds.
    metrics
        In the order of their codes.
    """

    clip: str
    frames: int
    rate: float
    duration: float
    metrics: tuple[Metric, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing that has a limit failed it."""
        return all(metric.passed is not False for metric in self.metrics)

    def metric(self, code: str) -> Metric:
        """A metric by its code; KeyError when there is none."""
        for metric in self.metrics:
            if metric.code == code:
                return metric
        raise KeyError(code)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "metrics": [asdict(metric) for metric in self.metrics], "passed": self.passed}


def at_most(code: str, name: str, value: float | None, limit: float, unit: str, sentence: str, count: int = 1) -> Metric:
    """A metric that passes when its value does not exceed a limit."""
    return _metric(code, name, value, unit, f"at most {limit:g}", sentence, count)


def at_least(code: str, name: str, value: float | None, limit: float, unit: str, sentence: str, count: int = 1) -> Metric:
    """A metric that passes when its value reaches a limit."""
    return _metric(code, name, value, unit, f"at least {limit:g}", sentence, count)


def between(
    code: str, name: str, value: float | None, limits: tuple[float, float], unit: str, sentence: str, count: int = 1
) -> Metric:
    """A metric that passes when its value lies between two limits."""
    return _metric(code, name, value, unit, f"{limits[0]:g} to {limits[1]:g}", sentence, count)


def told(code: str, name: str, value: float | None, unit: str, sentence: str) -> Metric:
    """A metric that is only reported; its sentence is kept without a value, to say why there is none."""
    return Metric(code, name, _known(value), unit, "", None, sentence)


def _metric(code: str, name: str, value: float | None, unit: str, limit: str, sentence: str, count: int) -> Metric:
    known = _known(value)
    if known is None:
        return Metric(code, name, None, unit, limit, None, "The clip gives no occasion to measure it.", 0)
    return Metric(code, name, known, unit, limit, _judged(known, limit), sentence, count)


def pooled(reports: Sequence[ClipReport]) -> ClipReport:
    """Many clips as one: each metric's mean weighted by its occasions, judged by the same limit.

    Metrics that no clip could measure keep no value.
    """
    codes = dict.fromkeys(metric.code for report in reports for metric in report.metrics)
    metrics = [_pooled([m for report in reports for m in report.metrics if m.code == code]) for code in codes]
    frames, duration = sum(r.frames for r in reports), sum(r.duration for r in reports)
    return ClipReport(f"{len(reports)} clips", frames, frames / max(duration, 1e-9), duration, tuple(metrics))


def _pooled(same: Sequence[Metric]) -> Metric:
    first = next((metric for metric in same if metric.limit), same[0])
    known = [metric for metric in same if metric.value is not None and metric.count > 0]
    count = sum(metric.count for metric in known)
    if not count:
        return replace(first, value=None, passed=None, sentence="No clip gave an occasion to measure it.", count=0)
    value = sum((metric.value or 0.0) * metric.count for metric in known) / count
    failed = sum(metric.passed is False for metric in known)
    passed = _judged(value, first.limit)
    sentence = f"{value:.3g} {first.unit}".strip() + f" over {len(known)} clips, {failed} of which miss the limit by themselves."
    return replace(first, value=value, passed=passed, sentence=sentence, count=count)


def _judged(value: float, limit: str) -> bool | None:
    """Apply a limit as it is written."""
    match limit.split():
        case ["at", "most", bound]:
            return value <= float(bound)
        case ["at", "least", bound]:
            return value >= float(bound)
        case [low, "to", high]:
            return float(low) <= value <= float(high)
        case _:
            return None


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
