"""Marking moments by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pctalk_studio.session.selection import Selection


def times(hand):
    return [marker.time for marker in hand.editor.project.markers]


def test_a_double_click_marks_and_asks_for_a_name(hand, qtbot, no_snap):
    hand.double_click("markers", 0.8)
    field = hand.canvas.findChild(QLineEdit)
    qtbot.keyClicks(field, "s 1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    (marker,) = hand.editor.project.markers
    assert marker.label == "s 1"
    assert marker.time == pytest.approx(0.8, abs=0.005)
    assert hand.editor.selection == Selection.of(markers=[marker.id])


def test_escape_leaves_the_name(hand, qtbot):
    hand.double_click("markers", 0.8)
    field = hand.canvas.findChild(QLineEdit)
    qtbot.keyClicks(field, "no")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert [marker.label for marker in hand.editor.project.markers] == [""]


def test_a_drag_moves_a_marker_in_one_step(hand, no_snap):
    hand.editor.apply("add_marker", time=0.5, label="here")
    hand.drag("markers", 0.5, 1.1)
    assert times(hand) == pytest.approx([1.1], abs=0.006)
    hand.editor.undo()
    assert times(hand) == [0.5]


def test_escape_during_a_drag_takes_it_back(hand, no_snap):
    hand.editor.apply("add_marker", time=0.5)
    hand.press("markers", 0.5)
    hand.move("markers", 1.0)
    assert times(hand) != [0.5]
    hand.key(Qt.Key.Key_Escape)
    assert times(hand) == [0.5]
    hand.release("markers", 1.0)
    assert times(hand) == [0.5]


def test_a_marker_snaps_to_the_playhead_unless_alt_is_held(hand):
    hand.editor.apply("add_marker", time=0.2)
    transport = hand.editor.desk.transport
    transport.seek(25)
    near = transport.seconds + hand.panel.view.scale.seconds(4)
    hand.drag("markers", 0.2, near)
    assert times(hand) == [transport.seconds]
    hand.drag("markers", transport.seconds, 0.2, held=Qt.KeyboardModifier.AltModifier)
    hand.drag("markers", 0.2, near, held=Qt.KeyboardModifier.AltModifier)
    assert times(hand) != [transport.seconds]


def test_several_move_and_go_together(hand, no_snap):
    for time in (0.4, 0.8, 1.2):
        hand.editor.apply("add_marker", time=time)
    hand.editor.select(Selection.of(markers=[each.id for each in hand.editor.project.markers[:2]]))
    hand.drag("markers", 0.4, 0.5)
    assert times(hand) == pytest.approx([0.5, 0.9, 1.2], abs=0.006)
    hand.key(Qt.Key.Key_Delete)
    assert times(hand) == [1.2]


def test_keys_walk_and_nudge(hand):
    for time in (0.4, 0.8):
        hand.editor.apply("add_marker", time=time)
    hand.canvas.focus_on(hand.lane("markers"))
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Period)
    assert times(hand) == pytest.approx([0.44, 0.8])
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Comma, Qt.KeyboardModifier.AltModifier)
    assert times(hand) == pytest.approx([0.44, 0.79])
