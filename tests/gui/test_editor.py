"""The open project as the window sees it: edits reach the frames, the undo list and the views."""

from __future__ import annotations

import numpy as np

from pctalk_studio.session.selection import Selection


def test_an_edit_is_evaluated_drawn_and_told(open_kit, qtbot):
    editor, desk = open_kit.editor, open_kit.editor.desk
    frame = 12
    desk.transport.seek(frame)
    qtbot.waitUntil(lambda: desk.picture(frame) is not None, timeout=5000)
    before = desk.picture(frame).copy()
    with qtbot.waitSignals([editor.project_changed, editor.motion_changed], timeout=5000):
        assert editor.apply("set_lip_scale", scale=2.0)
    qtbot.waitUntil(lambda: desk.picture(frame) is not None and not np.array_equal(desk.picture(frame), before), timeout=5000)
    editor.undo()
    qtbot.waitUntil(lambda: np.array_equal(desk.picture(frame), before), timeout=5000)
    assert not desk.modified


def test_a_rejected_edit_is_told_and_changes_nothing(open_kit, qtbot):
    editor = open_kit.editor
    before = editor.project
    with qtbot.waitSignal(editor.told, timeout=1000) as heard:
        assert not editor.apply("set_lip_scale", scale=7.0)
    assert "Lip scale" in heard.args[0].problem.text
    assert editor.project is before


def test_a_drag_is_one_step(open_kit):
    editor = open_kit.editor
    editor.begin_drag()
    for scale in (0.9, 0.8, 0.7):
        assert editor.apply("set_lip_scale", gesture="slider lip scale", scale=scale)
    editor.end_drag()
    editor.begin_drag()
    assert editor.apply("set_lip_scale", gesture="slider lip scale", scale=0.5)
    editor.end_drag()
    editor.undo()
    assert editor.project.lip_scale == 0.7
    editor.undo()
    assert editor.project.lip_scale == 1.0


def test_several_edits_are_one_step_or_none(open_kit):
    editor = open_kit.editor
    assert not editor.apply_all("Louder", [("set_lip_scale", {"scale": 1.5}), ("set_lip_scale", {"scale": 9})])
    assert editor.project.lip_scale == 1.0
    assert editor.apply_all("Louder", [("set_lip_scale", {"scale": 1.5}), ("set_follow_volume", {"amount": 1.0})])
    editor.undo()
    assert (editor.project.lip_scale, editor.project.follow_volume) == (1.0, 0.5)


def test_what_an_edit_removes_is_selected_no_more(open_kit, qtbot):
    editor = open_kit.editor
    marker = editor.project.next_id
    editor.apply("add_marker", time=0.5)
    editor.select(Selection.of(markers=[marker], words=[2]))
    with qtbot.waitSignal(editor.selection_changed, timeout=1000):
        editor.apply("delete_marker", marker=marker)
    assert editor.selection == Selection.of(words=[2])


def test_the_playhead_stays_inside_the_clip(open_kit):
    transport = open_kit.editor.desk.transport
    transport.seek(10_000)
    assert transport.frame == open_kit.editor.desk.frame_count - 1
    transport.seek(-4)
    assert transport.frame == 0
