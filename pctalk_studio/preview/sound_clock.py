"""The sound as the clock: how far playing is follows from the samples that have been heard."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.problems import Problem
from pctalk_studio.media.mixing import mono_mix, resampled, stereo_mix
from pctalk_studio.media.sound import Sound
from pctalk_studio.preview.audio_output import OutputDevices, OutputFormat
from pctalk_studio.preview.clock import Now, PlaybackClock, PlayPath, SilentClock
from pctalk_studio.preview.sound_feed import MomentFeed, MuteFeed, PathFeed, SamplesF32, SoundMixer

SPEEDS = (0.25, 2.0)
"""Slowest and fastest playing at which the sound is heard."""


def samples_for(sound: Sound, form: OutputFormat) -> SamplesF32:
    """A recording as a device takes it, [n, channels] float32 within -1 to 1."""
    if form.channels == 1:
        mixed = mono_mix(sound.samples, sound.channels)[:, None]
    else:
        mixed = stereo_mix(sound.samples, sound.channels)
    samples = resampled(mixed, sound.rate, form.rate)
    if samples.shape[1] < form.channels:
        samples = np.repeat(samples, form.channels, axis=1)
    return np.clip(samples, -1.0, 1.0)


class SoundClock:
    """Plays a recording and tells the time by it; see :class:`pctalk_studio.preview.clock.PlaybackClock`.

    Parameters
    ----------
    sound
        The recording.
    devices
        Where it is played.

    Raises
    ------
    MediaError
        When there is no device or it cannot be opened.
    """

    def __init__(self, sound: Sound, devices: OutputDevices) -> None:
        self._form = devices.format_for(sound.rate)
        if self._form.channels < 1:
            raise MediaError("No sound is played: the sound output has no channels; choose another.")
        self._samples = samples_for(sound, self._form)
        self._mixer = SoundMixer(self._form.channels, self._form.rate)
        self._feed: PathFeed | MuteFeed | None = None
        self._heard_last = 0.0
        self._output = devices.open(self._form, self._mixer.fill)

    def start(self, path: PlayPath) -> None:
        """See :class:`pctalk_studio.preview.clock.PlaybackClock`."""
        self._heard_last = 0.0
        if SPEEDS[0] <= path.speed <= SPEEDS[1]:
            self._feed = PathFeed(self._samples, self._form.rate, path)
        else:
            self._feed = MuteFeed(self._form.channels, self._form.rate)
        self._mixer.switch(self._feed)

    def stop(self) -> None:
        """See :class:`pctalk_studio.preview.clock.PlaybackClock`."""
        self._feed = None
        self._mixer.switch(None)

    def scrub(self, seconds: float) -> None:
        """Let a moment be heard; it takes the place of one that is still heard."""
        self._feed = None
        self._mixer.switch(MomentFeed(self._samples, self._form.rate, seconds))

    def elapsed(self) -> float:
        """Seconds of the path that have left the loudspeaker; what the device still holds does not count."""
        began = None if self._feed is None else self._mixer.began(self._feed)
        if self._feed is not None and began is not None:
            self._heard_last = max(self._heard_last, self._feed.seconds(self._output.heard() - began))
        return self._heard_last

    @property
    def alive(self) -> bool:
        """The device still takes samples."""
        return self._output.alive

    def close(self) -> None:
        """Let go of the device."""
        self._output.close()


def playback_clock(sound: Sound | None, devices: OutputDevices, now: Now) -> tuple[PlaybackClock, Problem | None]:
    """The best clock that there is for a recording; takes up to seconds, so call it where nobody waits.

    Parameters
    ----------
    sound
        The recording; None for a clip without sound.
    devices
        Where it can be played.
    now
        Seconds on a steady clock, for the silent clock.

    Returns
    -------
    tuple[PlaybackClock, Problem | None]
        The clock, and why it is a silent one although there is sound.
    """
    if sound is None:
        return SilentClock(now), None
    try:
        return SoundClock(sound, devices), None
    except MediaError as error:
        return SilentClock(now), Problem("no-sound-output", error.user_text)
