"""A clip of ours goes out as a motion template and comes back as a performance that moves a face as the clip did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.facts import spoken
from helpers.mouth_faces import face
from helpers.projects import sentence

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import Motion, rotation_of
from pctalk_studio.core.performance import MOUTH, angles_of
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.performance import PerformanceClip, PerformancePart, Take
from pctalk_studio.document.project import (
    BlinkEvent,
    Emotion,
    EmotionClip,
    Gaze,
    GazeKeys,
    HeadKeys,
    HeadMotion,
    Project,
    Track,
)
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.interchange.motion_template import read_template, write_template
from pctalk_studio.interchange.template_performance import performance_of
from pctalk_studio.nets.liveportrait.pose import FaceMotion
from pctalk_studio.render.liveportrait.driving import Driver
from pctalk_studio.render.liveportrait.placing import CropPlace
from pctalk_studio.render.liveportrait.templates import template_of

BROWS = [MESH.index(f"brow_{where}_{side}") for where in ("inner", "outer") for side in ("right", "left")]
CHEEKS = [MESH.index(f"cheek_{side}") for side in ("right", "left")]
SILENT = Project(head=HeadMotion.STILL, gaze=Gaze.CAMERA, blink=False, speech=SpeechTrack.of(sentence()))
RIG = face(size=300, gap=0.0)[1]


def moving() -> Project:
    """Two emotions that come and go, a head that turns, a look, and two blinks, beginning at rest."""
    yaw = Curve(0.0, (Key(0.0, 0.0), Key(0.8, 6.0), Key(1.6, -6.0)))
    pitch = Curve(0.0, (Key(0.0, 0.0), Key(0.5, -4.0), Key(1.8, 3.0)))
    look = GazeKeys(Curve(0.0, (Key(0.2, 0.0), Key(1.0, 6.0), Key(2.0, -6.0))))
    x = Curve(0.0, (Key(0.0, 0.0), Key(1.0, 0.2)))
    emotions = (
        EmotionClip(Emotion.SURPRISED, 0.8, start=0.3, end=1.0, id=1),
        EmotionClip(Emotion.HAPPY, 1.0, start=1.3, end=2.2, id=2),
    )
    return replace(
        SILENT,
        head_keys=HeadKeys(pitch=pitch, yaw=yaw, x=x),
        gaze_keys=look,
        blinks=(BlinkEvent(3, 0.6), BlinkEvent(4, 1.7, held=0.12)),
        emotions=emotions,
        muted=frozenset({Track.LIPS}),
        next_id=5,
    )


@pytest.fixture(scope="module")
def went_out():
    return Evaluator(RIG, spoken(sentence())).motion(moving())


@pytest.fixture(scope="module")
def came_back(went_out, tmp_path_factory):
    canonical = np.random.default_rng(1).uniform(-0.5, 0.5, (21, 3)).astype(np.float32)
    read = FaceMotion(3.0, -7.0, 2.0, np.array([0.05, -0.1, 0.0], np.float32), 0.01 * canonical, 1.55, canonical)
    driver = Driver.of(RIG, CropPlace.of(RIG.landmarks), read)
    path = tmp_path_factory.mktemp("out") / "a.pkl"
    write_template(path, template_of(driver, went_out))
    return performance_of(read_template(path))


@pytest.fixture(scope="module")
def again(came_back):
    """The performance on the same face, by itself."""
    clip = PerformanceClip(0, end=2.4, fade_in=0.0, fade_out=0.0, parts=frozenset(PerformancePart))
    project = EDITS["add_performance"](SILENT, take=Take.of("a", came_back), clip=clip)
    return Evaluator(RIG, spoken(sentence())).motion(EDITS["set_muted"](project, track=Track.LIPS, on=True))


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_head_turns_as_it_did(went_out: Motion, came_back, again: Motion):
    first = rotation_of(*came_back.pose[0, :3].tolist())
    turned = angles_of(np.stack([rotation_of(*row[:3].tolist()) @ first.T for row in came_back.pose]))
    assert turned == pytest.approx(went_out.pose[:, :3], abs=0.03)
    assert again.pose[:, :3] == pytest.approx(went_out.pose[:, :3], abs=0.05)


def test_it_is_shifted_and_sized_as_it_was(went_out: Motion, again: Motion):
    assert again.pose[:, 5] == pytest.approx(went_out.pose[:, 5], abs=0.002)
    moved, wanted = again.pose[:, 3:5], went_out.pose[:, 3:5]
    # How large a face is in its crop is known only as a mean over people.
    assert np.abs(moved - wanted).max() < 0.15 * np.abs(wanted).max() + 0.01


def test_eyes_shut_and_look_as_they_did(went_out: Motion, again: Motion):
    shut, look = again.eyes[:, :2], again.eyes[:, 2:]
    blinking = went_out.eyes[:, :2] > 0.9
    assert blinking.any()
    assert (shut[blinking] > 0.9).all()
    seen = went_out.eyes[:, :2].max(axis=1) < 0.3
    assert np.abs(look[seen, 0] - went_out.eyes[seen, 2]).max() < 1.5
    assert likeness(look[seen, 0], went_out.eyes[seen, 2]) > 0.98


def test_the_face_feels_as_it_did(went_out: Motion, again: Motion):
    """Up and down, where the layout tells it: of brows, cheeks and lips both sides together, as LivePortrait moves them."""
    for points, off in ((BROWS, 0.02), (CHEEKS, 0.025)):
        wanted, shown = (each.emotion[:, points, 1].mean(axis=1) for each in (went_out, again))
        assert np.abs(wanted).max() > 0.02
        assert np.abs(shown - wanted).max() < off
        assert likeness(shown, wanted) > 0.95
    corners = [MESH.index(f"lip_corner_{side}") for side in ("right", "left")]
    wanted, shown = (each.emotion[:, corners, 1].mean(axis=1) for each in (went_out, again))
    assert likeness(shown, wanted) > 0.9


def test_the_mouth_opens_as_it_did(went_out: Motion, again: Motion):
    lower, upper = MESH.index("lip_lower_mid"), MESH.index("lip_upper_mid")
    wanted, shown = (each.emotion[:, lower, 1] - each.emotion[:, upper, 1] for each in (went_out, again))
    assert np.abs(wanted).max() > 0.03
    assert np.abs(shown - wanted).max() < 0.15 * np.abs(wanted).max() + 0.005


def test_beside_speech_no_lip_is_performed(came_back):
    clip = PerformanceClip(0, end=2.4)
    project = EDITS["add_performance"](SILENT, take=Take.of("a", came_back), clip=clip)
    made = Evaluator(RIG, spoken(sentence())).motion(project)
    assert not made.emotion[:, MOUTH].any()
