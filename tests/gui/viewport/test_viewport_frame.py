"""The frame: the right one or marked, at the right size, and what lies over it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pctalk_studio.app.viewport.options import Compare, ViewOptions, read_options
from pctalk_studio.app.viewport.panel import ViewportPanel


def pixels(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def wheel(canvas, at: QPoint, notches: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_frame_on_the_screen_is_that_of_the_playhead(hand):
    desk = hand.kit.editor.desk
    for frame in (3, 17):
        desk.transport.seek(frame)
        hand.settled()
        hand.scene.change(glow=False)
        hand.canvas.zoom_to(5)
        # The fake engine writes the row's hash into the first pixels.
        for place in ((40, 40), (5, 5)):
            x, y = (round(value) for value in hand.canvas.view.to_pane(*place))
            assert tuple(pixels(hand.canvas)[y, x]) == tuple(desk.picture(frame)[place[1], place[0]])


def test_a_picture_of_before_an_edit_stays_with_a_word(hand):
    amber = hand.kit.look.tokens.color("stale")

    def marked() -> bool:
        # Beside the numbers in the lower left corner.
        corner = pixels(hand.canvas)[-40:, : hand.canvas.width() // 2].astype(int)
        return bool((np.abs(corner - (amber.red(), amber.green(), amber.blue())).max(axis=2) < 40).sum() > 8)

    assert not marked()
    hand.kit.editor.apply("set_lip_scale", scale=0.3)
    assert hand.scene.shown.stale
    assert marked()
    hand.settled()
    assert not marked()


def test_a_picture_that_stays_stale_is_marked_across(hand, monkeypatch, qtbot):
    before = pixels(hand.canvas)
    monkeypatch.setattr(hand.kit.editor.desk.scheduler, "picture", lambda frame: None)
    hand.scene.refresh()
    qtbot.waitUntil(lambda: hand.scene.waited, timeout=2000)
    left, top, width, _ = hand.canvas.view.box
    # Beside the first pixels, in which the fake engine writes the row's hash.
    band = np.s_[round(top) : round(top) + 7, round(left + width / 4) : round(left + width)]
    assert np.abs(pixels(hand.canvas)[band].astype(int) - before[band]).max() > 60
    monkeypatch.undo()
    hand.scene.refresh()
    assert np.array_equal(pixels(hand.canvas)[band], before[band])


def test_another_frames_picture_is_never_shown_unmarked(hand, monkeypatch):
    desk = hand.kit.editor.desk
    monkeypatch.setattr(desk.scheduler, "picture", lambda frame: None)
    desk.transport.seek(11)
    assert hand.scene.shown.stale
    assert hand.scene.shown.frame == 6


def test_fitting_centres_the_whole_frame(hand):
    hand.key(Qt.Key.Key_0)
    left, top, width, height = hand.canvas.view.box
    assert left == pytest.approx(hand.canvas.width() - left - width, abs=1)
    assert top == pytest.approx(hand.canvas.height() - top - height, abs=1)
    assert min(left, top) == pytest.approx(12, abs=1)


def test_a_hundred_percent_is_a_pixel_for_a_pixel(hand):
    hand.key(Qt.Key.Key_1)
    hand.scene.change(glow=False)
    left, top = (round(value) for value in hand.canvas.view.corner)
    shown = pixels(hand.canvas)[top : top + 96, left : left + 96]
    assert np.array_equal(shown, hand.kit.editor.desk.picture())


def test_the_wheel_zooms_about_the_cursor(hand):
    at = QPoint(150, 220)
    before = hand.canvas.view.to_frame(at.x(), at.y())
    wheel(hand.canvas, at, 3)
    view = hand.canvas.view
    assert view.zoom == pytest.approx(1.2**3 * (hand.canvas.height() - 24) / 96, rel=0.01)
    assert view.to_frame(at.x(), at.y()) == pytest.approx(before, abs=0.2)
    wheel(hand.canvas, at, 200)
    assert hand.canvas.view.zoom == 32


@pytest.mark.parametrize("how", ["middle", "left", "space"])
def test_the_frame_is_carried_along(hand, how):
    hand.key(Qt.Key.Key_1)
    before = hand.canvas.view.corner
    button = Qt.MouseButton.MiddleButton if how == "middle" else Qt.MouseButton.LeftButton
    if how == "space":
        hand.brush()
        QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    QTest.mousePress(hand.canvas, button, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.mouseMove(hand.canvas, QPoint(220, 210))
    QTest.mouseMove(hand.canvas, QPoint(240, 190))
    QTest.mouseRelease(hand.canvas, button, Qt.KeyboardModifier.NoModifier, QPoint(240, 190))
    if how == "space":
        QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    assert np.subtract(hand.canvas.view.corner, before) == pytest.approx((40, -10), abs=1)
    assert hand.kit.editor.project.emotions == ()


def test_space_without_a_drag_plays(hand, qtbot):
    from pctalk_studio.app.actions import ActionSpec

    played = []
    hand.kit.actions.add(ActionSpec("transport.play", "Play", ("Space",)), lambda: played.append(True), hand.panel)
    hand.key(Qt.Key.Key_Space)
    assert played == [True]
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    QTest.mousePress(hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.mouseRelease(hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    assert played == [True]


@pytest.mark.parametrize(("key", "name"), [("P", "keypoints"), ("R", "regions"), ("A", "safe_area")])
def test_overlays_come_and_go_with_their_key_and_button(hand, key, name):
    plain = pixels(hand.canvas)
    hand.key(getattr(Qt.Key, f"Key_{key}"))
    shown = pixels(hand.canvas)
    assert (shown != plain).any(axis=2).sum() > 100
    assert hand.panel.toolbar.button(f"viewport.{name}").isChecked()
    assert getattr(read_options(hand.kit.settings), name)
    hand.panel.toolbar.button(f"viewport.{name}").click()
    assert np.array_equal(pixels(hand.canvas), plain)


def test_the_keypoint_that_is_pointed_at_is_named(hand):
    hand.scene.change(keypoints=True)
    points = hand.scene.keypoints()
    QTest.mouseMove(hand.canvas, QPoint(30, 30))
    before = pixels(hand.canvas)
    QTest.mouseMove(hand.canvas, QPoint(*(round(v) for v in hand.canvas.view.to_pane(points[8][0], points[8][1]))))
    QApplication.processEvents()
    assert (pixels(hand.canvas) != before).any(axis=2).sum() > 300


def test_files_dropped_on_the_face_are_the_window_s(hand, qtbot, tmp_path):
    below = QWidget()
    qtbot.addWidget(below)
    below.setAcceptDrops(True)
    hand.panel.setParent(below)
    seen = []
    below.dragEnterEvent = lambda event: (seen.append(event.mimeData().urls()), event.acceptProposedAction())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, left, none)
    QApplication.sendEvent(hand.canvas, enter)
    assert seen == [data.urls()]
    assert enter.isAccepted()
    hand.panel.setParent(None)


def test_nothing_open_invites(kit, qtbot):
    panel = ViewportPanel(kit)
    qtbot.addWidget(panel)
    panel.resize(500, 400)
    panel.show()
    assert panel.empty.isVisible()
    assert not panel.canvas.isVisible()
    assert len(np.unique(pixels(panel).reshape(-1, 3), axis=0)) > 8


def test_options_of_another_session_are_read_back(kit):
    assert read_options(kit.settings) == ViewOptions()
    assert read_options(kit.settings).compare is Compare.OFF


def test_a_closed_project_leaves_nothing_behind(hand):
    hand.kit.editor.close_project()
    assert hand.scene.shown is None
    assert hand.panel.empty.isVisible()
