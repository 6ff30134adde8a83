"""Emotion from words: what is said outright, taken back, strengthened; phrases by punctuation and by pauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.analysis.emotion import emotions_of_text, phrases_of
from pctalk_studio.core.speech import Word
from pctalk_studio.document.project import Emotion


def said(text: str, pauses: dict[int, float] | None = None) -> list[Word]:
    """Words of 0.3 s with 0.05 s between them, or longer pauses before some."""
    out, now = [], 0.1
    for number, token in enumerate(text.split()):
        now += (pauses or {}).get(number, 0.05)
        out.append(Word(token.strip('.,!?"“”'), now, now + 0.3))
        now += 0.3
    return out


def guesses(text: str):
    return emotions_of_text(said(text), text)


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("I am so happy to see you.", Emotion.HAPPY),
        ("She wept at the funeral.", Emotion.SAD),
        ("How dare you, you liar, I hate you!", Emotion.ANGRY),
        ("I was terrified of the dark shadows.", Emotion.FEAR),
        ("That is disgusting, it stinks.", Emotion.DISGUSTED),
        ("Wow, I never expected such a surprise!", Emotion.SURPRISED),
        ("What a pathetic and worthless excuse.", Emotion.CONTEMPT),
        ("He laughed and smiled.", Emotion.HAPPY),
        ("They were worried.", Emotion.FEAR),
    ],
)
def test_what_is_said_outright_is_read(text, emotion):
    (guess,) = guesses(text)
    assert guess.emotion is emotion
    assert 0.3 < guess.confidence < 1
    assert 0.4 < guess.intensity <= 1


@pytest.mark.parametrize("text", ["The train leaves at nine.", "A duck swims too near the bee.", "", "I am not afraid."])
def test_what_tells_nothing_is_left_alone(text):
    assert guesses(text) == ()


def test_a_negation_turns_joy_into_sorrow_and_two_do_not():
    assert guesses("I am not happy.")[0].emotion is Emotion.SAD
    assert guesses("I don't love you.")[0].emotion is Emotion.SAD
    assert guesses("Nobody is not happy.")[0].emotion is Emotion.HAPPY
    assert guesses("I am not happy.")[0].intensity < guesses("I am happy.")[0].intensity


def test_degrees_and_exclamations_change_strength_and_confidence():
    plain, very, slightly = (guesses(f"I am {degree} annoyed.")[0] for degree in ("", "very", "slightly"))
    assert slightly.intensity < plain.intensity < very.intensity
    assert slightly.confidence < plain.confidence < very.confidence
    assert guesses("I am annoyed!")[0].confidence > plain.confidence


def test_mixed_words_make_less_sure():
    assert guesses("I am happy and sad.")[0].confidence < 0.5 < guesses("I am happy.")[0].confidence


def test_each_sentence_is_judged_by_itself_and_in_its_time():
    text = "I am happy. But he died! The end."
    words = said(text)
    first, second = emotions_of_text(words, text)
    assert (first.emotion, second.emotion) == (Emotion.HAPPY, Emotion.SAD)
    assert (first.start, first.end) == (words[0].start, words[2].end)
    assert (second.start, second.end) == (words[3].start, words[5].end)
    assert "'died'" in second.reason


def test_without_punctuation_pauses_tell_phrases():
    words = said("i am happy but he died", {3: 0.6})
    assert [guess.emotion for guess in emotions_of_text(words)] == [Emotion.HAPPY, Emotion.SAD]


def test_words_that_were_not_said_end_no_sentence():
    text = "I am happy. Or sad. Now go."
    words = [Word(w.text, w.start, w.end, said=w.text not in ("Or", "sad")) for w in said(text)]
    phrases = phrases_of(words, text)
    assert [" ".join(word.text for word in phrase.words) for phrase in phrases] == ["I am happy", "Now go"]


@given(
    st.lists(st.tuples(st.sampled_from(["happy", "sad", "not", "the", "Wow", "x"]), st.floats(0, 1)), max_size=20),
    st.none() | st.text(max_size=30),
)
def test_phrases_hold_every_word_once_and_in_order(spoken, transcript):
    words, now = [], 0.0
    for text, pause in spoken:
        words.append(Word(text, now + pause, now + pause + 0.2))
        now += pause + 0.2
    phrases = phrases_of(words, transcript)
    assert [word for phrase in phrases for word in phrase.words] == words
    for guess in emotions_of_text(words, transcript):
        assert 0 <= guess.confidence <= 1
        assert 0 <= guess.intensity <= 1
