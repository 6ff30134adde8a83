"""Performances on head, eyes and face: what they drive, what steps back before them, and what still comes first."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from helpers.performances import performance
from helpers.projects import a_project, sentence
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import Motion, rotation_of
from pctalk_studio.core.performance import MOUTH, FacePerformance, angles_of
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.deformation.performing import LIMITS, presence
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.performance import (
    Convention,
    Ending,
    PartStrengths,
    PerformanceClip,
    PerformancePart,
    Take,
)
from pctalk_studio.document.project import Gaze, HeadMotion, Project, Track

PITCH, YAW, ROLL, X, Y, ZOOM = range(6)
ALL = frozenset(PerformancePart)
OUTER_BROW, LOWER_LIP, UPPER_LIP = (MESH.index(name) for name in ("brow_outer_left", "lip_lower_mid", "lip_upper_mid"))


@cache
def evaluator(turned: float = 0.0) -> Evaluator:
    rig = frontal_rig()
    return Evaluator(replace(rig, rotation=rotation_of(0, turned, 0)), spoken(sentence()))


def calm() -> Project:
    """Nothing moves but the lips."""
    return replace(
        a_project(), head=HeadMotion.STILL, gaze=Gaze.CAMERA, blink=False, emotions=(), lip_scale_keys=Project().lip_scale_keys
    )


def played(recorded: FacePerformance | None = None, project: Project | None = None, **clip: object) -> Project:
    made = performance() if recorded is None else recorded
    held = {"start": 0.4, "end": 1.9, "fade_in": 0.0, "fade_out": 0.0, **clip}
    return EDITS["add_performance"](project or calm(), take=Take.of("x", made), clip=PerformanceClip(0, **held))


def motion(project: Project, turned: float = 0.0) -> Motion:
    return evaluator(turned).motion(project)


def resting(frames: int, pose: np.ndarray | None = None) -> FacePerformance:
    """Somebody who does nothing, or only turns the head."""
    still = np.tile(np.array([0, 0, 0, 0, 0, 1], np.float32), (frames, 1))
    nothing = np.zeros((frames, 4), np.float32), np.zeros((frames, 21, 3), np.float32)
    return FacePerformance(FrameRate(Fraction(25)), still if pose is None else pose, *nothing)


def times(project: Project) -> np.ndarray:
    return np.arange(len(motion(project))) / float(project.rate)


def test_it_begins_where_the_portrait_is_whatever_the_performer_did_then():
    shown = motion(played(performance(start=9.0, brows=0.0)))
    frame = 10
    assert shown.pose[frame] == pytest.approx([0, 0, 0, 0, 0, 1], abs=0.02)
    assert shown.pose[frame + 20, YAW] == pytest.approx(8, abs=0.4)


@pytest.mark.parametrize("start", [0.0, 25.0])
def test_turns_are_taken_back_as_turns(start):
    """A nod of a head that is turned is a nod, not a tilt."""
    frames = 11
    pose = np.zeros((frames, 6), np.float32)
    pose[:, 5] = 1
    nods = np.linspace(0, 5, frames)
    turned = [rotation_of(nod, 0, 0) @ rotation_of(0, start, 0) for nod in nods]
    pose[:, :3] = angles_of(np.stack(turned))
    recorded = FacePerformance(
        FrameRate(Fraction(25)), pose, np.zeros((frames, 4), np.float32), np.zeros((frames, 21, 3), np.float32)
    )
    shown = motion(played(recorded))
    assert shown.pose[10:20, PITCH] == pytest.approx(nods[:10], abs=0.05)
    assert np.abs(shown.pose[:, [YAW, ROLL]]).max() < 0.05


def test_absolute_takes_the_performers_pose_and_expression():
    recorded = performance(start=4.0, yaw=0.0)
    shown = motion(played(recorded, convention=Convention.ABSOLUTE), turned=-3.0)
    assert shown.pose[12:40, YAW] == pytest.approx(np.full(28, 7.0), abs=0.1), "as far as the portrait looks elsewhere"
    relative = motion(played(recorded), turned=-3.0)
    assert np.abs(relative.pose[12:40, YAW]).max() < 0.1


def test_absolute_takes_back_what_the_portrait_shows(laughing):
    """A still performer with a neutral face ends a laugh; what is relative to a first frame leaves it."""
    own = Evaluator(laughing, spoken(sentence()))
    plain, relative, absolute = (
        own.motion(project) for project in (calm(), *(played(resting(3), convention=kind, parts=ALL) for kind in Convention))
    )
    assert np.array_equal(relative.emotion, plain.emotion)
    corners = [MESH.index(f"lip_corner_{side}") for side in ("right", "left")]
    drawn = absolute.emotion[20, corners, 0] - plain.emotion[20, corners, 0]
    assert drawn[0] > 0.015 > -0.015 > drawn[1], "the corners come together"


def test_without_speech_a_closed_performer_closes_an_open_mouth(laughing):
    own = Evaluator(laughing, spoken(sentence()))
    made = played(resting(3), convention=Convention.ABSOLUTE, parts=ALL)
    silent = EDITS["set_muted"](made, track=Track.LIPS, on=True)
    moved = own.motion(silent).emotion[20]
    assert moved[LOWER_LIP, 1] - moved[UPPER_LIP, 1] == pytest.approx(-laughing.mouth_gap, abs=0.02)


def test_absolute_follows_each_frame_of_a_movie():
    """The source turns by itself; the performer looks ahead, and so does what is drawn."""
    rig, count = frontal_rig(), 61
    own = np.linspace(-4, 4, count)
    film = FaceTrack(
        "film",
        rig.picture_size,
        np.arange(count) / 25,
        np.stack([rotation_of(0, yaw, 0) for yaw in own]),
        np.full(count, rig.scale),
        np.repeat(rig.translation[None], count, 0),
        np.repeat(rig.shape[None], count, 0),
        rig.neutral,
        np.ones(count, np.float32),
        0,
        1.0,
    )
    shown = Evaluator(film, spoken(sentence())).motion(played(resting(3), convention=Convention.ABSOLUTE))
    inside = slice(11, 46)
    assert shown.pose[inside, YAW] + own[inside] == pytest.approx(np.zeros(35), abs=0.05)


def test_nothing_reaches_beyond_the_clip():
    before, after = motion(calm()), motion(played(fade_in=0.3, fade_out=0.3))
    at = times(calm())
    outside = (at < 0.4) | (at >= 1.9)
    assert np.array_equal(before.quantised()[outside], after.quantised()[outside])
    assert not np.array_equal(before.quantised(), after.quantised())


def test_a_fade_of_next_to_nothing_is_none():
    faint = evaluator().motion(played(fade_in=5e-324, fade_out=5e-324))
    np.testing.assert_array_equal(faint.quantised(), evaluator().motion(played()).quantised())


def test_a_muted_track_is_as_if_there_were_none():
    muted = EDITS["set_muted"](played(), track=Track.PERFORMANCE, on=True)
    assert np.array_equal(motion(muted).quantised(), motion(calm()).quantised())
    alone = EDITS["set_solo"](played(project=replace(calm(), head=HeadMotion.LIVELY)), track=Track.PERFORMANCE, on=True)
    assert not motion(alone).lip.any()
    assert motion(alone).pose[:10] == pytest.approx(np.tile([0, 0, 0, 0, 0, 1], (10, 1)))
    assert motion(alone).pose[25, YAW] > 3


@pytest.mark.parametrize("part", list(PerformancePart))
def test_only_the_chosen_part_is_driven(part):
    before, after = motion(calm()), motion(played(parts=frozenset({part})))
    others = [each for each in range(21) if each not in MOUTH]
    moved = {
        PerformancePart.HEAD: not np.array_equal(before.pose, after.pose),
        PerformancePart.EYES: not np.array_equal(before.eyes[:, :2], after.eyes[:, :2]),
        PerformancePart.EXPRESSION: not np.array_equal(before.emotion[:, others], after.emotion[:, others]),
        PerformancePart.MOUTH: not np.array_equal(before.emotion[:, MOUTH], after.emotion[:, MOUTH]),
    }
    assert {each for each, did in moved.items() if did} == {part}


def test_strength_is_in_proportion():
    half, whole = (motion(played(strengths=PartStrengths(head=s, eyes=s, expression=s))) for s in (0.5, 1.0))
    assert half.pose[:, YAW] == pytest.approx(whole.pose[:, YAW] / 2, abs=0.02)
    assert half.emotion == pytest.approx(whole.emotion / 2, abs=1e-6)
    assert half.eyes[:, 0] == pytest.approx(whole.eyes[:, 0] / 2, abs=0.01)


def test_eyes_shut_when_the_performers_do():
    shown = motion(played())
    shut = np.flatnonzero(shown.eyes[:, 0] > 0.99) / 25
    assert len(shut)
    assert shut.min() >= 0.4 + 0.4 - 0.041
    assert shut.max() <= 0.4 + 0.6 + 0.041
    assert np.array_equal(shown.eyes[:, 0], shown.eyes[:, 1])


def test_eyes_rest_on_what_they_looked_at_however_far_the_head_turns():
    """With the head they were filmed with they do what they did; without it they do not swing against a head at rest."""
    recorded = performance(gaze=-9.0, yaw=10.0)
    both = motion(played(recorded, parts=frozenset({PerformancePart.HEAD, PerformancePart.EYES})))
    assert both.eyes[30, 2] == pytest.approx(-9.0 * 0.8, abs=0.2)
    alone = motion(played(recorded, parts=frozenset({PerformancePart.EYES})))
    assert np.abs(alone.eyes[:, 2]).max() < 0.3


def test_what_head_and_eyes_do_by_themselves_steps_back_and_keys_stay():
    lively = replace(calm(), head=HeadMotion.LIVELY, gaze=Gaze.NATURAL, blink=True, seed=3)
    quiet = resting(26)
    shown = motion(played(quiet, lively))
    inside = slice(11, 46)
    assert shown.pose[inside] == pytest.approx(np.tile([0, 0, 0, 0, 0, 1], (35, 1)), abs=1e-6)
    assert not shown.eyes[inside].any()
    keyed = EDITS["add_blink"](played(quiet, lively), time=1.0)
    assert motion(keyed).eyes[25, 0] > 0.9
    turned = EDITS["set_key"](played(quiet, lively), curve=CurveName.YAW, key=Key(1.0, 5.0))
    assert motion(turned).pose[25, YAW] == pytest.approx(5.0)
    looking = EDITS["set_key"](played(quiet, lively), curve=CurveName.GAZE_X, key=Key(1.0, 4.0))
    assert motion(looking).eyes[25, 2] == pytest.approx(4.0, abs=0.05)


def test_a_later_clip_fades_over_an_earlier_one():
    left, right = performance(yaw=-10), performance(yaw=10)
    project = played(left)
    project = played(right, project, start=0.9, end=1.9, fade_in=0.4)
    shown, first = motion(project), motion(played(left))
    assert shown.pose[:22, YAW] == pytest.approx(first.pose[:22, YAW], abs=1e-6)
    assert shown.pose[36, YAW] > 3
    steps = np.abs(np.diff(shown.pose[:46, YAW]))
    assert steps.max() < 2.0, "no jump"


def test_what_a_later_clip_does_not_drive_is_left_to_the_earlier_one():
    project = played(performance(yaw=8))
    over = played(performance(yaw=-8), project, parts=frozenset({PerformancePart.EYES}))
    assert np.array_equal(motion(over).pose, motion(project).pose)


@settings(deadline=None, max_examples=25)
@given(
    st.floats(-3, 3),
    st.floats(0.1, 4),
    st.sampled_from(Ending),
    st.sampled_from(Convention),
    st.floats(0, 1.5),
    st.integers(1, 30),
)
def test_whatever_is_played_stays_within_what_a_picture_bears(offset, speed, ending, convention, strength, frames):
    wild = performance(frames, yaw=160, brows=0.4, gap=0.45, gaze=40)
    clip = {"offset": offset, "speed": speed, "ending": ending, "convention": convention, "parts": ALL}
    shown = motion(played(wild, strengths=PartStrengths(*[strength] * 4), **clip))
    assert (np.abs(shown.pose[:, :5]) <= LIMITS + 1e-4).all()
    assert np.isfinite(shown.quantised()).all()
    assert 0 <= shown.eyes[:, :2].min() <= shown.eyes[:, :2].max() <= 1
    assert np.abs(shown.eyes[:, 2:]).max() <= 12.001


def test_it_plays_at_the_clips_own_rate_and_speed():
    slow = played(speed=0.5)
    fine = EDITS["set_rate"](slow, rate=FrameRate(Fraction(50)))
    coarse, dense = motion(slow), motion(fine)
    assert dense.pose[20:90:2, YAW] == pytest.approx(coarse.pose[10:45, YAW], abs=1e-5)
    assert coarse.pose[10 + 24, YAW] == pytest.approx(10 * 12 / 25, abs=0.05)


def test_a_hold_waits_and_a_loop_comes_round_without_a_jump():
    recorded = performance(14, yaw=6, gaze=0)  # half a second
    hold, loop = (motion(played(recorded, ending=ending)) for ending in (Ending.HOLD, Ending.LOOP))
    assert hold.pose[24:46, YAW] == pytest.approx(np.full(22, 6.0), abs=0.02)
    yaw = loop.pose[10:47, YAW]
    assert yaw[20:].min() < 2
    assert yaw[20:].max() > 4
    assert np.abs(np.diff(yaw)).max() < 6 / 2.5, "a half of it in a frame would be a jump"


def test_before_its_beginning_the_first_frame_waits():
    shown = motion(played(offset=-0.4))
    assert np.abs(shown.pose[10:20, YAW]).max() < 0.01
    assert shown.pose[30, YAW] > 3


def test_lips_still_close_for_m_under_a_performed_mouth():
    """The words have one M; it is closed with the mouth part at its strongest."""
    wide = performance(61, gap=0.4, brows=0)
    strong = PartStrengths(mouth=1.5)
    project = played(wide, parts=ALL, strengths=strong, start=0.0, end=2.4)
    shown = motion(project)
    m = next(phone for phone in project.speech.phones if phone.label == "M")
    inside = [t for t in range(len(shown)) if m.start <= t / 25 <= m.end]
    gap = (shown.lip + shown.emotion)[:, LOWER_LIP, 1] - (shown.lip + shown.emotion)[:, UPPER_LIP, 1]
    assert max(shown.mouth[t, 0] for t in inside) == 1.0
    assert min(gap[t] for t in inside) < gap.max() - 0.1


def test_without_speech_the_mouth_is_the_performers():
    project = EDITS["set_muted"](played(performance(61, gap=0.3), parts=ALL, start=0.0, end=2.4), track=Track.LIPS, on=True)
    shown = motion(project)
    gap = shown.emotion[:, LOWER_LIP, 1] - shown.emotion[:, UPPER_LIP, 1]
    wanted = 0.3 * np.sin(np.pi * np.linspace(0, 1, 61))[:60]
    assert gap == pytest.approx(wanted, abs=2e-3)
    assert not shown.lip.any()


def test_presence_begins_and_ends_with_the_clip():
    clip = PerformanceClip(0, start=1.0, end=2.0, fade_in=2.0, fade_out=2.0)
    share = presence(clip, np.array([0.99, 1.0, 1.25, 1.5, 1.75, 1.999, 2.0]))
    assert share == pytest.approx([0, 0, 0.5, 1, 0.5, 0, 0], abs=1e-4)
    hard = replace(clip, fade_in=0.0, fade_out=0.0)
    assert presence(hard, np.array([0.99, 1.0, 1.999, 2.0])).tolist() == [0, 1, 1, 0]
