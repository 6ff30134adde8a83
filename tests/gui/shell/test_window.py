"""The window's own behaviour: layout, theme, palette, faults, words for translators."""

from __future__ import annotations

import logging
import sys
import threading

from helpers.desks import studio
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QPushButton

from pctalk_studio.app.shell.ask_bar import Answer, AskBar
from pctalk_studio.app.shell.faults import Faults, log_path
from pctalk_studio.app.shell.fuzzy import rank
from pctalk_studio.app.shell.main_window import MainWindow
from pctalk_studio.app.shell.palette import CommandPalette
from pctalk_studio.app.shell.status_bar import StatusBar
from pctalk_studio.app.shell.theme import wear
from pctalk_studio.session.easel import ViewingQuality
from pctalk_studio.session.selection import Selection

Key, Modifier = Qt.Key, Qt.KeyboardModifier


# -- layout ----------------------------------------------------------------------------------------------------------------


def test_three_rooms_and_a_floor(open_window):
    docks = {dock.objectName(): dock.geometry() for dock in open_window.findChildren(QDockWidget)}
    front = open_window.front.geometry()
    assert docks["sidebar"].right() < front.left()
    assert docks["inspector"].left() > front.right()
    assert docks["timeline"].top() > front.bottom()
    assert docks["timeline"].width() == open_window.width()
    assert front.width() > open_window.width() / 2


def test_the_layout_is_remembered_and_can_be_put_back(open_window, kit, qtbot):
    kit.actions["view.sidebar"].setChecked(False)
    open_window.docks.keep()
    again = MainWindow(kit)
    qtbot.addWidget(again, before_close_func=lambda each: each.leave())
    again.show()
    (sidebar,) = [dock for dock in again.findChildren(QDockWidget) if dock.objectName() == "sidebar"]
    assert sidebar.isHidden()
    again.docks.arrange()
    assert not sidebar.isHidden()


def test_panels_have_titles_only_while_they_may_be_moved(open_window, kit):
    (timeline,) = [dock for dock in open_window.findChildren(QDockWidget) if dock.objectName() == "timeline"]
    assert timeline.titleBarWidget() is not None
    kit.actions["view.rearrange"].setChecked(True)
    assert timeline.titleBarWidget() is None
    kit.actions["view.rearrange"].setChecked(False)
    assert timeline.titleBarWidget() is not None


def test_the_theme_changes_at_once_and_is_remembered(open_window, kit):
    application = QApplication.instance()
    before = application.styleSheet(), application.palette()
    try:
        wear(application, kit.look)
        dark = application.styleSheet()
        open_window.commands.choose_theme("light")
        assert application.styleSheet() != dark
        assert application.palette().window().color() == kit.look.tokens.color("panel")
        assert kit.settings.value("look/theme") == "light"
    finally:
        application.setStyleSheet(before[0])
        application.setPalette(before[1])


def test_the_status_bar_counts_frames_and_switches_modes(open_window, kit, qtbot):
    bar = open_window.findChild(StatusBar)
    count = kit.editor.desk.frame_count
    qtbot.waitUntil(lambda: bar._frames.text() == f"{count} of {count} frames ready", timeout=5000)
    assert bar._memory.text().endswith("of 512 MB")
    assert bar._sound.text() == "sound: none"
    qtbot.mouseClick(bar._ripple, Qt.MouseButton.LeftButton)
    assert kit.editor.modes.ripple
    assert bar._ripple.text() == "Ripple on"
    kit.editor.select(Selection.of(words=[2]))
    assert bar._selected.text() == "Selected: duck, 0.40 to 0.70 s"
    kit.editor.apply("add_blink", time=1.0)
    kit.editor.apply("add_blink", time=1.5)
    first, second = (blink.id for blink in kit.editor.project.blinks)
    kit.editor.select(Selection.of(blinks=[first]))
    assert bar._selected.text() == "Selected: 1 blink"
    kit.editor.select(Selection.of(blinks=[first, second]))
    assert bar._selected.text() == "Selected: 2 blinks, 1.00 to 1.50 s"


def test_what_needs_a_project_is_offered_only_with_one(window, kit, qtbot):
    names = ("export.open", "viewport.compare_wipe", "viewport.compare_side", "viewport.compare_hold")
    assert not any(kit.actions[name].isEnabled() for name in names)
    buttons = [button for button in window.top.findChildren(QPushButton) if button.text() in ("A | B", "Export")]
    assert len(buttons) == 2
    assert not any(button.isEnabled() for button in buttons)
    kit.editor.open_studio(studio())
    assert all(kit.actions[name].isEnabled() for name in names)
    assert all(button.isEnabled() for button in buttons)


def test_a_smaller_preview_is_drawn_smaller_and_the_document_stays(open_window, kit, qtbot):
    desk, project = kit.editor.desk, kit.editor.project
    desk.set_quality(ViewingQuality.HALF)
    qtbot.waitUntil(lambda: desk.picture(0) is not None and desk.picture(0).shape[0] == 96, timeout=5000)
    # Half of 96 would be too small to draw a face in: the next larger is taken.
    assert kit.editor.project is project


def test_the_engine_is_an_edit_that_can_be_undone(open_window, kit):
    (action,) = open_window.top._engine.menu().actions()
    assert action.isChecked()
    assert open_window.top._engine.text() == "Mesh engine"


# -- messages and questions ------------------------------------------------------------------------------------------------


def test_what_is_told_is_queued_in_the_bar(open_window, kit):
    messages = open_window.front.messages
    before = messages.count
    kit.editor.tell("one", "First.")
    kit.editor.tell("two", "Second.")
    assert messages.count == before + 2
    assert messages.isVisible()


def test_escape_gives_the_answer_that_changes_nothing(qtbot):
    bar, given_ = AskBar(), []
    qtbot.addWidget(bar)
    bar.show()
    bar.ask("Go?", [Answer("Yes", lambda: given_.append("yes")), Answer("No", lambda: given_.append("no"))])
    QTest.keyClick(bar, Key.Key_Escape)
    assert given_ == ["no"]
    assert not bar.isVisible()
    bar.ask("Go?", [Answer("Yes", lambda: given_.append("yes")), Answer("No")])
    bar.activateWindow()
    qtbot.waitUntil(lambda: bar._buttons[0].hasFocus(), timeout=2000)
    QTest.keyClick(bar._buttons[0], Key.Key_Return)
    assert given_ == ["no", "yes"]


def test_faults_are_told_and_written_down_on_any_thread(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    faults = Faults(told.append)
    faults.install()
    try:
        sys.excepthook(ValueError, ValueError("in a slot"), None)

        def fail():
            raise KeyError("in a thread")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    finally:
        faults.remove()
    assert [str(error) for error in told] == ["in a slot", "'in a thread'"]
    text = log_path().read_text(encoding="utf-8")
    assert "in a slot" in text
    assert "in a thread" in text
    assert sys.excepthook is sys.__excepthook__
    assert not logging.getLogger("pctalk_studio").handlers


# -- palette ---------------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(categories=["L", "N", "Z"]), max_size=12))
def test_every_text_is_found_by_its_own_letters_and_none_by_others(text):
    assert rank(text, f"do {text} now") is not None
    assert rank(text + "ß#", text) is None


def test_beginnings_of_words_and_runs_of_letters_count_more():
    texts = ["Save as...", "Seek and save", "Show all sources", "Play selection"]
    assert max(texts, key=lambda each: rank("sa", each) or -99) == "Save as..."
    assert max(texts, key=lambda each: rank("ps", each) or -99) == "Play selection"
    assert rank("xq", "Save as...") is None


def test_a_command_is_found_by_a_few_letters_and_run(open_window, kit, qtbot):
    QTest.keyClick(open_window, Key.Key_P, Modifier.ControlModifier | Modifier.ShiftModifier)
    palette = open_window.findChild(CommandPalette)
    QTest.keyClicks(palette.line, "marker here")
    assert palette.texts()[0] == "Marker here"
    assert palette.list.topLevelItem(0).text(2) == "M"
    QTest.keyClick(palette.line, Key.Key_Return)
    assert len(kit.editor.project.markers) == 1
    assert not palette.isVisible()


def test_the_palette_closes_with_escape_and_greys_what_cannot_be_done(window, kit, qtbot):
    window.pages.show_palette()
    palette = window.findChild(CommandPalette)
    QTest.keyClicks(palette.line, "save as")
    assert palette.list.topLevelItem(0).isDisabled()
    QTest.keyClick(palette.line, Key.Key_Escape)
    assert not palette.isVisible()


# -- menus, names, words ---------------------------------------------------------------------------------------------------


def test_every_action_is_in_a_menu_or_belongs_to_a_view(open_window, kit):
    found = set()

    def collect(menu):
        for action in menu.actions():
            found.add(action.objectName())
            if action.menu() is not None:
                collect(action.menu())

    for action in open_window.top.menus.actions():
        collect(action.menu())
    rooms = {id_.partition(".")[0] for id_ in found if id_}
    assert {"file", "edit", "view", "help", "transport"} <= rooms
    assert {"file.open", "edit.undo", "view.palette", "transport.play"} <= found


def test_keys_that_work_in_the_whole_window_are_unique(open_window, kit):
    seen = {}
    for spec in kit.actions:
        if kit.actions[spec.id].shortcutContext() is Qt.ShortcutContext.WindowShortcut:
            for key in kit.actions.keys(spec.id):
                assert key not in seen, f"{key} is {seen.get(key)} and {spec.id}"
                seen[key] = spec.id
