"""Messages that wait their turn."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets import message_bar
from pctalk_studio.app.widgets.message_bar import Message, MessageBar, Severity
from pctalk_studio.core.problems import Problem
from pctalk_studio.session.notices import Told


@pytest.fixture
def bar(qtbot):
    made = MessageBar(Look("dark"))
    qtbot.addWidget(made)
    return made


def test_it_is_there_only_while_there_is_something_to_say(bar):
    assert not bar.isVisible()
    bar.say(Message("The sound was lost.", Severity.ERROR))
    assert bar.isVisible()
    QTest.keyClick(bar, Qt.Key_Escape)
    assert not bar.isVisible()


def test_the_worst_comes_first_and_the_rest_waits(bar):
    bar.say(Message("saved"))
    bar.say(Message("lost", Severity.ERROR))
    bar.say(Message("moved", Severity.WARNING))
    bar.say(Message("lost, too", Severity.ERROR))
    said = []
    while bar.message is not None:
        said.append(bar.message.text)
        bar.dismiss()
    assert said == ["lost", "lost, too", "moved", "saved"]


def test_the_same_is_said_once(bar):
    for _ in range(3):
        bar.say(Message("There is nothing to undo.", Severity.ERROR))
    bar.say(Message("61 frames", code="progress"))
    bar.say(Message("62 frames", code="progress"))
    assert bar.count == 2
    bar.clear("progress")
    assert bar.count == 1


def test_the_button_does_something_and_takes_the_message_away(bar):
    done = []
    bar.say(Message("The portrait is missing.", Severity.ERROR, "Relink ...", lambda: done.append(1)))
    button = next(each for each in bar.findChildren(QPushButton) if each.text() == "Relink ...")
    QTest.mouseClick(button, Qt.LeftButton)
    assert done == [1]
    assert bar.message is None


def test_remarks_pass_and_errors_stay(bar, qtbot, monkeypatch):
    monkeypatch.setattr(message_bar, "PASSES", 30)
    quick = MessageBar(Look("dark"))
    qtbot.addWidget(quick)
    quick.say(Message("saved"))
    qtbot.waitUntil(lambda: quick.message is None, timeout=2000)
    quick.say_told(Told(Problem("render", "The frame could not be drawn.")))
    qtbot.wait(60)
    assert quick.message is not None
    assert quick.message.severity is Severity.ERROR
    assert "could not be drawn" in quick.accessibleName()


def test_a_remark_of_the_project_is_a_warning(bar):
    bar.say_told(Told(Problem("media-missing", "The portrait is missing."), error=False))
    assert bar.message.severity is Severity.WARNING
