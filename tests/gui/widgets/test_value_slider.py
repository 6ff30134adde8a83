"""The row of a value under mouse, wheel and keys."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pctalk_studio.app.look import DARK, Look
from pctalk_studio.app.widgets.key_diamond import KeyState
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.value_slider import ValueSlider

SCALE = ValueScale(0, 2, 1)


class Heard:
    """What a row told, in order."""

    def __init__(self, row):
        self.events = []
        row.began.connect(lambda: self.events.append("began"))
        row.edited.connect(self.events.append)
        row.ended.connect(lambda: self.events.append("ended"))
        row.cancelled.connect(lambda: self.events.append("cancelled"))
        # As a panel does: what is edited is shown.
        row.edited.connect(lambda value: row.show_values([value]))


@pytest.fixture
def row(qtbot):
    made = ValueSlider(Look("dark"), "Open", SCALE, keyed=True)
    qtbot.addWidget(made)
    made.resize(320, 28)
    made.show_values([1.0])
    made.show()
    qtbot.waitExposed(made)
    return made


def at(row, value):
    return QPoint(round(row.track.x_of(value)), row.track.height() // 2)


def test_a_drag_is_one_gesture(row):
    heard = Heard(row)
    QTest.mousePress(row.track, Qt.LeftButton, Qt.NoModifier, at(row, 1.0))
    for value in (1.2, 1.5, 1.8):
        QTest.mouseMove(row.track, at(row, value))
    QTest.mouseRelease(row.track, Qt.LeftButton, Qt.NoModifier, at(row, 1.8))
    assert heard.events[0] == "began"
    assert heard.events[-1] == "ended"
    assert heard.events.count("began") == heard.events.count("ended") == 1
    assert heard.events[1:-1] == [pytest.approx(value, abs=0.02) for value in (1.2, 1.5, 1.8)]


def test_a_press_beside_the_knob_brings_it_there(row):
    heard = Heard(row)
    QTest.mouseClick(row.track, Qt.LeftButton, Qt.NoModifier, at(row, 0.4))
    assert heard.events == ["began", pytest.approx(0.4, abs=0.02), "ended"]


def test_escape_gives_a_drag_up(row):
    heard = Heard(row)
    QTest.mousePress(row.track, Qt.LeftButton, Qt.NoModifier, at(row, 1.0))
    QTest.mouseMove(row.track, at(row, 1.5))
    QTest.keyClick(row.track, Qt.Key_Escape)
    QTest.mouseMove(row.track, at(row, 1.9))
    QTest.mouseRelease(row.track, Qt.LeftButton, Qt.NoModifier, at(row, 1.9))
    assert heard.events == ["began", pytest.approx(1.5, abs=0.02), "cancelled"]


def test_a_typed_number_counts_when_return_is_pressed(row):
    heard = Heard(row)
    QTest.mouseClick(row.field, Qt.LeftButton)
    QTest.keyClicks(row.field, "1,4")
    assert heard.events == []
    QTest.keyClick(row.field, Qt.Key_Return)
    assert heard.events == ["began", 1.4, "ended"]
    assert row.field.text() == "1.40"


def test_a_digit_begins_typing_and_escape_gives_it_up(row):
    heard = Heard(row)
    row.field.setFocus()
    QTest.keyClicks(row.field, "0.5")
    assert row.field.typing
    QTest.keyClick(row.field, Qt.Key_Escape)
    assert heard.events == []
    assert row.field.text() == "1.00"


def test_nonsense_changes_nothing(row):
    heard = Heard(row)
    QTest.mouseClick(row.field, Qt.LeftButton)
    QTest.keyClicks(row.field, "duck")
    QTest.keyClick(row.field, Qt.Key_Return)
    assert heard.events == []
    assert row.field.text() == "1.00"


def test_the_number_is_dragged_sideways(row):
    heard = Heard(row)
    QTest.mousePress(row.field, Qt.LeftButton, Qt.NoModifier, QPoint(20, 10))
    QTest.mouseMove(row.field, QPoint(20 + 24, 10))
    QTest.mouseRelease(row.field, Qt.LeftButton, Qt.NoModifier, QPoint(44, 10))
    assert heard.events == ["began", pytest.approx(1.0 + 24 / 2 * SCALE.step), "ended"]
    assert not row.field.typing


def wheel(widget, notches):
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.NoButton,
        Qt.NoModifier,
        Qt.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_a_run_of_wheel_steps_is_one_gesture(row, qtbot):
    heard = Heard(row)
    row.track.setFocus()
    for _ in range(3):
        assert wheel(row.track, 1)
    assert heard.events == ["began", 1.05, 1.1, 1.15]
    qtbot.waitUntil(lambda: heard.events[-1] == "ended", timeout=3000)


def test_scrolling_past_changes_nothing(row):
    heard = Heard(row)
    row.track.clearFocus()
    row.field.clearFocus()
    assert not wheel(row.track, 1)
    assert not wheel(row.field, 1)
    assert heard.events == []


def test_arrow_keys_step_and_another_gesture_ends_the_run(row):
    heard = Heard(row)
    row.track.setFocus()
    QTest.keyClick(row.track, Qt.Key_Up)
    QTest.keyClick(row.track, Qt.Key_Down, Qt.ShiftModifier)
    QTest.mouseDClick(row.name, Qt.LeftButton)
    assert heard.events == ["began", 1.05, 0.55, "ended", "began", 1.0, "ended"]


def test_double_click_on_the_name_and_backspace_reset(row):
    heard = Heard(row)
    row.show_values([1.7])
    QTest.mouseDClick(row.name, Qt.LeftButton)
    row.show_values([0.2])
    row.track.setFocus()
    QTest.keyClick(row.track, Qt.Key_Backspace)
    assert heard.events == ["began", 1.0, "ended"] * 2


def test_values_that_differ_are_said_to_and_set_together(row):
    heard = Heard(row)
    row.show_values([0.5, 1.5])
    assert row.field.text() == "–"
    QTest.mouseClick(row.field, Qt.LeftButton)
    QTest.keyClicks(row.field, "1.2\r")
    assert heard.events == ["began", 1.2, "ended"]


def test_the_bar_fills_from_the_neutral_mark(row):
    accent = QColor(DARK.accent)
    row.track.clearFocus()

    def filled(value):
        row.show_values([value])
        shot = row.track.grab().toImage()
        middle = shot.height() // 2
        return [x for x in range(shot.width()) if shot.pixelColor(x, middle) == accent]

    neutral = row.track.x_of(1.0)
    assert not filled(1.0)
    assert min(filled(1.6)) >= neutral - 1
    assert max(filled(0.4)) <= neutral + 1
    shot = row.track.grab().toImage()
    empty = shot.pixelColor(round(row.track.x_of(1.9)), shot.height() // 2)
    assert empty == QColor(DARK.line), "the way that is left is told from the panel"


def test_the_diamond_shows_keys_and_asks_for_them(row, qtbot):
    pictures = set()
    for state in KeyState:
        row.show_key(state)
        assert row.diamond.state is state
        image = row.diamond.grab().toImage()  # whose memory goes with it
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == 3
    with qtbot.waitSignal(row.key_toggled):
        QTest.mouseClick(row.diamond, Qt.LeftButton)
    with qtbot.waitSignal(row.key_toggled):
        QTest.keyClick(row.diamond, Qt.Key_Return)


def test_everything_has_a_name_and_a_target_of_24_pixels(row):
    for part in (row.track, row.field, row.diamond):
        assert "Open" in part.accessibleName()
        assert part.height() >= 24
        assert part.toolTip()
    assert "0.00 – 2.00" in row.track.toolTip()
