from __future__ import annotations

import itertools

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech.align import align_transcript, decode_phones
from pctalk_studio.analysis.speech.compare import AlignmentScore, compare_alignments
from pctalk_studio.analysis.speech.transcript import transcript_words
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import SILENCE, VOWELS, Alignment, Phone

TEXT = "A duck swims too near the bee, while my mother bought five purple shoes."

# Phones and end times with which the synthesizer made the sample.
SYNTHESIZED = """
SIL 0.215 AH 0.266 D 0.325 AH 0.433 K 0.518 S 0.668 W 0.706 IH 0.769 M 0.886 Z 0.967 T 1.047 UW 1.187 N 1.252 IH 1.296 R 1.400
DH 1.446 AH 1.480 B 1.552 IY 1.704 SIL 1.918 W 1.968 AY 2.033 L 2.136 M 2.229 AY 2.361 M 2.405 AH 2.444 DH 2.507 ER 2.592
B 2.680 AA 2.841 T 2.875 F 2.961 AY 3.093 V 3.143 P 3.270 ER 3.334 P 3.437 AH 3.480 L 3.539 SH 3.697 UW 3.800 Z 3.976 SIL 4.105
"""


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    samples, rate = soundfile.read(resource_path("sample/speech.flac"), dtype="float32")
    assert rate == 16000
    return samples


@pytest.fixture(scope="module")
def aligned(sample) -> Alignment:
    return align_transcript(sample, transcript_words(TEXT))


def made_phones() -> tuple[Phone, ...]:
    fields = SYNTHESIZED.split()
    ends = [float(end) for end in fields[1::2]]
    return tuple(Phone(label, start, end) for label, start, end in zip(fields[::2], [0.0, *ends[:-1]], ends, strict=True))


def check_form(alignment: Alignment, samples: np.ndarray, count: int) -> None:
    assert alignment.duration == len(samples) / 16000
    assert sum(phone.duration for phone in alignment.phones) == pytest.approx(alignment.duration)
    assert len(alignment.words) == count
    assert all(word.end == word.start and word.confidence == 0 for word in alignment.words if not word.said)
    said = [word for word in alignment.words if word.said]
    assert all(one.end <= other.start + 1e-9 for one, other in itertools.pairwise(said))
    assert all(0 <= word.confidence <= 1 and word.start < word.end for word in said)
    assert 0 <= alignment.trust <= 1


def test_synthesized_speech_is_found_where_it_was_put(aligned, sample):
    check_form(aligned, sample, 14)
    assert aligned.problems == ()
    assert aligned.trust > 0.8
    score = compare_alignments(aligned, (), made_phones())
    assert len(score.phone_errors) >= 42
    assert score.phones_within(0.02) >= 0.85
    assert np.abs(score.phone_errors).mean() <= 0.012


def test_phones_carry_the_stress_of_the_dictionary(aligned):
    stresses = {phone.stress for phone in aligned.phones if phone.label in VOWELS}
    assert stresses <= {0, 1, 2}
    assert 1 in stresses
    assert all(phone.stress is None for phone in aligned.phones if phone.label not in VOWELS)
    purple = next(word for word in aligned.words if word.text == "purple")
    assert [phone.label for phone in aligned.phones_of(purple)] == ["P", "ER", "P", "AH", "L"]


def test_the_same_recording_is_aligned_the_same(aligned, sample):
    assert align_transcript(sample, transcript_words(TEXT)) == aligned


def test_words_that_were_not_said_are_flagged_and_not_forced(sample):
    text = "A duck swims too near the yellow submarine bee, while my mother bought five purple shoes."
    found = align_transcript(sample, transcript_words(text))
    check_form(found, sample, 16)
    assert [word.text for word in found.words if not word.said] == ["yellow", "submarine"]
    problem = next(problem for problem in found.problems if problem.code == "word-not-said")
    assert "yellow submarine" in problem.text
    assert problem.start == pytest.approx(1.48, abs=0.05)


def test_speech_that_the_transcript_lacks_is_heard_and_reported(sample, aligned):
    found = align_transcript(sample, transcript_words("A duck swims too near the bee, while shoes."))
    check_form(found, sample, 9)
    assert all(word.said for word in found.words)
    assert found.words[-1].start == pytest.approx(aligned.words[-1].start, abs=0.04)
    problem = next(problem for problem in found.problems if problem.code == "speech-not-in-transcript")
    assert problem.start == pytest.approx(2.14, abs=0.15)
    assert problem.end == pytest.approx(3.54, abs=0.15)
    moving = sum(p.duration for p in found.phones if p.label != SILENCE and 2.14 < (p.start + p.end) / 2 < 3.54)
    assert moving > 1.0


def test_a_transcript_of_something_else_is_not_trusted(sample):
    text = "Over the weekend forty engineers gathered information about railway crossings."
    found = align_transcript(sample, transcript_words(text))
    check_form(found, sample, 10)
    assert found.trust < 0.3
    assert found.problems[0].code == "transcript-doubtful"


def test_silence_before_and_between_stays_silence(sample):
    cut = round(1.8 * 16000)
    padded = np.concatenate([np.zeros(16000, np.float32), sample[:cut], np.zeros(24000, np.float32), sample[cut:]])
    found = align_transcript(padded, transcript_words(TEXT))
    assert all(word.said for word in found.words)
    for start, end in ((0.0, 1.1), (2.85, 4.25)):
        silent = sum(max(0.0, min(p.end, end) - max(p.start, start)) for p in found.phones if p.label == SILENCE)
        assert silent == pytest.approx(end - start, abs=0.03)


@settings(max_examples=15)
@given(st.integers(0, 4000), st.integers(0, 30), st.sampled_from(["speech", "noise", "zero", "clipped", "click"]))
def test_any_recording_and_any_transcript_have_an_alignment(count, words, kind):
    rng = np.random.default_rng(count)
    speech, _ = soundfile.read(resource_path("sample/speech.flac"), dtype="float32", start=20000, stop=20000 + count)
    samples = {
        "speech": speech,
        "noise": rng.normal(0, 0.1, count).astype(np.float32),
        "zero": np.zeros(count, np.float32),
        "clipped": np.clip(speech * 50, -1, 1),
        "click": (np.arange(count) == count // 2).astype(np.float32),
    }[kind]
    transcript = (transcript_words(TEXT) * 3)[:words]
    check_form(align_transcript(samples, transcript), samples, words)
    loop = decode_phones(samples)
    check_form(loop, samples, 0)
    assert loop.method == "phone-loop"


def test_phones_are_heard_without_a_transcript(sample):
    found = decode_phones(sample)
    assert found.words == ()
    assert 0.2 < found.trust <= 0.6
    assert 30 <= len(found.phones) <= 65
    made = [phone for phone in made_phones() if phone.label in VOWELS]
    heard = [phone for phone in found.phones if phone.label in VOWELS]
    covered = sum(max(0.0, min(a.end, b.end) - max(a.start, b.start)) for a in made for b in heard)
    assert covered > 0.75 * sum(phone.duration for phone in made)
    assert decode_phones(np.zeros(16000, np.float32)).phones == (Phone(SILENCE, 0.0, 1.0),)


def test_long_recordings_are_searched_in_stretches_and_cost_no_more(sample, aligned):
    times = 9
    found = align_transcript(np.tile(sample, times), transcript_words(TEXT) * times)
    assert all(word.said for word in found.words)
    length = len(sample) / 16000
    expected = [word.start + turn * length for turn in range(times) for word in aligned.words]
    late = np.abs(np.array([word.start for word in found.words]) - expected)
    assert np.median(late) < 0.005
    assert late.max() < 0.12


def test_a_long_passage_that_was_cut_from_the_recording_does_not_drag_the_rest_along(sample):
    passage = (
        "Every harbour keeps its own weather. Fishermen who have never looked at a chart can tell from the colour of the morning "
        "whether boats will return with empty holds, and their grandchildren, who study elsewhere and come home for holidays, "
        "laugh about this until the first storm. Then nobody laughs, candles are lit, and old stories are told again. "
    )
    cut = transcript_words(passage * 2)
    text = transcript_words(TEXT)
    found = align_transcript(np.tile(sample, 4), [*text, *text, *cut, *text, *text])
    said = [word.said for word in found.words]
    assert all(said[:28])
    assert all(said[-28:])
    assert sum(said[28:-28]) <= 2
    problem = next(problem for problem in found.problems if problem.code == "word-not-said")
    assert problem.text.startswith("The words 'Every harbour keeps its own weather' and ")


@pytest.mark.slow
def test_hand_labelled_sentences_are_met_as_promised(shared_media):
    from helpers.timit import read_sentence

    total = AlignmentScore((), (), 0)
    recordings = sorted((shared_media / "alignment" / "timit").glob("*/*.wav"))
    assert len(recordings) >= 40
    for path in recordings:
        sentence = read_sentence(path)
        found = align_transcript(sentence.samples, transcript_words(sentence.text))
        total += compare_alignments(found, sentence.words, sentence.phones)
    assert total.failures == 0
    assert total.word_mean <= 15.0
    assert total.word_median <= 10.0
    assert abs(total.word_bias) <= 5.0
    assert total.phones_within(0.02) >= 0.86
