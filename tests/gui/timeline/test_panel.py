"""The panel as a whole: menus, headers, modes, empty states, what is said of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from pctalk_studio.app.look import DARK
from pctalk_studio.app.timeline.panel import TimelinePanel
from pctalk_studio.document.project import Track
from pctalk_studio.document.speech_track import Owner


def menu_at(hand, name, time):
    at = hand.at(name, time)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, hand.canvas.mapToGlobal(at))
    QApplication.sendEvent(hand.canvas, event)
    return next(menu for menu in hand.panel.findChildren(QMenu) if menu.isVisible())


def colours(widget):
    image = widget.grab().toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def entry(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def test_a_context_menu_offers_every_action_and_does_it_where_it_was_opened(hand):
    phone = hand.editor.project.speech.phones[3]
    menu = menu_at(hand, "phones", phone.start + 0.04)
    texts = {action.text() for action in menu.actions()}
    assert {"Play this", "Change …", "Split here", "Insert here", "Join with the next", "Delete", "Owner"} <= texts
    assert hand.editor.selection.phones == {phone.id}
    entry(menu, "Split here").trigger()
    menu.close()
    assert hand.editor.project.speech.phone(phone.id).end == pytest.approx(phone.start + 0.04, abs=0.003)


def test_the_owner_is_chosen_in_the_menu(hand):
    word = hand.editor.project.speech.words[1]
    menu = menu_at(hand, "words", (word.start + word.end) / 2)
    owners = next(each for each in menu.findChildren(QMenu) if each.title() == "Owner")
    assert [action.isChecked() for action in owners.actions()] == [True, False, False]
    owners.actions()[2].trigger()
    menu.close()
    assert hand.editor.project.speech.word(word.id).owner is Owner.LOCKED


def test_a_menu_from_the_keyboard_opens_for_the_lane_in_focus(hand):
    hand.canvas.focus_on(hand.lane("words"))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), hand.canvas.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(hand.canvas, event)
    menu = next(each for each in hand.panel.findChildren(QMenu) if each.isVisible())
    assert any(action.text() == "Split here" for action in menu.actions())
    menu.close()


def test_mute_and_solo_act_on_the_track_and_follow_undo(hand):
    lane = next(lane for lane in hand.canvas.lanes if lane.track is Track.LIPS)
    header = hand.panel.headers.headers[lane]
    header.mute.click()
    assert hand.editor.project.muted == {Track.LIPS}
    header.solo.click()
    assert hand.editor.project.soloed == {Track.LIPS}
    hand.editor.undo()
    hand.editor.undo()
    assert not header.mute.isChecked()
    assert not header.solo.isChecked()


def mouse(widget, kind, at, button=Qt.MouseButton.LeftButton):
    where = QPointF(widget.mapToGlobal(at.toPoint()))
    held = Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseButtonRelease else button
    QApplication.sendEvent(widget, QMouseEvent(kind, at, where, button, held, Qt.KeyboardModifier.NoModifier))


def test_a_lane_is_resized_by_its_foot_and_remembers_it(hand, open_kit, qtbot):
    lane = hand.lane("sound")
    header, before = hand.panel.headers.headers[lane], lane.height
    foot = QPointF(30, header.height() - 2)
    mouse(header, QMouseEvent.Type.MouseButtonPress, foot)
    mouse(header, QMouseEvent.Type.MouseMove, foot + QPointF(0, 30))
    mouse(header, QMouseEvent.Type.MouseButtonRelease, foot + QPointF(0, 30))
    assert lane.height == before + 30
    assert int(str(open_kit.settings.value("timeline/height/sound"))) == before + 30
    words = hand.lane("words")
    assert hand.panel.headers.headers[words].y() == words.top


def test_modes_are_seen_and_switched_by_button_and_key(hand):
    button = hand.panel.tools.buttons["ripple"]
    button.click()
    assert hand.editor.modes.ripple
    hand.do("ripple")
    assert not hand.editor.modes.ripple
    assert not button.isChecked()
    assert "Ctrl+R" in button.toolTip()


def test_what_lies_under_the_pointer_is_told(hand):
    duck = hand.editor.project.speech.words[1]
    at = QPointF(hand.at("words", (duck.start + duck.end) / 2))
    mouse(hand.canvas, QMouseEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)
    assert hand.panel.read_out.text().startswith("duck")
    assert "300 ms" in hand.panel.read_out.text()
    # While it is dragged it tells its times itself; those of before would contradict them.
    hand.press("words", duck.end)
    assert hand.panel.read_out.text() == ""
    hand.release("words", duck.end)
    assert hand.panel.read_out.text() != ""


def test_nothing_open_is_said_and_nothing_breaks(kit, qtbot):
    panel = TimelinePanel(kit)
    qtbot.addWidget(panel)
    panel.resize(1000, 480)
    panel.show()
    qtbot.waitExposed(panel)
    image = panel.canvas.grab().toImage()
    lightest = max(image.pixelColor(x, y).lightness() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    assert lightest > QColor(DARK.panel).lightness() + 60
    # A curve or a playhead would look like a clip that is empty.
    for widget in (panel.canvas, panel.ruler, panel.overview):
        assert not colours(widget) & {QColor(DARK.accent).rgb(), QColor(DARK.playhead).rgb()}
    for name in ("fit", "zoom_in", "zoom_selection", "next_doubtful", "split", "insert", "nudge_later", "lane_down"):
        kit.actions[f"timeline.{name}"].trigger()
    qtbot.mouseClick(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseDClick(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    qtbot.mouseClick(panel.ruler, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))


def test_another_look_repaints_everything(hand, open_kit):
    dark = hand.canvas.grab().toImage().pixelColor(5, 5)
    open_kit.look.choose("light")
    assert hand.canvas.grab().toImage().pixelColor(5, 5).lightness() > dark.lightness() + 100


def test_every_lane_and_control_has_a_name(hand):
    assert all(lane.title for lane in hand.canvas.lanes)
    for widget in (hand.canvas, hand.panel.ruler, hand.panel.overview, hand.panel.cache_bar):
        assert widget.accessibleName()
    for button in (*hand.panel.tools.buttons.values(), *hand.panel.zoom_tools.buttons.values()):
        assert button.accessibleName()
        assert min(button.width(), button.height()) >= 24
