"""What is said in a recording without a transcript: English words where they can be made out, bare phones elsewhere.

Three questions in turn. Where does somebody speak? The acoustic model compares its speech phones with its noise phones there
where sound stands out of the background. Which words are said? pocketsphinx with its English language model answers, with a
posterior probability for each word. Is it English at all? If those posteriors are low, words mean nothing and the phone loop is
taken, which knows no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.prosody import HOP, SAMPLE_RATE, Prosody, analyse_prosody, checked_samples
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.runs import runs_of
from pctalk_studio.core.speech import FEATURE_RATE, SILENCE, Alignment, Phone, Word

if TYPE_CHECKING:
    import pocketsphinx

F32 = npt.NDArray[np.float32]

_SPEECH_MARGIN = 2.3
"""Nats a frame by which the best speech phone beats the best noise phone in speech. Measured means of runs: speech in six
languages 2.6 to 8.8; synthetic piano, drums, claps, sirens and noises -1.6 to 2.0."""

_SURE_FRAMES = 30
"""Frames over which that mean is steady; shorter runs must show more."""

_LONGEST_CHUNK = 20.0
_CHUNK_GAP = 0.8
_MARGIN = 0.2
_PADDING = 0.3
_ENGLISH, _FIT_WEIGHT, _USUAL_FIT = 0.33, 1.5, 0.9
"""A recording counts as English from this mean posterior of its words on, corrected by how far their sounds fit worse or better
than usual (trust of their alignment). Measured on 2 to 10 s: 24 sentences of TIMIT and most other English ones
0.34 and more, lone words and mere hesitations less; Mandarin, French, Japanese and Swedish 0.25 and less, but for one stretch of
0.44. On TIMIT the phones of recognised words are
right in 65 % of frames, those of the phone loop in 51 %."""

_LEAST_COVERED = 0.35
"""Share of a passage's speech that words must cover; below it, what was heard is music or clatter with a word read into it."""

_DOUBTFUL = 0.6
_PLAIN_WORD = re.compile(r"(?P<word>[^(]+)(?:\(\d+\))?")


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A recognised word.

    Parameters
    ----------
    text
        As the dictionary spells it, lower case.
    posterior
        0 to 1: share of the recogniser's hypotheses that hold the word here.
    frames
        Length in 10 ms frames.
    """

    text: str
    posterior: float
    frames: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of speech: samples ``start`` (included) to ``stop`` (excluded)."""

    start: int
    stop: int


def recognise(samples: F32, prosody: Prosody | None = None) -> Alignment:
    """Words and phones of a recording of unknown content.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    prosody
        Of the same samples, where it has been measured already.

    Returns
    -------
    Alignment
        Method ``recognised`` or ``phone-loop``. Silence, noise and music hold no phones; a problem says so when there is
        nothing else. ``trust`` says how far words and phones can be believed.

    Raises
    ------
    SpeechError
        When the samples are no recording.
    """
    checked_samples(samples)
    prosody = prosody or analyse_prosody(samples)
    duration = len(samples) / SAMPLE_RATE
    passages = spoken_passages(samples, prosody)
    heard = tuple(_heard(samples, passages)) if passages else ()
    kept = [n for n, passage in enumerate(passages) if _covered(heard[n], passage, prosody)]
    if not kept:
        problem = Problem("no-speech", "No speech was found in the recording; the face stays still.")
        return Alignment(duration, (), (Phone(SILENCE, 0.0, duration),), 0.0, "phone-loop", (problem,))
    spoken = [passages[n] for n in kept]
    words = [heard[n] for n in kept]
    quality = _quality([word for passage_words in words for word in passage_words])
    parts = [_aligned(_cut(samples, passage), found) for passage, found in zip(spoken, words, strict=True)]
    joined = _joined(parts, spoken, duration)
    if quality < _DOUBTFUL and quality + _FIT_WEIGHT * (joined.trust - _USUAL_FIT) < _ENGLISH:
        return _phones_alone(samples, spoken, duration)
    return replace(joined, trust=joined.trust * quality, method="recognised", problems=(*_doubt(quality), *joined.problems))


def _covered(words: Sequence[HeardWord], passage: Passage, prosody: Prosody) -> bool:
    """Whether words take up enough of what sounds like speech."""
    active = int(prosody.speaking[passage.start // HOP : passage.stop // HOP].sum())
    return sum(word.frames for word in words) >= _LEAST_COVERED * active


def _phones_alone(samples: F32, passages: Sequence[Passage], duration: float) -> Alignment:
    from pctalk_studio.analysis.speech.align import decode_phones

    joined = _joined([decode_phones(_cut(samples, passage)) for passage in passages], passages, duration)
    problem = Problem(
        "words-not-understood",
        "The words were not understood (another language, several voices or noise); the lips follow sounds alone, so look at "
        "closures, or give an English transcript.",
    )
    return replace(joined, words=(), method="phone-loop", problems=(problem, *joined.problems))


# --- where somebody speaks ------------------------------------------------------------------------------------------------


def spoken_passages(samples: F32, prosody: Prosody) -> tuple[Passage, ...]:
    """Stretches of speech with a little silence around, none much longer than 20 s.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    prosody
        Of the same samples.
    """
    runs = runs_of(prosody.speaking)
    if not runs:
        return ()
    likeness = speech_likeness(samples)
    kept = [(a, b) for a, b in runs if float(np.mean(likeness[a:b])) * min(1.0, (b - a) / _SURE_FRAMES) ** 0.5 > _SPEECH_MARGIN]
    chunks: list[tuple[int, int]] = []
    longest, gap, margin = (round(s * FEATURE_RATE) for s in (_LONGEST_CHUNK, _CHUNK_GAP, _MARGIN))
    for start, stop in (piece for run in kept for piece in _split(*run, prosody.loudness, longest)):
        if chunks and start - chunks[-1][1] < gap and stop - chunks[-1][0] <= longest:
            chunks[-1] = (chunks[-1][0], stop)
        else:
            chunks.append((start, stop))
    edges: list[Passage] = []
    for n, (start, stop) in enumerate(chunks):
        before = (chunks[n - 1][1] + start) // 2 if n else 0
        after = (stop + chunks[n + 1][0]) // 2 if n + 1 < len(chunks) else len(prosody.loudness)
        low, high = max(before, start - margin), min(after, stop + margin)
        edges.append(Passage(low * HOP, min(high * HOP, len(samples))))
    return tuple(edges)


def speech_likeness(samples: F32) -> F32:
    """By how much the best speech phone beats the best noise phone, nats, [N] at 100 Hz.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    """
    from pctalk_studio.analysis.speech.acoustic_model import english_model
    from pctalk_studio.analysis.speech.features import compute_features

    model = english_model()
    features = compute_features(samples, HOP)
    senones = np.unique(model.sequences[model.single])
    noise = np.isin(model.codebook[senones], [n for n, phone in enumerate(model.phones) if phone == SILENCE or phone[0] == "+"])
    scores = model.score(features, senones)
    margin = scores[:, ~noise].max(axis=1) - scores[:, noise].max(axis=1)
    frames = -(-len(samples) // HOP)
    return np.pad(margin, (0, max(0, frames - len(margin))), mode="edge")[:frames].astype(np.float32)


def _split(start: int, stop: int, loudness: F32, longest: int) -> Iterator[tuple[int, int]]:
    """Cut a run at its quietest places until no piece is longer than allowed."""
    while stop - start > longest:
        low = start + longest // 2
        smooth = np.convolve(loudness[low : start + longest], np.ones(9) / 9, mode="same")
        cut = low + int(np.argmin(smooth[4:-4])) + 4
        yield start, cut
        start = cut
    yield start, stop


# --- which words ----------------------------------------------------------------------------------------------------------


def _decoder() -> pocketsphinx.Decoder:
    import pocketsphinx

    folder = Path(pocketsphinx.get_model_path()) / "en-us"
    config = pocketsphinx.Config(
        hmm=str(folder / "en-us"),
        lm=str(folder / "en-us.lm.bin"),
        dict=str(folder / "cmudict-en-us.dict"),
        cmn="batch",
        loglevel="FATAL",
    )
    return pocketsphinx.Decoder(config)


def _cut(samples: F32, passage: Passage) -> F32:
    return samples[passage.start : passage.stop]


def _heard(samples: F32, passages: Sequence[Passage]) -> Iterator[tuple[HeardWord, ...]]:
    """Words of each passage. Quiet recordings are brought up to level, since the recogniser takes 16-bit samples."""
    decoder = _decoder()
    peak = float(np.abs(samples).max())
    silence = np.zeros(round(_PADDING * SAMPLE_RATE), np.float32)
    for passage in passages:
        padded = np.concatenate([silence, _cut(samples, passage) / max(peak, 1e-9) * 0.7, silence])
        decoder.start_utt()
        decoder.process_raw((padded * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        yield tuple(_words_of(decoder)) if decoder.hyp() is not None else ()


def _words_of(decoder: pocketsphinx.Decoder) -> Iterator[HeardWord]:
    for segment in decoder.seg():
        match = _PLAIN_WORD.fullmatch(segment.word)
        if match and segment.word[0] not in "<[+":
            yield HeardWord(match["word"], float(min(1.0, segment.prob)), segment.end_frame - segment.start_frame + 1)


def _quality(words: Sequence[HeardWord]) -> float:
    """Mean posterior of words, weighted by their length; 0 without words."""
    frames = sum(word.frames for word in words)
    return sum(word.posterior * word.frames for word in words) / frames if frames else 0.0


def _doubt(quality: float) -> tuple[Problem, ...]:
    if quality >= _DOUBTFUL:
        return (Problem("words-recognised", "The words were recognised from the sound; a transcript makes the lips more exact."),)
    text = "Many of the recognised words are doubtful; give a transcript for exact lips."
    return (Problem("words-doubtful", text),)


def _displayed(word: str) -> str:
    return word.capitalize() if word == "i" or word.startswith("i'") else word


def _aligned(samples: F32, heard: Sequence[HeardWord]) -> Alignment:
    """The heard words with exact times; phones alone where none was heard."""
    from pctalk_studio.analysis.speech.align import align_transcript, decode_phones
    from pctalk_studio.analysis.speech.g2p import pronunciations_of
    from pctalk_studio.analysis.speech.transcript import TranscriptWord

    known = [(word, ways) for word in heard if (ways := pronunciations_of(word.text))]
    if not known:
        return decode_phones(samples)
    found = align_transcript(samples, [TranscriptWord(_displayed(word.text), ways) for word, ways in known])
    words = tuple(
        replace(word, confidence=word.confidence * heard_word.posterior)
        for word, (heard_word, _) in zip(found.words, known, strict=True)
        if word.said
    )
    # A recognised word that the alignment dropped was a wrong guess, not a fault of the recording.
    return replace(found, words=words, problems=())


def _joined(parts: Sequence[Alignment], passages: Sequence[Passage], duration: float) -> Alignment:
    """One alignment of the whole recording: the passages' own, silence between them."""
    phones: list[Phone] = []
    words: list[Word] = []
    problems: list[Problem] = []
    edge = 0.0
    for part, passage in zip(parts, passages, strict=True):
        offset = passage.start / SAMPLE_RATE
        for phone in (Phone(SILENCE, edge - offset, 0.0), *part.phones):
            start, end = edge, max(edge, phone.end + offset)
            if phone.label == SILENCE and phones and phones[-1].label == SILENCE:
                phones[-1] = replace(phones[-1], end=end)
            elif end > start:
                phones.append(replace(phone, start=start, end=end))
            edge = end
        words.extend(replace(word, start=word.start + offset, end=word.end + offset) for word in part.words)
        problems.extend(
            replace(p, start=None if p.start is None else p.start + offset, end=None if p.end is None else p.end + offset)
            for p in part.problems
        )
    if phones and phones[-1].label == SILENCE:
        phones[-1] = replace(phones[-1], end=duration)
    elif duration > edge:
        phones.append(Phone(SILENCE, edge, duration))
    elif phones:
        phones[-1] = replace(phones[-1], end=duration)
    lengths = [passage.stop - passage.start for passage in passages]
    trust = float(np.average([part.trust for part in parts], weights=lengths))
    return Alignment(duration, tuple(words), tuple(phones), trust, "recognised", tuple(problems))
