"""Reading movies frame by frame, with the time at which each is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pctalk_studio.core.errors import MediaError
from pctalk_studio.media.colour import RgbU8, ToPicture, quarter_turns
from pctalk_studio.media.containers import clock_origin, known_codec, opened
from pctalk_studio.media.files import checked_file
from pctalk_studio.media.pictures import is_picture


@dataclass(frozen=True, slots=True)
class MovieFacts:
    """What a movie says of itself.

    Parameters
    ----------
    size
        (width, height) of upright frames with square pixels.
    rate
        Mean frames a second, exact.
    frames
        Pictures in it, counted.
    duration
        Seconds from time 0 to the end of the last picture.
    has_sound
        Whether there is a sound track.
    """

    size: tuple[int, int]
    rate: Fraction
    frames: int
    duration: float
    has_sound: bool


@dataclass(frozen=True, slots=True, eq=False)
class MovieFrame:
    """One picture of a movie.

    Parameters
    ----------
    index
        0, 1, 2, ... in the order of showing.
    time
        Seconds at which it appears, on the same clock as the sound of :func:`pctalk_studio.media.sound.read_sound`.
    rgb
        [H, W, 3] uint8 sRGB, upright, square pixels.
    """

    index: int
    time: float
    rgb: RgbU8


def is_movie(path: Path) -> bool:
    """Whether a file is a movie rather than a picture, by its content; what is neither is refused as a picture later.

    Raises
    ------
    MediaError
        When it is missing, empty or may not be read.
    """
    checked_file(path, "portrait")
    if is_picture(path):
        return False
    try:
        _probed(path)
    except MediaError:
        return False
    return True


class MovieReader:
    """A movie that can be gone through any number of times.

    Variable frame rates, rotation tags and pixels that are not square are respected. Iterating opens the file anew and
    holds one frame at a time.

    Parameters
    ----------
    path
        MP4, MOV, MKV, WebM, AVI, MPEG, ...

    Raises
    ------
    MediaError
        At once when it is missing, empty, damaged or holds no moving picture; while iterating when it is damaged further on.
    """

    def __init__(self, path: Path) -> None:
        self.path = checked_file(path, "movie")
        self.facts = _probed(path)

    def __len__(self) -> int:
        return self.facts.frames

    def __iter__(self) -> Iterator[MovieFrame]:
        with opened(self.path, "movie") as container:
            stream = video_stream(container, self.path)
            origin = clock_origin(container) or Fraction(0)
            convert = ToPicture()
            for index, frame in enumerate(decoded_frames(container, stream)):
                yield MovieFrame(index, float(_shown(frame, origin, index, stream)), convert(frame, pixel_aspect(stream)))


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The moving picture of a container.

    Raises
    ------
    MediaError
        When there is none, or nothing here decodes it.
    """
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        raise MediaError(f"'{path}' holds no moving picture; give a movie such as an MP4.")
    return known_codec(stream, path)


def decoded_frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Pictures from where the container stands on, in the order of showing."""
    stream.codec_context.thread_count = 1
    for frame in container.decode(stream):
        if isinstance(frame, VideoFrame):
            yield frame


def _shown(frame: VideoFrame, origin: Fraction, index: int, stream: VideoStream) -> Fraction:
    if frame.pts is None or frame.time_base is None:
        # Raw streams carry no time stamps; their frames follow one another evenly.
        return index / (stream.guessed_rate or Fraction(25))
    return frame.pts * frame.time_base - origin


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a stored pixel over its height."""
    return float(stream.codec_context.sample_aspect_ratio or 1)


def _probed(path: Path) -> MovieFacts:
    """Decode the first picture and count the packets; nothing else of a movie tells its frames reliably."""
    with opened(path, "movie") as container:
        stream = video_stream(container, path)
        first = next(decoded_frames(container, stream), None)
        if first is None:
            raise MediaError(f"The movie '{path}' holds not a single picture; export it again.")
        width, height = max(1, round(first.width * pixel_aspect(stream))), first.height
        size = (height, width) if quarter_turns(first) % 2 else (width, height)
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        has_sound = container.streams.best("audio") is not None
    with opened(path, "movie") as container:
        stream = video_stream(container, path)
        origin = clock_origin(container) or Fraction(0)
        count, end = 0, Fraction(0)
        for packet in container.demux(stream):
            if packet.size and not packet.is_discard:
                count += 1
                if packet.pts is not None:
                    end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base - origin)
    return MovieFacts(size, rate, count, float(end or count / rate), has_sound)
