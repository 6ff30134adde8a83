"""What lossy codecs make of speech, with their delay taken back.

Samples go through an encoder and its decoder in memory. How late they come out is measured once for each codec with a made-up
voice and cut off, so that nothing moves in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame

from pctalk_studio.media.mixing import resampled

F32 = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000

_TAIL_FRAMES = 6
"""Frames of silence after the sound, so that nothing stays behind in the codec."""

_EFFORT = {"libopus": "2", "libmp3lame": "8"}
"""Cheap settings: at these rates they sound hardly worse."""

_FREE_FRAME = 320
"""Samples a frame where the encoder takes any number."""


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoder with its decoder.

    Parameters
    ----------
    encoder, decoder
        FFmpeg's names.
    rate
        Hz at which it works.
    bits
        Bits a second; 0 where it has but one rate.
    """

    encoder: str
    decoder: str
    rate: int
    bits: int


CODECS = (
    Codec("libopus", "libopus", 16_000, 6_000),
    Codec("libopus", "libopus", 16_000, 12_000),
    Codec("libopus", "libopus", 8_000, 8_000),
    Codec("libmp3lame", "mp3", 16_000, 16_000),
    Codec("libmp3lame", "mp3", 16_000, 32_000),
    Codec("aac", "aac", 16_000, 24_000),
    Codec("g722", "g722", 16_000, 0),
    Codec("pcm_mulaw", "pcm_mulaw", 8_000, 0),
)
"""Telephony, calls over the net and what films and podcasts are cut from, at their low rates. All keep the shape of a voice's
waves, so that their delay can be measured to the sample; AMR does not, and is missing for that."""


@cache
def codecs_here() -> tuple[Codec, ...]:
    """Those that this build of FFmpeg has."""
    return tuple(codec for codec in CODECS if _there(codec.encoder, "w") and _there(codec.decoder, "r"))


def _there(name: str, mode: str) -> bool:
    try:
        av.Codec(name, "w" if mode == "w" else "r")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def through_codec(samples: F32, codec: Codec) -> F32:
    """Samples [n] at 16 kHz as a codec gives them back: as many, and none of them later or earlier."""
    delay = _delay(codec)
    out = _passed(samples, codec)
    moved = out[delay:] if delay >= 0 else np.pad(out, (-delay, 0))
    kept = np.zeros(len(samples), np.float32)
    count = min(len(samples), len(moved))
    kept[:count] = moved[:count]
    return kept


@cache
def _delay(codec: Codec) -> int:
    """Samples at 16 kHz by which a made-up voice comes out late: where it correlates best with what went in."""
    # Syllables of a pulse train through two resonances: codecs for speech keep the shape of nothing else.
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    pulses = np.zeros(len(times))
    pulses[np.cumsum(np.random.default_rng(0).integers(100, 190, 200))] = 1.0
    ring = np.exp(-300.0 * times[:1600]) * (
        np.sin(2 * np.pi * 500 * times[:1600]) + 0.7 * np.sin(2 * np.pi * 1500 * times[:1600])
    )
    syllables = np.maximum(np.sin(2 * np.pi * 3.0 * times), 0.0)
    voice = np.convolve(pulses, ring)[: len(times)] * syllables
    burst = (0.3 * voice / np.abs(voice).max()).astype(np.float32)
    out = _passed(burst, codec)
    size = 1 << 16
    spectrum = np.fft.rfft(out, size) * np.conj(np.fft.rfft(burst, size))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    return lag if lag < size // 2 else lag - size


def _passed(samples: F32, codec: Codec) -> F32:
    sound = resampled(samples, SAMPLE_RATE, codec.rate)
    encoder = av.CodecContext.create(codec.encoder, "w")
    assert isinstance(encoder, av.AudioCodecContext)
    formats = encoder.codec.audio_formats or ()
    encoder.format = formats[0].name if formats else "s16"
    encoder.sample_rate, encoder.layout, encoder.time_base = codec.rate, "mono", Fraction(1, codec.rate)
    if codec.bits:
        encoder.bit_rate = codec.bits
    if codec.encoder in _EFFORT:
        encoder.options = {"compression_level": _EFFORT[codec.encoder]}
    encoder.open()
    packets = [packet for frame in _frames(sound, encoder) for packet in encoder.encode(frame)]
    packets += encoder.encode(None)
    decoder = av.CodecContext.create(codec.decoder, "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout = codec.rate, "mono"
    if encoder.extradata:
        decoder.extradata = encoder.extradata
    frames = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    pieces = [_as_float(frame) for frame in frames]
    return resampled(np.concatenate(pieces), frames[0].sample_rate, SAMPLE_RATE) if pieces else np.zeros(0, np.float32)


def _frames(sound: F32, encoder: av.AudioCodecContext) -> Iterator[AudioFrame]:
    name = encoder.format.name
    size = encoder.frame_size or _FREE_FRAME
    count = -(-len(sound) // size) + _TAIL_FRAMES
    padded = np.zeros(count * size, np.float32)
    padded[: len(sound)] = np.clip(sound, -1.0, 1.0)
    if name.startswith("s16"):
        data: npt.NDArray[Any] = np.round(padded * 32767.0).astype(np.int16)
    elif name.startswith("s32"):
        data = np.round(padded.astype(np.float64) * (2.0**31 - 1.0)).astype(np.int32)
    else:
        data = padded
    for i in range(count):
        frame = AudioFrame.from_ndarray(data[None, i * size : (i + 1) * size], format=name, layout="mono")
        frame.sample_rate, frame.pts = encoder.sample_rate, i * size
        yield frame


def _as_float(frame: AudioFrame) -> F32:
    data = frame.to_ndarray()[0]
    full = 1.0 if data.dtype.kind == "f" else 2.0 ** (8 * data.dtype.itemsize - 1)
    return np.asarray(data / full, np.float32)
