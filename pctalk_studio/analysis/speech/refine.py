"""From boundaries that an acoustic model believes to boundaries that an ear and an eye would set.

The model looks through windows of 25 ms and differences over 60 ms; its boundaries are right about which phones meet, but blurred
in time. Here each boundary is sought again in spectra of 12 ms windows every 2 ms, by three estimators that err in different
ways: the point that splits the neighbourhood into the two most uniform parts, the point at which the spectrum has gone half the
way from the middle of one phone to the middle of the next, and the centre of gravity of the spectral change. Their mean with the
model's own boundary is taken. What remains is convention, not measurement: where phoneticians set a boundary inside a transition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.features import SAMPLE_RATE
from pctalk_studio.analysis.speech.phone_kinds import phone_kind

FloatArray = npt.NDArray[np.float64]

HOP = 32
"""Samples between spectra, 2 ms."""

_WINDOW, _FFT = 192, 256
_BANDS, _LOWEST_HZ, _HIGHEST_HZ = 24, 80.0, 7600.0
_FLOOR = 30.0
_FULL_SCALE = 32768.0
_PREEMPHASIS = 0.97
_BLOCK = 4096
_REACH = 0.07
_SPLIT_REACH = 0.045
_GRAVITY_WIDTH = 0.02
_SHORTEST = 0.008

_FLOWING = frozenset({"vowel", "glide"})

_CONVENTIONS = {
    ("stop", "vowel"): 0.005,
    ("stop", "glide"): 0.015,
    ("stop", "fricative"): 0.010,
    ("nasal", "stop"): -0.010,
    ("nasal", "vowel"): -0.005,
    ("vowel", "nasal"): 0.005,
    ("vowel", "vowel"): -0.010,
    ("vowel", "silence"): -0.010,
    ("glide", "silence"): -0.015,
    ("nasal", "silence"): -0.015,
    ("fricative", "silence"): -0.005,
    ("silence", "vowel"): 0.010,
    ("silence", "glide"): 0.010,
    ("silence", "nasal"): 0.010,
    ("silence", "stop"): 0.010,
    ("silence", "fricative"): 0.005,
}
"""Seconds by which a boundary is set later than measured. A stop keeps its aspiration, until the voice sets in; the murmur of a
nasal is heard into the closure and the vowel beside it; of two vowels the second begins with the movement towards it; a voice
that fades is silent before the noise floor swallows it, and one that begins is heard after the first breath."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Log band energies in short windows.

    Parameters
    ----------
    bands
        [T, 24] float64, natural log; row t is centred on sample ``t * 32``.
    """

    bands: FloatArray

    @property
    def frames(self) -> int:
        """Number of rows."""
        return len(self.bands)


@lru_cache(maxsize=1)
def _band_filters() -> FloatArray:
    """[129, 24] triangular filters, equally spaced on the mel scale."""
    mel = 2595.0 * np.log10(1.0 + np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT / 700.0)[:, None]
    low, high = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    corners = np.linspace(low, high, _BANDS + 2)
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    return np.asarray(np.maximum(np.minimum((mel - left) / (peak - left), (right - mel) / (right - peak)), 0.0))


def short_spectra(samples: npt.NDArray[np.float32]) -> Spectra:
    """Spectra of a recording in 12 ms Hann windows every 2 ms.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    """
    waveform = np.pad(samples, (_WINDOW // 2 + 1, _WINDOW // 2 + HOP))
    count = 1 + (len(waveform) - 1 - _WINDOW) // HOP
    hann, filters = np.hanning(_WINDOW) * _FULL_SCALE, _band_filters()
    bands = np.empty((count, _BANDS))
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        part = waveform[first * HOP : (last - 1) * HOP + _WINDOW + 1].astype(np.float64)
        windows = np.lib.stride_tricks.sliding_window_view(part[1:] - _PREEMPHASIS * part[:-1], _WINDOW)[::HOP]
        spectrum = np.fft.rfft(windows * hann, _FFT, axis=1)
        bands[first:last] = np.log((spectrum.real**2 + spectrum.imag**2) @ filters + _FLOOR)
    return Spectra(bands)


def refine_boundaries(spectra: Spectra, edges: FloatArray, labels: Sequence[str]) -> FloatArray:
    """Set the boundaries of a sequence of phones anew.

    Parameters
    ----------
    spectra
        Of the recording.
    edges
        [N + 1] seconds, increasing: start of each phone and the end of the last.
    labels
        [N] ARPAbet without stress, or ``SIL``.

    Returns
    -------
    FloatArray
        [N + 1] seconds, increasing; first and last as they were.
    """
    refined = edges.copy()
    for number in range(1, len(edges) - 1):
        before, here, after = edges[number - 1 : number + 2]
        pair = (phone_kind(labels[number - 1]), phone_kind(labels[number]))
        flowing = _FLOWING.issuperset(pair)
        refined[number] = _estimate(spectra, (before, here, after), flowing=flowing) + _CONVENTIONS.get(pair, 0.0)
    return _in_order(refined, edges)


def _in_order(refined: FloatArray, edges: FloatArray) -> FloatArray:
    """Keep at least 8 ms of every phone, or half of what it had where it had less."""
    least = np.minimum(_SHORTEST, np.diff(edges) / 2.0)
    slack = np.concatenate([[0.0], np.cumsum(least)])
    # Without their least lengths phones may shrink to nothing but not below: a running maximum, bounded by the end.
    free = np.minimum(np.maximum.accumulate(refined - slack), edges[-1] - slack[-1])
    ordered = np.maximum(free, edges[0]) + slack
    ordered[0], ordered[-1] = edges[0], edges[-1]
    return np.asarray(ordered)


def _estimate(spectra: Spectra, edges: tuple[float, float, float], *, flowing: bool) -> float:
    """Mean of the model's boundary and the estimates in the spectra, in seconds."""
    before, here, after = edges
    hop = HOP / SAMPLE_RATE
    low = round(max(before + 0.2 * (here - before), here - _REACH) / hop)
    high = round(min(after - 0.2 * (after - here), here + _REACH) / hop)
    high = min(max(high, low + 4), spectra.frames - 1)
    cuts = np.arange(low + 2, high - 1)
    if len(cuts) < 2:
        return here
    half = (low + _half_way(spectra, low, high, edges)) * hop
    if flowing:
        return (here + 2.0 * half) / 3.0
    split = _split(spectra.bands[low:high], cuts - low, np.abs(cuts * hop - here) <= _SPLIT_REACH)
    gravity = _gravity(spectra.bands, cuts, here)
    return float(np.mean([here, (low + split) * hop, half, gravity * hop]))


def _split(rows: FloatArray, cuts: npt.NDArray[np.int_], allowed: npt.NDArray[np.bool_]) -> float:
    """The cut that leaves the least variance on its two sides."""
    sums = np.cumsum(rows, axis=0)
    left = sums[cuts - 1]
    right = sums[-1] - left
    count = cuts[:, None].astype(np.float64)
    explained = (left**2 / count).sum(axis=1) + (right**2 / (len(rows) - count)).sum(axis=1)
    return float(cuts[int(np.argmax(np.where(allowed, explained, -np.inf)))])


def _half_way(spectra: Spectra, low: int, high: int, edges: tuple[float, float, float]) -> float:
    """Rows until the spectrum has left one phone's middle for the other's: the area under its share of the first."""
    hop = HOP / SAMPLE_RATE
    before, here, after = edges
    first = _mean_between(spectra, (before + 0.3 * (here - before)) / hop, (before + 0.7 * (here - before)) / hop)
    second = _mean_between(spectra, (here + 0.3 * (after - here)) / hop, (here + 0.7 * (after - here)) / hop)
    way = second - first
    share = ((spectra.bands[low:high] - first) @ way) / (way @ way + 1e-9)
    smooth = np.convolve(np.pad(share, 2, mode="edge"), np.full(5, 0.2), "valid")
    return float(np.clip(1.0 - smooth, 0.0, 1.0).sum())


def _mean_between(spectra: Spectra, low: float, high: float) -> FloatArray:
    start = min(int(low), spectra.frames - 1)
    return np.asarray(spectra.bands[start : int(high) + 1].mean(axis=0))


def _gravity(bands: FloatArray, cuts: npt.NDArray[np.int_], here: float) -> float:
    """Mean row of the squared change over 20 ms, near rows weighing more."""
    change = bands[np.minimum(cuts + 5, len(bands) - 1)] - bands[np.maximum(cuts - 5, 0)]
    near = np.exp(-0.5 * ((cuts * HOP / SAMPLE_RATE - here) / _GRAVITY_WIDTH) ** 2)
    weight = (change**2).sum(axis=1) * near
    total = weight.sum()
    return float((weight * cuts).sum() / total) if total > 0.0 else here * SAMPLE_RATE / HOP
