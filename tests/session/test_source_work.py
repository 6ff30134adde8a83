"""Slow work on sources, done for real on the sample that ships."""

from dataclasses import replace

import pytest

from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.project import MediaReference, Project
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.jobs.tickets import CancelToken, Control
from pctalk_studio.media.sound import read_sound
from pctalk_studio.session.source_work import AlignSpeech, ExchangeSource
from pctalk_studio.storage.media_links import MediaRole, hash_of_plain

TEXT = "A duck swims too near the bee while my mother bought five purple shoes"
SOUND = resource_path("sample/speech.flac")


@pytest.fixture
def control():
    return Control(CancelToken(), lambda _: None)


@pytest.fixture(scope="module")
def sound():
    return read_sound(SOUND)


def test_a_recording_is_aligned_with_its_text(sound, control):
    found = AlignSpeech(sound, TEXT)(control)
    said = [word.text.lower() for word in found.words if word.said]
    assert "duck" in said
    assert found.duration == pytest.approx(sound.duration, abs=0.02)


def test_work_that_was_cancelled_gives_nothing(sound):
    from pctalk_studio.core.errors import Cancelled

    token = CancelToken()
    token.ask()
    with pytest.raises(Cancelled):
        AlignSpeech(sound, "a duck")(Control(token, lambda _: None))


def test_another_recording_is_analysed_and_the_same_one_keeps_its_words(made_sources, control, tmp_path):
    project = replace(
        Project(),
        media=replace(Project().media, audio=MediaReference("gone.wav", "0" * 32), transcript=TEXT),
        speech=SpeechTrack.of(made_sources.speech.alignment),
    )
    place = tmp_path / "clip.pctalk"
    other = ExchangeSource(project, made_sources, place, MediaRole.AUDIO, SOUND)(control)
    assert other.found is not None
    assert other.found.duration == pytest.approx(other.sources.sound.duration, abs=0.02)
    assert other.media.audio.content_hash == hash_of_plain(SOUND)
    assert other.sources.picture is made_sources.picture
    taken = EDITS["set_speech"](EDITS["set_media"](project, media=other.media), found=other.found, transcript=None)
    again = ExchangeSource(taken, other.sources, place, MediaRole.AUDIO, SOUND)(control)
    assert again.found is None
    assert again.sources.speech.alignment == taken.speech.alignment()


def test_another_portrait_forgets_which_face_it_was(made_sources, control, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    media = replace(Project().media, portrait=MediaReference("gone.png", "0" * 32), face=3, face_points=(("nose", 1.0, 2.0),))
    project = replace(Project(), media=media, speech=SpeechTrack.of(made_sources.speech.alignment))
    portrait = resource_path("sample/portrait.jpg")
    found = ExchangeSource(project, made_sources, tmp_path / "clip.pctalk", MediaRole.PORTRAIT, portrait)(control)
    assert found.media.face is None
    assert not found.media.face_points
    assert found.sources.rig.picture_hash == found.sources.picture.content_hash
    assert found.sources.sound is made_sources.sound
    assert found.found is None


def test_a_file_that_is_not_there_is_refused(made_sources, control, tmp_path):
    request = ExchangeSource(Project(), made_sources, tmp_path / "clip.pctalk", MediaRole.PORTRAIT, tmp_path / "gone.png")
    with pytest.raises(StudioError, match=r"gone\.png"):
        request(control)


@pytest.fixture
def made_sources():
    from helpers.desks import sources

    return sources()
