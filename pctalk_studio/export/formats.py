"""Formats in which a clip can be delivered, and what each can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.encoding import EncodedFile
from pctalk_studio.media.gif import GifWriter
from pctalk_studio.media.movie import MovieWriter
from pctalk_studio.media.movie_kinds import H264, H265, PRORES, WEBM, MovieKind
from pctalk_studio.media.sound import Sound


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A way to deliver a clip.

    Parameters
    ----------
    id, title
        Stable name, and the one for people.
    suffix
        Of the file.
    kind
        Of the movie; None for what is none.
    alpha
        Whether it can carry transparency.
    sound, pictures
        Whether it carries these.
    bits
        Bits a pixel at the default quality, by which the size is estimated.
    """

    id: str
    title: str
    suffix: str
    kind: MovieKind | None
    alpha: bool
    sound: bool
    pictures: bool
    bits: float

    @property
    def quality(self) -> tuple[int, int, int] | None:
        """(best, worst, default) quality; None where there is no choice."""
        return self.kind.quality if self.kind is not None and self.kind.quality[0] != self.kind.quality[1] else None


MP4 = ExportFormat("mp4", "MP4, H.264", ".mp4", H264, False, True, True, 0.10)
"""What is exported when nothing is said."""

FORMATS: Mapping[str, ExportFormat] = MappingProxyType(
    {
        each.id: each
        for each in (
            MP4,
            ExportFormat("h265", "MP4, H.265", ".mp4", H265, False, True, True, 0.05),
            ExportFormat("prores", "ProRes 4444", ".mov", PRORES, True, True, True, 9.0),
            ExportFormat("webm", "WebM, VP9", ".webm", WEBM, True, True, True, 0.06),
            ExportFormat("png", "PNG pictures", ".png", None, True, False, True, 11.0),
            ExportFormat("gif", "Animated GIF", ".gif", None, True, False, True, 4.5),
            ExportFormat("wav", "Sound only, WAV", ".wav", None, False, True, False, 0.0),
        )
    }
)
"""All formats by id. Bits a pixel are means over talking portraits at 512 x 512; the estimate is called one."""

_CRF_HALVES = 6
"""Steps of quality that halve the size, a rule of thumb of x264 that holds for its successors, too."""


def estimated_bytes(
    format_: ExportFormat, size: tuple[int, int], frames: int, rate: FrameRate, quality: int | None = None
) -> int:
    """How large a file will be, roughly: within a factor of about two for a talking portrait.

    Parameters
    ----------
    format_
        In which it is delivered.
    size
        (width, height) of the frames.
    frames, rate
        How many, and how many a second.
    quality
        None for the default.
    """
    seconds = frames / float(rate)
    sound = 0.0 if not format_.sound else (16_000 if format_.kind in (H264, H265, WEBM) else 96_000) * seconds
    picture = format_.bits * size[0] * size[1] * frames / 8
    if format_.quality is not None and quality is not None:
        picture *= 2 ** ((format_.quality[2] - quality) / _CRF_HALVES)
    return round(picture + sound)


def frame_writer(
    format_: ExportFormat,
    path: Path,
    size: tuple[int, int],
    rate: FrameRate,
    sound: Sound | None,
    *,
    quality: int | None = None,
    alpha: bool = False,
    inputs: tuple[Path, ...] = (),
    kind: MovieKind | None = None,
    threads: int | None = None,
) -> EncodedFile:
    """Begin a file that takes frames one after the other; ``kind`` is another way to write the format's own kind of movie.

    See :class:`pctalk_studio.media.movie.MovieWriter` for the ``threads`` that encode.

    Raises
    ------
    UsageError
        When the format is no such file, or the suffix or quality are not the format's.
    """
    if path.suffix.lower() != format_.suffix and not (format_.kind and path.suffix.lower() in format_.kind.suffixes):
        raise UsageError(f"'{path}' should end in {format_.suffix}, as {format_.title} is named.")
    if format_.kind is not None:
        kind = kind or format_.kind
        return MovieWriter(path, size, rate, sound, kind=kind, quality=quality, alpha=alpha, threads=threads, inputs=inputs)
    if format_.id == "gif":
        return GifWriter(path, rate, inputs)
    raise UsageError(f"{format_.title} is not written frame by frame into one file; choose a movie or GIF.")
