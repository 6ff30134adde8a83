"""Downmixing and resampling of plain sample arrays. Knows no files."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

SamplesF32 = npt.NDArray[np.float32]
"""[n, channels] or [n] float32, full scale -1 to 1."""

_SIDE = 0.7071
"""Gain of channels beside the centre, -3 dB (ITU-R BS.775-3, table 2)."""

_SURROUND = 0.5
"""Gain of surround channels in one channel, -6 dB (the same table)."""

_CANCELLED = 0.01
"""Share of the channels' energy below which their mean counts as cancelled out."""


_CROSSINGS = 24
"""Zero crossings of the resampling filter on either side: flat to 0.9 of the lower Nyquist frequency."""

_KAISER_BETA = 8.0
"""Shape of the resampling filter's window; aliases lie below -80 dB from 1.1 of the lower Nyquist frequency on."""


def mono_mix(samples: SamplesF32, channels: tuple[str, ...]) -> SamplesF32:
    """Mix to one channel in which speech stays whole.

    - With a centre channel: ITU-R BS.775-3, one channel: centre 1, left and right 0.71, surrounds 0.5, no low-frequency
      effects; turned down as a whole only where the peak would pass full scale.
    - Without: the mean. If the channels cancel each other (one of them recorded with reversed polarity), the loudest alone.

    Parameters
    ----------
    samples
        [n, channels] float32.
    channels
        Name of each (``FL``, ``FR``, ``FC``, ``LFE``, ...).

    Returns
    -------
    SamplesF32
        [n] float32.
    """
    if samples.shape[1] == 1:
        return np.array(samples[:, 0])
    if "FC" in channels:
        mixed = samples @ np.array([_gain(name) for name in channels], np.float32)
        peak = float(np.abs(mixed).max(initial=0.0))
        limit = max(1.0, float(np.abs(samples).max(initial=0.0)))
        return mixed if peak <= limit else mixed * np.float32(limit / peak)
    mixed = samples.mean(axis=1, dtype=np.float32)
    energies = np.einsum("nc,nc->c", samples, samples, dtype=np.float64)
    if float(np.dot(mixed.astype(np.float64), mixed)) < _CANCELLED * energies.mean():
        return np.array(samples[:, int(energies.argmax())])
    return np.asarray(mixed)


def stereo_mix(samples: SamplesF32, channels: tuple[str, ...]) -> SamplesF32:
    """Mix more than two channels to [n, 2] after ITU-R BS.775-3; one or two channels are returned as they are."""
    if samples.shape[1] <= 2:
        return samples
    gains = np.array([_stereo_gains(name) for name in channels], np.float32)
    mixed = samples @ gains
    peak = float(np.abs(mixed).max(initial=0.0))
    limit = max(1.0, float(np.abs(samples).max(initial=0.0)))
    return mixed if peak <= limit else mixed * np.float32(limit / peak)


def resampled(samples: SamplesF32, rate: int, new_rate: int) -> SamplesF32:
    """Change the sampling rate by a zero-phase polyphase filter, so that nothing moves in time.

    Parameters
    ----------
    samples
        [n] or [n, channels] float32.
    rate, new_rate
        Hz.

    Returns
    -------
    SamplesF32
        ceil(n * new_rate / rate) samples.
    """
    if rate == new_rate or len(samples) == 0:
        return np.array(samples)
    common = gcd(rate, new_rate)
    up, down = new_rate // common, rate // common
    columns = samples.T if samples.ndim == 2 else samples[None]
    mixed = np.stack([_polyphase(np.ascontiguousarray(column), up, down) for column in columns])
    return np.ascontiguousarray(mixed.T) if samples.ndim == 2 else mixed[0]


def _polyphase(signal: SamplesF32, up: int, down: int) -> SamplesF32:
    """A signal [n] at up / down times its rate, [ceil(n * up / down)]; silence before and after it.

    Sample n of the result lies n * down / up into the signal: its whole part says where the low-pass filter is laid, its rest,
    one of ``up`` phases, which of the filter's taps fall on samples. All results of one phase are one product. (This is what
    scipy.signal.resample_poly does; importing that takes longer than most recordings take to resample.)
    """
    slower = max(up, down)
    half = _CROSSINGS * slower
    moments = np.arange(-half, half + 1)
    lowpass = np.sinc(moments / slower) * np.kaiser(len(moments), _KAISER_BETA)
    lowpass *= up / lowpass.sum()
    reach = half // up + 1
    padded = np.pad(signal, reach)
    out = np.zeros(-(-len(signal) * up // down), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    for first in range(min(up, len(out))):
        place, phase = divmod(first * down, up)
        # Tap j falls on the sample j after the place; the filter is symmetrical about its own middle.
        taps = half + np.arange(-reach, reach + 1) * up - phase
        inside = (taps >= 0) & (taps <= 2 * half)
        weights = np.where(inside, lowpass[np.clip(taps, 0, 2 * half)], 0.0).astype(np.float32)
        count = len(range(first, len(out), up))
        out[first::up] = windows[place : place + count * down : down] @ weights
    return out


def _gain(name: str) -> float:
    if name == "FC":
        return 1.0
    if name.startswith("LFE"):
        return 0.0
    return _SIDE if name in ("FL", "FR", "FLC", "FRC") else _SURROUND


def _stereo_gains(name: str) -> tuple[float, float]:
    if name.startswith("LFE"):
        return 0.0, 0.0
    gain = 1.0 if name in ("FL", "FR") else _SIDE
    if name.endswith("L") or name == "FLC":
        return gain, 0.0
    if name.endswith("R") or name == "FRC":
        return 0.0, gain
    return _SIDE, _SIDE
