"""All facts of one recording in one call: words, phones, loudness, pitch, activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.prosody import SAMPLE_RATE, Prosody, analyse_prosody, checked_samples
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import FEATURE_RATE, SILENCE, Alignment, Phone, SpeechFacts, Word

F32 = npt.NDArray[np.float32]

_BELONGS = 0.29
"""Trust below which a transcript is taken for that of another recording. Measured on 36 recordings: with their own transcripts
0.51 and more (a creaking voice 0.33), with others' 0.25 and less."""

_HEARD_IN_NOISE = 0.66
"""Trust from which an alignment shows that somebody speaks where nothing else does. Measured: a voice in white noise 5 dB below
it 0.70 and more; short texts on noises, music, drums and claps alone 0.64 and less."""

_SURE = 0.7
_SHORTEST_GAP = 0.25
"""Seconds of speech beside the transcript from which it gets phones of its own."""

_PAUSE = 0.2
"""Seconds of silence within speech that count as a pause of the speaker."""

VERSION = 1
"""Part of the content hash; raised whenever the same recording and text would give other facts."""


def speech_facts(samples: F32, text: str | None, recording_hash: str | None = None) -> SpeechFacts:
    """Analyse a recording.

    Parameters
    ----------
    samples
        [n] float32, full scale 1, 16 kHz, one channel.
    text
        What is said, as typed; None when it is unknown.
    recording_hash
        Identity of the recording where one is known; otherwise that of the samples.

    Returns
    -------
    SpeechFacts
        Problems tell what is to be taken with care: words not said, a transcript that does not belong to the recording,
        recognised words that are doubtful.

    Raises
    ------
    SpeechError
        When the samples are no recording, or the transcript cannot be read as English.
    """
    checked_samples(samples)
    prosody = analyse_prosody(samples)
    alignment = _recognised(samples, prosody) if text is None else _of_transcript(samples, prosody, text)
    identity = content_hash(recording_hash or content_hash(samples), text or "", text is None, VERSION)
    return SpeechFacts(alignment, prosody.loudness, prosody.pitch, speaking_in(prosody, alignment), identity)


def _recognised(samples: F32, prosody: Prosody) -> Alignment:
    from pctalk_studio.analysis.speech.recognise import recognise

    return recognise(samples, prosody)


def _of_transcript(samples: F32, prosody: Prosody, text: str) -> Alignment:
    from pctalk_studio.analysis.speech.align import align_transcript
    from pctalk_studio.analysis.speech.recognise import spoken_passages
    from pctalk_studio.analysis.speech.transcript import transcript_words, unreadable_words

    words = transcript_words(text)
    skipped = _skipped(unreadable_words(text))
    found = align_transcript(samples, words)
    # Noise may drown the voice for everything but the aligner, while a short text fits a beat or claps anywhere: the louder
    # evidence wins.
    if found.trust < _HEARD_IN_NOISE and not spoken_passages(samples, prosody):
        return _silent(len(samples) / SAMPLE_RATE, [word.text for word in words], skipped)
    if found.trust < _BELONGS:
        heard = _recognised(samples, prosody)
        problem = Problem(
            "transcript-does-not-belong",
            "The transcript does not fit the recording (another text, take or language), so the recording was analysed by "
            "itself; check the transcript or leave it out.",
        )
        return replace(heard, problems=(problem, *skipped, *heard.problems))
    found = _with_unwritten_speech(samples, found)
    doubt: tuple[Problem, ...] = ()
    if found.trust < _SURE:
        doubt = (Problem("transcript-doubtful", "The transcript fits the recording only in part; check words and accent."),)
    return replace(found, problems=(*doubt, *skipped, *found.problems))


def _skipped(words: Sequence[str]) -> tuple[Problem, ...]:
    if not words:
        return ()
    named = ", ".join(words[:3]) + (" and others" if len(words) > 3 else "")
    return (Problem("words-unreadable", f"Words in another script were left out: {named}; spell them in Latin letters."),)


def _silent(duration: float, words: Sequence[str], skipped: tuple[Problem, ...]) -> Alignment:
    missing = tuple(Word(word, 0.0, 0.0, 0.0, said=False) for word in words)
    text = "No speech was found in the recording, so nothing of the transcript was said; check the recording."
    problem = Problem("no-speech", text)
    return Alignment(duration, missing, (Phone(SILENCE, 0.0, duration),), 0.0, "transcript", (problem, *skipped))


def _with_unwritten_speech(samples: F32, found: Alignment) -> Alignment:
    """Give phones to speech that the transcript lacks, so that lips move there too."""
    from pctalk_studio.analysis.speech.align import decode_phones

    phones = list(found.phones)
    for problem in found.problems:
        start, end = problem.start, problem.end
        if problem.code != "speech-not-in-transcript" or start is None or end is None or end - start < _SHORTEST_GAP:
            continue
        low, high = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
        heard = decode_phones(samples[low:high]).phones
        at = next((n for n, phone in enumerate(phones) if phone.label == SILENCE and _same(phone, start, end)), None)
        if at is not None and heard:
            phones[at : at + 1] = _fitted(heard, start, end)
    return replace(found, phones=tuple(phones))


def _same(phone: Phone, start: float, end: float) -> bool:
    return abs(phone.start - start) < 1e-6 and abs(phone.end - end) < 1e-6


def _fitted(phones: Sequence[Phone], start: float, end: float) -> list[Phone]:
    """Phones of a cut-out moved to their place in the recording, exactly from ``start`` to ``end``."""
    edges = [start + phone.start for phone in phones] + [end]
    return [
        replace(phone, start=min(edge, end), end=min(after, end))
        for phone, edge, after in zip(phones, edges[:-1], edges[1:], strict=True)
    ]


def speaking_in(prosody: Prosody, alignment: Alignment) -> npt.NDArray[np.bool_]:
    """Where somebody speaks: phones with short silences between them, or, where phones are in doubt, what sounds like a voice."""
    count = len(prosody.speaking)
    said = np.zeros(count, bool)
    for phone in alignment.phones:
        short = phone.label == SILENCE and phone.duration < _PAUSE and phone.start > 0 and phone.end < alignment.duration
        if phone.label != SILENCE or short:
            said[round(phone.start * FEATURE_RATE) : round(phone.end * FEATURE_RATE)] = True
    return said
