"""Sound faster or slower at its own pitch, block by block: WSOLA.

Method: W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality time-scale
modification of speech", ICASSP 1993. Windows of the input are overlapped at a fixed distance in the output; each is taken not
from exactly where the speed puts it but from where, nearby, it continues the window before it best.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

SamplesF32 = npt.NDArray[np.float32]

Reader = Callable[[int, int], SamplesF32]
"""Gives samples [count, channels] from a position on; defined for any position, negative ones too."""

_WINDOW = 0.040
"""Seconds: two periods of the lowest voices, still short enough to keep consonants in place."""
_OVERLAP = 4
"""Windows over every moment of the output. With four, every moment of the input is heard in full even at twice the speed; with
two, a burst that falls between two windows would be lost."""
_REACH = 0.009
"""Seconds by which a window may be moved either way: together more than one period of the lowest voices, 60 Hz."""
_EASE = 0.02
"""How much likeness is given up for not being moved at all; keeps what has no period, such as noise, in place."""


class Stretcher:
    """Reads from a signal at another speed, at the same pitch.

    Output sample i is what is in the middle of the input's sample i * speed, to within the reach of 9 ms; no error adds up.

    Parameters
    ----------
    read
        The input.
    rate
        Samples a second.
    speed
        Seconds of the input a second, 0.25 to 4.
    """

    def __init__(self, read: Reader, rate: int, speed: float) -> None:
        if not 0.25 <= speed <= 4:
            raise ValueError(f"a speed of {speed} is outside 0.25 to 4")
        self._read = read
        self._speed = speed
        self._hop = max(round(_WINDOW * rate / _OVERLAP), 4)
        self._length = _OVERLAP * self._hop
        self._reach = max(round(_REACH * rate), 2)
        # Periodic Hann windows at a fraction of their length add up to a constant.
        turn = 2 * np.pi * np.arange(self._length) / self._length
        self._window = ((1 - np.cos(turn)) / _OVERLAP).astype(np.float32)[:, None]
        # How far a window is moved, as a share of likeness: a parabola, 0 in the middle.
        away = np.arange(-self._reach, self._reach + 1) / self._reach
        self._ease = _EASE * away**2
        self._windows = 0
        self._follows = 0
        self._tail = self._before_the_first()
        self._ready = read(0, 0)

    def read(self, count: int) -> SamplesF32:
        """The next ``count`` samples, [count, channels]."""
        blocks, have = [self._ready], len(self._ready)
        while have < count:
            block = self._block()
            blocks.append(block)
            have += len(block)
        joined = np.concatenate(blocks)
        self._ready = joined[count:]
        return joined[:count]

    def _before_the_first(self) -> SamplesF32:
        """What windows from before the beginning, at the input's own speed, would leave over: so the first sample is whole."""
        rest = self._length - self._hop
        share = np.zeros((rest, 1), np.float32)
        for number in range(1, _OVERLAP):
            part = self._window[number * self._hop :]
            share[: len(part)] += part
        return np.asarray(self._read(0, rest) * share, np.float32)

    def _block(self) -> SamplesF32:
        """The next hop of output."""
        hop, half = self._hop, self._length // 2
        # The middle of a window lies where the speed puts the middle of its output.
        start = self._alike(round((self._windows * hop + half) * self._speed) - half)
        fresh = self._window * self._read(start, self._length)
        fresh[: len(self._tail)] += self._tail
        self._windows += 1
        self._follows, self._tail = start + hop, fresh[hop:]
        return np.asarray(fresh[:hop], np.float32)

    def _alike(self, nominal: int) -> int:
        """Position near ``nominal`` from which the input is most like what would follow the last window naturally."""
        # Compared where the windows overlap most.
        offset, count, reach = self._hop // 2, self._length // 2, self._reach
        region = self._read(nominal - reach + offset, count + 2 * reach).mean(axis=1, dtype=np.float64)
        wanted = self._read(self._follows + offset, count).mean(axis=1, dtype=np.float64)
        likeness = np.correlate(region, wanted, mode="valid")
        powers = np.concatenate([[0.0], np.cumsum(region * region)])
        power = np.maximum(powers[count:] - powers[:-count], 0.0)
        norm = np.sqrt(power * float(wanted @ wanted))
        loud = norm > 1e-9
        scores = np.where(loud, likeness / np.where(loud, norm, 1.0), 0.0) - self._ease
        return nominal - reach + int(scores.argmax())
