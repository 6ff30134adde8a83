"""The timeline under a pen, which never rests: what is only a tremor is a click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from pctalk_studio.app.timeline.pointing import MOUSE_THRESHOLD, PEN_THRESHOLD
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.session.selection import KeyRef, Selection

KEY = 0.8
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


class Pen:
    """A pen on the canvas. Of tablet events that nobody takes, Qt makes mouse events of the same device."""

    def __init__(self, canvas, kind=QPointingDevice.PointerType.Pen):
        ability = QPointingDevice.Capability.Position | QPointingDevice.Capability.Pressure
        self._device = QPointingDevice("pen", 7, QPointingDevice.DeviceType.Stylus, kind, ability, 1, 3)
        self._canvas = canvas

    def send(self, name, at, button, down):
        plain, point = Qt.KeyboardModifier.NoModifier, QPointF(at)
        world = QPointF(self._canvas.mapToGlobal(at))
        tablet = QTabletEvent(QEvent.Type[f"Tablet{name}"], self._device, point, world, 0.7, 0, 0, 0, 0, 0, plain, button, down)
        QApplication.sendEvent(self._canvas, tablet)
        if not tablet.isAccepted():
            kind = {"Press": "MouseButtonPress", "Move": "MouseMove", "Release": "MouseButtonRelease"}[name]
            mouse = QMouseEvent(QEvent.Type[kind], point, world, button, down, plain, self._device)
            QApplication.sendEvent(self._canvas, mouse)

    def drag(self, start, *ends):
        self.send("Press", start, LEFT, LEFT)
        for end in ends:
            self.send("Move", end, NONE, LEFT)
        self.send("Release", ends[-1], LEFT, NONE)


@pytest.fixture
def pen(hand):
    return Pen(hand.canvas)


@pytest.fixture
def key(hand, no_snap):
    """Where the only key of the lip scale is."""
    hand.editor.apply("set_key", curve=CurveName.LIP_SCALE, key=Key(KEY, 1.0))
    return hand.at("lip_scale", KEY)


def times(hand):
    return [key.time for key in hand.editor.project.lip_scale_keys.keys]


def right(point, pixels):
    return type(point)(point.x() + round(pixels), point.y())


def test_a_tremor_of_the_pen_selects_and_moves_nothing(hand, pen, key):
    before = hand.editor.project
    pen.drag(key, right(key, PEN_THRESHOLD - 2), right(key, 1))
    assert hand.editor.project is before
    assert hand.editor.selection == Selection.of(keys=[KeyRef(CurveName.LIP_SCALE, None, KEY)])


def test_beyond_the_threshold_the_pen_drags_by_all_of_its_way_in_one_step(hand, pen, key):
    pen.drag(key, right(key, PEN_THRESHOLD + 5), right(key, 60))
    assert times(hand) == pytest.approx([KEY + hand.panel.view.scale.seconds(60)], abs=0.006)
    hand.editor.undo()
    assert times(hand) == [KEY]


def test_a_mouse_rests_and_drags_sooner(hand, key):
    mouse = Pen(hand.canvas, QPointingDevice.PointerType.Generic)
    mouse.drag(key, right(key, MOUSE_THRESHOLD + 3))
    assert times(hand) == pytest.approx([KEY + hand.panel.view.scale.seconds(MOUSE_THRESHOLD + 3)], abs=0.006)


def test_a_boundary_stays_where_it_is_under_a_tremor(hand, pen, no_snap):
    duck = next(word for word in hand.editor.project.speech.words if word.text == "duck")
    edge = hand.at("words", duck.end)
    before = hand.editor.project
    pen.drag(edge, right(edge, PEN_THRESHOLD - 3))
    assert hand.editor.project is before
    pen.drag(edge, right(edge, PEN_THRESHOLD + 2))
    assert hand.editor.project.speech.word(duck.id).end > duck.end
