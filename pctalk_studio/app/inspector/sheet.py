"""Sheet: a section of the inspector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.inspector.gestures import Edits, Gesture, bind_number, bind_slider
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.number_field import NumberField
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import Section, quiet_label
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import Selection

FACTOR = ValueScale(0.0, 2.0, 1.0)
"""A gain: 1 changes nothing."""
SHARE = ValueScale(0.0, 1.0, 0.0, 0.05, 0, " %", 100.0)
"""A part of the whole."""


class Sheet(Section):
    """A section of the inspector: it shows a part of the project and edits it.

    Parameters
    ----------
    kit
        What every view is given.
    title
        Heading.
    key
        Name within the program's settings, and of its gestures.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, title: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(kit.look, title, kit.settings, f"inspector/{key}", parent)
        self.kit = kit
        self.key = key

    @property
    def editor(self) -> Editor:
        """The open project."""
        return self.kit.editor

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the project as it is now.

        Parameters
        ----------
        project, selection
            What there is, and what of it is selected.
        time
            Of the playhead, seconds.

        Returns
        -------
        bool
            Whether there is anything to show.
        """
        raise NotImplementedError

    def follow(self, project: Project, selection: Selection, time: float) -> None:
        """Show what changes with the playhead alone; called many times a second while playing."""

    # -- making rows ---------------------------------------------------------------------------------------------------

    def gesture(self, name: str, label: str = "") -> Gesture:
        """A gesture of one of its controls."""
        return Gesture(self.editor, f"inspector/{self.key}/{name}", label)

    def slider(
        self, name: str, scale: ValueScale, change: Callable[[float], Edits], *, label: str = "", keyed: bool = False
    ) -> ValueSlider:
        """Add a slider that edits."""
        row = ValueSlider(self.kit.look, name, scale, self, keyed=keyed)
        bind_slider(row, self.gesture(name, label), change)
        self.add(row)
        return row

    def number(
        self,
        name: str,
        scale: ValueScale,
        change: Callable[[float], Edits],
        *,
        label: str = "",
        changed: Callable[[float], None] = lambda _: None,
    ) -> NumberField:
        """A number that edits, to be put into a row; ``changed`` is called when it has."""
        field = NumberField(scale, self)
        field.setAccessibleName(name)
        field.setToolTip(name)
        bind_number(field, self.gesture(name, label), scale.step, change, changed)
        return field

    def apply(self, edit: str, **arguments: Any) -> bool:
        """Apply an edit as a step of its own."""
        return self.editor.apply(edit, **arguments)

    def hint(self, text: str) -> QLabel:
        """Add a sentence in dim text."""
        label = quiet_label(text, self)
        label.setWordWrap(True)
        self.add(label)
        return label

    def line(self, *widgets: QWidget) -> QWidget:
        """Add widgets beside one another."""
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(6)
        for widget in widgets:
            row.addWidget(widget)
        self.add(holder)
        return holder
