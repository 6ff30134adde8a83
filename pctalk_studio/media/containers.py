"""Opening media containers safely and telling their common clock."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
from av.container import InputContainer
from av.stream import Disposition, Stream

from pctalk_studio.core.errors import MediaError

StreamT = TypeVar("StreamT", bound=Stream)

# Lists (HLS, concat, SDP) that would make the demuxer open other files or addresses are not among them, nor are those
# that find "media" in any text.
_FORMATS = (
    "wav,w64,aiff,au,caf,flac,ogg,mp3,aac,amr,ape,wv,tta,mov,matroska,mpeg,mpegts,mpegvideo,avi,asf,flv,dv,"
    "mxf,gif,h264,hevc,ac3,eac3,voc,rm,ivf"
)


@contextmanager
def opened(path: Path, kind: str) -> Iterator[InputContainer]:
    """Open a media file for decoding.

    Parameters
    ----------
    path
        A file that :func:`pctalk_studio.media.files.checked_file` has let through.
    kind
        ``recording`` or ``movie``, for the sentence.

    Raises
    ------
    MediaError
        When the content is no known container, and for whatever the decoders raise inside the block.
    """
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    try:
        # Without the protocol a colon in a name would be taken for one.
        container = av.open(f"file:{path}", mode="r", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        text = f"'{path}' is not a {kind} that can be read, or its end is missing; convert or copy it again."
        raise MediaError(text, repr(error)) from error
    with container:
        try:
            yield container
        except MemoryError as error:
            raise MediaError(f"The {kind} '{path}' does not fit into memory; cut it into parts.", repr(error)) from error
        except av.FFmpegError as error:
            raise MediaError(f"The {kind} '{path}' is damaged or cut short; convert or copy it again.", repr(error)) from error


def known_codec(stream: StreamT, path: Path) -> StreamT:
    """The stream, if there is a decoder for it.

    Raises
    ------
    MediaError
        When it is coded in a way that no decoder here knows.
    """
    # PyAV's own annotation denies it, but a stream of an unknown codec has no context.
    context: object = stream.codec_context
    if context is None:
        raise MediaError(f"'{path}' is coded in a way that cannot be decoded; convert it to MP4 or WAV.")
    return stream


def clock_origin(container: InputContainer) -> Fraction | None:
    """Time stamp, in seconds, that is time 0 for a player: the earliest start of picture or sound.

    None for a file of sound alone, whose first sample is time 0 by definition; covers of music files are no picture.
    """
    video = container.streams.best("video")
    if video is None or video.disposition & Disposition.attached_pic:
        return None
    audio = container.streams.best("audio")
    starts = [s.start_time * s.time_base for s in (video, audio) if s and s.start_time is not None and s.time_base]
    return min(starts, default=None)


_UNKNOWN_SIZE = 0x7FFFF000
"""Chunk sizes from here on are what programs write that cannot go back to fill in the true one."""


def wav_missing(path: Path) -> float:
    """How many times longer the samples of a RIFF file should be than they are, by the size of its ``data`` chunk.

    1 for a whole file, for one that states no size (written into a pipe), and for 64-bit variants, which are not looked into.
    """
    total = path.stat().st_size
    with path.open("rb") as stream:
        if stream.read(4) != b"RIFF":
            return 1.0
        at = 12
        while at + 8 <= total:
            stream.seek(at)
            kind, size = struct.unpack("<4sI", stream.read(8))
            at += 8
            if kind == b"data":
                there = total - at
                return size / there if 0 < there < size < _UNKNOWN_SIZE else 1.0
            # Chunks are padded to even lengths.
            at += size + size % 2
    return 1.0
