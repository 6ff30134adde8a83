"""From a clean voice to a recording: emphasis, silence around it, room, noise, microphone, codec, level.

Everything keeps time: rooms begin with the direct sound, microphones are filters without phase, codecs have their delay
taken back. Only silence added in front moves the phones, and they are moved with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import SILENCE, Phone, Word
from pctalk_studio.training.corpus.codecs import Codec, codecs_here, through_codec
from pctalk_studio.training.corpus.noises import NoiseKind, hiss_spectrum, noise_of
from pctalk_studio.training.corpus.voices import SAMPLE_RATE, Spoken

F32 = npt.NDArray[np.float32]

_EMPHASIS_DB, _EMPHASIS_STEP = 2.5, 0.35
"""Deviation of the level from word to word, and seconds between its turns; synthesizers stress nothing by loudness."""

_ROOM_SHARE, _NOISE_SHARE, _BAND_SHARE, _PHONE_SHARE, _CODEC_SHARE = 0.45, 0.55, 0.25, 0.08, 0.12
_EARLY = 0.04
"""Seconds within which single reflections are heard."""

_LONG_SILENCE_SHARE = 0.08

_HISS_SLOPE = 0.5
"""Of a recorder's own noise, between white and pink."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How an utterance is recorded.

    Parameters
    ----------
    before, after
        Seconds of silence added.
    reverberation
        Seconds in which the room falls by 60 dB; 0 for no room.
    wet
        Level of all reflections relative to the direct sound, dB.
    noise, snr
        What else is heard, and how far below the voice, dB; None for the recorder's own hiss alone.
    hiss
        Level of that below the voice, dB.
    tilt
        Of the microphone, dB an octave about 1 kHz.
    low, high
        Edges of what it passes, Hz.
    codec
        What the recording was kept in; None for plain samples.
    level
        Root mean square of the voice where it speaks, dB relative to full scale; what passes full scale is clipped.
    """

    before: float = 0.0
    after: float = 0.0
    reverberation: float = 0.0
    wet: float = -15.0
    noise: NoiseKind | None = None
    snr: float = 20.0
    hiss: float = 60.0
    tilt: float = 0.0
    low: float = 20.0
    high: float = 8000.0
    codec: Codec | None = None
    level: float = -24.0


def drawn_conditions(chance: np.random.Generator, level: float = 0.0) -> Conditions:
    """Conditions by chance; ``level`` dB louder or softer than they come."""

    def silence() -> float:
        long = chance.random() < _LONG_SILENCE_SHARE
        return float(chance.uniform(0.4, 1.8) if long else chance.uniform(0.0, 0.35) * (chance.random() < 0.6))

    before, after = silence(), silence()
    room = chance.random() < _ROOM_SHARE
    noise = tuple(NoiseKind)[int(chance.choice(4, p=[0.4, 0.1, 0.15, 0.35]))] if chance.random() < _NOISE_SHARE else None
    low, high = float(chance.uniform(20.0, 120.0)), 8000.0
    kind = chance.random()
    if kind < _PHONE_SHARE:
        low, high = float(chance.uniform(200.0, 350.0)), float(chance.uniform(3200.0, 3600.0))
    elif kind < _PHONE_SHARE + _BAND_SHARE:
        high = float(chance.uniform(3400.0, 7500.0))
    codecs = codecs_here()
    codec = codecs[int(chance.integers(len(codecs)))] if codecs and chance.random() < _CODEC_SHARE else None
    return Conditions(
        before,
        after,
        float(chance.uniform(0.12, 0.9)) if room else 0.0,
        float(chance.uniform(-22.0, -3.0)),
        noise,
        float(chance.uniform(3.0, 32.0)),
        float(chance.uniform(38.0, 75.0)),
        float(chance.normal(0.0, 1.5)),
        low,
        high,
        codec,
        float(np.clip(chance.normal(-24.0, 6.0) + level, -45.0, -9.0)),
    )


def staged(spoken: Spoken, conditions: Conditions, chance: np.random.Generator) -> Spoken:
    """The voice alone, at its level, with emphasis that comes and goes and with the silence round it; at 16 kHz."""
    samples = spoken.samples * _emphasis(len(spoken.samples), chance)
    loud = np.abs(samples) > 0.05 * np.abs(samples).max(initial=0.0)
    level = float(np.sqrt(np.mean(np.square(samples[loud], dtype=np.float64)))) if loud.any() else 1.0
    samples = samples * np.float32(10.0 ** (conditions.level / 20.0) / max(level, 1e-9))
    return padded(Spoken(samples, spoken.rate, spoken.phones, spoken.words), conditions.before, conditions.after)


def padded(spoken: Spoken, before: float, after: float) -> Spoken:
    """With silence around it, whole samples; phones and words move along, silences at the ends grow."""
    first, last = round(before * spoken.rate), round(after * spoken.rate)
    samples = np.pad(spoken.samples, (first, last))
    shift, end = first / spoken.rate, len(samples) / spoken.rate
    phones = [Phone(p.label, p.start + shift, p.end + shift, p.stress) for p in spoken.phones]
    if first:
        grows = bool(phones) and phones[0].label == SILENCE
        phones[: int(grows)] = [Phone(SILENCE, 0.0, phones[0].end if grows else shift)]
    if last:
        grows = bool(phones) and phones[-1].label == SILENCE
        phones[len(phones) - int(grows) :] = [Phone(SILENCE, phones[-1].start if grows else end - last / spoken.rate, end)]
    words = tuple(Word(word.text, word.start + shift, word.end + shift) for word in spoken.words)
    return Spoken(samples, spoken.rate, tuple(phones), words)


def recorded(voice: F32, conditions: Conditions, others: Sequence[F32], chance: np.random.Generator) -> F32:
    """The voice [n] of :func:`staged` as it is heard, [n] float32 within full scale.

    Parameters
    ----------
    voice
        At 16 kHz.
    conditions
        Room, noise, microphone, codec.
    others
        Other voices, for babble.
    chance
        Source of everything random.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    count = len(voice)
    response = room_response(conditions, chance)
    size = next_fast_len(count + len(response), real=True)
    level = 10.0 ** (conditions.level / 20.0)
    spectrum = rfft(voice, size)
    if len(response) > 1:
        spectrum *= rfft(response, size)
    if conditions.noise is not None:
        beside = noise_of(conditions.noise, count, others, chance)
        spectrum += rfft(np.float32(level * 10.0 ** (-conditions.snr / 20.0)) * beside, size)
    spectrum += np.float32(level * 10.0 ** (-conditions.hiss / 20.0)) * hiss_spectrum(size, _HISS_SLOPE, chance)
    spectrum *= _microphone(conditions, size)
    heard = np.clip(np.asarray(irfft(spectrum, size)[:count], np.float32), -1.0, 1.0)
    if conditions.codec is not None:
        heard = np.clip(through_codec(heard, conditions.codec), -1.0, 1.0)
    return heard


def room_response(conditions: Conditions, chance: np.random.Generator) -> F32:
    """Impulse response: the direct sound at sample 0, early reflections, and a tail that falls by 60 dB in the room's time."""
    if conditions.reverberation <= 0:
        return np.ones(1, np.float32)
    count = max(2, int(0.8 * conditions.reverberation * SAMPLE_RATE))
    times = np.arange(count) / SAMPLE_RATE
    tail = chance.standard_normal(count) * 10.0 ** (-3.0 * times / conditions.reverberation)
    # The tail sets in gradually; before it there are single reflections.
    tail *= np.minimum(times / _EARLY, 1.0) ** 2
    for arrival in chance.uniform(0.002, _EARLY, 6):
        tail[min(count - 1, int(arrival * SAMPLE_RATE))] += chance.choice([-1.0, 1.0]) * 2.0 * 10.0 ** (-arrival / _EARLY / 2)
    tail[0] = 0.0
    tail *= 10.0 ** (conditions.wet / 20.0) / max(float(np.sqrt(np.sum(tail**2))), 1e-9)
    tail[0] = 1.0
    return tail.astype(np.float32)


def _microphone(conditions: Conditions, size: int) -> F32:
    """Gain at each frequency of a transform: tilt, and edges that fall within a third of an octave; no phase."""
    frequencies = np.maximum(np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE), 1.0)
    gain = 10.0 ** (conditions.tilt * np.clip(np.log2(frequencies / 1000.0), -3.0, 3.0) / 20.0)
    for edge, sign in ((conditions.low, 1.0), (conditions.high, -1.0)):
        if edge < SAMPLE_RATE / 2:
            gain /= 1.0 + np.exp(-sign * 18.0 * np.log2(frequencies / edge))
    return np.asarray(gain, np.float32)


def _emphasis(count: int, chance: np.random.Generator) -> F32:
    """Smooth gain [count] that wanders by some decibels."""
    step = _EMPHASIS_STEP * SAMPLE_RATE
    turns = chance.normal(0.0, _EMPHASIS_DB, int(count / step) + 3)
    place = np.arange(0, count + 160, 160) / step
    whole = place.astype(np.intp)
    rest = 0.5 - 0.5 * np.cos(np.pi * (place - whole))
    coarse = 10.0 ** ((turns[whole] * (1.0 - rest) + turns[whole + 1] * rest) / 20.0)
    return np.interp(np.arange(count), np.arange(len(coarse)) * 160.0, coarse).astype(np.float32)
