"""Ruler, cache bar, overview, wheel: moving in time."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from pctalk_studio.app.look import DARK, LIGHT
from pctalk_studio.app.timeline.cache_bar import brush_of, runs
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.render.frame_store import FrameState


def wheel(widget, x, turns, held=Qt.KeyboardModifier.NoModifier):
    at = QPointF(x, widget.height() / 2)
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_press_moves_the_playhead_and_a_drag_scrubs(panel, qtbot):
    desk, scale = panel.board.kit.editor.desk, panel.view.scale
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(panel.ruler, left, pos=QPoint(round(scale.x(0.5)), panel.ruler.height() - 4))
    assert desk.transport.frame == desk.rate.frame_at(0.5)
    qtbot.mouseMove(panel.ruler, QPoint(round(scale.x(1.01)), 10))
    qtbot.mouseRelease(panel.ruler, left, pos=QPoint(round(scale.x(1.01)), 10))
    assert desk.transport.frame == pytest.approx(desk.rate.frame_at(1.01), abs=1)


def test_the_playhead_is_seen_where_it_is(panel, qtbot):
    desk = panel.board.kit.editor.desk
    for frame in (10, 30):
        desk.transport.seek(frame)
        image = panel.canvas.grab().toImage()
        x = round(panel.view.scale.x(desk.transport.seconds))
        colours = {image.pixelColor(x + dx, panel.canvas.height() - 3).name() for dx in (-1, 0, 1)}
        assert DARK.playhead in colours


def test_no_label_is_cut_off_at_the_right_edge(panel, monkeypatch):
    ruler, view, write = panel.ruler, panel.view, Lettering.write_from
    written: list[float] = []

    def noted(self, painter, x, y, text):
        written.append(x + self.width(text))
        write(self, painter, x, y, text)

    monkeypatch.setattr(Lettering, "write_from", noted)
    reached = 0.0
    for end in np.arange(1.0, 1.2, 0.01):  # the last tick comes to lie anywhere before the edge
        view.show(0.0, end)
        written.clear()
        ruler.grab()
        assert written
        assert max(written) <= ruler.width()
        reached = max(reached, *written)
    assert reached > ruler.width() - 12, "what has room is written"


def test_flags_set_the_range_on_frames_in_one_step(panel, qtbot):
    editor = panel.board.kit.editor
    editor.apply("set_range", start=0.4, end=1.6)
    x = round(panel.view.scale.x(0.4)) + 3
    target = QPoint(round(panel.view.scale.x(0.81)) + 3, 4)
    qtbot.mousePress(panel.ruler, Qt.MouseButton.LeftButton, pos=QPoint(x, 4))
    qtbot.mouseMove(panel.ruler, QPoint(x + 20, 4))
    qtbot.mouseMove(panel.ruler, target)
    qtbot.mouseRelease(panel.ruler, Qt.MouseButton.LeftButton, pos=target)
    assert editor.project.in_point == pytest.approx(0.8, abs=0.041)
    assert editor.project.in_point * 25 == pytest.approx(round(editor.project.in_point * 25))
    editor.undo()
    assert editor.project.in_point == 0.4


def test_ctrl_and_wheel_zoom_about_the_pointer_and_the_wheel_alone_pans(panel):
    before, x = panel.view.scale, 700
    wheel(panel.canvas, x, 3, Qt.KeyboardModifier.ControlModifier)
    after = panel.view.scale
    assert after.density > before.density * 1.9
    assert after.time(x) == pytest.approx(before.time(x))
    wheel(panel.canvas, x, -1, Qt.KeyboardModifier.ShiftModifier)
    assert panel.view.scale.start > after.start
    wheel(panel.ruler, x, -3)
    assert panel.view.scale.density == pytest.approx(before.density)


def test_the_overview_moves_zooms_and_fits(panel, qtbot):
    panel.view.show(0.5, 1.0)
    left, bar = Qt.MouseButton.LeftButton, panel.overview
    middle = bar.handle().center().toPoint()
    start = panel.view.span[0]
    qtbot.mousePress(bar, left, pos=middle)
    qtbot.mouseMove(bar, middle + QPoint(100, 0))
    qtbot.mouseRelease(bar, left, pos=middle + QPoint(100, 0))
    assert panel.view.span[0] > start + 0.1
    edge = bar.handle().toRect()
    low, high = panel.view.span
    qtbot.mousePress(bar, left, pos=QPoint(edge.right(), middle.y()))
    qtbot.mouseMove(bar, QPoint(edge.right() - 20, middle.y()))
    qtbot.mouseRelease(bar, left, pos=QPoint(edge.right() - 20, middle.y()))
    assert panel.view.span[1] < high
    assert panel.view.span[0] == pytest.approx(low, abs=1e-6)
    qtbot.mouseDClick(bar, left, pos=middle)
    assert panel.view.span[0] < 0 < panel.view.duration < panel.view.span[1]


def test_keys_zoom_and_fit(hand):
    before = hand.panel.view.scale
    hand.key(Qt.Key.Key_Plus)
    assert hand.panel.view.scale.density > before.density
    hand.key(Qt.Key.Key_Minus)
    assert hand.panel.view.scale.density == pytest.approx(before.density)
    hand.key(Qt.Key.Key_Plus)
    hand.key(Qt.Key.Key_0)
    assert hand.panel.view.scale == before


def test_a_pixel_of_several_frames_shows_the_worst(qtbot):
    ready, stale, queued = FrameState.READY, FrameState.STALE, FrameState.QUEUED
    states = np.array([ready] * 10 + [stale] + [ready] * 9 + [queued] * 20, np.uint8)
    assert runs(states, 0.0, 5.0, 8) == [(0, 2, ready), (2, 3, stale), (3, 4, ready), (4, 8, queued)]
    assert runs(states, -2.0, 1.0, 5) == [(2, 5, ready)]
    assert runs(states, 38.0, 0.5, 10) == [(0, 4, queued)]
    assert runs(np.zeros(0, np.uint8), 0.0, 1.0, 10) == []
    assert runs(np.zeros(0, np.uint8), -1.5, 2.0, 10) == [], "the view begins before the clip, and nothing is evaluated"


def test_every_state_has_a_colour_or_a_pattern_of_its_own():
    for tokens in (DARK, LIGHT):
        looks = {}
        for state in FrameState:
            ground, pattern = brush_of(state, tokens)
            looks[state] = (ground and ground.color().name(), pattern and (pattern.color().name(), pattern.style()))
        assert len(set(looks.values())) == len(FrameState)
        colours = {looks[state][0] for state in (FrameState.READY, FrameState.DRAFT, FrameState.PROXY, FrameState.ON_DISK)}
        assert len(colours) == 4


def test_a_proxy_is_not_taken_for_a_draft_or_a_finished_frame():
    ready, draft, proxy = FrameState.READY, FrameState.DRAFT, FrameState.PROXY
    states = np.array([ready] * 3 + [proxy] + [draft] * 4 + [proxy] * 4, np.uint8)
    assert runs(states, 0.0, 4.0, 3) == [(0, 1, proxy), (1, 2, draft), (2, 3, proxy)]


def test_ready_frames_are_green_and_no_other_frame_is(panel, qtbot):
    desk = panel.board.kit.editor.desk
    qtbot.waitUntil(lambda: (desk.frame_states() == FrameState.READY).all(), timeout=10000)

    def middle_colour():
        return panel.cache_bar.grab().toImage().pixelColor(400, 3).name()

    qtbot.waitUntil(lambda: middle_colour() == DARK.ready, timeout=3000)
    desk.scheduler.set_stage(None)
    panel.board.kit.editor.frames_changed.emit()
    qtbot.waitUntil(lambda: middle_colour() != DARK.ready, timeout=3000)
