"""A video as the portrait: it keeps its head, its eyes and its background, and speaks anew."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from helpers.short_sample import TEXT, short_sample
from helpers.videos import moved, sample_portrait, written

from pctalk_studio.analysis.face import FaceTracker, find_face
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.cli.clip import engines
from pctalk_studio.core.errors import FaceError, MediaError
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Gaze, HeadMotion, Media, Project, Track
from pctalk_studio.media.reader import MovieReader
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.session import Studio
from pctalk_studio.session.portraits import face_in, first_controls
from pctalk_studio.session.sources import SPEECH_RATE

ROLL = 5.0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A portrait that rolls its head while its lips say the sample backwards, with the sample as it is for its sound; and the
    frames of the portrait as it says the sample, held still."""
    folder = tmp_path_factory.mktemp("clip")
    _, recording = short_sample(folder)
    sound = read_sound(recording)
    portrait = sample_portrait(256)
    rig = find_face(portrait, "sample")
    spoken = evaluate(Project(), rig, speech_facts(sound.mono(SPEECH_RATE), TEXT, sound.content_hash))
    face = MeshRenderer().prepare(RenderSource(portrait, rig))
    rest = MotionRow.rest()
    rows = [replace(spoken.row(frame), pose=rest.pose, eyes=rest.eyes) for frame in range(len(spoken))]
    plain = [face.frame(row) for row in rows]
    swayed = [moved(each, roll=ROLL * np.sin(n / 8), x=4 * np.sin(n / 9))[0] for n, each in enumerate(reversed(plain))]
    return written(folder / "clip.mp4", swayed, sound=sound), plain


@pytest.fixture(scope="module")
def clip(made):
    return made[0]


@pytest.fixture(scope="module")
def studio(clip, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield Studio.new(clip, None, engines(), text=TEXT)


def gaps(pictures):
    """Openness of the lips in pictures, over their width."""
    found = []
    with FaceTracker() as tracker:
        for picture in pictures:
            marks = tracker.landmarks_of(picture)
            found.append(np.linalg.norm(marks[13] - marks[14]) / np.linalg.norm(marks[61] - marks[291]))
    return np.array(found)


def test_a_video_brings_its_own_rate_head_eyes_and_blinks(clip, tmp_path):
    assert first_controls(clip) == Project(head=HeadMotion.STILL, gaze=Gaze.STILL, blink=False)
    fast = written(tmp_path / "fast.mp4", [sample_portrait(64)] * 3, FrameRate.parse("30000/1001"))
    assert first_controls(fast).rate.value == Fraction(30000, 1001)


def test_without_a_recording_it_speaks_its_own_sound(studio, clip):
    media = studio.project.media
    assert media.audio == media.portrait
    assert studio.sources.sound.path == clip
    assert len(studio) == len(MovieReader(clip))


def test_the_lips_say_the_recording_and_not_what_they_said_before(studio, made):
    clip, plain = made
    frames = range(1, len(studio), 2)
    drawn, asked = gaps([studio.frame(frame) for frame in frames]), gaps([plain[frame] for frame in frames])
    before = gaps([frame.rgb for frame in MovieReader(clip) if frame.index in frames])
    assert np.corrcoef(drawn, asked)[0, 1] > 0.85
    assert np.corrcoef(before, asked)[0, 1] < 0.6


def test_closed_lips_are_closed_on_every_frame(studio):
    sealed = [frame for frame in range(len(studio)) if studio.motion.mouth[frame, 0] == 1]
    assert len(sealed) >= 4
    measured = gaps([studio.frame(frame) for frame in sealed])
    widest = gaps([studio.frame(int(np.argmax(studio.motion.target_openness)))])
    assert measured.max() < 0.09
    assert measured.max() < 0.5 * widest[0]


def test_muted_it_is_the_video_bit_for_bit_and_each_edit_draws_what_it_changes(studio, clip):
    kept = [frame.rgb for frame in MovieReader(clip)]
    before = studio.frames()
    studio.take_rendered()
    studio.apply("set_muted", track=Track.LIPS, on=True)
    assert all((studio.frame(frame) == picture).all() for frame, picture in enumerate(kept))
    studio.undo()
    studio.take_rendered()
    assert all((one == other).all() for one, other in zip(studio.frames(), before, strict=True))
    assert studio.take_rendered() == ()


def test_keys_turn_the_head_on_top_of_the_video_s_own_motion(studio):
    frame = len(studio) // 2
    plain = studio.frame(frame)
    studio.apply("set_key", curve=CurveName.YAW, key=Key(0.0, 6.0))
    turned = studio.frame(frame)
    studio.undo()
    assert (turned != plain).any()


def test_a_project_of_it_opens_again(studio, tmp_path):
    path = tmp_path / "redubbed.pctalk"
    studio.save(path)
    opened = Studio.open(path, engines())
    assert opened.sources.movie.track.content_hash == studio.sources.movie.track.content_hash
    assert (opened.motion.source == studio.motion.source).all()
    rest = replace(MotionRow.rest(), source=7)
    assert (opened.drawn_with()[1].frame(rest) == studio.drawn_with()[1].frame(rest)).all()


def test_points_by_hand_are_for_pictures(clip):
    by_hand = Project(media=Media(face_points=(("nose", 1.0, 2.0),)))
    with pytest.raises(FaceError, match=r"clip\.mp4' is a movie"):
        face_in(clip, by_hand)


def test_a_silent_video_needs_a_recording(tmp_path):
    silent = written(tmp_path / "silent.mp4", [sample_portrait()] * 3)
    with pytest.raises(MediaError, match=r"silent\.mp4"):
        Studio.new(silent, None, engines(), text=TEXT)
