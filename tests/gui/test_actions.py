"""Who loses keys when an action is given them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu, QWidget

from pctalk_studio.app.actions import Actions, ActionSpec
from pctalk_studio.app.shell.main_window import MainWindow


@pytest.fixture
def actions(qtbot, tmp_path):
    """Two panels in a window, each with keys of its own, and one key of the whole window."""
    window = QWidget()
    qtbot.addWidget(window)
    made = Actions(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    left, right = QWidget(window), QWidget(window)
    inner = QWidget(left)
    for id_, keys, owner, focused in (
        ("window.play", ("Space",), window, False),
        ("left.grab", ("G", "Shift+G"), left, True),
        ("left.fit", ("0",), left, True),
        ("inner.split", ("S",), inner, True),
        ("right.grab", ("G",), right, True),
    ):
        made.add(ActionSpec(id_, id_, keys), lambda: None, owner, focused=focused)
    menu = QMenu(right)
    menu.addAction(made["left.grab"])
    made.window = window  # lives as long as the actions
    return made


def keys(actions):
    return {spec.id: actions.keys(spec.id) for spec in actions}


def changed(actions, before):
    return {id_: now for id_, now in keys(actions).items() if now != before[id_]}


def test_panels_beside_one_another_may_have_equal_keys(actions):
    before = keys(actions)
    actions.set_keys("left.fit", ("H",))
    actions.set_keys("right.grab", ("0", "H"))
    assert changed(actions, before) == {"left.fit": ("H",), "right.grab": ("0", "H")}
    assert actions.rivals("right.grab", ["Shift+G"]) == []


def test_in_the_same_panel_the_other_action_loses_its_key_and_keeps_the_rest(actions):
    before = keys(actions)
    actions.set_keys("left.fit", ("G",))
    assert changed(actions, before) == {"left.fit": ("G",), "left.grab": ("Shift+G",)}


def test_a_panel_within_another_shares_its_keys(actions):
    actions.set_keys("left.fit", ("S",))
    assert actions.keys("inner.split") == ()


def test_keys_of_the_window_are_heard_in_every_panel(actions):
    actions.set_keys("window.play", ("G",))
    assert actions.keys("left.grab") == ("Shift+G",)
    assert actions.keys("right.grab") == ()
    actions.set_keys("inner.split", ("G",))
    assert actions.keys("window.play") == ()


def test_keys_that_are_written_otherwise_are_the_same(actions):
    assert [spec.id for spec in actions.rivals("left.fit", ["shift+g"])] == ["left.grab"]


def test_an_action_that_gets_its_own_keys_back_takes_them_from_who_has_them_now(actions):
    actions.set_keys("left.fit", ("G",))
    actions.set_keys("left.grab", None)
    assert actions.keys("left.grab") == ("G", "Shift+G")
    assert actions.keys("left.fit") == ()
    actions.set_keys("left.fit", None)
    assert actions.keys("left.fit") == ("0",)


def test_no_action_of_the_program_is_born_with_a_rival(kit, qtbot):
    window = MainWindow(kit)
    qtbot.addWidget(window)
    rivals = {spec.id: [each.id for each in kit.actions.rivals(spec.id, spec.keys)] for spec in kit.actions}
    assert {id_: others for id_, others in rivals.items() if others} == {}
