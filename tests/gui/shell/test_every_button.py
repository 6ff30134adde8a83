"""Every button of the window does something, and no command raises an error, whatever is selected."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QToolButton

from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Emotion, EmotionClip
from pctalk_studio.session.selection import KeyRef, Selection

ENDS = {"file.quit", "file.close"}
"""Commands after which there is nothing left to try."""


@pytest.fixture
def crowded(open_window, kit, monkeypatch):
    """A window with one of everything, of which nothing leaves the program."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    editor = kit.editor
    editor.apply("add_emotion", clip=EmotionClip(Emotion.SAD, start=0.2, end=0.9))
    editor.apply("add_blink", time=0.6)
    editor.apply("add_marker", time=0.5)
    editor.apply("set_key", curve=CurveName.YAW, key=Key(0.4, 2.0))
    return open_window


def selections(project):
    """Nothing, and one of each kind."""
    yield Selection()
    yield Selection.of(words=[project.speech.words[1].id])
    yield Selection.of(phones=[project.speech.phones[2].id])
    yield Selection.of(emotions=[clip.id for clip in project.emotions])
    yield Selection.of(blinks=[blink.id for blink in project.blinks])
    yield Selection.of(markers=[marker.id for marker in project.markers])
    yield Selection.of(keys=[KeyRef(CurveName.YAW, None, 0.4)])


def tidy(window):
    """Close what was opened over the window."""
    popup = QApplication.activePopupWidget()
    while popup is not None:
        popup.close()
        popup = QApplication.activePopupWidget()
    window.front.show_home()


def opens_a_menu(button):
    return isinstance(button, QToolButton | QPushButton) and button.menu() is not None


@pytest.mark.parametrize("number", range(7))
def test_every_button_can_be_clicked(crowded, kit, qtbot, number):
    chosen = list(selections(kit.editor.project))[number]
    clicked = 0
    before = kit.editor.project
    kit.editor.select(chosen)
    qtbot.wait(20)
    for button in crowded.findChildren(QAbstractButton):
        try:
            usable = button.isVisible() and button.isEnabled() and not opens_a_menu(button)
        except RuntimeError:  # one that a click before has taken away
            continue
        if usable:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            clicked += 1
            tidy(crowded)
            while kit.editor.project is not before and kit.editor.desk.studio.history.past:
                kit.editor.undo()
            kit.editor.select(chosen)
    assert clicked > 30


@pytest.mark.parametrize("page", ["new", "keys", "preferences", "presets", "export"])  # models would fetch files
def test_every_button_of_a_page_can_be_clicked(crowded, kit, qtbot, tmp_path, monkeypatch, page):
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)

    def show():
        if page == "export":
            kit.actions["export.open"].trigger()
        else:
            getattr(crowded.pages, f"show_{page}")()
        qtbot.wait(1)
        return [each for each in crowded.front.page.findChildren(QAbstractButton) if each.isVisible()]

    for number in range(len(show())):
        shown = show()
        button = shown[number] if number < len(shown) else None
        if button is not None and button.isEnabled() and not opens_a_menu(button):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        tidy(crowded)
    qtbot.waitUntil(lambda: not crowded.exporting.busy, timeout=20000)


def test_every_command_can_be_given(crowded, kit, qtbot):
    before = kit.editor.project
    given = 0
    for chosen in selections(before):
        for spec in list(kit.actions):
            kit.editor.select(chosen)
            if spec.id not in ENDS and kit.actions[spec.id].isEnabled():
                kit.actions[spec.id].trigger()
                given += 1
                tidy(crowded)
                while kit.editor.project is not before and kit.editor.desk.studio.history.past:
                    kit.editor.undo()
    assert given > 500
