"""Encoding on a graphics card, where one has an encoder that opens."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

import av
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext

from pctalk_studio.media.movie_kinds import H264, H264_CARD, H265, H265_CARD, MovieKind

ON_CARD = MappingProxyType({H264.video_codec: H264_CARD, H265.video_codec: H265_CARD})
"""What a card encodes in place of what a processor does, by the name of the latter's encoder."""


def card_kind(kind: MovieKind, size: tuple[int, int]) -> tuple[MovieKind, str]:
    """The kind of movie that a card encodes in place of another, if it does.

    Parameters
    ----------
    kind
        As it would be encoded on the processor.
    size
        (width, height) of the frames.

    Returns
    -------
    MovieKind
        What to encode; ``kind`` itself where there is no such encoder for it, or where it does not open.
    str
        A sentence for people about which it is; empty where cards encode no such movies at all.
    """
    other = ON_CARD.get(kind.video_codec)
    if other is None:
        return kind, ""
    trouble = why_not(other, size)
    if trouble:
        return kind, f"The processor encodes, since the graphics card's encoder ({other.video_codec}) does not open: {trouble}."
    return other, f"The graphics card encodes ({other.video_codec})."


def why_not(kind: MovieKind, size: tuple[int, int]) -> str:
    """Why an encoder does not open for frames of a size; empty when it does. It is opened and let go; that takes milliseconds."""
    try:
        context = CodecContext.create(kind.video_codec, "w")
    except av.codec.codec.UnknownCodecError:
        return "it is not part of this program"
    assert isinstance(context, VideoCodecContext)  # by the codec's kind
    context.width, context.height = (side + side % 2 for side in size)
    context.pix_fmt = kind.pixels
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    context.options = kind.quality_options(None)
    try:
        context.open()
    except (av.FFmpegError, ValueError) as error:
        return str(getattr(error, "strerror", "") or error)
    return ""
