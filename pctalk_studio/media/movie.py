"""Writing movies: picture and sound of equal length, there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.colour import TAGS, RgbU8, ToMovie
from pctalk_studio.media.encoding import EncodedFile
from pctalk_studio.media.mixing import resampled, stereo_mix
from pctalk_studio.media.movie_kinds import H264, MovieKind
from pctalk_studio.media.reader import MovieFacts, MovieFrame, MovieReader
from pctalk_studio.media.sound import Sound

__all__ = ["MovieFacts", "MovieFrame", "MovieReader", "MovieWriter"]

_AAC_BITS = {1: 128_000, 2: 192_000}
_CHUNK = 1024
"""Samples given at a time to an encoder that takes any number."""

_KEY_SECONDS = 2
"""Seconds between key frames at most, so that a player jumps quickly."""


class MovieWriter(EncodedFile):
    """Writes a movie frame by frame.

    The sound is cut, or continued with silence, to the length of the frames written. The number of frames need not be known
    beforehand.

    Parameters
    ----------
    path
        Target; its suffix must be one of the kind's.
    size
        (width, height) of the frames; see :class:`pctalk_studio.media.colour.ToMovie` for odd ones.
    rate
        Frames a second, exact.
    sound
        Recording, None for a silent movie. More than two channels become stereo, unusual sampling rates 48 kHz.
    kind
        How it is written.
    quality
        As the kind counts it (crf), best first; None for its default.
    alpha
        Frames have a fourth channel, straight alpha.
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
        kind: MovieKind = H264,
        quality: int | None = None,
        alpha: bool = False,
        threads: int | None = None,
        inputs: tuple[Path, ...] = (),
    ) -> None:
        pixels = kind.alpha_pixels if alpha else kind.pixels
        if pixels is None:
            raise UsageError(f"{kind.name} cannot carry transparency; export ProRes 4444 or WebM for it.")
        if path.suffix.lower() not in kind.suffixes:
            raise UsageError(f"'{path}' should end in {' or '.join(kind.suffixes)}, as {kind.name} is named.")
        super().__init__(path, inputs if sound is None else (*inputs, sound.path))
        self._rate = rate
        self._kind = kind
        self._pixels = pixels
        self._convert = ToMovie(size, pixels, alpha=alpha)
        self._options = kind.quality_options(quality)
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._sound = None if sound is None else _Track(sound, kind)
        self._file: _File | None = None

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

    def _opened(self, draft: Path) -> OutputContainer:
        # A fine movie time scale lets the edit lists state both lengths exactly instead of in whole milliseconds.
        options = {} if self._kind.container == "webm" else {"movflags": "+faststart", "movie_timescale": "48000"}
        container = "mov" if self._path.suffix.lower() == ".mov" else self._kind.container
        # Without the protocol a colon in a name would be taken for one.
        return av.open(f"file:{draft}", mode="w", format=container, options=options)

    def _begin(self, container: OutputContainer) -> None:
        self._file = self._with_streams(container)

    def _let_go(self) -> None:
        self._file = None

    def _with_streams(self, container: OutputContainer) -> _File:
        video = container.add_stream(self._kind.video_codec, rate=self._rate.value, options=self._options)
        assert isinstance(video, VideoStream)  # by the codec's kind
        video.width, video.height = self._convert.even_size
        video.pix_fmt = self._pixels
        video.time_base = 1 / self._rate.value
        context = video.codec_context
        if self._kind.tag:
            context.codec_tag = self._kind.tag
        context.time_base = 1 / self._rate.value
        context.gop_size = max(1, round(_KEY_SECONDS * float(self._rate)))
        context.thread_count = self._threads
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = TAGS
        audio: AudioStream | None = None
        if self._sound is not None:
            stream = container.add_stream(self._kind.audio_codec, rate=self._sound.rate, layout=self._sound.layout)
            assert isinstance(stream, AudioStream)  # by the codec's kind
            audio = stream
            audio.bit_rate = _AAC_BITS[self._sound.channels]
        return _File(container, video, audio)

    def _write_sound(self, file: _File, last: bool) -> None:
        if self._sound is None or file.audio is None:
            return
        length = round(self._frames * self._sound.rate / self._rate.value)
        for chunk, start in self._sound.chunks(length, last):
            frame = av.AudioFrame.from_ndarray(chunk, format=self._kind.audio_format, layout=self._sound.layout)
            frame.sample_rate = self._sound.rate
            frame.pts = start
            frame.time_base = Fraction(1, self._sound.rate)
            file.container.mux(file.audio.encode(frame))

    def _finish(self, container: OutputContainer) -> None:
        if not self._frames or self._file is None:
            raise ValueError("a movie needs at least one frame")
        self._write_sound(self._file, last=True)
        container.mux(self._file.video.encode(None))
        if self._file.audio is not None:
            container.mux(self._file.audio.encode(None))


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """An open container and its streams."""

    container: OutputContainer
    video: VideoStream
    audio: AudioStream | None


class _Track:
    """A recording as the encoder wants it, handed out in its own chunks."""

    def __init__(self, sound: Sound, kind: MovieKind) -> None:
        mixed = stereo_mix(sound.samples, sound.channels)
        self.rate = sound.rate if sound.rate in kind.audio_rates else kind.audio_rates[-1]
        self._format = kind.audio_format
        self._chunk = kind.audio_chunk or _CHUNK
        self._samples = np.clip(resampled(mixed, sound.rate, self.rate), -1.0, 1.0)
        self._done = 0

    @property
    def channels(self) -> int:
        return int(self._samples.shape[1])

    @property
    def layout(self) -> str:
        return "mono" if self.channels == 1 else "stereo"

    def chunks(self, length: int, last: bool) -> Iterator[tuple[npt.NDArray[Any], int]]:
        """What is due of a track of ``length`` samples: chunks as the encoder takes them, and their start; at last the rest."""
        while length - self._done >= (1 if last else self._chunk):
            start, stop = self._done, min(self._done + self._chunk, length)
            chunk = np.zeros((self.channels, stop - start), np.float32)
            heard = self._samples[start:stop].T
            chunk[:, : heard.shape[1]] = heard
            self._done = stop
            yield self._as_encoded(chunk), start

    def _as_encoded(self, chunk: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """[channels, n] as planes, or interleaved in one row, as the sample format has it."""
        if self._format.endswith("p"):
            return chunk
        interleaved = np.ascontiguousarray(chunk.T).reshape(1, -1)
        return np.rint(interleaved * 32767).astype(np.int16) if self._format == "s16" else interleaved
