"""Emotion clips from words, another face and a film: clips like any other, with what found them."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.analysis.emotion import EmotionGuess
from pctalk_studio.core.errors import FaceError, SpeechError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.looks import ActionUnit
from pctalk_studio.document.project import Emotion, EmotionSource, Media, Project
from pctalk_studio.session.emotion_finding import _clips, film_expression, from_text, from_voice

TEXT = "I am so happy. But then he died!"


def recording(text: str, *, silent: bool = False):
    words, now = [], 0.2
    for token in text.split():
        words.append(Word(token.strip(".!"), now, now + 0.3))
        now += 0.35 if not token.endswith((".", "!")) else 0.9
    phones = [Phone("SIL", 0.0, 0.2), *(Phone("AH", 0.2, now, 1) for _ in (1,)), Phone("SIL", now, now + 0.3)]
    if silent:
        phones, words = [Phone("SIL", 0.0, now)], []
    return spoken(Alignment(phones[-1].end, tuple(words), tuple(phones)))


def film(emotion: Emotion, course: np.ndarray, presence: float = 1.0) -> FaceTrack:
    """A mean face that shows an emotion as strongly as the course says, 25 frames a second."""
    rig, tables = frontal_rig(), emotion_tables()
    effects = np.einsum("us,uskc->kc", tables.emotions[emotion].weights, tables.units.effects)
    neutral = face_topology().vertices
    shapes = np.repeat(neutral[None], len(course), axis=0)
    for keypoint, shift in zip(MESH.keypoints, effects, strict=True):
        for landmark in keypoint.landmarks:
            shapes[:, landmark] += (course[:, None] * shift).astype(np.float32)
    count = len(course)
    return FaceTrack(
        "film", rig.picture_size, np.arange(count) / 25, np.repeat(rig.rotation[None], count, 0), np.full(count, rig.scale),
        np.repeat(rig.translation[None], count, 0), shapes, neutral, np.full(count, presence, np.float32), 0, 1.0,
    )  # fmt: skip


def test_words_become_clips_where_they_are_said():
    facts = recording(TEXT)
    happy, sad = from_text(Project(media=Media(transcript=TEXT)), facts)
    assert (happy.emotion, sad.emotion) == (Emotion.HAPPY, Emotion.SAD)
    assert happy.source is sad.source is EmotionSource.TEXT
    words = facts.alignment.words
    assert happy.start == 0.0
    assert words[3].end <= happy.end < sad.start <= words[4].start
    assert 0.3 <= sad.confidence <= 1
    edited = Project()
    for clip in (happy, sad):
        edited = EDITS["add_emotion"](edited, clip=clip)
    assert [clip.id for clip in edited.emotions] == [1, 2]


def test_silence_says_nothing_and_says_so():
    with pytest.raises(SpeechError, match="No words"):
        from_text(Project(), recording(TEXT, silent=True))
    with pytest.raises(SpeechError, match="Nobody speaks"):
        from_voice(Project(), recording(TEXT, silent=True))


@given(
    st.lists(
        st.tuples(st.floats(0, 2), st.floats(0.05, 4), st.sampled_from(Emotion), st.floats(0, 1), st.floats(0, 1)), max_size=8
    )
)
def test_clips_lie_in_order_inside_the_recording_and_apart(spans):
    guesses, now = [], 0.0
    for pause, length, emotion, intensity, confidence in spans:
        guesses.append(EmotionGuess(now + pause, now + pause + length, emotion, intensity, confidence, ""))
        now += pause + length
    clips = _clips(guesses, EmotionSource.AUDIO, now)
    edges = [edge for clip in clips for edge in (clip.start, clip.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= now for edge in edges)
    assert all(clip.confidence >= 0.3 for clip in clips)
    assert sum(guess.confidence >= 0.3 and guess.end - guess.start > 0.6 for guess in guesses) <= len(clips)


@pytest.mark.parametrize("emotion", [Emotion.HAPPY, Emotion.SAD, Emotion.ANGRY])
def test_a_film_shows_its_average_expression(emotion):
    seen, look, curve = film_expression(film(emotion, np.linspace(0.4, 1.0, 50)), 0.0, over_time=False)
    assert seen.emotion is emotion
    assert look
    assert not {ActionUnit.AU25, ActionUnit.AU26} & {strength.unit for strength in look}
    assert curve.keys == ()


def test_a_film_over_time_gives_a_curve_that_follows_it():
    course = np.concatenate([np.zeros(25), np.ones(50), np.zeros(25)])
    _, _, curve = film_expression(film(Emotion.HAPPY, course), 2.0, over_time=True)
    value = curve.values(np.array([2.3, 4.0, 5.7]))
    assert value[1] > 0.6
    assert max(value[0], value[2]) < 0.15 * value[1]
    assert len(curve.keys) < 20
    assert curve.keys[0].time == pytest.approx(2.0)


def test_a_film_without_a_face_or_without_expression_is_told():
    with pytest.raises(FaceError, match="hardly shows a face"):
        film_expression(film(Emotion.HAPPY, np.ones(10), presence=0.1), 0.0, over_time=False)
    assert film_expression(film(Emotion.HAPPY, np.zeros(10)), 0.0, over_time=True)[1] == ()
