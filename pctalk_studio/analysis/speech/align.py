"""Where each word and each phone of a transcript is in a recording.

The search is exact and never refuses: silences and filler speech may stand between any two words, and words may be left out for a
price, so that every transcript has a best path through every recording. What the path had to leave out or could hardly believe
comes back as problems and as low confidence. Long recordings are searched in stretches that end at pauses.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import english_model
from pctalk_studio.analysis.speech.connected import sayings
from pctalk_studio.analysis.speech.doubt import alignment_problems, belief, with_foreign_phones, without_disbelieved, word_fits
from pctalk_studio.analysis.speech.features import MODEL_STEP, SAMPLE_RATE, compute_features
from pctalk_studio.analysis.speech.lattice import FILLER
from pctalk_studio.analysis.speech.phone_loop import decode_loop
from pctalk_studio.analysis.speech.refine import refine_boundaries, short_spectra
from pctalk_studio.analysis.speech.search import STATES, Segment, search, segment_edges, with_closures
from pctalk_studio.analysis.speech.transcript import TranscriptWord
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word


def align_transcript(samples: npt.NDArray[np.float32], words: Sequence[TranscriptWord]) -> Alignment:
    """Find the words of a transcript in a recording.

    Parameters
    ----------
    samples
        [n] float32 in [-1, 1] at 16 kHz.
    words
        In the order in which they should have been said; may be empty.

    Returns
    -------
    Alignment
        Phones of the whole recording; every word of the transcript, those that were not said with ``said=False`` and no length.
    """
    duration = len(samples) / SAMPLE_RATE
    if not words or _is_empty(samples):
        return _nothing_said(duration, words)
    model = english_model()
    features = compute_features(samples)
    path = search(model, features, [sayings(words, number) for number in range(len(words))])
    segments = with_closures(with_foreign_phones(model, features, without_disbelieved(path)))
    edges = segment_edges(model, features, segments) * (MODEL_STEP / SAMPLE_RATE)
    edges = _refined(samples, edges, segments, duration)
    return _alignment(segments, edges, words, duration)


def decode_phones(samples: npt.NDArray[np.float32]) -> Alignment:
    """Hear a recording as a row of English phones, without words.

    Parameters
    ----------
    samples
        [n] float32 in [-1, 1] at 16 kHz; any language.

    Returns
    -------
    Alignment
        No words, method ``phone-loop``; the trust is the mean clearness of the phones, half or less even for clean English.
    """
    duration = len(samples) / SAMPLE_RATE
    if _is_empty(samples):
        return replace(_nothing_said(duration, ()), method="phone-loop", trust=0.0)
    model = english_model()
    segments, clear = decode_loop(model, compute_features(samples))
    edges = np.array([*(segment.start for segment in segments), segments[-1].end]) * (MODEL_STEP / SAMPLE_RATE)
    edges = _refined(samples, edges, segments, duration)
    phones = tuple(
        Phone(segment.unit.label, float(start), float(end), confidence=float(sure))
        for segment, start, end, sure in zip(segments, edges[:-1], edges[1:], clear, strict=True)
    )
    heard = sum(phone.duration for phone in phones if phone.label != SILENCE)
    trust = sum(phone.duration * phone.confidence for phone in phones if phone.label != SILENCE) / heard if heard else 0.0
    return Alignment(duration, (), phones, float(trust), "phone-loop")


def _is_empty(samples: npt.NDArray[np.float32]) -> bool:
    """Too short for a single phone, or digital silence."""
    return -(-len(samples) // MODEL_STEP) < STATES or not np.any(samples)


def _refined(
    samples: npt.NDArray[np.float32], edges: npt.NDArray[np.float64], segments: Sequence[Segment], duration: float
) -> npt.NDArray[np.float64]:
    """Boundaries in seconds of the recording, set as an ear would set them."""
    inside = np.minimum(edges, duration)
    inside[-1] = duration
    return refine_boundaries(short_spectra(samples), inside, [_spoken_label(segment) for segment in segments])


def _spoken_label(segment: Segment) -> str:
    return SILENCE if segment.unit.label == FILLER else segment.unit.label


def _nothing_said(duration: float, words: Sequence[TranscriptWord]) -> Alignment:
    """One silence; all words are missing."""
    phones = (Phone(SILENCE, 0.0, duration),) if duration else ()
    missing = tuple(Word(word.text, 0.0, 0.0, 0.0, said=False) for word in words)
    return Alignment(duration, missing, phones, 0.0 if words else 1.0, "transcript", alignment_problems(missing, (), 0.0))


def _alignment(
    segments: Sequence[Segment], edges: npt.NDArray[np.float64], words: Sequence[TranscriptWord], duration: float
) -> Alignment:
    phones = tuple(
        Phone(_spoken_label(segment), float(start), float(end), segment.unit.stress, belief(segment.fit))
        for segment, start, end in zip(segments, edges[:-1], edges[1:], strict=True)
    )
    found = _words(segments, phones, words)
    heard = sum(phone.duration for phone in phones if phone.label != SILENCE)
    pairs = list(zip(segments, phones, strict=True))
    trusted = sum(phone.duration * phone.confidence for segment, phone in pairs if segment.unit.in_word)
    said = sum(word.said for word in found) / len(found)
    trust = float(trusted / heard * said) if heard else 0.0
    runs = [list(run) for foreign, run in itertools.groupby(pairs, key=lambda pair: pair[0].unit.foreign) if foreign]
    passages = [(run[0][1].start, run[-1][1].end) for run in runs]
    return Alignment(duration, found, phones, trust, "transcript", alignment_problems(found, passages, trust))


def _words(segments: Sequence[Segment], phones: Sequence[Phone], words: Sequence[TranscriptWord]) -> tuple[Word, ...]:
    parts: dict[int, list[int]] = {}
    for number, segment in enumerate(segments):
        if segment.unit.in_word:
            parts.setdefault(segment.unit.word, []).append(number)
    starts = {number: _start(segments, phones, mine[0]) for number, mine in parts.items()}
    fits = word_fits(segments)
    found: list[Word] = []
    for number, word in enumerate(words):
        if number not in parts:
            edge = found[-1].end if found else 0.0
            found.append(Word(word.text, edge, edge, 0.0, said=False))
            continue
        mine = parts[number]
        end = phones[mine[-1]].end
        if segments[mine[-1]].unit.merged:
            end = max(end, starts.get(number + 1, end))
        found.append(Word(word.text, starts[number], end, belief(fits[number])))
    return tuple(found)


def _start(segments: Sequence[Segment], phones: Sequence[Phone], first: int) -> float:
    """Start of the word whose first phone is given; inside that phone where the word before has a part in it."""
    phone = phones[first]
    if first and segments[first - 1].unit.merged and segments[first - 1].unit.word != segments[first].unit.word:
        return (phone.start + phone.end) / 2.0
    return phone.start
