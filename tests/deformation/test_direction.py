"""What a person directs: word styles, keys, painted masks, mute and solo reach the motion, and only where they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from helpers.projects import DURATION, a_project, attempt, draw_edit, sentence
from helpers.toy_networks import toy_ear
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.motion import Motion
from pctalk_studio.deformation.evaluate import REACH, Evaluator
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.masks import Brush, Dab, FaceMask, StrokeMode
from pctalk_studio.document.project import Emotion, EmotionClip, Gaze, HeadMotion, Project, Track
from pctalk_studio.document.speech_edits import boundary_range
from pctalk_studio.document.speech_track import SpeechTrack, WordStyle

CHEEKS = [MESH.index("cheek_right"), MESH.index("cheek_left")]
BROWS = list(MESH.indices(Region.BROW_RIGHT, Region.BROW_LEFT))


def moving(project: Project) -> Motion:
    return Evaluator(frontal_rig(), spoken(sentence()), toy_ear).motion(project)


def quiet() -> Project:
    """Words on the track, and nothing that happens by itself."""
    project = replace(a_project(), emotions=(), head=HeadMotion.STILL, gaze=Gaze.CAMERA, blink=False)
    return replace(project, lip_scale_keys=Project().lip_scale_keys)


def frames(motion: Motion, start: float, end: float) -> slice:
    rate = float(motion.rate)
    return slice(int(np.ceil(start * rate)), int(np.floor(end * rate)))


def gaps(motion: Motion) -> np.ndarray:
    lips = motion.lip[:, MESH.index("lip_lower_mid"), 1] - motion.lip[:, MESH.index("lip_upper_mid"), 1]
    return np.asarray(lips)


def test_a_words_style_changes_that_word_and_leaves_the_rest():
    project = quiet()
    word = project.speech.words[1]
    styled = EDITS["set_word_style"](project, word_ids=[word.id], style=WordStyle(scale=1.6))
    before, after = moving(project), moving(styled)
    inside, later = frames(before, word.start + 0.1, word.end - 0.05), frames(before, word.end + 0.3, DURATION)
    assert gaps(after)[inside].max() > 1.3 * gaps(before)[inside].max()
    assert np.array_equal(before.lip[later], after.lip[later])


def test_a_words_purse_rounds_too_and_spares_duck():
    project = quiet()
    pursed = EDITS["set_word_style"](project, word_ids=[w.id for w in project.speech.words], style=WordStyle(purse=1.6))
    change = np.abs(moving(pursed).lip - moving(project).lip).max(axis=(1, 2))
    duck, too = project.speech.words[1], project.speech.words[3]
    motion = moving(project)
    assert change[frames(motion, too.start, too.end)].max() > 5 * change[frames(motion, duck.start, duck.end - 0.1)].max()


def test_lip_scale_keys_scale_over_time():
    project = EDITS["set_key"](quiet(), curve=CurveName.LIP_SCALE, key=Key(0.0, 0.0))
    assert gaps(moving(project)).max() < 0.01
    assert gaps(moving(quiet())).max() > 0.06


def test_moving_a_boundary_on_the_track_moves_the_lips():
    project = quiet()
    phone = next(p for p in project.speech.phones if p.label == "UW")
    edited = EDITS["move_boundary"](project, time=phone.start, to=phone.start - 0.06)
    before, after = moving(project), moving(edited)
    assert not np.array_equal(before.lip, after.lip)
    assert np.array_equal(before.lip[:5], after.lip[:5])


def test_head_and_gaze_keys_add_and_stay_within_what_can_be_drawn():
    project = EDITS["set_key"](quiet(), curve=CurveName.YAW, key=Key(1.0, 8.0))
    project = EDITS["set_key"](project, curve=CurveName.GAZE_X, key=Key(1.0, 6.0))
    motion = moving(project)
    assert motion.pose[:, 1] == pytest.approx(8.0)
    lively = moving(replace(project, head=HeadMotion.LIVELY))
    assert np.abs(lively.pose[:, 1]).max() <= 8.0
    still = moving(replace(quiet(), gaze_keys=project.gaze_keys))
    assert (still.eyes[:, 2] - moving(quiet()).eyes[:, 2]).min() > 3


def test_added_blinks_shut_the_eyes_and_removed_ones_do_not():
    project = EDITS["add_blink"](quiet(), time=1.2)
    shut = moving(project).eyes[:, :2].min(axis=1) > 0.95
    assert 1 <= shut.sum() <= 4
    assert abs(np.flatnonzero(shut).mean() / 25 - 1.2) < 0.08
    automatic = replace(quiet(), blink=True)
    moments = np.flatnonzero(moving(automatic).eyes[:, 0] > 0.95) / 25
    assert len(moments)
    fewer = EDITS["remove_automatic_blink"](automatic, time=float(moments[0]))
    assert not (moving(fewer).eyes[:, 0] > 0.95)[int(moments[0] * 25)]


def test_an_envelope_and_fades_shape_an_emotion():
    clip = EmotionClip(Emotion.SURPRISED, start=0.4, end=2.0, fade_in=0.0, fade_out=0.0)
    project = EDITS["add_emotion"](quiet(), clip=clip)
    number = project.emotions[0].id
    plain = np.abs(moving(project).emotion[:, BROWS]).max(axis=(1, 2))
    assert plain[frames(moving(project), 0.0, 0.4)].max() == 0
    assert plain[11] > 0.03
    halved = EDITS["set_key"](project, curve=CurveName.ENVELOPE, clip=number, key=Key(1.0, 0.5))
    assert np.abs(moving(halved).emotion[20, BROWS]).max() == pytest.approx(0.5 * plain[20], rel=0.02)


def test_paint_decides_where_an_emotion_is_felt():
    project = EDITS["add_emotion"](quiet(), clip=EmotionClip(Emotion.HAPPY))
    number = project.emotions[0].id
    whole = moving(project).emotion
    none = EDITS["set_mask"](project, clip=number, mask=FaceMask.empty())
    assert np.abs(moving(none).emotion).max() == 0
    brush = Brush(radius=0.4, hardness=0.6, strength=1.0, mode=StrokeMode.ERASE)
    erased = EDITS["paint_stroke"](project, clip=number, brush=brush, dabs=[Dab(-0.44, 0.3)])
    felt = moving(erased).emotion
    right, left = CHEEKS
    assert np.abs(felt[:, right]).max() < 0.25 * np.abs(whole[:, right]).max()
    assert np.allclose(felt[:, left], whole[:, left], atol=0.15 * np.abs(whole[:, left]).max())


@pytest.mark.parametrize("track", Track)
def test_a_muted_track_does_nothing_and_a_soloed_one_acts_alone(track):
    project = EDITS["add_blink"](replace(a_project(), head=HeadMotion.LIVELY, gaze=Gaze.NATURAL), time=1.3)
    parts = {
        Track.LIPS: lambda motion: motion.lip,
        Track.EMOTION: lambda motion: motion.emotion,
        Track.HEAD: lambda motion: motion.pose - np.array([0, 0, 0, 0, 0, 1]),
        Track.GAZE: lambda motion: motion.eyes[:, 2:],
        Track.BLINK: lambda motion: np.where(motion.eyes[:, :2] > 0.5, motion.eyes[:, :2], 0),
    }
    muted = moving(EDITS["set_muted"](project, track=track, on=True))
    alone = moving(EDITS["set_solo"](project, track=track, on=True))
    for other, part in parts.items():
        assert np.any(part(muted)) == (other is not track)
        assert np.any(part(alone)) == (other is track)


def test_with_the_lips_muted_the_mouth_is_the_photos_own():
    project = EDITS["set_muted"](quiet(), track=Track.LIPS, on=True)
    motion = moving(project)
    assert not motion.lip.any()
    assert not motion.mouth.any()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_edits_give_finite_motion_and_an_untouched_track_the_same_bits(data):
    project = replace(a_project(), speech=SpeechTrack.of(sentence()))
    for _ in range(data.draw(st.integers(1, 4))):
        name, arguments = draw_edit(data.draw, project)
        try:
            project = EDITS[name](project, **arguments)
        except EditRejected:
            continue
    motion = moving(project)
    for part in (motion.lip, motion.emotion, motion.pose, motion.eyes, motion.mouth):
        assert np.isfinite(part).all()
    again = moving(replace(project, markers=()))
    assert np.array_equal(motion.lip, again.lip)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_computing_only_what_an_edit_changed_gives_the_same_bits(data):
    facts, rig = spoken(sentence()), frontal_rig()
    evaluator = Evaluator(rig, facts, toy_ear)
    project = a_project()
    evaluator.motion(project)
    for _ in range(data.draw(st.integers(1, 5))):
        name, arguments = draw_edit(data.draw, project)
        project = attempt(project, name, arguments)
        again, anew = evaluator.motion(project), Evaluator(rig, facts, toy_ear).motion(project)
        for part in ("lip", "emotion", "pose", "eyes", "mouth", "target_openness"):
            assert np.array_equal(getattr(again, part), getattr(anew, part))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_an_edit_of_a_stretch_is_seen_no_further_than_its_reach(data):
    project = replace(a_project(), follow_volume=0.0)
    index = data.draw(st.integers(0, len(project.speech.phones) - 2))
    edge = project.speech.phones[index].end
    low, high = boundary_range(project.speech, edge)
    to = data.draw(st.floats(low, high))
    before, after = moving(project), moving(EDITS["move_boundary"](project, time=edge, to=to))
    times = np.arange(len(before)) / 25
    far = (times < min(edge, to) - REACH) | (times > max(edge, to) + REACH)
    for part in ("lip", "emotion", "eyes", "mouth"):
        assert np.array_equal(getattr(before, part)[far], getattr(after, part)[far])
