"""Repair of 16-bit sound that a text-mode transfer has damaged.

A tool that takes a sound file for text and unifies its line ends turns every byte pair CR LF into LF. Each lost byte shifts all
that follows by half a sample, and speech becomes loud noise until the next loss. The damage is common in corpora that have been
through version control, and it can be undone: speech is smooth, its shifted twin is not, and the lost byte is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BLOCK = 64
_CARRIAGE_RETURN, _LINE_FEED = 0x0D, 0x0A
# Evidence, in nats of log roughness summed over samples, that a change of phase must be worth: some 20 ms of 16 kHz speech.
_PRICE = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class RepairedSound:
    """Sound with its lost bytes put back.

    Parameters
    ----------
    samples
        [m] int16.
    slips
        Where bytes had been lost, in samples of the repaired sound.
    """

    samples: npt.NDArray[np.int16]
    slips: tuple[int, ...]


def repair_slipped_bytes(samples: npt.NDArray[np.int16]) -> RepairedSound:
    """Put back the carriage returns that a text-mode transfer has taken out.

    Parameters
    ----------
    samples
        [n] int16, one channel, as read from the damaged (or sound) little-endian file.

    Returns
    -------
    RepairedSound
        The very same samples where there is no such damage.
    """
    data = np.ascontiguousarray(samples, "<i2").view(np.uint8)
    costs = _roughness(data)
    phases = _phases(costs)
    changes = np.flatnonzero(np.diff(phases, prepend=0))
    if not len(changes):
        return RepairedSound(samples, ())
    places = [place for change in changes if (place := _lost_byte(data, costs, int(change), int(phases[change]))) is not None]
    whole = np.insert(data, places, _CARRIAGE_RETURN)
    whole = whole[: len(whole) // 2 * 2]
    slips = tuple((place + shift) // 2 for shift, place in enumerate(places))
    return RepairedSound(whole.view("<i2").astype(np.int16), slips)


def _roughness(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """[2, n] log size of the second difference around each sample, read at even and at odd bytes."""
    count = len(data) // 2
    costs = np.zeros((2, count), np.float32)
    for phase in (0, 1):
        pairs = np.ascontiguousarray(data[phase : phase + (len(data) - phase) // 2 * 2])
        values = pairs.view("<i2").astype(np.float32)
        if len(values) > 2:
            costs[phase, 1 : len(values) - 1] = np.log1p(np.abs(np.diff(values, 2)))
    return costs


def _phases(costs: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """Best phase of each block of samples: two-state Viterbi with a price for each change, beginning in phase 0."""
    blocks = np.add.reduceat(costs, np.arange(0, costs.shape[1], _BLOCK), axis=1).T if costs.size else np.zeros((0, 2))
    phases = np.zeros(len(blocks), np.int8)
    if not (blocks[:, 1] < blocks[:, 0]).any():
        return phases
    came_from = np.zeros((len(blocks), 2), np.int8)
    even, odd = 0.0, _PRICE
    for number, (cost_even, cost_odd) in enumerate(blocks.tolist()):
        came_from[number] = (odd + _PRICE < even, not even + _PRICE < odd)
        even, odd = min(even, odd + _PRICE) + cost_even, min(odd, even + _PRICE) + cost_odd
    phase = int(odd < even)
    for number in range(len(blocks) - 1, -1, -1):
        phases[number] = phase
        phase = int(came_from[number, phase])
    return phases


def _lost_byte(data: npt.NDArray[np.uint8], costs: npt.NDArray[np.float32], block: int, phase: int) -> int | None:
    """Byte before which a carriage return is missing, near the start of the first block of the new phase."""
    low, high = max(0, (block - 2) * _BLOCK), min(costs.shape[1], (block + 2) * _BLOCK)
    feeds = np.flatnonzero(data[2 * low : 2 * high] == _LINE_FEED)
    if not len(feeds):
        return None
    before = np.concatenate([[0.0], np.cumsum(costs[1 - phase, low:high])])
    after = np.concatenate([np.cumsum(costs[phase, low:high][::-1])[::-1], [0.0]])
    total = before + after
    return int(2 * low + feeds[int(np.argmin(total[feeds // 2]))])
