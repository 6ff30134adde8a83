"""The loudspeaker: a stream that asks for samples, and tells how many of them have been heard.

PortAudio is loaded when a device is first opened, and not at all where nothing is played.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import MediaError
from pctalk_studio.preview.clock import Now

SamplesF32 = npt.NDArray[np.float32]

Fill = Callable[[int], SamplesF32]
"""Gives the next samples, [count, channels]; called on the device's own thread."""

_STALLED = 1.0
"""Seconds without the device asking for samples after which it counts as lost."""

_AHEAD = 5.0
"""Seconds of sound taken ahead of time after which a device counts as none: it swallows samples and keeps no time."""


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """Sampling rate and channels that a device takes."""

    rate: int
    channels: int


class AudioOutput(Protocol):
    """An open device."""

    @property
    def alive(self) -> bool:
        """It still takes samples."""
        ...

    def heard(self) -> float:
        """Samples that have left the loudspeaker since it was opened; never falls."""
        ...

    def close(self) -> None:
        """Let go of the device; may be called again."""
        ...


class OutputDevices(Protocol):
    """Where sound can go."""

    def format_for(self, rate: int) -> OutputFormat:
        """What the device takes that is nearest to a sampling rate.

        Raises
        ------
        MediaError
            When there is no device.
        """
        ...

    def open(self, form: OutputFormat, fill: Fill) -> AudioOutput:
        """Open the device; it begins to ask for samples.

        Raises
        ------
        MediaError
            When it cannot be opened.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of samples: the number of its first, how many, and when the first is heard."""

    first: int
    count: int
    heard_at: float


class HeardMeter:
    """How many samples have been heard, from what a device says of its blocks.

    Parameters
    ----------
    rate
        Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._block = _Block(0, 0, 0.0)
        self._most = 0.0

    def block(self, count: int, heard_at: float) -> None:
        """The device took ``count`` samples, the first of which leaves the loudspeaker at ``heard_at`` seconds."""
        with self._lock:
            last = self._block
            self._block = _Block(last.first + last.count, count, heard_at)

    @property
    def taken(self) -> int:
        """Samples that the device took."""
        with self._lock:
            return self._block.first + self._block.count

    def heard(self, now: float) -> float:
        """Samples heard by ``now``: not more than were taken, and never fewer than before."""
        with self._lock:
            block = self._block
            samples = block.first + (now - block.heard_at) * self._rate if block.count else 0.0
            self._most = max(self._most, min(samples, float(block.first + block.count)))
            return self._most


class PortAudioDevices:
    """The machine's devices through PortAudio.

    Parameters
    ----------
    library
        The ``sounddevice`` module, or what behaves like it; loaded when first needed if not given.
    now
        Seconds on a steady clock, to notice a device that falls silent.
    """

    def __init__(self, library: Any = None, now: Now = time.monotonic) -> None:  # noqa: ANN401 - a module
        self._library = library
        self._now = now

    def format_for(self, rate: int) -> OutputFormat:
        """See :class:`OutputDevices`."""
        sd = self._loaded()
        try:
            device = sd.query_devices(kind="output")
            channels = min(int(device["max_output_channels"]), 2)
            usual = OutputFormat(round(float(device["default_samplerate"])), channels)
        except (sd.PortAudioError, ValueError, KeyError, TypeError) as error:
            raise MediaError("No sound is played: this machine has no sound output; plug one in.", repr(error)) from error
        try:
            sd.check_output_settings(samplerate=rate, channels=channels, dtype="float32")
        except (sd.PortAudioError, ValueError):
            return usual
        return OutputFormat(rate, channels)

    def open(self, form: OutputFormat, fill: Fill) -> AudioOutput:
        """See :class:`OutputDevices`."""
        sd = self._loaded()
        try:
            return PortAudioOutput(sd, form, fill, self._now)
        except (sd.PortAudioError, ValueError) as error:
            text = "No sound is played: the sound output cannot be opened; close other programs that use it or choose another."
            raise MediaError(text, repr(error)) from error

    def _loaded(self) -> Any:  # noqa: ANN401 - a module
        if self._library is None:
            try:
                import sounddevice
            except (ImportError, OSError) as error:
                text = "No sound is played: the PortAudio library is missing; install it (Linux: package libportaudio2)."
                raise MediaError(text, repr(error)) from error
            self._library = sounddevice
        return self._library


class PortAudioOutput:
    """An open PortAudio stream; see :class:`AudioOutput`.

    Parameters
    ----------
    library
        The ``sounddevice`` module.
    form
        Of the stream.
    fill
        Asked for samples.
    now
        Seconds on a steady clock.
    """

    def __init__(self, library: Any, form: OutputFormat, fill: Fill, now: Now) -> None:  # noqa: ANN401 - a module
        self._library = library
        self._fill = fill
        self._now = now
        self._meter = HeardMeter(form.rate)
        self._lost = threading.Event()
        self._opened = self._last_asked = now()
        self._rate = form.rate
        self._stream: Any = library.OutputStream(
            samplerate=form.rate,
            channels=form.channels,
            dtype="float32",
            latency="low",
            callback=self._callback,
            finished_callback=self._lost.set,
        )
        self._latency = float(self._stream.latency)
        self._stream.start()

    @property
    def alive(self) -> bool:
        """See :class:`AudioOutput`."""
        now = self._now()
        keeps_time = self._meter.taken / self._rate - (now - self._opened) < _AHEAD
        return keeps_time and not self._lost.is_set() and now - self._last_asked < _STALLED

    def heard(self) -> float:
        """See :class:`AudioOutput`."""
        if self.alive:
            try:
                return self._meter.heard(float(self._stream.time))
            except self._library.PortAudioError:
                self._lost.set()
        # A stream that is gone does not know the time any more.
        return self._meter.heard(-np.inf)

    def close(self) -> None:
        """See :class:`AudioOutput`."""
        self._lost.set()
        self._stream.close(ignore_errors=True)

    def _callback(self, out: SamplesF32, count: int, times: Any, _status: Any) -> None:  # noqa: ANN401 - C structures
        self._last_asked = self._now()
        try:
            out[:] = self._fill(count)
        except Exception:  # noqa: BLE001 - on the device's thread nobody could catch it; the player falls over to silence
            out[:] = 0
            self._lost.set()
        heard_at = float(times.outputBufferDacTime)
        # Some systems leave the moment empty; the stream's latency is then the best that is known.
        if heard_at <= 0 or heard_at < float(times.currentTime):
            heard_at = float(times.currentTime) + self._latency
        self._meter.block(count, heard_at)
