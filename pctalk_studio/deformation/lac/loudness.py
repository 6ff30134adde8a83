"""How loudly a passage is spoken, and what that does to the jaw.

JALI (Edwards et al. 2016, section 4.2) opens the jaw by the intensity of each vowel against the clip's mean and deviation.
Here mean and deviation come from the loudness curve alone, not from the vowels' times, so that moving one word in time
cannot change the mouth anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.speech import FEATURE_RATE, SpeechFacts

GAIN_AT = ((-2.0, 0.45), (-1.0, 0.70), (0.0, 1.0), (1.0, 1.25), (2.0, 1.45))
"""Jaw gain at loudness z-scores; linear between, held outside. Gentler than JALI's bands, which describe acted extremes: on
filmed talkers steeper ones make the apertures fit worse than no gain at all."""

_QUIETEST_VOWEL = 0.40
"""Vowels are the louder part of speech: about this share of the spoken time is quieter than nearly all of them."""

_PEAK_SHARE = 0.5
"""Share of a vowel, its loudest, that counts: its edges already belong to the consonants."""

_LEAST_SPREAD_DB = 3.0


@dataclass(frozen=True, slots=True)
class LoudnessScale:
    """Mean and standard deviation of the loudness of vowels in a clip, dB."""

    mean: float
    spread: float

    @classmethod
    def of(cls, speech: SpeechFacts) -> LoudnessScale:
        """Estimate from the louder part of the spoken passages; a scale that judges all equal where nothing is spoken."""
        count = min(len(speech.loudness), len(speech.speaking))
        spoken = speech.loudness[:count][speech.speaking[:count]].astype(np.float64)
        spoken = spoken[np.isfinite(spoken)]
        if not len(spoken):
            return cls(0.0, float("inf"))
        vowels = spoken[spoken >= np.quantile(spoken, _QUIETEST_VOWEL)]
        return cls(float(vowels.mean()), max(float(vowels.std()), _LEAST_SPREAD_DB))


def loudness_of(speech: SpeechFacts, spans: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean loudness of the loudest part of each span [N, 2], [N] dB; NaN where the recording has no samples."""
    samples = speech.loudness.astype(np.float64)
    firsts = (spans[:, 0] * FEATURE_RATE).astype(np.intp)
    stops = np.maximum(firsts + 1, np.round(spans[:, 1] * FEATURE_RATE).astype(np.intp))
    levels = np.full(len(spans), np.nan)
    for i, (first, stop) in enumerate(zip(firsts, stops, strict=True)):
        stretch = np.sort(samples[first:stop])
        if len(stretch):
            loudest = stretch[int(len(stretch) * (1.0 - _PEAK_SHARE)) :]
            levels[i] = loudest.sum() / len(loudest)
    return levels


def jaw_gains(speech: SpeechFacts, spans: npt.NDArray[np.float64], follow: float) -> npt.NDArray[np.float64]:
    """Gain of jaw and opening for each vowel.

    Parameters
    ----------
    speech
        The recording.
    spans
        [N, 2] start and end of the vowels, seconds.
    follow
        0 leaves all alike, 1 follows loudness fully.

    Returns
    -------
    npt.NDArray[np.float64]
        [N], 1 for a vowel of average loudness.
    """
    scale = LoudnessScale.of(speech)
    z = np.nan_to_num((loudness_of(speech, spans) - scale.mean) / scale.spread, nan=0.0, posinf=0.0, neginf=-2.0)
    points, gains = zip(*GAIN_AT, strict=True)
    return np.asarray(1.0 + follow * (np.interp(z, points, gains) - 1.0))
