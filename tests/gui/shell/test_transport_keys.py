"""The transport by keyboard and by its bar."""

from __future__ import annotations

import pytest
from helpers.clocks import Scrubbed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from pctalk_studio.app.shell.time_code import parse_time
from pctalk_studio.app.shell.transport_bar import TimeField, TransportBar
from pctalk_studio.core.time import FrameRate
from pctalk_studio.session.selection import Selection

Key = Qt.Key


@pytest.fixture
def transport(open_window, kit):
    return kit.editor.desk.transport


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, key, modifier)


def test_space_plays_and_stops_and_time_goes_on_only_while_it_plays(open_window, transport, qtbot):
    press(open_window, Key.Key_Space)
    assert transport.playing
    qtbot.waitUntil(lambda: transport.frame > 2, timeout=3000)
    press(open_window, Key.Key_Space)
    assert not transport.playing
    frame = transport.frame
    qtbot.wait(120)
    assert transport.frame == frame
    assert not open_window.transport._ticker.isActive()


def test_j_k_l_shuttle_and_double(open_window, transport):
    transport.seek(20)
    for key, speed in ((Key.Key_L, 1), (Key.Key_L, 2), (Key.Key_L, 4), (Key.Key_J, -1), (Key.Key_J, -2)):
        press(open_window, key)
        assert transport.speed == speed
    press(open_window, Key.Key_K)
    assert not transport.playing


def test_while_k_is_held_j_and_l_go_single_frames(open_window, transport):
    transport.seek(10)
    QTest.keyPress(open_window, Key.Key_K)
    press(open_window, Key.Key_L)
    press(open_window, Key.Key_L)
    press(open_window, Key.Key_J)
    assert (transport.frame, transport.playing) == (11, False)
    QTest.keyRelease(open_window, Key.Key_K)
    press(open_window, Key.Key_L)
    assert transport.playing
    transport.pause()


def test_arrows_step_and_home_and_end_jump(open_window, transport, kit):
    transport.seek(5)
    press(open_window, Key.Key_Right)
    assert transport.frame == 6
    press(open_window, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert transport.frame == 31
    press(open_window, Key.Key_Left)
    press(open_window, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert transport.frame == 5
    press(open_window, Key.Key_End)
    assert transport.frame == kit.editor.desk.frame_count - 1
    press(open_window, Key.Key_Home)
    assert transport.frame == 0


def test_i_and_o_set_the_range_and_alt_clears_it(open_window, transport, kit):
    transport.seek(10)
    press(open_window, Key.Key_I)
    transport.seek(19)
    press(open_window, Key.Key_O)
    assert (kit.editor.project.in_point, kit.editor.project.out_point) == (0.4, 0.8)
    transport.seek(30)
    press(open_window, Key.Key_I)
    assert (kit.editor.project.in_point, kit.editor.project.out_point) == (1.2, None)
    press(open_window, Key.Key_I, Qt.KeyboardModifier.AltModifier)
    assert kit.editor.project.in_point is None


def test_m_puts_a_marker_under_the_playhead(open_window, transport, kit):
    transport.seek(15)
    press(open_window, Key.Key_M)
    assert [marker.time for marker in kit.editor.project.markers] == [0.6]


@pytest.mark.parametrize("key", [(Key.Key_Space, Qt.KeyboardModifier.ShiftModifier), (Key.Key_Tab, None)])
def test_the_selection_is_played_and_no_more(open_window, transport, kit, qtbot, key):
    word = kit.editor.project.speech.words[1]
    kit.editor.select(Selection.of(words=[word.id]))
    target = open_window if key[1] else open_window.timeline
    if key[1] is None:
        target.setFocus()
    QTest.keyClick(open_window.focusWidget() or open_window, key[0], key[1] or Qt.KeyboardModifier.NoModifier)
    assert transport.playing
    assert transport.frame == int(word.start * 25)
    qtbot.waitUntil(lambda: not transport.playing, timeout=3000)
    assert transport.frame == kit.editor.desk.rate.frames_in(word.end) - 1


def test_loop_is_kept_for_the_next_project(open_window, transport, kit):
    press(open_window, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert transport.loop
    from helpers.desks import studio

    kit.editor.open_studio(studio())
    assert kit.editor.desk.transport.loop


@pytest.mark.parametrize(
    ("text", "frame"),
    [("00:01:06", 31), ("1:06", 31), ("1.5", 37), ("1,5 s", 37), ("37 f", 37), ("+10f", 20), ("-4 f", 6), ("-99f", 0)],
)
def test_times_can_be_typed_in_many_ways(text, frame):
    assert parse_time(text, FrameRate.parse("25"), 10) == frame


@pytest.mark.parametrize("text", ["", "soon", "1:2:3:4:5", "f", "1.2.3"])
def test_what_is_no_time_is_not_guessed(text):
    assert parse_time(text, FrameRate.parse("25")) is None


def test_a_typed_time_moves_the_playhead_and_a_wrong_one_is_told(open_window, transport, qtbot, kit):
    field = open_window.findChild(TimeField)
    field.selectAll()
    QTest.keyClicks(field, "1:06")
    QTest.keyClick(field, Key.Key_Return)
    assert transport.frame == 31
    assert field.text() == "00:01:06"
    field.selectAll()
    QTest.keyClicks(field, "soon")
    with qtbot.waitSignal(kit.editor.told, timeout=1000) as heard:
        QTest.keyClick(field, Key.Key_Return)
    assert "soon" in heard.args[0].problem.text
    assert transport.frame == 31


def test_loop_is_switched_by_its_button_and_stays_in_step_with_its_key(open_window, kit, transport, qtbot):
    (loop,) = [each for each in open_window.findChild(TransportBar).findChildren(QToolButton) if each.text() == "loop"]
    for on in (True, False):
        qtbot.mouseClick(loop, Qt.MouseButton.LeftButton)
        assert (transport.loop, loop.isChecked(), kit.actions["transport.loop"].isChecked()) == (on, on, on)
    press(open_window, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert (transport.loop, loop.isChecked()) == (True, True)


def test_the_playhead_is_dragged_with_sound_until_that_is_switched_off(open_window, kit, transport, qtbot):
    ruler, scale, listener = open_window.timeline.ruler, open_window.timeline.view.scale, Scrubbed()
    transport.set_clock(listener)

    def drag(start, end):
        left, y = Qt.MouseButton.LeftButton, ruler.height() - 4
        qtbot.mousePress(ruler, left, pos=QPoint(round(scale.x(start)), y))
        qtbot.mouseMove(ruler, QPoint(round(scale.x(end)), y))
        qtbot.mouseRelease(ruler, left, pos=QPoint(round(scale.x(end)), y))
        return transport.frame

    assert drag(0.3, 0.9) == pytest.approx(0.9 * 25, abs=1)
    assert listener.moments[0] == pytest.approx(0.3, abs=0.05)
    assert listener.moments[-1] == pytest.approx(0.9, abs=0.05)
    (switch,) = [each for each in open_window.findChild(TransportBar).findChildren(QToolButton) if each.text() == "scrub"]
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    listener.moments.clear()
    assert drag(0.9, 0.4) == pytest.approx(0.4 * 25, abs=1)
    QTest.keyClick(open_window, Key.Key_Right)
    assert listener.moments == []


def test_the_bar_plays_at_the_chosen_speed(open_window, transport, qtbot):
    bar = open_window.findChild(TransportBar)
    bar.speed.menu().actions()[1].trigger()
    assert bar.speed.text() == "0.5 x"
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert (transport.playing, transport.speed) == (True, 0.5)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert not transport.playing


def test_every_button_of_the_bar_has_a_name_and_is_large_enough(open_window):
    bar = open_window.findChild(TransportBar)
    for button in bar.findChildren(QToolButton):
        assert button.accessibleName()
        assert min(button.width(), button.height()) >= 24
