"""Everything about a recording in one call."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.sounds import RATE, drums, noise

from pctalk_studio.analysis.speech import align as align_module
from pctalk_studio.analysis.speech import facts as module
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.analysis.speech.prosody import Prosody, frame_count
from pctalk_studio.core.errors import SpeechError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word


@pytest.fixture(scope="module")
def command(shared_media):
    from pctalk_studio.media.sound import read_sound

    return read_sound(shared_media / "speech" / "goforward.wav").mono(RATE)


def _codes(facts) -> list[str]:
    return [problem.code for problem in facts.alignment.problems]


def test_a_transcript_is_found_in_its_recording(command):
    facts = speech_facts(command, "Go forward, 10 meters!")
    assert [word.text for word in facts.alignment.words] == ["Go", "forward", "10", "meters"]
    assert all(word.said for word in facts.alignment.words)
    assert facts.alignment.method == "transcript"
    assert facts.alignment.trust > 0.8
    assert _codes(facts) == []
    assert len(facts.loudness) == len(facts.pitch) == len(facts.speaking) == frame_count(len(command))
    assert not facts.speaking[:40].any()
    assert not facts.speaking[-30:].any()
    assert facts.speaking[60:200].mean() > 0.9


def test_a_transcript_of_another_recording_is_not_forced(command):
    facts = speech_facts(command, "Printing, in the only sense with which we are at present concerned, differs from most arts.")
    assert _codes(facts)[0] == "transcript-does-not-belong"
    assert facts.alignment.method == "recognised"
    assert [word.text for word in facts.alignment.words] == ["go", "forward", "ten", "meters"]


def test_speech_that_the_transcript_lacks_still_has_phones(command):
    facts = speech_facts(command, "go forward")
    words = [word for word in facts.alignment.words if word.said]
    assert [word.text for word in words] == ["go", "forward"]
    rest = [phone for phone in facts.alignment.phones if phone.start > 1.3 and phone.label != SILENCE]
    assert len(rest) >= 5
    assert "speech-not-in-transcript" in _codes(facts)


def test_a_transcript_is_found_in_strong_noise(command):
    power = float(np.mean(np.square(command)))
    loud = command + noise(len(command) / RATE, np.sqrt(power) * 10 ** (-5 / 20))[: len(command)]
    clean, noisy = (speech_facts(sound, "go forward ten meters").alignment for sound in (command, loud))
    assert noisy.trust > 0.5
    for here, there in zip(noisy.words, clean.words, strict=True):
        assert here.said
        assert abs(here.start - there.start) < 0.15


def test_words_in_another_script_are_named(command):
    facts = speech_facts(command, "go forward ten мир meters")
    assert _codes(facts) == ["words-unreadable"]
    assert "мир" in facts.alignment.problems[0].text


@pytest.mark.parametrize("text", [None, "hello there", "hi"])
@pytest.mark.parametrize("sound", [np.zeros(RATE, np.float32), noise(2), drums(3)], ids=["zero", "noise", "drums"])
def test_where_nobody_speaks_nothing_moves(sound, text):
    facts = speech_facts(sound, text)
    assert _codes(facts) == ["no-speech"]
    assert [phone.label for phone in facts.alignment.phones] == [SILENCE]
    assert not facts.speaking.any()
    assert not any(word.said for word in facts.alignment.words)
    assert facts.alignment.trust == 0


@pytest.mark.parametrize(
    ("sound", "text"),
    [
        (np.zeros(0, np.float32), None),
        (np.full(RATE, np.nan, np.float32), None),
        (np.zeros((RATE, 2), np.float32), None),
        (np.zeros(RATE, np.float32), "Привет"),
        (np.zeros(RATE, np.float32), ""),
    ],
    ids=["nothing", "nan", "stereo", "cyrillic", "empty text"],
)
def test_what_cannot_be_analysed_is_refused(sound, text):
    with pytest.raises(SpeechError):
        speech_facts(sound, text)


def test_the_identity_depends_on_recording_and_text():
    sounds = [np.zeros(RATE, np.float32), noise(1)]
    found = [speech_facts(s, t).content_hash for s in sounds for t in (None, "hello", "hello.")]
    assert len(set(found)) == 6
    assert speech_facts(sounds[0], None).content_hash == found[0]
    assert speech_facts(sounds[0], None, "abc").content_hash != found[0]


# --- the parts ------------------------------------------------------------------------------------------------------------


def test_phones_of_unwritten_speech_fill_their_gap_exactly(monkeypatch):
    heard = Alignment(0.51, (), (Phone("B", 0.0, 0.2), Phone("AA", 0.2, 0.51)))
    monkeypatch.setattr(align_module, "decode_phones", lambda _: heard)
    gap = Problem("speech-not-in-transcript", "x", 1.0, 1.5)
    found = Alignment(2.0, (), (Phone("K", 0.0, 1.0), Phone(SILENCE, 1.0, 1.5), Phone("S", 1.5, 2.0)), problems=(gap,))
    filled = module._with_unwritten_speech(np.zeros(2 * RATE, np.float32), found)
    assert [(p.label, p.start, p.end) for p in filled.phones] == [("K", 0, 1), ("B", 1, 1.2), ("AA", 1.2, 1.5), ("S", 1.5, 2)]


def test_short_silences_inside_speech_are_no_pause():
    phones = (
        Phone(SILENCE, 0.0, 0.1), Phone("AA", 0.1, 0.5), Phone(SILENCE, 0.5, 0.6), Phone("B", 0.6, 1.0), Phone(SILENCE, 1.0, 1.5),
        Phone("S", 1.5, 1.9), Phone(SILENCE, 1.9, 2.0),
    )  # fmt: skip
    none = np.zeros(200, np.float32)
    active = module.speaking_in(Prosody(none, none, none > 1), Alignment(2.0, (Word("x", 0.1, 1.9),), phones))
    edges = np.flatnonzero(np.diff(active.astype(int))) + 1
    assert edges.tolist() == [10, 100, 150, 190]
