"""A list to choose from that scrolling past does not change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget


class ChoiceBox(QComboBox):
    """One of several values, from a list.

    Parameters
    ----------
    name
        What is chosen, for screen readers.
    choices
        (value, label), in order.
    parent
        Owner.
    """

    chosen = Signal(object)
    """Value that a person chose."""

    opening = Signal()
    """The list is about to open: the last moment to offer something else."""

    def __init__(self, name: str, choices: Sequence[tuple[object, str]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[tuple[object, str], ...] = ()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMinimumHeight(24)
        self.set_choices(choices)
        self.activated.connect(lambda index: self.chosen.emit(self._choices[index][0]))

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Offer these from now on."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self.clear()
            self.addItems([label for _, label in choices])

    def set_value(self, value: object) -> None:
        """Show a choice; one that is not offered shows none. Tells nobody."""
        values = [each for each, _ in self._choices]
        self.setCurrentIndex(values.index(value) if value in values else -1)

    @property
    def value(self) -> object:
        """The choice that is shown; None when there is none."""
        index = self.currentIndex()
        return None if index < 0 else self._choices[index][0]

    def showPopup(self) -> None:
        """Open the list."""
        self.opening.emit()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change only with the focus; otherwise the panel scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
