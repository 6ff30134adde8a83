"""Where each word and each phone of a transcript is in a recording.

The search is exact and never refuses: silences and filler speech may stand between any two words, and words may be left out for a
price, so that every transcript has a best path through every recording. What the path had to leave out or could hardly believe
comes back as problems and as low confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel, english_model
from pctalk_studio.analysis.speech.features import MODEL_STEP, SAMPLE_RATE, Features, compute_features
from pctalk_studio.analysis.speech.lattice import FILLER, Unit, Weights, build_lattice
from pctalk_studio.analysis.speech.transcript import TranscriptWord
from pctalk_studio.analysis.speech.viterbi import Lattice, Visit, best_path
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.media.slipped_bytes import repair_slipped_bytes

_FILLER_MARGIN = 3.0
"""Nats a frame by which any speech falls short of the best phone of each frame, roughly half-way between right and wrong
words."""

_BELIEF_CENTRE, _BELIEF_WIDTH = -3.2, 0.8
"""Mean shortfall of a word, nats per 10 ms, at which it is as likely wrong as right, and the slope around it; measured on
sentences aligned with their own and with each other's transcripts."""

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit in time: frames of the search and how well they fit.

    Parameters
    ----------
    unit
        What was found.
    start, end
        Frames, half-open.
    fit
        Mean log likelihood over that of the best phone of each frame, nats per 10 ms.
    """

    unit: Unit
    start: int
    end: int
    fit: float


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
        Phones of the whole recording; every word of the transcript, those that were not said with ``said=False``.
    """
    duration = len(samples) / SAMPLE_RATE
    features = compute_features(_repaired(samples)) if len(samples) else None
    if features is None or features.frames < _SHORTEST or not words:
        return _nothing_said(duration, words)
    segments = _search(english_model(), features, words)
    return _alignment(segments, words, duration)


def _repaired(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The samples without the damage of a text-mode transfer, where they are 16-bit values."""
    scaled = samples * np.float32(32768.0)
    whole = np.rint(scaled)
    if not np.array_equal(whole, scaled) or np.abs(whole).max(initial=0.0) > 32768:
        return samples
    repaired = repair_slipped_bytes(np.clip(whole, -32768, 32767).astype(np.int16))
    return repaired.samples.astype(np.float32) / np.float32(32768.0) if repaired.slips else samples


def _search(model: AcousticModel, features: Features, words: Sequence[TranscriptWord]) -> list[Segment]:
    ratio = features.step / MODEL_STEP
    units, senones, lattice = build_lattice(model, words, ratio, Weights())
    scores = model.score(features, senones)
    best = model.score(features, np.unique(model.sequences[model.single])).max(axis=1)
    table = np.concatenate([scores, (best - _FILLER_MARGIN)[:, None]], axis=1)
    visits, _ = best_path(lattice, table * np.float32(ratio))
    return [Segment(units[visit.unit], visit.start, visit.end, _fit(visit, lattice, table, best)) for visit in visits]


def _fit(visit: Visit, lattice: Lattice, table: npt.NDArray[np.float32], best: npt.NDArray[np.float32]) -> float:
    columns = np.repeat(lattice.columns[visit.unit], np.diff([visit.start, *visit.inner, visit.end]))
    frames = np.arange(visit.start, visit.end)
    return float(np.mean(table[frames, columns] - best[frames]))


def _belief(fit: float) -> float:
    """Probability that speech of this fit is what the transcript says."""
    return float(1.0 / (1.0 + np.exp(-np.clip((fit - _BELIEF_CENTRE) / _BELIEF_WIDTH, -50.0, 50.0))))


def _nothing_said(duration: float, words: Sequence[TranscriptWord]) -> Alignment:
    """One silence; all words are missing."""
    phones = (Phone(SILENCE, 0.0, duration),) if duration else ()
    missing = tuple(Word(word.text, 0.0, 0.0, 0.0, said=False) for word in words)
    return Alignment(duration, missing, phones, 0.0 if words else 1.0, "transcript", _problems(missing, []))


def _alignment(segments: Sequence[Segment], words: Sequence[TranscriptWord], duration: float) -> Alignment:
    seconds = MODEL_STEP / SAMPLE_RATE
    phones: list[Phone] = []
    for segment in segments:
        start = phones[-1].end if phones else 0.0
        end = duration if segment is segments[-1] else min(duration, segment.end * seconds)
        label = SILENCE if segment.unit.label == FILLER else segment.unit.label
        phones.append(Phone(label, start, end, segment.unit.stress, _belief(segment.fit)))
    found = _words(segments, phones, words)
    spoken = sum(s.end - s.start for s in segments if s.unit.label != SILENCE)
    trusted = sum((s.end - s.start) * _belief(s.fit) for s in segments if s.unit.label not in (SILENCE, FILLER))
    said = sum(word.said for word in found) / len(found)
    trust = trusted / spoken * said if spoken else 0.0
    return Alignment(duration, found, tuple(phones), float(trust), "transcript", _problems(found, _fillers(segments, phones)))


def _words(segments: Sequence[Segment], phones: Sequence[Phone], words: Sequence[TranscriptWord]) -> tuple[Word, ...]:
    parts: dict[int, list[int]] = {}
    for number, segment in enumerate(segments):
        if segment.unit.label not in (SILENCE, FILLER):
            parts.setdefault(segment.unit.word, []).append(number)
    found: list[Word] = []
    for number, word in enumerate(words):
        if number not in parts:
            edge = found[-1].end if found else 0.0
            found.append(Word(word.text, edge, edge, 0.0, said=False))
            continue
        mine = parts[number]
        lengths = [segments[i].end - segments[i].start for i in mine]
        fit = float(np.average([segments[i].fit for i in mine], weights=lengths))
        found.append(Word(word.text, phones[mine[0]].start, phones[mine[-1]].end, _belief(fit)))
    return tuple(found)


def _fillers(segments: Sequence[Segment], phones: Sequence[Phone]) -> list[Phone]:
    return [phone for segment, phone in zip(segments, phones, strict=True) if segment.unit.label == FILLER]


def _problems(words: Sequence[Word], strange: Sequence[Phone]) -> tuple[Problem, ...]:
    missing = [
        Problem("word-not-said", f"The word '{word.text}' of the transcript is not in the recording.", word.start, word.end)
        for word in words
        if not word.said
    ]
    other = [
        Problem("speech-not-in-transcript", "Something is said here that the transcript lacks.", phone.start, phone.end)
        for phone in strange
    ]
    return tuple(missing + other)
