"""What the loudspeaker gets: passages of a recording along a path, moments of it while scrubbing, and no clicks between them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.preview.clock import PlayPath
from pctalk_studio.preview.time_stretch import Stretcher

SamplesF32 = npt.NDArray[np.float32]

_SEAM = 0.003
"""Seconds of fade at the end of a path, and where a loop begins again."""
_SWITCH = 0.005
"""Seconds of cross-fade from one passage to another."""
SCRUB_WINDOW = 0.09
"""Seconds heard around a moment: about one phone."""


class SoundFeed(Protocol):
    """A passage that is read once, from its beginning."""

    def read(self, count: int) -> SamplesF32:
        """The next ``count`` samples, [count, channels]; silence once it is over."""
        ...


class Silence:
    """Nothing to hear."""

    def __init__(self, channels: int) -> None:
        self._channels = channels

    def read(self, count: int) -> SamplesF32:
        """See :class:`SoundFeed`."""
        return np.zeros((count, self._channels), np.float32)


class MuteFeed:
    """A path on which nothing is heard: backwards, or faster than speech can be followed. It keeps the time all the same.

    Parameters
    ----------
    channels, rate
        Of the stream.
    """

    def __init__(self, channels: int, rate: int) -> None:
        self._silence = Silence(channels)
        self._rate = rate

    def read(self, count: int) -> SamplesF32:
        """See :class:`SoundFeed`."""
        return self._silence.read(count)

    def seconds(self, samples: float) -> float:
        """Seconds of the path that so many samples are."""
        return samples / self._rate


class PathFeed:
    """A recording along a path: from where it begins, to the end or round the loop, at the path's speed.

    Parameters
    ----------
    samples
        [n, channels] float32.
    rate
        Samples a second.
    path
        What to read.
    """

    def __init__(self, samples: SamplesF32, rate: int, path: PlayPath) -> None:
        first, last = round(path.start * rate), round(path.stop * rate)
        self._begin = round(path.begin * rate) - first
        self._length = last - first
        self._loop = path.loop
        self._seconds_each = (path.stop - path.start) / self._length if path.loop else 1.0 / rate
        heard = samples[max(first, 0) : max(last, 0)]
        if len(heard) < self._length:
            heard = np.concatenate([heard, np.zeros((self._length - len(heard), samples.shape[1]), np.float32)])
        # Cut off anywhere, sound clicks: at the end of the path, and where a loop begins again.
        self._samples = _faded(heard, round(_SEAM * rate), both=path.loop)
        self._at = 0
        self._stretched = None if path.speed == 1 else Stretcher(self._passage, rate, path.speed)

    def read(self, count: int) -> SamplesF32:
        """See :class:`SoundFeed`."""
        if self._stretched is not None:
            return self._stretched.read(count)
        self._at += count
        return self._passage(self._at - count, count)

    def seconds(self, samples: float) -> float:
        """Seconds of the path that so many samples are; a round of a loop is a whole number of them, its time seldom is."""
        return samples * self._seconds_each

    def _passage(self, position: int, count: int) -> SamplesF32:
        """Samples [count, channels] as if the rounds of the loop lay one after the other; 0 is where the path begins."""
        first = self._begin + position
        if self._loop:
            return np.take(self._samples, np.arange(first, first + count), axis=0, mode="wrap")
        low, high = min(max(first, 0), self._length), min(max(first + count, 0), self._length)
        out = np.zeros((count, self._samples.shape[1]), np.float32)
        out[low - first : high - first] = self._samples[low:high]
        return out


class MomentFeed:
    """A short window of sound around a moment, swelling and fading, then silence.

    Parameters
    ----------
    samples, rate
        [n, channels] float32, samples a second.
    seconds
        Its middle.
    """

    def __init__(self, samples: SamplesF32, rate: int, seconds: float) -> None:
        count = round(SCRUB_WINDOW * rate)
        first = round(seconds * rate) - count // 2
        window = np.zeros((count, samples.shape[1]), np.float32)
        low, high = min(max(first, 0), len(samples)), min(max(first + count, 0), len(samples))
        window[low - first : high - first] = samples[low:high]
        edge = count // 4
        swell = np.ones(count, np.float32)
        swell[:edge] = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
        swell[count - edge :] = swell[:edge][::-1]
        self._window = window * swell[:, None]
        self._at = 0

    def read(self, count: int) -> SamplesF32:
        """See :class:`SoundFeed`."""
        out = np.zeros((count, self._window.shape[1]), np.float32)
        piece = self._window[self._at : self._at + count]
        out[: len(piece)] = piece
        self._at += count
        return out


def _faded(samples: SamplesF32, edge: int, *, both: bool) -> SamplesF32:
    """A passage whose end, or both ends, go to silence over ``edge`` samples."""
    edge = min(edge, len(samples) // 2)
    out = np.array(samples)
    if edge:
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)).astype(np.float32)[:, None]
        out[-edge:] *= ramp[::-1]
        if both:
            out[:edge] *= ramp
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A feed and the sample of the stream at which it began."""

    feed: SoundFeed
    began: int | None


class SoundMixer:
    """Passes one feed at a time to a stream, and fades over where one follows another.

    :meth:`switch` is called by whoever decides, :meth:`fill` by the device's own thread. They exchange one reference each
    under a lock that is held for no longer than that.

    Parameters
    ----------
    channels, rate
        Of the stream.
    """

    def __init__(self, channels: int, rate: int) -> None:
        self._lock = threading.Lock()
        self._silence = Silence(channels)
        self._current = _Turn(self._silence, 0)
        self._coming: _Turn | None = None
        self._leaving: SoundFeed = self._silence
        self._fade = max(round(_SWITCH * rate), 1)
        self._faded = self._fade
        self._filled = 0

    def switch(self, feed: SoundFeed | None) -> None:
        """Play another feed from the next block on; None for silence."""
        with self._lock:
            self._coming = _Turn(self._silence if feed is None else feed, None)

    def began(self, feed: SoundFeed) -> int | None:
        """Sample of the stream at which a feed began; None when it has not yet, or is over."""
        with self._lock:
            return self._current.began if self._current.feed is feed else None

    def fill(self, count: int) -> SamplesF32:
        """The next ``count`` samples of the stream, [count, channels]."""
        with self._lock:
            # A fade under way is finished first: to leave it half done would click.
            if self._coming is not None and self._faded >= self._fade:
                self._leaving, self._faded = self._current.feed, 0
                self._current = _Turn(self._coming.feed, self._filled)
                self._coming = None
            current = self._current.feed
            self._filled += count
        out = current.read(count)
        left = min(self._fade - self._faded, count)
        if left > 0:
            share = (np.arange(self._faded, self._faded + left, dtype=np.float32) + 0.5)[:, None] / self._fade
            before = self._leaving.read(left)
            out = np.array(out)
            out[:left] = before + share * (out[:left] - before)
            self._faded += left
        return out
