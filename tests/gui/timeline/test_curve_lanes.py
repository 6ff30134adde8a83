"""Keys in the lanes of curves: added, moved, stretched, turned, copied and deleted by hand and by keys."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from PySide6.QtCore import Qt

from pctalk_studio.app.timeline.key_clipboard import KIND, copied_keys, keep_keys
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, Plot
from pctalk_studio.document.curves import Handle, Interpolation, Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.session.selection import KeyRef, Selection

CTRL, SHIFT, ALT = (Qt.KeyboardModifier[f"{name}Modifier"] for name in ("Control", "Shift", "Alt"))


def keys(hand):
    return [(key.time, key.value) for key in hand.editor.project.lip_scale_keys.keys]


def near(found, wanted):
    assert len(found) == len(wanted)
    for (time, value), (t, v) in zip(found, wanted, strict=True):
        assert time == pytest.approx(t, abs=0.006)
        assert value == pytest.approx(v, abs=0.06)


def share(hand, value, name="lip_scale", curve=CurveName.LIP_SCALE):
    """Height of a value within a lane, 0 at the top to 1."""
    lane = hand.lane(name)
    return Plot.of(Channel(curve, ""), hand.canvas.strip(lane)).y(value) / lane.height


def set_keys(hand, *pairs, interpolation=Interpolation.SMOOTH):
    for time, value in pairs:
        hand.editor.apply("set_key", curve=CurveName.LIP_SCALE, key=Key(time, value, interpolation))


def ref(time):
    return KeyRef(CurveName.LIP_SCALE, None, time)


def test_a_double_click_adds_a_key_where_it_is(hand, no_snap):
    hand.double_click("lip_scale", 0.6, share(hand, 1.6))
    near(keys(hand), [(0.6, 1.6)])
    (key,) = hand.editor.project.lip_scale_keys.keys
    assert hand.editor.selection == Selection.of(keys=[ref(key.time)])
    hand.double_click("lip_scale", 0.6, share(hand, 1.6))
    near(keys(hand), [(0.6, 1.0)])


def test_a_drag_moves_the_selected_keys_in_one_step(hand, no_snap):
    set_keys(hand, (0.4, 1.0), (0.8, 1.2), (1.5, 0.5))
    hand.editor.select(Selection.of(keys=[ref(0.4), ref(0.8)]))
    hand.drag("lip_scale", 0.8, 1.0, share=share(hand, 1.2), to_share=share(hand, 1.6))
    near(keys(hand), [(0.6, 1.4), (1.0, 1.6), (1.5, 0.5)])
    assert sorted(each.time for each in hand.editor.selection.keys) == pytest.approx([0.6, 1.0], abs=0.006)
    hand.editor.undo()
    assert keys(hand) == [(0.4, 1.0), (0.8, 1.2), (1.5, 0.5)]


def test_values_stop_at_the_limits_together(hand, no_snap):
    set_keys(hand, (0.4, 1.0), (0.8, 1.5))
    hand.editor.select(Selection.of(keys=[ref(0.4), ref(0.8)]))
    hand.drag("lip_scale", 0.4, 0.4, share=share(hand, 1.0), to_share=-2)
    assert [value for _, value in keys(hand)] == pytest.approx([1.5, 2.0])


def test_shift_keeps_to_time_or_value(hand, no_snap):
    set_keys(hand, (0.4, 1.0))
    hand.drag("lip_scale", 0.4, 0.9, share=share(hand, 1.0), to_share=share(hand, 1.2), held=SHIFT)
    near(keys(hand), [(0.9, 1.0)])
    assert keys(hand)[0][1] == 1.0


def test_escape_takes_a_drag_back(hand, no_snap):
    set_keys(hand, (0.4, 1.0))
    hand.press("lip_scale", 0.4, share=share(hand, 1.0))
    hand.move("lip_scale", 1.0, share=share(hand, 1.5))
    assert keys(hand) != [(0.4, 1.0)]
    hand.key(Qt.Key.Key_Escape)
    assert keys(hand) == [(0.4, 1.0)]
    hand.release("lip_scale", 1.0)


def test_a_key_snaps_to_a_word(hand):
    set_keys(hand, (0.1, 1.0))
    word = hand.editor.project.speech.words[2]
    aim = word.start + hand.panel.view.scale.seconds(4)
    hand.drag("lip_scale", 0.1, aim, share=share(hand, 1.0))
    assert keys(hand)[0][0] == pytest.approx(word.start, abs=1e-9)


def test_a_tangent_is_turned_and_its_other_end_stays_in_line(hand, no_snap):
    curve = CurveName.LIP_SCALE
    hand.editor.apply("set_key", curve=curve, key=Key(0.3, 1.0, Interpolation.BEZIER))
    middle = Key(1.0, 1.0, Interpolation.BEZIER, Handle(-0.2, 0.0), Handle(0.2, 0.0))
    hand.editor.apply("set_key", curve=curve, key=middle)
    hand.editor.apply("set_key", curve=curve, key=Key(1.8, 1.0))
    hand.editor.select(Selection.of(keys=[ref(1.0)]))
    hand.drag("lip_scale", 1.2, 1.3, share=share(hand, 1.0), to_share=share(hand, 1.4))
    key = hand.editor.project.lip_scale_keys.keys[1]
    assert key.leaving.time == pytest.approx(0.3, abs=0.01)
    assert key.leaving.value == pytest.approx(0.4, abs=0.06)
    assert key.arriving.value / key.arriving.time == pytest.approx(key.leaving.value / key.leaving.time)
    assert key.arriving.time == pytest.approx(-0.2)


def test_keys_by_the_keyboard(hand, no_snap):
    transport, editor = hand.editor.desk.transport, hand.editor
    hand.click("lip_scale", 0.1, share=0.1)
    transport.seek(20)
    hand.key(Qt.Key.Key_Semicolon)
    near(keys(hand), [(0.8, 1.0)])
    hand.do("raise")
    near(keys(hand), [(0.8, 1.1)])
    hand.key(Qt.Key.Key_Period)
    near(keys(hand), [(0.84, 1.1)])
    hand.key(Qt.Key.Key_C, CTRL)
    transport.seek(40)
    hand.key(Qt.Key.Key_V, CTRL)
    near(keys(hand), [(0.84, 1.1), (1.6, 1.1)])
    assert [each.time for each in editor.selection.keys] == pytest.approx([1.6])
    transport.seek(0)
    hand.key(Qt.Key.Key_BracketRight, ALT)
    assert transport.frame == 21
    hand.key(Qt.Key.Key_BracketRight, ALT)
    assert transport.frame == 40
    hand.key(Qt.Key.Key_BracketLeft, ALT)
    assert transport.frame == 21
    hand.key(Qt.Key.Key_A, CTRL)
    assert len(editor.selection.keys) == 2
    hand.key(Qt.Key.Key_Delete)
    assert keys(hand) == []
    editor.undo()
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_X)
    assert keys(hand) == [], "X deletes as well, as in Blender"


def test_grab_and_scale_follow_the_mouse_without_a_button(hand, no_snap):
    set_keys(hand, (0.4, 1.0), (0.8, 1.0))
    hand.click("lip_scale", 0.05, share=0.1)
    hand.key(Qt.Key.Key_A, CTRL)
    hand.move("lip_scale", 0.4, share=share(hand, 1.0))
    from PySide6.QtGui import QCursor

    QCursor.setPos(hand.canvas.mapToGlobal(hand.at("lip_scale", 0.4, share(hand, 1.0))))
    hand.key(Qt.Key.Key_G)
    hand.move("lip_scale", 0.7, share=share(hand, 1.0))
    near(keys(hand), [(0.7, 1.0), (1.1, 1.0)])
    hand.click("lip_scale", 0.7, share=share(hand, 1.0))
    hand.move("lip_scale", 1.5, share=share(hand, 1.0))
    near(keys(hand), [(0.7, 1.0), (1.1, 1.0)])
    hand.editor.desk.transport.seek(0)
    QCursor.setPos(hand.canvas.mapToGlobal(hand.at("lip_scale", 1.0, share(hand, 1.0))))
    hand.key(Qt.Key.Key_S, SHIFT)
    hand.move("lip_scale", 1.5, share=share(hand, 1.0))
    near(keys(hand), [(1.05, 1.0), (1.65, 1.0)])
    hand.key(Qt.Key.Key_Escape)
    near(keys(hand), [(0.7, 1.0), (1.1, 1.0)])


def test_a_rubber_band_selects_keys(hand, no_snap):
    set_keys(hand, (0.4, 1.0), (0.8, 1.2), (1.5, 0.5))
    hand.drag("lip_scale", 0.3, 1.0, share=0.05, to_share=0.95)
    assert sorted(each.time for each in hand.editor.selection.keys) == [0.4, 0.8]


def test_the_menu_changes_how_a_curve_runs_on(hand, no_snap):
    set_keys(hand, (0.4, 1.0), (0.8, 1.2))
    hand.editor.select(Selection.of(keys=[ref(0.4)]))
    hand.lane("lip_scale").set_interpolation(Interpolation.HOLD)
    assert hand.editor.project.lip_scale_keys.keys[0].interpolation is Interpolation.HOLD


def test_head_curves_are_edited_one_at_a_time(hand, no_snap):
    lane = hand.lane("head")
    hand.double_click("head", 0.6, share(hand, 4.0, "head", CurveName.YAW))
    lane.activate(lane.channels[1])
    hand.double_click("head", 1.0, share(hand, -2.0, "head", CurveName.PITCH))
    head = hand.editor.project.head_keys
    assert head.yaw.keys[0].value == pytest.approx(4.0, abs=0.3)
    assert head.pitch.keys[0].value == pytest.approx(-2.0, abs=0.3)


def test_the_clipboard_of_strangers_is_harmless(qapp):
    from PySide6.QtCore import QByteArray, QMimeData

    for junk in (b"", b"{", b"[1]", b'[{"time": 1}]', b"[" * 100_000, b'[{"time": "x", "value": 2}]'):
        data = QMimeData()
        data.setData(KIND, QByteArray(junk))
        qapp.clipboard().setMimeData(data)
        assert copied_keys() == ()
    keep_keys([Key(0.5, 1.5, Interpolation.BEZIER, None, Handle(0.1, 0.2))])
    assert copied_keys() == (Key(0.5, 1.5, Interpolation.BEZIER, None, Handle(0.1, 0.2)),)


def test_keys_on_the_clipboard_do_not_hinder_the_program_s_end():
    script = """
        from PySide6.QtGui import QGuiApplication
        application = QGuiApplication([])
        from pctalk_studio.app.timeline.key_clipboard import copied_keys, keep_keys
        from pctalk_studio.document.curves import Key
        keep_keys([Key(0.5, 1.0)])
        assert copied_keys() == (Key(0.5, 1.0),)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
