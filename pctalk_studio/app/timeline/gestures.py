"""Gestures: what happens between press and release, as small objects with their own state."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.timeline.lane import Pointer
from pctalk_studio.session.selection import Selection

_NUMBERS = itertools.count(1)


class Gesture:
    """Something that the pointer does from press to release; the base does nothing.

    The canvas calls :meth:`move` once the pointer has left the threshold, then :meth:`finish` at release, or :meth:`cancel` when
    Escape was pressed. A press without a move ends in :meth:`click`.
    """

    read_out = ""
    """Lines shown beside the pointer."""
    guide: float | None = None
    """Moment at which a line is drawn through all lanes: where something snapped, or is."""
    snapped = False
    """Whether the guide is where something snapped."""

    def move(self, pointer: Pointer) -> None:
        """The pointer is somewhere else."""

    def finish(self) -> None:
        """The button was released after a move."""

    def click(self) -> None:
        """The button was released where it was pressed."""

    def cancel(self) -> None:
        """All as before."""


class EditDrag(Gesture):
    """A drag that changes the project: one step to undo, and Escape takes it back.

    Parameters
    ----------
    editor
        The open project.
    name
        What is dragged; made unique, so that two drags are two steps.
    """

    def __init__(self, editor: Editor, name: str) -> None:
        self.editor = editor
        self._gesture = f"{name} {next(_NUMBERS)}"
        self._before = editor.project
        self._begun = False

    def apply(self, edit: str, **arguments: Any) -> bool:
        """Apply an edit as part of the drag; False when it was rejected."""
        self._begin()
        return self.editor.apply(edit, gesture=self._gesture, quiet=True, **arguments)

    def apply_all(self, label: str, edits: list[tuple[str, dict[str, Any]]], selecting: Selection | None = None) -> bool:
        """Apply several edits as part of the drag, all or none, and select something afterwards."""
        self._begin()
        return self.editor.apply_all(label, edits, gesture=self._gesture, quiet=True, selecting=selecting)

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self.editor.begin_drag()

    def finish(self) -> None:
        """One step to undo is made."""
        if self._begun:
            self.editor.end_drag()

    def cancel(self) -> None:
        """The project is as it was at the press."""
        if self._begun:
            changed = self.editor.project is not self._before
            self.editor.end_drag()
            if changed:
                self.editor.undo()


class ClickSelect(Gesture):
    """A press that has selected already; a click without a move may narrow the selection to one thing.

    Parameters
    ----------
    narrow
        Called at a click, to deselect the others of a selection that was kept in case it is dragged.
    """

    def __init__(self, narrow: Callable[[], None] = lambda: None) -> None:
        self._narrow = narrow

    def click(self) -> None:
        """Narrow the selection."""
        self._narrow()


class RubberBand(Gesture):
    """Selects what a rectangle touches.

    Parameters
    ----------
    editor
        Whose selection it is.
    origin
        Where the button went down; in the canvas, not in a lane.
    touched
        What lies between two corners (x, y, x, y) of the canvas.
    """

    def __init__(self, editor: Editor, origin: Pointer, touched: Callable[[float, float, float, float], Selection]) -> None:
        self._editor = editor
        self._origin = origin
        self._touched = touched
        self._before = editor.selection
        self.corners: tuple[float, float, float, float] | None = None

    def move(self, pointer: Pointer) -> None:
        """Select what is inside by now."""
        origin = self._origin
        self.corners = (
            min(origin.x, pointer.x),
            min(origin.y, pointer.y),
            max(origin.x, pointer.x),
            max(origin.y, pointer.y),
        )
        found = self._touched(*self.corners)
        if origin.toggles:
            found = self._before.toggled(found)
        elif origin.extends:
            found = self._before | found
        self._editor.select(found)

    def click(self) -> None:
        """A click on nothing selects nothing."""
        if not (self._origin.toggles or self._origin.extends):
            self._editor.select(Selection())

    def cancel(self) -> None:
        """Select what was selected."""
        self._editor.select(self._before)
