"""Loudness, pitch and activity of a voice, 100 values a second.

Value k describes the sound around k / 100 seconds; a recording of n samples has ceil(n / 160) values. Knows neither words nor
phones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.runs import runs_of
from pctalk_studio.core.speech import FEATURE_RATE

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

SAMPLE_RATE = 16_000
HOP = SAMPLE_RATE // FEATURE_RATE
QUIETEST = -100.0
"""dB relative to full scale at which loudness ends."""


# Pitch: YIN (de Cheveigne and Kawahara 2002) on half the rate, then the cheapest track through its dips.
_PITCH_RATE = SAMPLE_RATE // 2
_LOWEST, _HIGHEST = 55.0, 650.0
_WINDOW = _PITCH_RATE * 32 // 1000
_LONGEST_LAG = math.ceil(_PITCH_RATE / _LOWEST)
_SHORTEST_LAG = math.floor(_PITCH_RATE / _HIGHEST)
_CANDIDATES = 4
_UNVOICED_COST = 0.30
_VOICING_CHANGE_COST = 0.12
_OCTAVE_COST = 0.5
_HIGH_PITCH_BONUS = 0.005
_BLOCK = 2048

# Activity. Levels in dB over the noise floor.
_ENTER, _LEAVE = 9.0, 5.0
_CLEAR = 22.0
_BELOW_PEAK = 42.0
_INAUDIBLE = -92.0
_FLOOR_REACH = 150
_SHORTEST_BURST, _LONGEST_GAP = 6, 20
_BEFORE, _AFTER = 5, 8
_LEAST_VOICED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Prosody:
    """Loudness, pitch and activity of one recording; see :class:`pctalk_studio.core.speech.SpeechFacts` for the units.

    Parameters
    ----------
    loudness, pitch
        [N] float32: dB relative to full scale; Hz, NaN where unvoiced.
    speaking
        [N] bool.
    """

    loudness: F32
    pitch: F32
    speaking: Bool


def analyse_prosody(samples: F32) -> Prosody:
    """Measure a recording.

    Parameters
    ----------
    samples
        [n] float32, full scale 1, 16 kHz, one channel.

    Raises
    ------
    SpeechError
        When there are no samples, more than one channel, or values that are no numbers.
    """
    checked_samples(samples)
    level = loudness(samples)
    tone = pitch(samples)
    return Prosody(level, tone, speaking(samples, tone))


def checked_samples(samples: F32) -> None:
    """Refuse what is no recording.

    Raises
    ------
    SpeechError
        When there are no samples, more than one channel, or values that are no numbers.
    """
    if samples.ndim != 1 or len(samples) == 0:
        raise SpeechError("The recording holds no samples of one channel; give a sound of at least a tenth of a second.")
    if not np.isfinite(samples).all():
        raise SpeechError("The recording holds samples that are no numbers (NaN or infinite); export it again.")


def frame_count(samples: int) -> int:
    """Number of values for a recording of so many samples."""
    return -(-samples // HOP)


def _window_power(values: F64, rate: int = SAMPLE_RATE) -> F64:
    """Mean of ``values`` [n] in 25 ms around each frame; cut off at the recording's ends rather than padded with zeros."""
    width, hop = rate * 25 // 1000, rate // FEATURE_RATE
    total = np.concatenate([[0.0], np.cumsum(values)])
    centres = np.arange(-(-len(values) // hop)) * hop
    low = np.clip(centres - width // 2, 0, len(values))
    high = np.clip(centres + width - width // 2, 0, len(values))
    return np.asarray((total[high] - total[low]) / np.maximum(high - low, 1))


def _decibels(power: F64) -> F64:
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (QUIETEST / 10))))


def loudness(samples: F32) -> F32:
    """RMS of a 25 ms window in dB relative to full scale, [N] float32, at least -100."""
    return _decibels(_window_power(np.square(samples, dtype=np.float64))).astype(np.float32)


# --- pitch ----------------------------------------------------------------------------------------------------------------


def _half_rate(samples: F32) -> F64:
    """The lower half of the band at 8 kHz: a 31-tap windowed sine cardinal, then every other sample."""
    taps = np.arange(-15, 16)
    kernel = np.sinc(taps / 2.2) / 2.2 * np.hamming(31)
    return np.convolve(samples.astype(np.float64), kernel / kernel.sum(), mode="same")[::2]


def _normalised_difference(frames: F64) -> F64:
    """Cumulative mean normalised difference d'(lag), YIN equation 8, for lags 0 to the longest; [N, lags]."""
    lags = _LONGEST_LAG + 2
    size = 1 << math.ceil(math.log2(frames.shape[1] + _WINDOW))
    head = np.fft.rfft(frames[:, :_WINDOW], size)
    correlation = np.fft.irfft(np.conj(head) * np.fft.rfft(frames, size), size)[:, :lags]
    energy = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(np.square(frames), axis=1)], axis=1)
    shifted = energy[:, _WINDOW : _WINDOW + lags] - energy[:, :lags]
    difference = np.maximum(shifted[:, :1] + shifted - 2 * correlation, 0)
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, lags)
    # Differences below the rounding of the transform count as noise, so that silence has no period.
    normalised = difference[:, 1:] / np.maximum(mean, 1e-9 * (1 + shifted[:, :1]) + 1e-12)
    return np.concatenate([np.ones((len(frames), 1)), normalised], axis=1)


def _dips(difference: F64) -> tuple[F64, F64]:
    """The deepest dips of each frame: log2 of their frequency in Hz and their cost, both [N, candidates]."""
    inner = difference[:, _SHORTEST_LAG : _LONGEST_LAG + 1]
    left, right = difference[:, _SHORTEST_LAG - 1 : _LONGEST_LAG], difference[:, _SHORTEST_LAG + 1 : _LONGEST_LAG + 2]
    lags = np.arange(_SHORTEST_LAG, _LONGEST_LAG + 1)
    # A period's multiples dip as deep as itself: the shortest is favoured a little.
    cost = np.where((inner <= left) & (inner < right), inner - _HIGH_PITCH_BONUS * np.log2(_LONGEST_LAG / lags), np.inf)
    picked = np.argpartition(cost, _CANDIDATES, axis=1)[:, :_CANDIDATES]
    rows = np.arange(len(cost))[:, None]
    a, b, c = left[rows, picked], inner[rows, picked], right[rows, picked]
    bend = a - 2 * b + c
    offset = np.where(bend > 1e-12, 0.5 * (a - c) / np.maximum(bend, 1e-12), 0.0)
    return np.log2(_PITCH_RATE / (lags[picked] + np.clip(offset, -0.5, 0.5))), cost[rows, picked]


def _cheapest_track(tones: F64, costs: F64) -> npt.NDArray[np.int64]:
    """Best candidate of each frame, -1 for unvoiced: dynamic programming over candidates and an unvoiced state."""
    count, width = tones.shape
    total = np.concatenate([costs[0], [_UNVOICED_COST]])
    back = np.zeros((count, width + 1), np.int64)
    step = np.full((width + 1, width + 1), _VOICING_CHANGE_COST)
    step[-1, -1] = 0.0
    here = np.empty(width + 1)
    here[-1] = _UNVOICED_COST
    for t in range(1, count):
        if np.isinf(costs[t]).all() and total[-1] <= total[:-1].min():
            back[t], total[:-1] = width, np.inf
            total[-1] += _UNVOICED_COST
            continue
        step[:-1, :-1] = _OCTAVE_COST * np.abs(tones[t - 1][:, None] - tones[t][None, :])
        reached = total[:, None] + step
        back[t] = reached.argmin(axis=0)
        here[:-1] = costs[t]
        total = reached[back[t], np.arange(width + 1)] + here
    track = np.empty(count, np.int64)
    track[-1] = total.argmin()
    for t in range(count - 1, 0, -1):
        track[t - 1] = back[t, track[t]]
    return np.where(track == width, -1, track)


def pitch(samples: F32) -> F32:
    """Fundamental frequency in Hz, [N] float32, NaN where the voice has none.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    count = frame_count(len(samples))
    if peak < 1e-5:
        return np.full(count, np.nan, np.float32)
    half = _half_rate(samples / np.float32(peak))
    half -= half.mean()
    span = _WINDOW + _LONGEST_LAG + 2
    hop = HOP // 2
    padded = np.concatenate([np.zeros(span // 2), half, np.zeros(span + hop)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, span)[::hop][:count]
    tones, costs = np.empty((count, _CANDIDATES)), np.empty((count, _CANDIDATES))
    for low in range(0, count, _BLOCK):
        block = slice(low, low + _BLOCK)
        tones[block], costs[block] = _dips(_normalised_difference(windows[block]))
    power = _decibels(np.square(windows[:, ::4]).mean(axis=1))
    costs[power < np.percentile(power, 99) - 45] = np.inf
    track = _cheapest_track(tones, costs)
    voiced = np.exp2(tones[np.arange(count), np.maximum(track, 0)])
    return np.where(track < 0, np.nan, voiced).astype(np.float32)


# --- activity -------------------------------------------------------------------------------------------------------------


def _moving(values: F64, reach: int, kind: str) -> F64:
    """Moving minimum or mean over ``reach`` frames to either side."""
    if kind == "mean":
        total = np.concatenate([[0.0], np.cumsum(values)])
        at = np.arange(len(values))
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
        return np.asarray((total[high] - total[low]) / (high - low))
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1))


def noise_floor(level: F64) -> F64:
    """Level of the background in dB, [N]: the lowest smoothed level within 1.5 s to either side, itself smoothed.

    Parameters
    ----------
    level
        [N] levels in dB.
    """
    lowest = _moving(_moving(level, 4, "mean"), _FLOOR_REACH, "minimum")
    return _moving(lowest, _FLOOR_REACH // 2, "mean")


def speaking(samples: F32, tone: F32) -> Bool:
    """Where somebody speaks, [N] bool: sound that stands out of the background and is voiced somewhere, or stands out far.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    tone
        [N] pitch of the same recording.
    """
    # Two bands, each with its own background: voices stand out in the lower one, hissed consonants in the whole. First
    # differences keep hum and handling noise from looking like either.
    count = frame_count(len(samples))
    over, audible = np.zeros(count), np.zeros(count, bool)
    for band, rate in ((samples.astype(np.float64), SAMPLE_RATE), (_half_rate(samples), _PITCH_RATE)):
        level = _decibels(_window_power(np.square(np.diff(band, prepend=band[:1])), rate))
        over = np.maximum(over, _moving(level, 1, "mean") - noise_floor(level))
        audible |= level > max(_INAUDIBLE, float(np.percentile(level, 98)) - _BELOW_PEAK)
    active = np.zeros(count, bool)
    for start, stop in runs_of((over > _LEAVE) & audible):
        voiced = int(np.isfinite(tone[start:stop]).sum())
        peak = float(over[start:stop].max())
        if peak > _ENTER and stop - start >= _SHORTEST_BURST and (voiced >= _LEAST_VOICED or peak > _CLEAR):
            active[max(0, start - _BEFORE) : stop + _AFTER] = True
    for start, stop in runs_of(~active):
        if stop - start <= _LONGEST_GAP and start > 0 and stop < len(active):
            active[start:stop] = True
    return active
