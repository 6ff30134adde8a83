"""Chips, choices, switches, sections, icons and the flow of items."""

import itertools

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from pctalk_studio.app.look import DARK, LIGHT, Look
from pctalk_studio.app.widgets.chips import Chip, SegmentedChoice, Toggle, ink_on
from pctalk_studio.app.widgets.flow import FlowLayout
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.sections import Section
from pctalk_studio.app.widgets.style import style_sheet
from pctalk_studio.document.project import Emotion


@pytest.fixture
def look():
    return Look("dark")


def picture(widget):
    image = widget.grab().toImage()  # whose memory goes with it
    return bytes(image.constBits())


def contrast(one, other):
    def luminance(color):
        parts = [color.redF(), color.greenF(), color.blueF()]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("tokens", "emotion"), list(itertools.product((DARK, LIGHT), Emotion)))
def test_text_on_every_emotion_reads(tokens, emotion):
    fill = tokens.emotion(emotion)
    assert contrast(fill, ink_on(fill)) >= 4.5


def test_a_chip_is_told_from_others_without_colour(qtbot, look):
    chip = Chip(look, "cheeks")
    qtbot.addWidget(chip)
    off = picture(chip)
    chip.setChecked(True)
    on = picture(chip)
    chip.set_mixed(True)
    assert len({off, on, picture(chip)}) == 3
    assert chip.sizeHint().height() >= 24


def test_a_chip_is_switched_by_mouse_and_return(qtbot, look):
    chip = Chip(look, "cheeks")
    qtbot.addWidget(chip)
    QTest.mouseClick(chip, Qt.LeftButton)
    assert chip.isChecked()
    QTest.keyClick(chip, Qt.Key_Return)
    assert not chip.isChecked()


def test_one_of_a_few_is_chosen(qtbot, look):
    choice = SegmentedChoice(look, "Head", [("still", "Still"), ("subtle", "Subtle"), ("lively", "Lively")])
    qtbot.addWidget(choice)
    choice.set_value("subtle")
    assert choice.value == "subtle"
    with qtbot.waitSignal(choice.chosen) as told:
        QTest.mouseClick(choice.button("lively"), Qt.LeftButton)
    assert told.args == ["lively"]
    assert choice.value == "lively"
    choice.set_value(None)
    assert choice.value is None


def test_showing_a_choice_tells_nobody(qtbot, look):
    choice = SegmentedChoice(look, "Head", [(1, "One"), (2, "Two")])
    qtbot.addWidget(choice)
    with qtbot.assertNotEmitted(choice.chosen):
        choice.set_value(2)


def test_a_switch_lies_on_the_right_when_on(qtbot, look):
    toggle = Toggle(look, "Mirror")
    qtbot.addWidget(toggle)
    off = picture(toggle)
    QTest.mouseClick(toggle, Qt.LeftButton)
    assert toggle.isChecked()
    assert picture(toggle) != off


def test_a_section_remembers_that_it_was_folded(qtbot, look, tmp_path):
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)

    def section():
        made = Section(look, "Head", settings, "head")
        made.add(QLabel("rows"))
        qtbot.addWidget(made)
        made.show()
        return made

    first = section()
    assert first.body.isVisible()
    QTest.mouseClick(first.header, Qt.LeftButton)
    assert not first.body.isVisible()
    second = section()
    assert not second.body.isVisible()
    QTest.keyClick(second.header, Qt.Key_Return)
    assert second.body.isVisible()
    assert section().body.isVisible()


def test_items_flow_into_lines(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    flow = FlowLayout(widget, gap=4)
    buttons = [QPushButton(text) for text in ("one", "two", "three", "four")]
    for button in buttons:
        button.setFixedSize(60, 24)
        flow.addWidget(button)
    assert flow.heightForWidth(60 * 4 + 4 * 3) == 24
    assert flow.heightForWidth(60 * 2 + 4) == 24 * 2 + 4
    widget.resize(60 * 2 + 4, 100)
    widget.show()
    assert [(b.x(), b.y()) for b in buttons] == [(0, 0), (64, 0), (0, 28), (64, 28)]


def inked(button, color):
    shot = button.icon().pixmap(32, 32).toImage()
    return any(shot.pixelColor(x, y) == QColor(color) for x in range(shot.width()) for y in range(shot.height()))


def test_icons_keep_to_the_look_and_let_go_of_it(qtbot, look):
    button = IconButton(look, "trash", "Delete")
    qtbot.addWidget(button)
    assert inked(button, DARK.text)
    look.choose("light")
    assert inked(button, LIGHT.text)
    assert button.accessibleName() == "Delete"
    with qtbot.waitSignal(button.destroyed):
        button.deleteLater()
    look.choose("dark")  # tells nobody who is gone


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_the_style_sheet_is_understood_and_neutral(qtbot, tokens):
    widget = QPushButton("Export")
    widget.setProperty("primary", True)
    qtbot.addWidget(widget)
    widget.setStyleSheet(style_sheet(tokens))  # Qt warns, and the test fails, where it cannot be read
    widget.resize(120, 30)
    widget.show()
    assert widget.grab().toImage().pixelColor(10, 15) == QColor(tokens.accent)
    assert "$" not in style_sheet(tokens)
