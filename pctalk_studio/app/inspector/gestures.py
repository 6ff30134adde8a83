"""From what a hand does at a control to edits: one gesture is one step to undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.widgets.number_field import NumberField
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.document.project import Project

Edits = list[tuple[str, dict[str, Any]]]
"""Names and arguments of edits, in order."""


class Gesture:
    """Edits that a hand makes at one control between taking and letting go.

    Parameters
    ----------
    editor
        The open project.
    name
        Of the control, unlike any other's.
    label
        Of the step, for the undo list; where it is empty the edit's own name is.
    """

    def __init__(self, editor: Editor, name: str, label: str = "") -> None:
        self._editor, self._name, self._label = editor, name, label
        self._begun: Project | None = None

    @property
    def running(self) -> bool:
        """Whether the hand is on the control."""
        return self._begun is not None

    def begin(self) -> None:
        """The hand takes the control."""
        if not self.running:
            self._begun = self._editor.project
            self._editor.begin_drag()

    def apply(self, edits: Edits) -> bool:
        """Edit; all of them or none. Outside a gesture it is a step of its own, and a refusal is told."""
        if not edits:
            return False
        gesture = self._name if self.running else ""
        if len(edits) == 1 and not self._label:
            (edit, arguments), *_ = edits
            return self._editor.apply(edit, gesture=gesture, quiet=self.running, **arguments)
        label = self._label or edits[0][0].replace("_", " ").capitalize()
        return self._editor.apply_all(label, edits, gesture=gesture, quiet=self.running)

    def end(self) -> None:
        """The hand lets go."""
        if self.running:
            self._begun = None
            self._editor.end_drag()

    def cancel(self) -> None:
        """Escape: what the hand did is undone."""
        begun = self._begun
        self.end()
        if begun is not None and self._editor.project is not begun:
            self._editor.undo()


def bind_slider(row: ValueSlider, gesture: Gesture, change: Callable[[float], Edits]) -> None:
    """Let a slider edit.

    Parameters
    ----------
    row
        The slider.
    gesture
        Its gesture.
    change
        The edits that give a value.
    """
    row.began.connect(gesture.begin)
    row.edited.connect(lambda value: gesture.apply(change(value)))
    row.ended.connect(gesture.end)
    row.cancelled.connect(gesture.cancel)


def bind_number(
    field: NumberField,
    gesture: Gesture,
    step: float,
    change: Callable[[float], Edits],
    changed: Callable[[float], None] = lambda _: None,
) -> None:
    """Let a number that stands alone edit.

    Parameters
    ----------
    field
        The number.
    gesture
        Its gesture.
    step
        How far a step by wheel or arrow key goes.
    change
        The edits that give a value.
    changed
        Called when they were made.
    """

    def edit(value: float) -> None:
        if gesture.apply(change(value)):
            changed(value)

    def stepped(steps: float) -> None:
        if field.values:
            edit(sum(field.values) / len(field.values) + steps * step)

    field.grasped.connect(gesture.begin)
    field.moved.connect(edit)
    field.released.connect(gesture.end)
    field.cancelled.connect(gesture.cancel)
    field.typed.connect(edit)
    field.stepped.connect(stepped)
