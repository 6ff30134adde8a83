"""What is heard without a transcript, and above all what is not."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from helpers.sounds import RATE, claps, drums, noise, piano, siren, swelling_noise
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.analysis.speech import recognise as module
from pctalk_studio.analysis.speech.prosody import Prosody
from pctalk_studio.analysis.speech.recognise import HeardWord, Passage, recognise, spoken_passages
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word


def _read(shared_media, name):
    from pctalk_studio.media.sound import read_sound

    return read_sound(shared_media / "speech" / name).mono(RATE)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(RATE, np.float32),
        noise(3),
        swelling_noise(3),
        *(piano(4, seed) for seed in range(3)),
        drums(4),
        claps(4),
        siren(4),
    ],
    ids=["zero", "noise", "swelling noise", "piano 0", "piano 1", "piano 2", "drums", "claps", "siren"],
)
def test_what_is_no_speech_holds_no_phones(sound):
    found = recognise(sound)
    assert [phone.label for phone in found.phones] == [SILENCE]
    assert (found.words, found.trust) == ((), 0.0)
    assert [problem.code for problem in found.problems] == ["no-speech"]


def test_samples_that_are_no_recording_are_refused():
    with pytest.raises(SpeechError):
        recognise(np.full(1000, np.nan, np.float32))
    with pytest.raises(SpeechError):
        recognise(np.zeros(0, np.float32))


def test_english_is_understood(shared_media):
    found = recognise(_read(shared_media, "goforward.wav"))
    assert [word.text for word in found.words] == ["go", "forward", "ten", "meters"]
    assert found.method == "recognised"
    assert found.trust > 0.6
    assert abs(found.words[0].start - 0.46) < 0.1
    assert [p.label for p in found.phones_of(found.words[2])] == ["T", "EH", "N"]


@pytest.mark.parametrize("name", ["sadtalker_chinese_news.wav", "swedish_6002.wav"])
def test_another_language_gets_phones_without_words(shared_media, name):
    found = recognise(_read(shared_media, name)[: 5 * RATE])
    assert found.method == "phone-loop"
    assert found.words == ()
    assert found.problems[0].code == "words-not-understood"
    assert found.trust < 0.5
    spoken = [phone for phone in found.phones if phone.label != SILENCE]
    assert len(spoken) > 3 * found.duration


def test_silence_around_speech_stays_silent(shared_media):
    speech = _read(shared_media, "goforward.wav")
    quiet = noise(2, 0.0003)
    found = recognise(np.concatenate([quiet, speech, quiet]))
    length = len(speech) / RATE
    for phone in found.phones:
        if phone.label != SILENCE:
            assert phone.start > 2.3
            assert phone.end < 2 + length
    assert [word.text for word in found.words] == ["go", "forward", "ten", "meters"]


def test_level_does_not_matter(shared_media):
    speech = _read(shared_media, "goforward.wav")
    assert [word.text for word in recognise(speech * np.float32(0.01)).words] == ["go", "forward", "ten", "meters"]


# --- the parts, without a model -------------------------------------------------------------------------------------------


def _prosody(active: np.ndarray) -> Prosody:
    loudness = np.where(active, -20.0, -70.0) + np.sin(np.arange(len(active)))
    return Prosody(loudness.astype(np.float32), np.full(len(active), np.nan, np.float32), active)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 3000)), max_size=6), st.integers(0, 300))
def test_passages_cover_all_speech_in_order_and_are_short(spans, rest):
    flags = [flag for gap, length in spans for flag in ([False] * gap + [True] * length)] + [False] * rest
    active = np.array(flags or [False])
    samples = np.zeros(len(active) * 160, np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "speech_likeness", lambda _: np.full(len(active), 1e3, np.float32))
        passages = spoken_passages(samples, _prosody(active))
    covered = np.zeros(len(samples), bool)
    for passage in passages:
        assert 0 <= passage.start < passage.stop <= len(samples)
        assert passage.stop - passage.start <= 21 * RATE
        assert not covered[passage.start : passage.stop].any()
        covered[passage.start : passage.stop] = True
    assert covered[np.repeat(active, 160)].all()
    assert all(a.stop <= b.start for a, b in itertools.pairwise(passages))


def test_runs_that_the_model_takes_for_noise_are_left_out(monkeypatch):
    active = np.zeros(600, bool)
    active[100:200] = active[400:500] = True
    likeness = np.where(np.arange(600) < 300, 0.5, 5.0).astype(np.float32)
    monkeypatch.setattr(module, "speech_likeness", lambda _: likeness)
    (passage,) = spoken_passages(np.zeros(96_000, np.float32), _prosody(active))
    assert passage == Passage(380 * 160, 520 * 160)


def test_parts_are_joined_with_silence_between():
    part = Alignment(
        1.0, (Word("hi", 0.2, 0.6),), (Phone(SILENCE, 0.0, 0.2), Phone("AY", 0.2, 0.6), Phone(SILENCE, 0.6, 1.0)), 0.5,
        problems=(Problem("x", "y", 0.1, 0.2),),
    )  # fmt: skip
    other = Alignment(0.5, (Word("oh", 0.0, 0.5),), (Phone("OW", 0.0, 0.5),), 1.0)
    passages = (Passage(RATE, 2 * RATE), Passage(3 * RATE, 3 * RATE + RATE // 2))
    joined = module._joined((part, other), passages, 5.0)
    assert [(p.label, p.start, p.end) for p in joined.phones] == [
        (SILENCE, 0.0, 1.2), ("AY", 1.2, 1.6), (SILENCE, 1.6, 3.0), ("OW", 3.0, 3.5), (SILENCE, 3.5, 5.0),
    ]  # fmt: skip
    assert [(w.text, w.start, w.end) for w in joined.words] == [("hi", 1.2, 1.6), ("oh", 3.0, 3.5)]
    assert (joined.problems[0].start, joined.problems[0].end) == (1.1, 1.2)
    assert joined.trust == pytest.approx(2 / 3)


def test_quality_weighs_words_by_length():
    assert module._quality([]) == 0
    assert module._quality([HeardWord("a", 1.0, 30), HeardWord("b", 0.5, 10)]) == pytest.approx(0.875)


def test_the_pronoun_is_written_as_people_write_it():
    assert [module._displayed(word) for word in ("i", "i'm", "in", "mr")] == ["I", "I'm", "in", "mr"]


def test_every_word_of_the_recogniser_has_a_pronunciation():
    from pathlib import Path

    import pocketsphinx

    from pctalk_studio.analysis.speech.lexicon import english_lexicon

    path = Path(pocketsphinx.get_model_path(), "en-us", "cmudict-en-us.dict")
    words = {re.sub(r"\(\d+\)", "", line.split()[0]) for line in path.read_text().splitlines() if line}
    assert sum(word not in english_lexicon() for word in words) == 0
