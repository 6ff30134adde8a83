"""Kinds of movies that can be written: container, codecs, pixels and what quality means for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from pctalk_studio.core.errors import UsageError

FAST_H264 = "faster"
"""x264 preset; see tests/perf/test_encode_speed.py for the figures behind it."""


@dataclass(frozen=True, slots=True)
class MovieKind:
    """How a movie is written.

    Parameters
    ----------
    name
        For people.
    container, suffixes
        FFmpeg's name of the container, and names of files that hold it.
    video_codec, pixels
        Encoder, and how it wants opaque pictures.
    alpha_pixels
        How it wants pictures with alpha (straight, not premultiplied); None: it cannot carry alpha.
    audio_codec, audio_format, audio_chunk
        Encoder of the sound, its sample format, and samples per packet (0: any number).
    audio_rates
        Sampling rates that it takes; others become the last.
    options
        Of the encoder, besides quality.
    quality
        (best, worst, default) of the number that :meth:`quality_options` understands; (0, 0, 0): always the same.
    quality_option
        What the encoder calls it.
    tag
        Four letters by which players know the codec; empty for the container's own.
    """

    name: str
    container: str
    suffixes: tuple[str, ...]
    video_codec: str
    pixels: str
    alpha_pixels: str | None
    audio_codec: str
    audio_format: str
    audio_chunk: int
    audio_rates: tuple[int, ...]
    options: Mapping[str, str]
    quality: tuple[int, int, int]
    quality_option: str = "crf"
    tag: str = ""

    def quality_options(self, quality: int | None) -> dict[str, str]:
        """The encoder's options for a quality, None for the default.

        Raises
        ------
        UsageError
            When it is out of range.
        """
        best, worst, default = self.quality
        if worst == best:
            return dict(self.options)
        chosen = default if quality is None else quality
        if not best <= chosen <= worst:
            raise UsageError(f"A quality (crf) of {chosen} is outside {best} to {worst}; {default} looks like the original.")
        return {**self.options, self.quality_option: str(chosen)}


def _options(**options: str) -> Mapping[str, str]:
    return MappingProxyType(options)


# The scaler puts chroma samples amid four pixels. H.264 means the left edge where nothing is said, and colours
# would stand 0.4 pixels beside their outlines in every player that knows it.
_CENTRED = {"chroma_sample_location": "center"}
_SOUND_RATES = (44_100, 48_000)

H264 = MovieKind(
    name="MP4, H.264",
    container="mp4",
    suffixes=(".mp4", ".m4v", ".mov"),
    video_codec="libx264",
    pixels="yuv420p",
    alpha_pixels=None,
    audio_codec="aac",
    audio_format="fltp",
    audio_chunk=1024,
    audio_rates=_SOUND_RATES,
    options=_options(preset=FAST_H264, **_CENTRED),
    quality=(1, 51, 18),
)
"""Plays everywhere."""

# A constant quality (cq) on the scale of crf, no limit to the bits, the preset that NVIDIA names for quality, and more bits for
# flat skin, where coarse steps are seen first.
_NVENC = _options(preset="p5", tune="hq", rc="vbr", **{"b:v": "0", "spatial-aq": "1"}, **_CENTRED)

H264_CARD = replace(H264, video_codec="h264_nvenc", options=_NVENC, quality_option="cq")
"""The same by the encoder of an NVIDIA card, which keeps pace with engines that draw hundreds of frames a second."""

H265 = replace(
    H264,
    name="MP4, H.265",
    video_codec="libx265",
    options=_options(preset="fast", **{"x265-params": "log-level=error"}, **_CENTRED),
    quality=(1, 51, 21),
    tag="hvc1",
)
"""Smaller files for players of the last years; the tag is the one that Apple's players ask for."""

H265_CARD = replace(H265, video_codec="hevc_nvenc", options=_NVENC, quality_option="cq")
"""The same by an NVIDIA card."""

PRORES = MovieKind(
    name="ProRes 4444",
    container="mov",
    suffixes=(".mov",),
    video_codec="prores_ks",
    pixels="yuv444p10le",
    alpha_pixels="yuva444p10le",
    audio_codec="pcm_s16le",
    audio_format="s16",
    audio_chunk=0,
    audio_rates=_SOUND_RATES,
    options=_options(profile="4444", vendor="apl0", alpha_bits="16"),
    quality=(0, 0, 0),
)
"""For editing and compositing, large, with straight alpha."""

WEBM = MovieKind(
    name="WebM, VP9",
    container="webm",
    suffixes=(".webm",),
    video_codec="libvpx-vp9",
    pixels="yuv420p",
    alpha_pixels="yuva420p",
    audio_codec="libopus",
    audio_format="flt",
    audio_chunk=960,
    audio_rates=(48_000,),
    options=_options(**{"b:v": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1", "auto-alt-ref": "0"}),
    quality=(0, 63, 24),
)
"""For the web, with straight alpha; decoders must read the alpha that VP9 stores beside the picture."""

KINDS: Mapping[str, MovieKind] = MappingProxyType({"h264": H264, "h265": H265, "prores": PRORES, "webm": WEBM})
"""All kinds by the name that settings use."""
