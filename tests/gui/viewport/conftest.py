"""A viewport with the drawn oval, an emotion on it, and hands to touch it with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pctalk_studio.app.viewport.panel import ViewportPanel
from pctalk_studio.document.project import Emotion, EmotionClip
from pctalk_studio.session.selection import Selection


class Hand:
    """Does what a person does, at points of the face."""

    def __init__(self, panel: ViewportPanel, kit, qtbot) -> None:
        self.panel, self.kit, self.qtbot = panel, kit, qtbot
        self.canvas, self.scene = panel.canvas, panel.scene

    def at(self, place) -> QPoint:
        """Where a point of the face is on the canvas."""
        spot = self.scene.face.to_picture(np.array([place], np.float64))[0]
        return QPoint(*(round(value) for value in self.canvas.view.to_pane(*spot)))

    def settled(self) -> None:
        """Wait until the right picture is there."""
        desk = self.kit.editor.desk

        def fresh() -> bool:
            shown = self.scene.shown
            return shown is not None and not shown.stale and shown.frame == desk.transport.frame

        self.qtbot.waitUntil(fresh, timeout=5000)

    def hover(self, place) -> None:
        QTest.mouseMove(self.canvas, self.at(place))
        QApplication.processEvents()

    def stroke(self, *places, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        """Paint through points."""
        left = Qt.MouseButton.LeftButton
        points = [self.at(place) for place in places]
        QTest.mousePress(self.canvas, left, modifiers, points[0])
        for point in points[1:]:
            QTest.mouseMove(self.canvas, point)
        QTest.mouseRelease(self.canvas, left, modifiers, points[-1])
        self.settled()

    def click(self, place) -> None:
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at(place))

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def pen(self, kind: QEvent.Type, place, pressure: float, *, eraser: bool = False) -> None:
        types = QPointingDevice.PointerType
        device = QPointingDevice(
            "pen",
            7,
            QPointingDevice.DeviceType.Stylus,
            types.Eraser if eraser else types.Pen,
            QPointingDevice.Capability.Position | QPointingDevice.Capability.Pressure,
            1,
            3,
        )
        at = QPointF(self.at(place))
        down = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else Qt.MouseButton.LeftButton
        changed = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        event = QTabletEvent(
            kind, device, at, QPointF(self.canvas.mapToGlobal(at.toPoint())), pressure, 0, 0, 0, 0, 0, none, changed, down
        )
        QApplication.sendEvent(self.canvas, event)

    @property
    def clip(self) -> EmotionClip:
        """The emotion that is painted."""
        return self.kit.editor.project.emotions[-1]

    def weight(self, place) -> float:
        """Of its mask at a point of the face."""
        mask = self.clip.mask
        return 1.0 if mask is None else float(mask.at(np.array(place, np.float64)))

    def brush(self, **changes) -> None:
        """Take the brush."""
        tool = self.kit.editor.paint_tool
        brush = replace(tool.brush, **{"radius": 0.12, "hardness": 1.0, "strength": 1.0, "mirror": False, **changes})
        self.kit.editor.set_paint_tool(replace(tool, active=True, brush=brush))


@pytest.fixture
def hand(open_kit, qtbot):
    """A viewport that shows the oval."""
    panel = ViewportPanel(open_kit)
    qtbot.addWidget(panel)
    panel.resize(640, 560)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    panel.canvas.setFocus()
    hand = Hand(panel, open_kit, qtbot)
    open_kit.editor.desk.transport.seek(6)
    hand.settled()
    qtbot.waitUntil(lambda: hand.scene.space is not None, timeout=5000)
    return hand


@pytest.fixture
def happy(hand):
    """The same with a selected emotion under the playhead."""
    editor = hand.kit.editor
    editor.apply("add_emotion", clip=EmotionClip(Emotion.HAPPY, start=0.0, end=1.0))
    editor.select(Selection.of(emotions=[editor.project.emotions[-1].id]))
    hand.settled()
    return hand
