"""The palette from which regions of the face are filled with a weight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QGridLayout, QLabel, QPushButton, QWidget

from pctalk_studio.app.widgets.names import region_name
from pctalk_studio.document.project import EmotionRegion, Side

Fill = Callable[[frozenset[EmotionRegion], Side | None, float], None]
"""Given regions, side and weight."""


class FillPalette(QFrame):
    """Regions by sides, and the weight that they get. Sides are the subject's own: right is on the picture's left.

    Parameters
    ----------
    fill
        Called for each button.
    parent
        Owner.
    """

    def __init__(self, fill: Fill, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("fillPalette")
        self.setAccessibleName(self.tr("Fill regions with paint"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        self.weight = QDoubleSpinBox(self)
        self.weight.setRange(0.0, 1.0)
        self.weight.setSingleStep(0.05)
        self.weight.setValue(1.0)
        # Arrow keys, the wheel and typing change it; the style draws no buttons that would match the other fields.
        self.weight.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.weight.setAccessibleName(self.tr("Weight"))
        label = QLabel(self.tr("Weight"), self)
        label.setBuddy(self.weight)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.weight, 0, 1, 1, 3)
        sides = ((Side.RIGHT, self.tr("Right")), (None, self.tr("Both")), (Side.LEFT, self.tr("Left")))
        for row, region in enumerate(EmotionRegion, start=1):
            name = region_name(region).capitalize()
            grid.addWidget(QLabel(name, self), row, 0)
            for column, (side, word) in enumerate(sides, start=1):
                button = QPushButton(word, self)
                button.setAutoDefault(False)
                button.setMinimumHeight(24)
                button.setAccessibleName(self.tr("{region}, {side}").format(region=name, side=word))
                if side is not None:
                    button.setToolTip(self.tr("The subject's own side"))
                button.clicked.connect(partial(self._fill, fill, frozenset({region}), side))
                grid.addWidget(button, row, column)
        everything = QPushButton(self.tr("Whole face"), self)
        everything.setMinimumHeight(24)
        everything.clicked.connect(partial(self._fill, fill, frozenset(EmotionRegion), None))
        grid.addWidget(everything, len(EmotionRegion) + 1, 1, 1, 3)

    def _fill(self, fill: Fill, regions: frozenset[EmotionRegion], side: Side | None, _checked: bool = False) -> None:
        fill(regions, side, self.weight.value())

    def open_at(self, corner: QPoint) -> None:
        """Show it below a point of the screen."""
        self.adjustSize()
        self.move(corner)
        self.show()
        self.weight.setFocus(Qt.FocusReason.PopupFocusReason)
        self.weight.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
