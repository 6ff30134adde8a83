"""What a hand does in the viewport between pressing and letting go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QPointF

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.viewport.painting import FacePainter
from pctalk_studio.app.viewport.scene import ViewportScene
from pctalk_studio.app.viewport.view import View
from pctalk_studio.document.masks import Brush
from pctalk_studio.session.face_space import FacePoint

SMALLEST_BRUSH, LARGEST_BRUSH = 0.02, 1.0
"""Radius of a brush, E."""

STEP = 1.15
"""Growth of the brush for one press of its key."""

STRENGTH_REACH = 200.0
"""Logical pixels from no strength to all of it."""

Place = Callable[[QPointF], FacePoint | None]
"""The point of the face at a point of the widget."""


class Gesture(Protocol):
    """Something that is under way."""

    def move(self, at: QPointF, pressure: float) -> None:
        """The hand is here now."""
        ...

    def end(self) -> None:
        """It has let go."""
        ...

    def cancel(self) -> None:
        """It is to be as if it had not begun."""
        ...


class Panning:
    """The frame follows the hand."""

    def __init__(self, view: View, at: QPointF, show: Callable[[View], None]) -> None:
        self._view, self._at, self._show = view, at, show
        self.moved = False

    def move(self, at: QPointF, pressure: float) -> None:
        """Carry the frame along."""
        way = at - self._at
        self.moved = self.moved or way.manhattanLength() > 0
        self._show(self._view.panned(way.x(), way.y()))

    def end(self) -> None:
        """It stays there."""

    def cancel(self) -> None:
        """Back to where it was."""
        self._show(self._view)


class Pressing:
    """A press that is a click, until the hand moves farther than it trembles; then it carries the frame along."""

    def __init__(self, pan: Panning, at: QPointF, tremble: float, click: Callable[[QPointF], None]) -> None:
        self._pan, self._at, self._tremble, self._click = pan, at, tremble, click
        self._panning = False

    def move(self, at: QPointF, pressure: float) -> None:
        """Begin to pan once it is no click any more."""
        self._panning = self._panning or (at - self._at).manhattanLength() > self._tremble
        if self._panning:
            self._pan.move(at, pressure)

    def end(self) -> None:
        """It was a click, unless it panned."""
        if not self._panning:
            self._click(self._at)

    def cancel(self) -> None:
        """Neither."""
        self._pan.cancel()


class Wiping:
    """The divider of the wipe follows the hand."""

    def __init__(self, scene: ViewportScene, view: View) -> None:
        self._scene, self._view, self._before = scene, view, scene.options.divider

    def move(self, at: QPointF, pressure: float) -> None:
        """Divide here."""
        left, _, width, _ = self._view.box
        self._scene.change(divider=min(max((at.x() - left) / width, 0.0), 1.0))

    def end(self) -> None:
        """It stays there."""

    def cancel(self) -> None:
        """Back to where it was."""
        self._scene.change(divider=self._before)


class Stroking:
    """The brush follows the hand."""

    def __init__(self, painter: FacePainter, place: Place) -> None:
        self._painter, self._place = painter, place

    def move(self, at: QPointF, pressure: float) -> None:
        """Paint on."""
        self._painter.extend(self._place(at), pressure)

    def end(self) -> None:
        """The stroke is done."""
        self._painter.end()

    def cancel(self) -> None:
        """It never was."""
        self._painter.cancel()


class Sizing:
    """Size or strength of the brush follows the hand, sideways.

    Parameters
    ----------
    editor
        Who has the brush.
    at
        Where the hand was.
    unit
        Logical pixels for 1 E; None to set the strength instead.
    """

    def __init__(self, editor: Editor, at: QPointF, unit: float | None) -> None:
        self._editor, self._at, self._unit = editor, at, unit
        self._before = editor.paint_tool.brush

    @property
    def start(self) -> QPointF:
        """Where it began; the ring stays there."""
        return self._at

    def move(self, at: QPointF, pressure: float) -> None:
        """Resize."""
        way, brush = at.x() - self._at.x(), self._before
        if self._unit is None:
            set_brush(self._editor, strength=round(min(max(brush.strength + way / STRENGTH_REACH, 0.0), 1.0), 3))
        else:
            set_brush(self._editor, radius=clamped_radius(brush.radius + way / self._unit))

    def end(self) -> None:
        """It stays so."""

    def cancel(self) -> None:
        """As it was."""
        tool = self._editor.paint_tool
        self._editor.set_paint_tool(replace(tool, brush=self._before))


def clamped_radius(radius: float) -> float:
    """A radius that a brush may have."""
    return round(min(max(radius, SMALLEST_BRUSH), LARGEST_BRUSH), 4)


def resize_brush(editor: Editor, steps: float) -> None:
    """Make the brush larger by some presses of its key, or smaller."""
    set_brush(editor, radius=clamped_radius(editor.paint_tool.brush.radius * STEP**steps))


def set_brush(editor: Editor, **changes: object) -> None:
    """Paint with a brush that differs in this from now on."""
    tool = editor.paint_tool
    brush: Brush = replace(tool.brush, **changes)  # type: ignore[arg-type]
    editor.set_paint_tool(replace(tool, brush=brush))
