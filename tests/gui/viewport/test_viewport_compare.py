"""The unedited clip beside the edited one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from pctalk_studio.app.viewport.options import Compare

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def edited(hand):
    """A clip whose frames an edit has changed, and the frame before it."""
    before = hand.kit.editor.desk.picture().copy()
    hand.kit.editor.apply("set_lip_scale", scale=0.2)
    hand.settled()
    assert not np.array_equal(hand.kit.editor.desk.picture(), before)
    return hand, before


def compared(hand, qtbot) -> None:
    qtbot.waitUntil(lambda: hand.scene.compared is not None and not hand.scene.compared.stale, timeout=5000)


def test_wipe_shows_the_unedited_frame_left_of_the_divider(edited, qtbot):
    hand, before = edited
    hand.key(Qt.Key.Key_W)
    compared(hand, qtbot)
    assert np.array_equal(hand.scene.compared.picture, before)
    # Dragged from the middle to the left; what is drawn in the first pixels tells which clip it is.
    canvas = hand.canvas
    left, top, width, height = canvas.view.box
    start = QPoint(round(left + width * hand.scene.options.divider), round(top + height / 2))
    for share, picture in ((0.25, before), (0.0, hand.kit.editor.desk.picture())):
        end = QPoint(round(left + width * share) - (9 if share == 0 else 0), start.y())
        QTest.mousePress(canvas, LEFT, NONE, start)
        QTest.mouseMove(canvas, end)
        QTest.mouseRelease(canvas, LEFT, NONE, end)
        assert hand.scene.options.divider == pytest.approx(share, abs=0.01)
        start = QPoint(round(left + width * share), start.y())
        x, y = (round(value) for value in canvas.view.to_pane(5.5, 5.5))
        color = canvas.grab().toImage().pixelColor(x, y)
        assert (color.red(), color.green(), color.blue()) == pytest.approx(tuple(int(v) for v in picture[5, 5]), abs=3)
    assert hand.kit.editor.project.emotions == ()


def test_what_is_said_until_the_unedited_frame_is_there_ends_before_the_divider(hand, monkeypatch):
    hand.key(Qt.Key.Key_W)
    monkeypatch.setattr(hand.scene, "compared", None)
    canvas = hand.canvas
    left, top, width, height = canvas.view.box
    divider = round(left + width * hand.scene.options.divider)
    image, ratio = canvas.grab().toImage(), canvas.devicePixelRatioF()
    rows = range(round((top + height * 0.3) * ratio), round((top + height * 0.7) * ratio))

    def written(x: int) -> bool:
        return len({image.pixel(round(x * ratio), y) for y in rows}) > 1

    assert any(written(x) for x in range(round(left) + 8, divider - 16))
    # The handle of the divider is round and reaches twelve pixels to either side.
    assert not any(written(x) for x in (divider - 15, divider - 14))


def test_escape_puts_the_divider_back(edited, qtbot):
    hand, _ = edited
    hand.key(Qt.Key.Key_W)
    compared(hand, qtbot)
    left, top, width, height = hand.canvas.view.box
    begun = hand.scene.options.divider
    assert begun == pytest.approx(0.5, abs=0.1), "through the face"
    QTest.mousePress(hand.canvas, LEFT, NONE, QPoint(round(left + width * begun), round(top + height / 2)))
    QTest.mouseMove(hand.canvas, QPoint(round(left + 20), 100))
    assert hand.scene.options.divider < 0.2
    hand.key(Qt.Key.Key_Escape)
    assert hand.scene.options.divider == begun


def test_side_by_side_shows_both_at_one_size(edited, qtbot):
    hand, _ = edited
    hand.key(Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    compared(hand, qtbot)
    assert hand.scene.options.compare is Compare.SIDE
    view, other = hand.canvas.view, hand.canvas.other_view
    assert view.scale == other.scale
    assert other.box[0] + other.box[2] <= view.box[0]
    hand.key(Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert hand.canvas.other_view is None


def test_it_is_seen_as_long_as_the_key_is_held(edited, qtbot):
    hand, before = edited
    QTest.keyPress(hand.canvas, Qt.Key.Key_C)
    assert hand.scene.options.held
    compared(hand, qtbot)
    x, y = (round(value) for value in hand.canvas.view.to_pane(5.5, 5.5))
    color = hand.canvas.grab().toImage().pixelColor(x, y)
    assert (color.red(), color.green(), color.blue()) == pytest.approx(tuple(int(v) for v in before[5, 5]), abs=3)
    QTest.keyRelease(hand.canvas, Qt.Key.Key_C)
    assert not hand.scene.options.held


def test_from_a_menu_it_is_switched_on_and_off_for_there_is_nothing_to_let_go_of(edited, qtbot):
    hand, before = edited
    action = hand.kit.actions["viewport.compare_hold"]
    action.trigger()
    compared(hand, qtbot)
    # What the person typed in the palette is let go of over the canvas.
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Return)
    hand.canvas.clearFocus()
    hand.canvas.setFocus()
    x, y = (round(value) for value in hand.canvas.view.to_pane(5.5, 5.5))
    color = hand.canvas.grab().toImage().pixelColor(x, y)
    assert (color.red(), color.green(), color.blue()) == pytest.approx(tuple(int(v) for v in before[5, 5]), abs=3)
    action.trigger()
    assert not hand.scene.options.alone


@pytest.mark.parametrize("end", ["escape", "hand"])
def test_what_was_switched_on_ends_with_escape_and_with_the_next_touch(edited, end):
    hand, _ = edited
    hand.kit.actions["viewport.compare_hold"].trigger()
    assert hand.scene.options.alone
    if end == "escape":
        hand.key(Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(hand.canvas, LEFT, NONE, QPoint(40, 40))
    assert not hand.scene.options.alone


def test_holding_the_key_still_ends_with_the_key_after_it_was_switched(edited, qtbot):
    hand, _ = edited
    for _ in range(2):
        hand.kit.actions["viewport.compare_hold"].trigger()
    QTest.keyPress(hand.canvas, Qt.Key.Key_C)
    assert hand.scene.options.held
    QTest.keyRelease(hand.canvas, Qt.Key.Key_C)
    assert not hand.scene.options.alone
    QTest.keyPress(hand.canvas, Qt.Key.Key_C)
    hand.canvas.clearFocus()
    assert not hand.scene.options.alone, "whoever looks away holds nothing"
    hand.canvas.setFocus()


def test_while_playing_the_last_frame_there_is_is_shown_with_a_mark(edited, qtbot, monkeypatch):
    hand, _ = edited
    hand.key(Qt.Key.Key_W)
    compared(hand, qtbot)
    first, desk = hand.scene.compared.frame, hand.kit.editor.desk
    assert first == desk.transport.frame
    monkeypatch.setattr(hand.scene._comparison, "picture", lambda frame: None)
    desk.transport.play()
    qtbot.waitUntil(lambda: desk.transport.tick().frame > first, timeout=3000)
    assert hand.scene.compared.stale
    assert hand.scene.compared.frame == first
    monkeypatch.undo()
    desk.transport.pause()
    compared(hand, qtbot)
    assert hand.scene.compared.frame == desk.transport.frame
