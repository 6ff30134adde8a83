"""The timeline over the oval, shown and large enough for all lanes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from pctalk_studio.app.timeline.panel import TimelinePanel


class Hand:
    """Does with the timeline what a hand does, at moments and in lanes."""

    def __init__(self, panel, qtbot):
        self.panel = panel
        self.canvas = panel.canvas
        self.editor = panel._kit.editor
        self._qtbot = qtbot

    def lane(self, name):
        return next(lane for lane in self.canvas.lanes if lane.id == name)

    def at(self, name, time, share=0.5):
        lane = self.lane(name)
        return QPoint(round(self.panel.view.scale.x(time)), lane.top + round(lane.height * share))

    def click(self, name, time, *, held=Qt.KeyboardModifier.NoModifier, share=0.5):
        self._qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, held, self.at(name, time, share))

    def double_click(self, name, time, share=0.5):
        self._qtbot.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(name, time, share))

    def press(self, name, time, *, held=Qt.KeyboardModifier.NoModifier, share=0.5):
        self._qtbot.mousePress(self.canvas, Qt.MouseButton.LeftButton, held, self.at(name, time, share))

    def move(self, name, time, *, held=Qt.KeyboardModifier.NoModifier, share=0.5):
        from PySide6.QtCore import QEvent, QPointF
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        at = QPointF(self.at(name, time, share))
        where = QPointF(self.canvas.mapToGlobal(at.toPoint()))
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(QEvent.Type.MouseMove, at, where, Qt.MouseButton.NoButton, left, held)
        QApplication.sendEvent(self.canvas, event)

    def release(self, name, time, *, held=Qt.KeyboardModifier.NoModifier, share=0.5):
        self._qtbot.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, held, self.at(name, time, share))

    def drag(self, name, start, end, *, held=Qt.KeyboardModifier.NoModifier, share=0.5, to_share=None, to=None):
        self.press(name, start, held=held, share=share)
        last = share if to_share is None else to_share
        for part in (0.3, 0.7, 1.0):
            self.move(to or name, start + (end - start) * part, held=held, share=share + (last - share) * part)
        self.release(to or name, end, held=held, share=last)

    def key(self, key, held=Qt.KeyboardModifier.NoModifier):
        self._qtbot.keyClick(self.canvas, key, held)

    def do(self, name):
        self.panel._kit.actions[f"timeline.{name}"].trigger()


@pytest.fixture
def panel(open_kit, qtbot):
    made = TimelinePanel(open_kit)
    qtbot.addWidget(made)
    made.resize(1200, 520)
    made.show()
    qtbot.waitExposed(made)
    made.canvas.setFocus()
    return made


@pytest.fixture
def hand(panel, qtbot):
    return Hand(panel, qtbot)


@pytest.fixture
def no_snap(open_kit):
    from dataclasses import replace

    open_kit.editor.set_modes(replace(open_kit.editor.modes, snap=False))
