"""A sentence with exact phones, and tracks of a face that speaks it as well or as badly as a test wants."""

from __future__ import annotations

import numpy as np
from helpers.drawn_face import with_lids, with_mouth

from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.evaluation.speech_metrics import asked_openness
from pctalk_studio.evaluation.track import ClipTrack

RATE = 25.0
WIDEST = 0.32
"""Aperture of openness 1, over neutral mouth width."""

_LABELS = (
    "SIL", "M", "AA", "P", "IY", "B", "UW", "F", "AE", "V", "EH", "M", "AO", "SIL", "B", "EH", "M", "IY", "P", "AA", "F",
    "IH", "M", "UW", "SIL", "AE", "B", "IY", "M", "AO", "P", "EH", "V", "AA", "M", "IH", "B", "AE", "SIL",
)  # fmt: skip
_SECONDS = {"SIL": 0.6, "M": 0.09, "P": 0.1, "B": 0.09, "F": 0.1, "V": 0.09}


def sentence() -> Alignment:
    """39 phones with pauses, labials and seven vowels; 6.9 s."""
    phones, at = [], 0.0
    for label in _LABELS:
        end = at + _SECONDS.get(label, 0.16)
        phones.append(Phone(label, at, end, 1 if label not in _SECONDS else None))
        at = end
    return Alignment(at, (Word("words", 0.6, at - 0.6),), tuple(phones))


def frame_times(alignment: Alignment) -> np.ndarray:
    return np.arange(round(alignment.duration * RATE)) / RATE


def asked_apertures(alignment: Alignment, delay: float = 0.0) -> np.ndarray:
    """The aperture per frame that follows the phones exactly, ``delay`` seconds late."""
    times, asked = asked_openness(alignment)
    return np.interp(frame_times(alignment) - delay, times, asked) * WIDEST


def track_with(
    aperture: np.ndarray,
    *,
    closed_share: np.ndarray | None = None,
    slit: np.ndarray | None = None,
    jitter: np.ndarray | None = None,
    seed: int = 0,
) -> ClipTrack:
    """A track of the drawn face with these apertures; readings are 0.003 E too open when closed, as the network's are.

    ``slit`` is what the pixels show between the lips, by default the same; ``jitter`` [T, 478, 2] is added to the shapes.
    """
    width = 0.5345
    gaps = aperture * width
    base, opened = with_mouth(0.002), with_mouth(0.102)
    shapes = base + (gaps[:, None, None] / 0.1) * (opened - base)
    if closed_share is not None:
        lids = with_lids(base, 1.0) - base
        shapes = shapes + closed_share[:, None, None] * lids
    shapes[:, 14, 1] += 0.001
    shapes += np.random.default_rng(seed).normal(0, 0.0006, shapes.shape)
    if jitter is not None:
        shapes[:, :, :2] += jitter
    count = len(aperture)
    seen = (aperture if slit is None else slit) * width + 0.012
    return ClipTrack(
        times=np.arange(count) / RATE, rate=RATE, found=np.ones(count, bool), shapes=shapes, angles=np.zeros((count, 3)),
        scales=np.full(count, 100.0), cavity=seen, teeth=np.zeros(count),
        light=np.full((count, 30), 150.0),
    )  # fmt: skip
