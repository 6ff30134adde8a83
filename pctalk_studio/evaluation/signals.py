"""Time series: delay between two of them, bands of frequencies, matching in time, events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ArrayF64 = npt.NDArray[np.float64]

GRID_RATE = 100
"""Samples a second at which series of different rates are compared."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Best agreement of two series.

    Parameters
    ----------
    seconds
        How much later the first one is.
    correlation
        Pearson's, at that lag.
    at_zero
        Pearson's without any shift.
    """

    seconds: float
    correlation: float
    at_zero: float


def pearson(a: ArrayF64, b: ArrayF64) -> float:
    """Correlation; NaN when one of the series does not change."""
    x, y = a - a.mean(), b - b.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 1e-12 else float("nan")


def best_lag(times: ArrayF64, seen: ArrayF64, asked_times: ArrayF64, asked: ArrayF64, reach: tuple[float, float]) -> Lag:
    """How much later ``seen`` follows ``asked``: the peak of r(lag) = corr(seen(t), asked(t - lag)), refined by a parabola.

    Parameters
    ----------
    times, seen
        [T] seconds and values.
    asked_times, asked
        [N] seconds and values, dense (100 a second or more).
    reach
        Smallest and largest lag, seconds.
    """
    step = 1.0 / GRID_RATE
    lags = np.arange(round(reach[0] * GRID_RATE), round(reach[1] * GRID_RATE) + 1) * step
    # Only times that have an asked value at every lag are compared, so that all correlations are over the same frames.
    inside = (times - lags[-1] >= asked_times[0]) & (times - lags[0] <= asked_times[-1])
    if inside.sum() < 8:
        inside = np.ones(len(times), bool)
    at, values = times[inside], seen[inside]
    found = np.array([pearson(values, np.interp(at - lag, asked_times, asked)) for lag in lags])
    zero = pearson(values, np.interp(at, asked_times, asked))
    if not np.isfinite(found).all():
        return Lag(float("nan"), float("nan"), zero)
    best = int(np.argmax(found))
    if 0 < best < len(lags) - 1:
        before, peak, after = found[best - 1 : best + 2]
        bend = before - 2 * peak + after
        shift = 0.5 * (before - after) / bend if bend < -1e-12 else 0.0
        return Lag(float(lags[best] + shift * step), float(peak - 0.25 * (before - after) * shift), zero)
    return Lag(float(lags[best]), float(found[best]), zero)


def band(values: ArrayF64, rate: float, low: float, high: float) -> ArrayF64:
    """The part of a series [T] or [T, ...] between two frequencies in Hz, by its Fourier transform, without delay."""
    spectrum = np.fft.rfft(values - values.mean(axis=0), axis=0)
    frequencies = np.fft.rfftfreq(len(values), 1.0 / rate)
    keep = (frequencies >= low) & (frequencies < high)
    spectrum[~keep] = 0
    return np.asarray(np.fft.irfft(spectrum, n=len(values), axis=0))


def matched_offsets(seen: ArrayF64, asked: ArrayF64, rate: float, reach: float = 0.3) -> ArrayF64:
    """Seconds by which each opening or closing extremum of ``asked`` [T] is met later by ``seen`` [T].

    Both series are matched by dynamic time warping of their slopes (derivative DTW, Keogh and Pazzani 2001) within ``reach``
    seconds; the offsets are read where ``asked`` turns.
    """
    a, b = _slopes(seen), _slopes(asked)
    radius = max(1, round(reach * rate))
    count = len(a)
    cost = np.full((count + 1, count + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, count + 1):
        low, high = max(1, i - radius), min(count, i + radius)
        local = (a[i - 1] - b[low - 1 : high]) ** 2
        above = np.minimum(cost[i - 1, low - 1 : high], cost[i - 1, low : high + 1])
        for j in range(low, high + 1):
            cost[i, j] = local[j - low] + min(above[j - low], cost[i, j - 1])
    partners: list[list[int]] = [[] for _ in range(count)]
    i = j = count
    while i > 0 and j > 0:
        partners[j - 1].append(i - 1)
        step = int(np.argmin((cost[i - 1, j - 1], cost[i - 1, j], cost[i, j - 1])))
        i, j = (i - (step != 2), j - (step != 1))
    turns = _turns(asked)
    return np.array([(np.mean(partners[t]) - t) / rate for t in turns if partners[t]])


def _slopes(values: ArrayF64) -> ArrayF64:
    spread = float(values.std()) or 1.0
    return np.asarray(np.gradient((values - values.mean()) / spread))


def _turns(values: ArrayF64, share: float = 0.15) -> list[int]:
    """Indices of extrema that stand out from the last one by a share of the range."""
    least = share * float(np.ptp(values))
    turns: list[int] = []
    extreme, rising = 0, True
    for i in range(1, len(values)):
        better = values[i] > values[extreme] if rising else values[i] < values[extreme]
        if better:
            extreme = i
        elif abs(values[i] - values[extreme]) > least:
            turns.append(extreme)
            extreme, rising = i, not rising
    return turns


@dataclass(frozen=True, slots=True)
class Blink:
    """One closing of the eyes, in frames: where it begins, is fully closed, and has ended."""

    start: int
    closed: int
    end: int


def blinks(opening: ArrayF64, closed_share: float = 0.35, open_share: float = 0.8) -> list[Blink]:
    """Blinks in a series of eye openings [T]: from open (over ``open_share`` of the usual) to closed and back."""
    usual = float(np.quantile(opening, 0.7))
    share = opening / max(usual, 1e-9)
    found = []
    i = 0
    while i < len(share):
        if share[i] >= closed_share:
            i += 1
            continue
        start = i
        while start > 0 and share[start] < open_share:
            start -= 1
        end = i
        while end < len(share) - 1 and share[end] < open_share:
            end += 1
        found.append(Blink(start, start + int(np.argmin(share[start : end + 1])), end))
        i = end + 1
    return found


def kendall(a: ArrayF64, b: ArrayF64) -> float:
    """Kendall's tau-b of two short series; NaN when one of them does not change."""
    x = np.sign(a[:, None] - a[None])
    y = np.sign(b[:, None] - b[None])
    size = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / size if size > 0 else float("nan")
