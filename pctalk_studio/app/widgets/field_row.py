"""Rows of a panel that are no sliders: a name, and any control beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from pctalk_studio.app.widgets.value_slider import name_width

ROW = 28
"""Least height of a row, logical pixels."""


class FieldRow(QWidget):
    """A name and controls beside it, in the columns of :class:`~pctalk_studio.app.widgets.value_slider.ValueSlider`.

    Parameters
    ----------
    name
        Of what is set.
    *fields
        The controls.
    parent
        Owner.
    wide
        The name takes the room and the control stands at the right edge, as a switch does.
    """

    def __init__(self, name: str, *fields: QWidget, parent: QWidget | None = None, wide: bool = False) -> None:
        super().__init__(parent)
        self.name = QLabel(name, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name, 1 if wide else 0)
        if not wide:
            self.name.setFixedWidth(max(name_width(self), self.name.sizeHint().width()))
        for field in fields:
            grows = field.sizePolicy().horizontalPolicy() not in (QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
            row.addWidget(field, 1 if grows and not wide else 0)
            if not field.accessibleName():
                field.setAccessibleName(name)
        self.setMinimumHeight(ROW)
