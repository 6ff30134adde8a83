"""Sound of any common kind, decoded to float32 with exact time. Knows nothing of speech.

Sample 0 is what a player sounds at time 0: encoder delay and priming are skipped, and the track of a movie is placed
on the movie's own clock.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import InputContainer

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.time import FrameRate, FrameSet
from pctalk_studio.media.containers import clock_origin, known_codec, opened, wav_missing
from pctalk_studio.media.files import checked_file
from pctalk_studio.media.mixing import mono_mix, resampled
from pctalk_studio.media.slipped_bytes import repair_slipped_bytes

SamplesF32 = npt.NDArray[np.float32]
"""[n, channels] float32, full scale -1 to 1, or [n] for mono signals."""

LONGEST = 2 * 3600
"""Seconds of sound that are taken on."""

MOST_VALUES = 1 << 30
"""Samples times channels that are taken on: 4 GiB as float32, two hours of 48 kHz stereo and more."""

RATES = (4_000, 384_000)
"""Sampling rates taken for real, Hz."""

_GAP = 0.05
"""Seconds by which a track's time stamps must jump ahead before the gap counts as one; below it is rounding."""

_EXACT_LENGTH = frozenset({"wav", "w64", "flac", "aiff", "au", "caf", "mov,mp4,m4a,3gp,3g2,mj2"})
"""Containers whose header states the track's length exactly, so that a file cut short shows."""

_UNPLACED = frozenset({"NONE", "UNK", "USR", "UNSD"})
"""What FFmpeg calls channels whose place the file does not tell."""

_CAN_SLIP = "pcm_s16le"
"""Coding in which a byte lost in a text-mode transfer shifts all that follows; see media.slipped_bytes."""

_FADE = 0.002
"""Seconds of fade where sound is cut inside: too short to be heard, long enough not to click."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A decoded recording.

    Parameters
    ----------
    samples
        [n, channels] float32, full scale -1 to 1 (a float file may exceed it).
    rate
        Samples a second.
    path
        Where it came from.
    content_hash
        Identity of samples, rate and channels.
    channels
        Name of each channel (``FL``, ``FR``, ``FC``, ``LFE``, ``BL``, ...).
    problems
        What a person should know: the file was damaged and has been repaired.
    """

    samples: SamplesF32
    rate: int
    path: Path
    content_hash: str
    channels: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, samples: SamplesF32, rate: int, path: Path, channels: tuple[str, ...] | None = None) -> Sound:
        """A sound with its hash; [n] is taken as mono, the array becomes read-only.

        Raises
        ------
        ValueError
            When names and channels differ in number.
        """
        columns = samples[:, None] if samples.ndim == 1 else samples
        columns = np.ascontiguousarray(columns, dtype=np.float32)
        names = channels or _usual_channels(columns.shape[1])
        if len(names) != columns.shape[1]:
            raise ValueError(f"{columns.shape[1]} channels with {len(names)} names")
        columns.setflags(write=False)
        return cls(columns, rate, path, content_hash(columns, rate, ",".join(names)), names)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate

    @property
    def is_silent(self) -> bool:
        """No sample differs from zero."""
        return not self.samples.any()

    def mono(self, rate: int) -> SamplesF32:
        """One channel at another sampling rate, [n] float32; see :func:`pctalk_studio.media.mixing.mono_mix`."""
        return resampled(mono_mix(self.samples, self.channels), self.rate, rate)

    def cut(self, frames: FrameSet, rate: FrameRate) -> Sound:
        """The sound of some frames, joined; exactly as long as they are, silence where the sound has ended.

        The k-th kept frame begins at sample round(k / frame rate * sampling rate), so that no error adds up over many
        ranges. Edges inside the sound are faded over 2 ms, so that joins do not click.
        """
        per_frame = Fraction(self.rate) / rate.value
        out = np.zeros((round(len(frames) * per_frame), self.samples.shape[1]), np.float32)
        done = 0
        for span in frames.ranges:
            low, high = round(done * per_frame), round((done + len(span)) * per_frame)
            first = round(span.start * per_frame)
            piece = np.array(self.samples[first : first + high - low])
            _fade(piece, self.rate, at_start=first > 0, at_end=first + len(piece) < len(self.samples))
            out[low : low + len(piece)] = piece
            done += len(span)
        return Sound.of(out, self.rate, self.path, self.channels)


def read_sound(path: Path) -> Sound:
    """Read a recording, or the sound track of a movie.

    Parameters
    ----------
    path
        WAV (8 to 64 bit, float, extensible), MP3, M4A, FLAC, Ogg, Opus, ...; the content decides, not the name. Of several
        tracks the one that a player would choose.

    Returns
    -------
    Sound
        At the file's own rate and channels. All-zero sound is allowed; see :attr:`Sound.is_silent`.

    Raises
    ------
    MediaError
        When the file is missing, empty, cut short, damaged, holds no sound, more than two hours of it, or samples that
        are no numbers.
    """
    checked_file(path, "recording")
    with opened(path, "recording") as container:
        stream = container.streams.best("audio")
        if stream is None:
            raise MediaError(f"'{path}' holds no sound; give a recording, or a movie with a sound track.")
        known_codec(stream, path)
        stated = _stated_seconds(container, path)
        if stated is not None and stated > LONGEST:
            raise MediaError(_too_long(path, stated))
        pieces, rate, channels = _decoded(container, path)
        plain = stream.codec_context.name == _CAN_SLIP
    samples = np.concatenate(pieces) if pieces else np.zeros((0, 1), np.float32)
    if len(samples) == 0:
        raise MediaError(f"The recording '{path}' holds not a single sample; export it again.")
    if stated is not None and len(samples) / rate < stated - max(0.1, 0.01 * stated):
        text = f"The recording '{path}' is cut short: {len(samples) / rate:.1f} s of {stated:.1f} s are there; copy it again."
        raise MediaError(text)
    sound = Sound.of(samples, rate, path, channels)
    return _repaired(sound) if plain and len(channels) == 1 else sound


def _repaired(sound: Sound) -> Sound:
    """A recording in 16-bit samples of one channel without the damage of a text-mode transfer."""
    repaired = repair_slipped_bytes(np.rint(sound.samples[:, 0] * np.float32(32768.0)).astype(np.int16))
    if not repaired.slips:
        return sound
    text = f"'{sound.path}' was damaged in {len(repaired.slips)} places by a transfer as text, and has been repaired."
    mended = Sound.of(repaired.samples.astype(np.float32) / np.float32(32768.0), sound.rate, sound.path, sound.channels)
    return replace(mended, problems=(Problem("sound-repaired", text),))


def write_wav(path: Path, samples: SamplesF32, rate: int) -> None:
    """Write 16-bit PCM, whole or not at all; values beyond full scale are clipped.

    Parameters
    ----------
    path
        Target.
    samples
        [n] or [n, channels] float32, full scale -1 to 1.
    rate
        Hz.

    Raises
    ------
    MediaError
        When it cannot be written.
    """
    columns = samples[:, None] if samples.ndim == 1 else samples
    data = np.clip(np.round(columns * 32768.0), -32768, 32767).astype("<i2")
    with written_whole(path) as draft, wave.open(str(draft), "wb") as out:
        out.setnchannels(columns.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(data.tobytes())


def _too_long(path: Path, seconds: float) -> str:
    return f"The recording '{path}' is {seconds / 3600:.1f} hours long, more than {LONGEST // 3600}; cut it into parts."


def _stated_seconds(container: InputContainer, path: Path) -> float | None:
    """Length of the audio track by its header, where the container states one exactly."""
    stream = container.streams.best("audio")
    if stream is None or stream.duration is None or stream.time_base is None:
        return None
    seconds = float(stream.duration * stream.time_base)
    if container.format.name == "wav":
        # FFmpeg shortens a WAV's length to what is there; the header still knows how much there was.
        return seconds * max(1.0, wav_missing(path))
    return seconds if container.format.name in _EXACT_LENGTH else None


def _decoded(container: InputContainer, path: Path) -> tuple[list[SamplesF32], int, tuple[str, ...]]:
    """Decode the best audio track into pieces [n, channels], placed on the container's clock."""
    pieces: list[SamplesF32] = []
    rate, channels, length = 0, tuple[str, ...](), 0
    origin, last = clock_origin(container), None
    for frame in _frames(container):
        names = _channel_names(frame)
        if not rate:
            rate, channels = frame.sample_rate, names
            if not RATES[0] <= rate <= RATES[1]:
                raise MediaError(f"The recording '{path}' claims {rate} samples a second; convert it to 48000.")
        if (frame.sample_rate, len(names)) != (rate, len(channels)):
            raise MediaError(f"The recording '{path}' changes its format on the way; convert it to one WAV file.")
        piece = _as_float(frame)
        if not np.isfinite(piece).all():
            raise MediaError(f"The recording '{path}' holds samples that are no numbers (NaN or infinite); export it again.")
        gap = _gap_before(frame, origin, length, rate)
        length += gap + len(piece)
        if length > LONGEST * rate or length * len(channels) > MOST_VALUES:
            raise MediaError(_too_long(path, length / rate))
        if gap:
            pieces.append(np.zeros((gap, len(channels)), np.float32))
        pieces.append(piece)
        last = frame
    if last is not None and "mp4" in container.format.name:
        pieces[-1] = pieces[-1][: _worth(last)]
    return pieces, rate, channels


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    stream = container.streams.best("audio")
    assert stream is not None  # asked before
    for frame in container.decode(stream):
        if isinstance(frame, AudioFrame) and frame.samples:
            yield frame


def _gap_before(frame: AudioFrame, origin: Fraction | None, length: int, rate: int) -> int:
    """Samples of silence that belong before a frame, by its time stamp."""
    if origin is None or frame.pts is None or frame.time_base is None:
        return 0
    gap = round((frame.pts * frame.time_base - origin) * rate) - length
    # A late start is meant to the sample; later on, time stamps are rounded and only a real gap counts.
    return max(gap, 0) if length == 0 or gap > _GAP * rate else 0


def _worth(frame: AudioFrame) -> int:
    """Samples of a track's last frame that belong to it: MP4 states the length, decoders hand out the encoder's padding too."""
    if not frame.duration or frame.time_base is None:
        return frame.samples
    return round(frame.duration * frame.time_base * frame.sample_rate)


def _as_float(frame: AudioFrame) -> SamplesF32:
    """Samples of a frame as [n, channels] float32 with full scale 1."""
    data = frame.to_ndarray()
    count = len(frame.layout.channels)
    columns = data.T if frame.format.is_planar else data.reshape(-1, count)
    if columns.dtype.kind == "f":
        return columns.astype(np.float32)
    if columns.dtype == np.uint8:
        return (columns.astype(np.float32) - 128.0) / 128.0
    scale = 2.0 ** (1 - 8 * columns.dtype.itemsize)
    return (columns * scale).astype(np.float32)


def _channel_names(frame: AudioFrame) -> tuple[str, ...]:
    names = tuple(channel.name for channel in frame.layout.channels)
    # Headers without a channel mask leave the channels unnamed; the usual order of their number is meant then.
    return names if _UNPLACED.isdisjoint(names) else _usual_channels(len(names))


def _usual_channels(count: int) -> tuple[str, ...]:
    usual = {
        1: ("FC",),
        2: ("FL", "FR"),
        3: ("FL", "FR", "FC"),
        4: ("FL", "FR", "BL", "BR"),
        5: ("FL", "FR", "FC", "BL", "BR"),
        6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
        8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
    }
    return usual.get(count, tuple(f"C{i}" for i in range(count)))


def _fade(piece: SamplesF32, rate: int, at_start: bool, at_end: bool) -> None:
    """Fade the edges of [n, channels] in place with half a raised cosine."""
    count = min(round(_FADE * rate), len(piece) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1))).astype(np.float32)[:, None]
    if at_start:
        piece[:count] *= ramp
    if at_end and count:
        piece[-count:] *= ramp[::-1]
