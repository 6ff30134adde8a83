from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.speech import SILENCE, VOWELS
from pctalk_studio.training.corpus.figures import differences, measured_voices
from pctalk_studio.training.corpus.utterance import Split
from pctalk_studio.training.corpus.voices import SAMPLE_RATE, Delivery, Request, Spoken, Synthesizer, shifted, synthesizers

PROGRAMS = {"flite": "flite", "espeak": "espeak-ng", "festival": "festival"}
TEXTS = ("The boy put big baby pictures above the window.", "A happy person might bring paper cups to both of them.")


@pytest.fixture(params=sorted(PROGRAMS))
def synthesizer(request: pytest.FixtureRequest) -> Synthesizer:
    if shutil.which(PROGRAMS[request.param]) is None:
        pytest.skip(f"{PROGRAMS[request.param]} is not on the path")
    return synthesizers()[request.param]


def test_without_any_program_the_sentence_names_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TrainingError, match="flite, espeak-ng or festival"):
        synthesizers()


def test_each_has_a_voice_to_train_on_and_one_held_out(synthesizer: Synthesizer):
    splits = {voice.split for voice in synthesizer.voices}
    assert Split.TRAIN in splits
    assert Split.TEST in splits


def test_what_was_said_is_told_in_time(synthesizer: Synthesizer):
    for spoken in synthesizer.speak([Request(TEXTS[0], voice) for voice in synthesizer.voices[:3]]):
        assert spoken.phones[0].start == 0
        assert spoken.phones[-1].end == pytest.approx(spoken.duration, abs=1e-6)
        for one, next_one in zip(spoken.phones, spoken.phones[1:], strict=False):
            assert one.end == next_one.start
            assert one.end > one.start
        assert [word.text.lower().strip(".") for word in spoken.words][:3] == ["the", "boy", "put"]
        labels = [phone.label for phone in spoken.phones if phone.label != SILENCE]
        assert labels[0] == "DH"
        assert labels.count("B") == 5
        assert labels.count("P") == 2


def test_closures_are_quiet_and_vowels_loud(synthesizer: Synthesizer):
    for spoken in synthesizer.speak([Request(TEXTS[0], voice) for voice in synthesizer.voices[:2]]):
        quiet, loud = [], []
        for phone in spoken.phones:
            count = phone.duration * spoken.rate
            first = int(phone.start * spoken.rate + 0.2 * count)
            piece = spoken.samples[first : first + max(1, int(0.3 * count))]
            level = float(np.sqrt(np.mean(piece.astype(np.float64) ** 2)))
            if phone.label in ("P", "T", "K"):
                quiet.append(level)
            elif phone.label in VOWELS:
                loud.append(level)
        assert np.median(quiet) < 0.1 * np.median(loud)


@pytest.mark.parametrize("delivery", [Delivery(), Delivery(rate=1.2, pitch=1.1, shift=1.1)])
def test_phone_times_are_those_that_the_aligner_hears(synthesizer: Synthesizer, delivery: Delivery):
    voice = synthesizer.voices[0]
    away: list[float] = []
    for text, spoken in zip(TEXTS, synthesizer.speak([Request(text, voice, delivery) for text in TEXTS]), strict=True):
        away += differences(shifted(spoken, delivery.shift), text)
    assert len(away) > 40
    assert np.median(np.abs(away)) < 0.015
    assert abs(np.median(away)) < 0.01


def test_equal_rows_of_requests_sound_equal(synthesizer: Synthesizer):
    row = [Request(text, voice) for text in TEXTS for voice in synthesizer.voices[:2]]
    first = synthesizer.speak(row)
    synthesizer.speak(row[:1])
    for one, other in zip(first, synthesizer.speak(row), strict=True):
        assert np.array_equal(one.samples, other.samples)
        assert one.phones == other.phones


def test_tempo_is_as_asked_after_the_shift(synthesizer: Synthesizer):
    voice = synthesizer.voices[0]

    def span(delivery: Delivery) -> float:
        spoken = shifted(synthesizer.speak([Request(TEXTS[1], voice, delivery)])[0], delivery.shift)
        assert spoken.rate == SAMPLE_RATE
        return spoken.words[-1].end - spoken.words[0].start

    assert span(Delivery(rate=1.3, shift=1.1)) / span(Delivery()) == pytest.approx(1 / 1.3, rel=0.12)


def test_a_voice_whose_times_are_wrong_is_told_from_one_whose_times_are_right(synthesizer: Synthesizer):
    class Late:
        voices = synthesizer.voices[:1]

        def speak(self, requests: Sequence[Request]) -> list[Spoken]:
            spoken = synthesizer.speak(requests)
            return [replace(each, samples=np.roll(each.samples, round(0.03 * each.rate))) for each in spoken]

    (late,) = measured_voices({"late": Late()}, TEXTS)
    assert not late.trusted
    assert late.bias == pytest.approx(-0.03, abs=0.012)
