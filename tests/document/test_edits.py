from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from helpers.projects import a_project, attempt, draw_edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.curves import Curve, Interpolation, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import CurveName, curve_of
from pctalk_studio.document.edits.presets import StylePreset, preset_of, word_style_of
from pctalk_studio.document.history import History
from pctalk_studio.document.masks import Brush, Dab
from pctalk_studio.document.project import Emotion, EmotionClip, Project, StyleAxes, Track

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", sorted(EDITS))
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_edit_succeeds_whole_or_is_rejected_and_leaves_the_old_document(name, data):
    project = a_project()
    for _ in range(data.draw(st.integers(0, 2))):
        project = attempt(project, *draw_edit(data.draw, project))
    before = copy.deepcopy(project)
    chosen, arguments = draw_edit(data.draw, project, name)
    after = attempt(project, chosen, arguments)
    assert isinstance(after, Project)
    assert project == before


@SLOW
@given(st.data())
def test_undo_all_is_the_start_and_redo_all_the_end(data):
    start = a_project()
    history = History.of(start)
    for _ in range(data.draw(st.integers(1, 12))):
        name, arguments = draw_edit(data.draw, history.project)
        gesture = data.draw(st.sampled_from(["", "", "drag"]))
        history = history.done(attempt(history.project, name, arguments), name, gesture=gesture)
        if data.draw(st.booleans()):
            history = history.settled()
    end = history.project
    while history.past:
        history = history.undone()
    assert history.project == start
    while history.future:
        history = history.redone()
    assert history.project == end


def test_keys_move_scale_and_never_swallow_others():
    keys = (Key(0.4, 1.0), Key(1.2, 1.4), Key(2.0, 0.8))
    project = replace(a_project(), lip_scale_keys=Curve(1.0, keys))
    name = CurveName.LIP_SCALE
    moved = EDITS["move_keys"](project, curve=name, times=[0.4], by=0.2, value=0.1)
    first = moved.lip_scale_keys.keys[0]
    assert (first.time, first.value) == pytest.approx((0.6, 1.1))
    with pytest.raises(EditRejected, match="already"):
        EDITS["move_keys"](project, curve=name, times=[0.4], by=0.8)
    wide = EDITS["scale_keys"](project, curve=name, times=[0.4, 1.2, 2.0], pivot=0.4, factor=0.5, value_factor=2)
    assert [k.time for k in wide.lip_scale_keys.keys] == pytest.approx([0.4, 0.8, 1.2])
    assert [k.value for k in wide.lip_scale_keys.keys] == pytest.approx([1.0, 1.8, 0.6])
    with pytest.raises(EditRejected, match="between 0 and 2"):
        EDITS["set_key"](project, curve=name, key=Key(1, 3))
    held = EDITS["set_interpolation"](project, curve=name, times=[0.4], interpolation=Interpolation.HOLD)
    assert held.lip_scale_keys.at(1.1) == 1.0


def test_copied_keys_are_pasted_elsewhere():
    project = a_project()
    pasted = EDITS["paste_keys"](project, curve=CurveName.YAW, keys=project.lip_scale_keys.keys, at=1.0)
    assert [k.time for k in curve_of(pasted, CurveName.YAW).keys] == pytest.approx([1.0, 1.8])


def test_a_look_jumps_holds_and_goes_back():
    project = EDITS["look_at"](a_project(), x=8.0, y=-3.0, start=0.5, end=1.5)
    gaze = project.gaze_keys
    assert [gaze.x.at(time) for time in (0.0, 0.5, 0.54, 1.0, 1.5, 1.54, 2.0)] == pytest.approx([0, 0, 8, 8, 8, 0, 0])
    assert gaze.y.at(1.0) == -3.0
    again = EDITS["look_at"](project, x=-5.0, y=0.0, start=0.8, end=1.2)
    assert [again.gaze_keys.x.at(time) for time in (0.7, 1.0, 1.3)] == pytest.approx([8, -5, 8])
    with pytest.raises(EditRejected, match="longer time"):
        EDITS["look_at"](project, x=0.0, y=0.0, start=1.0, end=1.05)
    with pytest.raises(EditRejected, match="between -12 and 12"):
        EDITS["look_at"](project, x=20.0, y=0.0, start=1.0, end=2.0)


def test_emotion_clips_are_added_on_top_and_reordered():
    project = EDITS["add_emotion"](a_project(), clip=EmotionClip(Emotion.SAD, start=1.0, end=2.0))
    assert [clip.id for clip in project.emotions] == [1, 2]
    assert [clip.id for clip in EDITS["reorder_emotion"](project, clip=2, to=0).emotions] == [2, 1]
    with pytest.raises(EditRejected, match="lasts"):
        EDITS["trim_emotion"](project, clip=2, start=1.0, end=1.0)
    moved = EDITS["move_emotion"](project, clip=1, by=0.3)
    assert (moved.emotions[0].start, moved.emotions[0].end) == pytest.approx((0.8, 2.1))


def test_an_envelope_moves_with_its_clip():
    project = EDITS["set_key"](a_project(), curve=CurveName.ENVELOPE, clip=1, key=Key(0.7, 0.5))
    assert EDITS["move_emotion"](project, clip=1, by=0.3).emotions[0].envelope.keys[0].time == pytest.approx(1.0)


def test_a_stroke_paints_the_chosen_clip_alone():
    project = EDITS["add_emotion"](a_project(), clip=EmotionClip(Emotion.SAD))
    erase = Brush(mode="erase")
    painted = EDITS["paint_stroke"](project, clip=2, brush=erase, dabs=[Dab(0.3, -0.2)])
    assert painted.emotions[0] == project.emotions[0]
    assert painted.emotions[1].mask is not None


def test_a_preset_is_kept_and_applied_and_forgotten_by_hand():
    spoken = EDITS["set_style"](a_project(), style=StyleAxes(1.4, 1.0, 0.8))
    preset = preset_of(spoken, "Mine")
    applied = EDITS["apply_preset"](a_project(), preset=preset)
    assert (applied.style, applied.style_preset) == (StyleAxes(1.4, 1.0, 0.8), "Mine")
    assert EDITS["set_style"](applied, style=StyleAxes()).style_preset == ""
    with pytest.raises(EditRejected):
        StylePreset(" ", StyleAxes())


def test_a_word_is_spoken_as_a_preset_says_whatever_the_clip_does():
    preset = StylePreset("Loud", StyleAxes(1.4, 0.9, 1.2), lip_scale=1.2)
    project = replace(a_project(), style=StyleAxes(0.8, 1.2, 0.0), lip_scale=0.5)
    style = word_style_of(preset, project, edge=0.1)
    assert style.open * 0.8 == pytest.approx(1.4, abs=1e-3)
    assert style.wide * 1.2 == pytest.approx(0.9, abs=1e-3)
    assert (style.purse, style.scale, style.edge) == (1.0, 2.0, 0.1), "what cannot be reached is approached"


def test_mute_and_solo():
    project = EDITS["set_muted"](a_project(), track=Track.HEAD, on=True)
    assert not project.active(Track.HEAD)
    assert project.active(Track.LIPS)
    alone = EDITS["set_solo"](project, track=Track.LIPS, on=True)
    assert [track for track in Track if alone.active(track)] == [Track.LIPS]


def test_blinks_and_markers_are_kept_in_order_and_inside():
    project = EDITS["add_blink"](EDITS["add_blink"](a_project(), time=1.5), time=0.5)
    assert [blink.time for blink in project.blinks] == [0.5, 1.5]
    assert [b.time for b in EDITS["move_blink"](project, blink=project.blinks[0].id, to=2.0).blinks] == [1.5, 2.0]
    changed = EDITS["change_blink"](project, blink=project.blinks[0].id, time=2.0, held=0.4, strength=0.5)
    assert [(b.time, b.held, b.strength) for b in changed.blinks] == [(1.5, 0.03, 1.0), (2.0, 0.4, 0.5)]
    with pytest.raises(EditRejected, match="outside"):
        EDITS["add_marker"](project, time=99.0)
    with pytest.raises(EditRejected, match="before the out point"):
        EDITS["set_range"](project, start=1.0, end=0.5)


@pytest.mark.parametrize("time", [float("inf"), float("nan"), -1.0])
def test_times_that_are_no_times_are_rejected_even_without_a_recording(time):
    for attempted in (
        lambda: EDITS["add_marker"](Project(), time=time),
        lambda: EDITS["add_blink"](Project(), time=time),
        lambda: EDITS["set_range"](Project(), start=time, end=None),
        lambda: EDITS["add_emotion"](Project(), clip=EmotionClip(Emotion.SAD, start=time)),
    ):
        with pytest.raises(EditRejected):
            attempted()
