"""Writing MP4 movies: H.264 and AAC, picture and sound of equal length, there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.colour import TAGS, RgbU8, ToMovie
from pctalk_studio.media.files import refuse_overwriting
from pctalk_studio.media.mixing import resampled, stereo_mix
from pctalk_studio.media.reader import MovieFacts, MovieFrame, MovieReader
from pctalk_studio.media.sound import Sound

__all__ = ["MovieFacts", "MovieFrame", "MovieReader", "MovieWriter"]

PRESET = "faster"
"""x264 preset; see tests/perf/test_encode_speed.py for the figures behind it."""

_SUFFIXES = (".mp4", ".m4v", ".mov")
_AAC_CHUNK = 1024
_AAC_BITS = {1: 128_000, 2: 192_000}
_SOUND_RATES = (44_100, 48_000)
"""Sampling rates that every player takes; others become the last."""

_KEY_SECONDS = 2
"""Seconds between key frames at most, so that a player jumps quickly."""


class MovieWriter(AbstractContextManager["MovieWriter"]):
    """Writes an MP4 frame by frame.

    Entered, it writes beside the target; left without an exception, the movie is completed and renamed over the target; left
    with any exception, nothing remains and an older file at the target stays as it was. The sound is cut, or continued with
    silence, to the length of the frames written. The number of frames need not be known beforehand.

    Parameters
    ----------
    path
        Target, ending in ``.mp4``, ``.m4v`` or ``.mov``.
    size
        (width, height) of the frames; see :class:`pctalk_studio.media.colour.ToMovie` for odd ones.
    rate
        Frames a second, exact.
    sound
        Recording, None for a silent movie. More than two channels become stereo, unusual sampling rates 48 kHz.
    crf
        x264 quality, 1 (best) to 51.
    preset
        x264 preset.
    threads
        Of the encoder; at most 4 and the machine's cores when None. The same number gives the same bytes.
    inputs
        Files that must not be overwritten; that of the sound never is.

    Raises
    ------
    UsageError
        When the quality or the suffix is out of range.
    MediaError
        On entering, writing or leaving: when the target is an input, cannot be written, or the disk is full.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: FrameRate,
        sound: Sound | None = None,
        *,
        crf: int = 18,
        preset: str = PRESET,
        threads: int | None = None,
        inputs: tuple[Path, ...] = (),
    ) -> None:
        if not 1 <= crf <= 51:
            raise UsageError(f"A quality (crf) of {crf} is outside 1 to 51; 18 looks like the original.")
        if path.suffix.lower() not in _SUFFIXES:
            raise UsageError(
                f"'{path}' should end in {', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}, the kinds that are written."
            )
        self._path = path
        self._rate = rate
        self._convert = ToMovie(size)
        # The scaler puts chroma samples amid four pixels. H.264 means the left edge where nothing is said, and colours
        # would stand 0.4 pixels beside their outlines in every player that knows it.
        self._options = {"crf": str(crf), "preset": preset, "chroma_sample_location": "center"}
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._sound = None if sound is None else _Track(sound)
        self._inputs = (*inputs, sound.path) if sound is not None else inputs
        self._frames = 0
        self._session: AbstractContextManager[None] | None = None
        self._file: _File | None = None
        self._entered = False

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._frames

    def __enter__(self) -> MovieWriter:
        if self._entered:
            raise ValueError("a writer writes one movie")
        self._entered = True
        self._session = self._writing()
        self._session.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool | None:
        session, self._session = self._session, None
        assert session is not None  # entered before
        return session.__exit__(kind, error, trace)

    def write(self, rgb: RgbU8) -> None:
        """Append a frame, [H, W, 3] uint8 sRGB of the movie's size.

        Raises
        ------
        ValueError
            When it has another size or type.
        """
        if self._file is None:
            raise ValueError("the movie is not open")
        frame = self._convert(rgb)
        frame.pts = self._frames
        frame.time_base = 1 / self._rate.value
        self._file.container.mux(self._file.video.encode(frame))
        self._frames += 1
        # Sound follows the picture, so that the two lie interleaved in the file whatever its length.
        self._write_sound(self._file, last=False)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        refuse_overwriting(self._path, self._inputs)
        try:
            with written_whole(self._path) as draft:
                container = _opened(draft, self._path)
                try:
                    self._file = self._with_streams(container)
                    yield
                    self._finish(self._file)
                except BaseException:
                    # The draft is thrown away; that its end cannot be written any more is of no interest then.
                    with suppress(av.FFmpegError):
                        container.close()
                    raise
                finally:
                    # The encoders and their threads end when nothing refers to them any more.
                    self._file = None
                container.close()
        except av.FFmpegError as error:
            text = f"Cannot write '{self._path}': the encoder refuses ({error.strerror}); choose another size or name."
            raise MediaError(text, repr(error)) from error

    def _with_streams(self, container: OutputContainer) -> _File:
        video = container.add_stream("libx264", rate=self._rate.value, options=self._options)
        video.width, video.height = self._convert.even_size
        video.pix_fmt = "yuv420p"
        video.time_base = 1 / self._rate.value
        context = video.codec_context
        context.time_base = 1 / self._rate.value
        context.gop_size = max(1, round(_KEY_SECONDS * float(self._rate)))
        context.thread_count = self._threads
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = TAGS
        audio: AudioStream | None = None
        if self._sound is not None:
            audio = container.add_stream("aac", rate=self._sound.rate, layout=self._sound.layout)
            audio.bit_rate = _AAC_BITS[self._sound.channels]
        return _File(container, video, audio)

    def _write_sound(self, file: _File, last: bool) -> None:
        if self._sound is None or file.audio is None:
            return
        length = round(self._frames * self._sound.rate / self._rate.value)
        for chunk, start in self._sound.chunks(length, last):
            frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout=self._sound.layout)
            frame.sample_rate = self._sound.rate
            frame.pts = start
            frame.time_base = Fraction(1, self._sound.rate)
            file.container.mux(file.audio.encode(frame))

    def _finish(self, file: _File) -> None:
        if not self._frames:
            raise ValueError("a movie needs at least one frame")
        self._write_sound(file, last=True)
        file.container.mux(file.video.encode(None))
        if file.audio is not None:
            file.container.mux(file.audio.encode(None))


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """An open container and its streams."""

    container: OutputContainer
    video: VideoStream
    audio: AudioStream | None


class _Track:
    """A recording as the encoder wants it, handed out in its own chunks."""

    def __init__(self, sound: Sound) -> None:
        mixed = stereo_mix(sound.samples, sound.channels)
        self.rate = sound.rate if sound.rate in _SOUND_RATES else _SOUND_RATES[-1]
        self._samples = np.clip(resampled(mixed, sound.rate, self.rate), -1.0, 1.0)
        self._done = 0

    @property
    def channels(self) -> int:
        return int(self._samples.shape[1])

    @property
    def layout(self) -> str:
        return "mono" if self.channels == 1 else "stereo"

    def chunks(self, length: int, last: bool) -> Iterator[tuple[npt.NDArray[np.float32], int]]:
        """What is due of a track of ``length`` samples: whole chunks [channels, 1024] and their start, at last the rest too."""
        while length - self._done >= (1 if last else _AAC_CHUNK):
            start, stop = self._done, min(self._done + _AAC_CHUNK, length)
            chunk = np.zeros((self.channels, stop - start), np.float32)
            heard = self._samples[start:stop].T
            chunk[:, : heard.shape[1]] = heard
            self._done = stop
            yield chunk, start


def _opened(draft: Path, target: Path) -> OutputContainer:
    # A fine movie time scale lets the edit lists state both lengths exactly instead of in whole milliseconds.
    options = {"movflags": "+faststart", "movie_timescale": "48000"}
    kind = "mov" if target.suffix.lower() == ".mov" else "mp4"
    # Without the protocol a colon in a name would be taken for one.
    return av.open(f"file:{draft}", mode="w", format=kind, options=options)
