"""Search a recording of any length for the words of a transcript, stretch by stretch."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel
from pctalk_studio.analysis.speech.connected import Saying
from pctalk_studio.analysis.speech.features import Features
from pctalk_studio.analysis.speech.lattice import FILLER, Unit, Weights, WordLattice, build_lattice, stay_probabilities
from pctalk_studio.analysis.speech.phone_kinds import phone_kind
from pctalk_studio.analysis.speech.posterior import expected_boundaries
from pctalk_studio.analysis.speech.viterbi import STATES, SkipTariff, Visit, best_path
from pctalk_studio.core.speech import SILENCE

__all__ = ["STATES", "Segment", "search", "segment_edges", "with_closures"]

_FILLER_MARGIN = 3.0
"""Nats a frame by which any speech falls short of the best phone of each frame, roughly half-way between right and wrong
words."""

_STRETCH, _LAST_STRETCH = 1200, 1800
"""Frames of a stretch, and of a rest that is not divided any more."""

_GUARD = 150
"""Frames at the end of an open stretch that are not trusted: what comes next may change them."""

_PAUSE = 15
"""Frames of silence that make a pause; shorter ones belong to sounds, and a long stretch is best ended at a pause."""

_FASTEST = 0.06
"""Words a frame that a transcript may hold before its rest is left for later stretches, or counts as not said."""

_SPARE_WORDS = 20

_PUZZLING = 0.2
"""Share of speech that the words in reach do not explain, from which on more words are tried."""

_EXPLAINED = 0.5
"""Part of that share down to which it must fall for a long passage to count as left out: words that happen to sound alike
explain less."""

_LONG_SKIPS = replace(Weights(), skips=(*Weights().skips, SkipTariff(-400.0, -5.0)))
"""Weights with which a long passage may be left out. They are not for everyday use: in speech that the transcript lacks they
would find a word here and a word there."""

_MORE_WORDS = 4

_FLATNESS = 0.1
"""Frames overlap and follow one another slowly: some ten of them carry the evidence of one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit in time.

    Parameters
    ----------
    unit
        What was found; its word is counted in the whole transcript.
    start, end
        Frames, half-open.
    fit
        Mean log likelihood over that of the best phone of each frame, nats per 10 ms.
    """

    unit: Unit
    start: int
    end: int
    fit: float


def search(model: AcousticModel, features: Features, ways: Sequence[tuple[Saying, ...]]) -> tuple[Segment, ...]:
    """Best path of a transcript through a recording.

    Parameters
    ----------
    model
        Scores the frames.
    features
        Of the whole recording, every 10 ms, at least three frames.
    ways
        For each word the ways to say it.

    Returns
    -------
    tuple[Segment, ...]
        Without gaps from the first frame to the last.
    """
    found: list[Segment] = []
    frame = word = 0
    while frame < features.frames:
        rest = features.frames - frame
        is_last = rest <= _LAST_STRETCH
        length = rest if is_last else _STRETCH
        stretch = features.cut(frame, frame + length)
        segments = _search_stretch(model, stretch, ways[word:], is_last=is_last)
        if not is_last:
            segments = segments[: _cut(segments, length)]
        found += [
            replace(s, unit=replace(s.unit, word=s.unit.word + word), start=s.start + frame, end=s.end + frame) for s in segments
        ]
        frame = found[-1].end
        word = max((s.unit.word + s.unit.in_word for s in found), default=0)
    return tuple(found)


def with_closures(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Give short silences between words to the stop that follows: its closure is silent, and nobody pauses that shortly."""
    joined: list[Segment] = []
    for segment in segments:
        before = joined[-1] if joined else None
        if (
            before is not None
            and len(joined) > 1
            and before.unit.label == SILENCE
            and before.end - before.start <= _PAUSE
            and segment.unit.in_word
            and phone_kind(segment.unit.label) in ("stop", "affricate")
        ):
            joined[-1] = replace(segment, start=before.start)
        else:
            joined.append(segment)
    return tuple(joined)


def segment_edges(model: AcousticModel, features: Features, segments: Sequence[Segment]) -> npt.NDArray[np.float64]:
    """Expected boundaries of a path that was found.

    Parameters
    ----------
    model
        Scores the frames.
    features
        Those that were searched.
    segments
        Without gaps.

    Returns
    -------
    npt.NDArray[np.float64]
        [N + 1] frames from the first start to the last end. Likelihoods are the geometric mean of those of the phone in its
        context and alone: the first knows more, the second has its boundaries where all its neighbours agree.
    """
    edges = np.array([*(s.start for s in segments), segments[-1].end], np.float64)
    pieces = _pieces(segments)
    for first, last in pieces:
        part = segments[first:last]
        if len(part) < 2:
            continue
        stretch = features.cut(part[0].start, part[-1].end)
        inner = expected_boundaries(_blended_scores(model, stretch, part), _stay(model, part), _FLATNESS)
        edges[first + 1 : last] = inner + part[0].start
    return edges


def _search_stretch(
    model: AcousticModel, features: Features, ways: Sequence[tuple[Saying, ...]], *, is_last: bool
) -> list[Segment]:
    """Best path through one stretch: with the words that may be said in its time, and with more where those do not fit."""
    count = round(_FASTEST * features.frames) + _SPARE_WORDS
    segments = _search_words(model, features, ways[:count], Weights(), is_last=is_last)
    if _unexplained(segments) > _PUZZLING:
        more = _search_words(model, features, ways[: _MORE_WORDS * count], _LONG_SKIPS, is_last=is_last)
        if _unexplained(more) < _EXPLAINED * _unexplained(segments):
            return more
    return segments


def _unexplained(segments: Sequence[Segment]) -> float:
    """Share of speech that is filler or fits no better than filler."""
    heard = sum(s.end - s.start for s in segments if s.unit.label != SILENCE)
    strange = sum(s.end - s.start for s in segments if s.unit.foreign or (s.unit.in_word and s.fit < -_FILLER_MARGIN))
    return strange / heard if heard else 0.0


def _search_words(
    model: AcousticModel, features: Features, ways: Sequence[tuple[Saying, ...]], weights: Weights, *, is_last: bool
) -> list[Segment]:
    words = build_lattice(model, ways, weights, open_end=not is_last)
    best = model.score(features, np.unique(model.sequences[model.single])).max(axis=1)
    table = np.concatenate([model.score(features, words.senones), (best - _FILLER_MARGIN)[:, None]], axis=1)
    visits, _ = best_path(words.lattice, table)
    return [_segment(visit, words, table, best) for visit in visits]


def _segment(visit: Visit, words: WordLattice, table: npt.NDArray[np.float32], best: npt.NDArray[np.float32]) -> Segment:
    columns = np.repeat(words.lattice.columns[visit.unit], np.diff([visit.start, *visit.inner, visit.end]))
    frames = np.arange(visit.start, visit.end)
    fit = float(np.mean(table[frames, columns] - best[frames]))
    return Segment(words.units[visit.unit], visit.start, visit.end, fit)


def _cut(segments: Sequence[Segment], length: int) -> int:
    """How many segments of an open stretch to keep: up to the last long pause, or else up to the last whole word."""
    bound = length - _GUARD
    pauses = [
        number
        for number, segment in enumerate(segments)
        if not segment.unit.in_word and segment.end - segment.start >= _PAUSE and length // 2 <= segment.end <= bound
    ]
    if pauses:
        return pauses[-1] + 1
    starts = [
        number
        for number, (one, other) in enumerate(itertools.pairwise(segments), start=1)
        if other.unit.word != one.unit.word and one.end <= bound and not one.unit.merged
    ]
    return starts[-1] if starts else len(segments)


def _pieces(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Runs of segments of some 10 s that begin and end in silence where there is one, so that time and memory stay linear."""
    pieces: list[tuple[int, int]] = []
    first = 0
    for number, segment in enumerate(segments):
        length = segment.end - segments[first].start
        at_pause = segment.unit.label == SILENCE and segment.end - segment.start >= _PAUSE
        if number + 1 == len(segments) or (length >= _STRETCH // 2 and at_pause) or length >= _STRETCH:
            pieces.append((first, number + 1))
            first = number + 1
    return pieces


def _alone(model: AcousticModel, unit: Unit) -> npt.NDArray[np.int32]:
    return np.asarray(model.sequences[model.single[model.phones.index(unit.label)]])


def _blended_scores(model: AcousticModel, features: Features, segments: Sequence[Segment]) -> npt.NDArray[np.float32]:
    """[T, N, 3] mean of the log likelihoods in context and alone."""
    alone = np.array([_alone(model, s.unit) for s in segments])
    context = np.array([s.unit.senones or tuple(own) for s, own in zip(segments, alone, strict=True)])
    senones = np.unique(np.concatenate([alone, context]))
    scores = model.score(features, senones.astype(np.int32))
    return np.asarray(0.5 * (scores[:, np.searchsorted(senones, context)] + scores[:, np.searchsorted(senones, alone)]))


def _stay(model: AcousticModel, segments: Sequence[Segment]) -> npt.NDArray[np.float64]:
    return stay_probabilities(model, [FILLER if s.unit.label == FILLER else s.unit.label for s in segments])
