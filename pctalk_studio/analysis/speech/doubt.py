"""What to make of words that do not fit, and of speech that the transcript lacks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel
from pctalk_studio.analysis.speech.features import Features
from pctalk_studio.analysis.speech.lattice import FILLER, Unit
from pctalk_studio.analysis.speech.phone_loop import decode_loop
from pctalk_studio.analysis.speech.search import STATES, Segment
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import Word

_CENTRE, _WIDTH = -3.2, 0.8
"""Mean shortfall of a word, nats per 10 ms, at which it is as likely wrong as right, and the slope around it; measured on
sentences aligned with their own and with each other's transcripts."""

_DISBELIEF = 0.03
_DISBELIEF_AROUND = 0.3
"""Words that are less likely than the first count as not said where their neighbours are less likely than the second."""

_DOUBTFUL_TRUST = 0.4
_NAMED_WORDS = 6


def belief(fit: float) -> float:
    """Probability that speech of this fit is what the transcript says."""
    return float(1.0 / (1.0 + np.exp(-np.clip((fit - _CENTRE) / _WIDTH, -50.0, 50.0))))


def word_fits(segments: Sequence[Segment]) -> dict[int, float]:
    """Mean fit over the frames of each word that was found."""
    sums: dict[int, tuple[float, int]] = {}
    for segment in segments:
        if segment.unit.in_word:
            total, frames = sums.get(segment.unit.word, (0.0, 0))
            length = segment.end - segment.start
            sums[segment.unit.word] = (total + segment.fit * length, frames + length)
    return {word: total / frames for word, (total, frames) in sums.items()}


def without_disbelieved(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Turn words that cannot have been said, among others that hardly can, into filler.

    One misfit among words that fit is left alone: short words are often mumbled, and the search itself leaves out what is better
    left out.
    """
    fits = word_fits(segments)
    lost = {
        word for word, fit in fits.items() if belief(fit) < _DISBELIEF and belief(_fit_around(fits, word)) < _DISBELIEF_AROUND
    }
    if not lost:
        return tuple(segments)
    return tuple(
        replace(s, unit=Unit(FILLER, None, s.unit.word, (), foreign=True)) if s.unit.in_word and s.unit.word in lost else s
        for s in segments
    )


def _fit_around(fits: dict[int, float], word: int) -> float:
    """Mean fit of the two words before and the two after, as far as they were found; that of the word itself where none was."""
    near = [fits[other] for other in range(word - 2, word + 3) if other != word and other in fits]
    return float(np.mean(near)) if near else fits[word]


def with_foreign_phones(model: AcousticModel, features: Features, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Hear each stretch of filler as phones, so that a face moves with what is said there."""
    heard: list[Segment] = []
    for is_filler, run in itertools.groupby(segments, key=lambda segment: segment.unit.label == FILLER):
        group = list(run)
        start, end = group[0].start, group[-1].end
        if not is_filler or end - start < STATES:
            heard += group
            continue
        phones, clear = decode_loop(model, features.cut(start, end))
        for phone, sure in zip(phones, clear, strict=True):
            unit = replace(phone.unit, word=group[0].unit.word, foreign=True)
            heard.append(Segment(unit, phone.start + start, phone.end + start, _as_fit(float(sure))))
    return tuple(heard)


def _as_fit(probability: float) -> float:
    """The fit whose belief is a given probability."""
    bounded = min(max(probability, 1e-6), 1.0 - 1e-6)
    return float(_CENTRE + _WIDTH * np.log(bounded / (1.0 - bounded)))


def alignment_problems(words: Sequence[Word], foreign: Sequence[tuple[float, float]], trust: float) -> tuple[Problem, ...]:
    """What an animator should know.

    Parameters
    ----------
    words
        All words of the transcript.
    foreign
        Start and end of each passage of speech that the transcript lacks, in seconds.
    trust
        Of the whole alignment.
    """
    problems: list[Problem] = []
    if words and trust < _DOUBTFUL_TRUST:
        text = "The transcript hardly fits the recording; check that they belong together, or leave the transcript out."
        problems.append(Problem("transcript-doubtful", text))
    for said, run in itertools.groupby(words, key=lambda word: word.said):
        if not said:
            missing = list(run)
            problems.append(Problem("word-not-said", _missing_text(missing), missing[0].start, missing[-1].end))
    text = "Something is said here that the transcript lacks; the lips follow its sounds."
    problems += [Problem("speech-not-in-transcript", text, start, end) for start, end in foreign]
    return tuple(problems)


def _missing_text(missing: Sequence[Word]) -> str:
    named = " ".join(word.text for word in missing[:_NAMED_WORDS])
    if len(missing) == 1:
        return f"The word '{named}' of the transcript is not in the recording."
    more = f" and {len(missing) - _NAMED_WORDS} more" if len(missing) > _NAMED_WORDS else ""
    return f"The words '{named}'{more} of the transcript are not in the recording."
