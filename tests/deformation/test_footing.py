"""Movies: what each frame's own face says is taken back, what lasts stays, and nothing acts where the face is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.videos import track_of_rigs

from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import Evaluator, evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, Gaze, HeadMotion, Project, Track

QUIET = Project(head=HeadMotion.STILL, gaze=Gaze.STILL, blink=False)
LIPS = list(MESH.indices(Region.LIPS))
GAPS = 0.12 * (0.5 + 0.5 * np.sin(np.arange(30) * 0.9))
"""What the movie's own mouth does, faster than anything that lasts."""


@pytest.fixture(scope="session")
def mouths(rig_of):
    """Makes a movie of a face whose lips are apart by so much in each frame, E; all of one neutral face."""
    return lambda gaps, presence=None: track_of_rigs([rig_of(gap=float(gap)) for gap in gaps], presence=presence)


@pytest.fixture(scope="session")
def spoken(speech_of):
    return speech_of([("SIL", 0.3), ("M", 0.1), ("AA", 0.2), ("P", 0.1), ("IY", 0.2), ("SIL", 0.3)])


def drawn_gap(motion, track):
    """Inner-lip gap that a viewer sees, [T] E."""
    moved = motion.lip + motion.emotion
    up, down = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    own = np.array([track.rig(int(i)).mouth_gap for i in motion.source])
    return own + moved[:, down, 1] - moved[:, up, 1]


def test_the_lips_say_what_is_spoken_whatever_they_said_in_the_movie(mouths, spoken):
    talking, closed = mouths(GAPS), mouths(np.zeros(30))
    seen, plain = (drawn_gap(evaluate(QUIET, track, spoken), track) for track in (talking, closed))
    assert np.abs(seen - plain).max() < 0.02
    assert np.corrcoef(seen, plain)[0, 1] > 0.99
    own = GAPS[evaluate(QUIET, talking, spoken).source]
    assert abs(np.corrcoef(seen, own)[0, 1]) < 0.5


def test_closures_are_closed_on_every_frame(mouths, spoken):
    track = mouths(GAPS)
    motion = evaluate(QUIET, track, spoken)
    sealed = motion.mouth[:, 0] == 1
    assert sealed.sum() >= 4
    assert np.abs(drawn_gap(motion, track)[sealed]).max() < 0.002


def test_a_movie_of_one_face_is_a_picture_of_it(spoken, rig_of):
    rig = rig_of()
    still, moving = evaluate(QUIET, rig, spoken), evaluate(QUIET, track_of_rigs([rig] * 30), spoken)
    assert still.source is None
    assert np.allclose(still.lip, moving.lip, atol=1e-6)
    assert (still.mouth == moving.mouth).all()
    assert (moving.source[:30] == np.arange(30)).all()


def test_what_lasts_of_a_smile_stays_in_lips_that_speak(rig_of, speech_of):
    smiling = track_of_rigs([rig_of(), *[rig_of(stretch=0.12)] * 60])
    said = speech_of([("SIL", 1.0), ("AA", 0.2), ("SIL", 1.0)])
    motion = evaluate(QUIET, smiling, said)
    corner = MESH.index("lip_corner_left")
    kept = smiling.rig(40).delta()[corner, 0] + motion.lip[40, corner, 0]
    assert kept == pytest.approx(0.75 * smiling.rig(40).delta()[corner, 0], rel=0.1)


def test_muted_lips_are_the_movie_s_own(mouths, spoken):
    motion = evaluate(replace(QUIET, muted=frozenset({Track.LIPS})), mouths(GAPS), spoken)
    assert all(motion.row(frame).at_rest for frame in range(len(motion)))


def test_nothing_acts_on_a_face_that_is_lost(mouths, spoken):
    presence = np.ones(30)
    presence[8:16] = 0
    sad = replace(QUIET, emotions=(EmotionClip(Emotion.SAD, 1.0, id=1),), head=HeadMotion.LIVELY, gaze=Gaze.NATURAL, blink=True)
    motion = evaluate(sad, mouths(GAPS, presence), spoken)
    rest = [motion.row(frame).at_rest for frame in range(len(motion))]
    assert rest[8:16] == [True] * 8
    assert not any(rest[:8])


def test_frames_are_chosen_by_time_at_any_rate(mouths, spoken):
    motion = evaluate(replace(QUIET, rate=FrameRate.parse("50")), mouths(GAPS), spoken)
    assert (np.diff(motion.source[:50]) <= 1).all()
    assert motion.source[:8].tolist() in ([0, 1, 1, 2, 2, 3, 3, 4], [0, 0, 1, 1, 2, 2, 3, 3])


def test_edits_are_evaluated_as_if_anew(mouths, spoken):
    track = mouths(GAPS)
    kept = Evaluator(track, spoken)
    for project in (QUIET, replace(QUIET, lip_scale=1.4), replace(QUIET, rate=FrameRate.parse("30")), QUIET):
        one, other = kept.motion(project), evaluate(project, track, spoken)
        assert (one.quantised() == other.quantised()).all()
