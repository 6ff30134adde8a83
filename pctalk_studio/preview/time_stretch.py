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
        self._hop = max(round(_WINDOW * rate / 2), 8)
        self._reach = max(round(_REACH * rate), 2)
        # A periodic Hann window: at a distance of half its length its sum is exactly 1.
        turn = np.arange(self._hop, dtype=np.float64) / self._hop
        self._rise = (0.5 - 0.5 * np.cos(np.pi * turn)).astype(np.float32)[:, None]
        # How far a window is moved, as a share of likeness: a parabola, 0 in the middle.
        away = np.arange(-self._reach, self._reach + 1) / self._reach
        self._ease = _EASE * away**2
        self._windows = 0
        self._next = 0
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

    def _block(self) -> SamplesF32:
        """The next half window of output: the end of the window before fades into the start of the next."""
        hop = self._hop
        # The middle of a window lies where the speed puts the middle of its output.
        nominal = round((self._windows * hop + hop) * self._speed) - hop
        natural = self._read(self._next, hop)
        start = nominal if self._speed == 1 else self._alike(natural, nominal)
        self._windows += 1
        self._next = start + hop
        fresh = self._read(start, hop)
        return np.asarray(natural + self._rise * (fresh - natural), np.float32)

    def _alike(self, natural: SamplesF32, nominal: int) -> int:
        """Position near ``nominal`` from which the input is most like the natural continuation."""
        hop, reach = self._hop, self._reach
        region = self._read(nominal - reach, hop + 2 * reach).mean(axis=1, dtype=np.float64)
        wanted = natural.mean(axis=1, dtype=np.float64)
        likeness = np.correlate(region, wanted, mode="valid")
        powers = np.concatenate([[0.0], np.cumsum(region * region)])
        power = np.maximum(powers[hop:] - powers[:-hop], 0.0)
        norm = np.sqrt(power * float(wanted @ wanted))
        loud = norm > 1e-9
        scores = np.where(loud, likeness / np.where(loud, norm, 1.0), 0.0) - self._ease
        return nominal - reach + int(scores.argmax())
