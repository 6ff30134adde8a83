"""Blending of neighbouring segments' targets by dominance, and the way from its dense samples to frames.

After Cohen and Massaro (1993): F(t) = sum_s D_s(t) T_s / sum_s D_s(t), separately for each channel. A dominance D_s here is a
plateau over the part of the segment in which its target is held with Gaussian tails that fall to one half within the attack
before and the release after it; unlike exponential ones these have no kink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.deformation.lac.segments import Segment

ArrayF64 = npt.NDArray[np.float64]

SOLVER_RATE = 100
"""Samples a second inside the solver."""

_HELD_FROM, _HELD_TO = 0.15, 0.83
"""Where in a segment its target is held. JALI holds from the sound's start to 75 % of it; here a little later, which keeps the
lips within 5 ms of what hand-labelled phones ask for."""

_SHAPE_PACE, _JAW_PACE = 0.8, 0.34
"""The jaw opens and closes with every syllable; rounding and spreading reach further (JALI: 150 against 120 ms, wider still
in clusters). Factors on the table's times, set so that apertures move as fast as those of filmed talkers."""

_REACH = 3.2
"""Tails are cut at this many half-widths, where they have fallen below a thousandth."""

_OPENING_LIMIT, _CLOSING_LIMIT = 11.25, 10.0
"""Fastest change of openness per second (0.45 and 0.40 a frame at 25 frames a second)."""

_SMOOTHING = 0.012
"""Standard deviation in seconds of a light smoother that rounds what speed limits leave angular."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Channels of the mouth over time, each [N] float64."""

    open: ArrayF64
    width: ArrayF64
    purse: ArrayF64
    jaw: ArrayF64

    def stacked(self) -> ArrayF64:
        """All channels as [N, 4]."""
        return np.stack([self.open, self.width, self.purse, self.jaw], axis=1)

    @classmethod
    def of_stacked(cls, values: ArrayF64) -> Tracks:
        """Undo :meth:`stacked`."""
        return cls(values[:, 0], values[:, 1], values[:, 2], values[:, 3])


def grid(duration: float) -> ArrayF64:
    """The solver's sample times, from 0 until not before the end, seconds."""
    return np.arange(int(np.ceil(duration * SOLVER_RATE)) + 1) / SOLVER_RATE


def spread(first: npt.NDArray[np.intp], stop: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """All (sample, owner) pairs of the ranges [first, stop), owner by owner; empty ranges own nothing."""
    lengths = np.maximum(stop - first, 0)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    begin = np.cumsum(lengths) - lengths
    return np.arange(len(owner)) - begin[owner] + first[owner], owner


def _dominance(segments: Sequence[Segment], times: ArrayF64, pace: float) -> tuple[npt.NDArray[np.intp], ArrayF64]:
    """Where each segment acts and how strongly, before its weights: (sample, segment) numbers [2, M] and values [M].

    ``pace`` shortens the tails; samples outside the grid are left out.
    """
    spans = np.array([(s.start, s.end, s.target.attack_ms, s.target.release_ms) for s in segments], np.float64)
    start, end, attack, release = spans.T
    attack, release = attack * (pace / 1000), release * (pace / 1000)
    held_from = start + _HELD_FROM * (end - start)
    held_to = start + _HELD_TO * (end - start)
    first = np.floor((held_from - _REACH * attack) * SOLVER_RATE).astype(np.intp)
    last = np.ceil((held_to + _REACH * release) * SOLVER_RATE).astype(np.intp)
    where, owner = spread(np.maximum(first, 0), np.minimum(last + 1, len(times)))
    before = np.maximum(held_from[owner] - times[where], 0.0) / attack[owner]
    after = np.maximum(times[where] - held_to[owner], 0.0) / release[owner]
    return np.stack([where, owner]), np.exp2(-(before**2) - after**2)


def blended(segments: Sequence[Segment], duration: float) -> Tracks:
    """Blend the targets of all segments on the solver's grid.

    Parameters
    ----------
    segments
        In order.
    duration
        Seconds.

    Returns
    -------
    Tracks
        Channels at :func:`grid` times, smoothed and limited in speed.
    """
    times = grid(duration)
    if not segments:
        rest = np.zeros(len(times))
        return Tracks(rest, rest, rest, rest)
    shaping, opening = _dominance(segments, times, _SHAPE_PACE), _dominance(segments, times, _JAW_PACE)
    targets = np.array([(s.open, s.width, s.purse, s.jaw) for s in segments])
    weights = np.array([(s.weight_open, s.target.weight_width, s.target.weight_purse, s.weight_open) for s in segments])
    channels = []
    for k in range(4):
        (where, owner), unit = shaping if k in (1, 2) else opening
        dominance = unit * weights[owner, k]
        total = np.bincount(where, dominance, len(times))
        blend = np.bincount(where, dominance * targets[owner, k], len(times))
        channels.append(blend / np.maximum(total, 1e-12))
    tracks = Tracks(*channels)
    return Tracks(_speed_limited(tracks.open), tracks.width, tracks.purse, _speed_limited(tracks.jaw))


def _speed_limited(track: ArrayF64) -> ArrayF64:
    """A track that changes no faster than lips do, without moving it in time.

    The mean of the largest slow track below and the smallest slow track above: it cuts peaks and fills valleys alike, and
    depends on nothing further away than the longest ramp.
    """
    rise, fall = _OPENING_LIMIT / SOLVER_RATE, _CLOSING_LIMIT / SOLVER_RATE
    if len(track) < 2:
        return track
    steps = np.diff(track)
    if steps.max() <= rise and steps.min() >= -fall:
        return track
    reach = int(np.ceil(1.0 / min(rise, fall)))
    padded = np.pad(track, reach, mode="edge")
    below, above = track.copy(), track.copy()
    for k in range(1, reach + 1):
        earlier = padded[reach - k : len(padded) - reach - k]
        later = padded[reach + k : len(padded) - reach + k]
        below = np.minimum(below, np.minimum(earlier + k * rise, later + k * fall))
        above = np.maximum(above, np.maximum(earlier - k * fall, later - k * rise))
    return (below + above) / 2


def sampled(values: ArrayF64, times: ArrayF64, frame: float) -> ArrayF64:
    """Band-limited samples of a solver track at any times.

    A Gaussian low-pass, evaluated exactly at the asked times, so that a frame's value depends on its time alone and not on
    which other frames are asked for. Its width grows with the frame's length to keep slow frame rates free of aliasing.

    Parameters
    ----------
    values
        [N] or [N, C] samples at :data:`SOLVER_RATE`.
    times
        [T] seconds; outside the track its end values hold.
    frame
        Length of a frame, seconds.

    Returns
    -------
    ArrayF64
        [T] or [T, C].
    """
    sigma = max(_SMOOTHING, 0.3 * frame)
    reach = int(np.ceil(3.5 * sigma * SOLVER_RATE))
    position = times * SOLVER_RATE
    near = np.floor(position).astype(np.intp)[:, None] + np.arange(-reach, reach + 2)
    weights = np.exp(-0.5 * ((near - position[:, None]) / (sigma * SOLVER_RATE)) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    gathered = values[np.clip(near, 0, len(values) - 1)]
    return np.asarray(np.einsum("tk,tk...->t...", weights, gathered))
