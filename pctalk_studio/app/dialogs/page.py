"""Page: what takes the place of the picture for a while, instead of a box that stops the work."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.icons import IconButton

_WIDTH = 44
"""Most letters a line."""


class Page(QWidget):
    """A titled column in the middle of the window; Escape or the cross leave it.

    Parameters
    ----------
    kit
        What every view is given.
    title
        Heading.
    parent
        Owner.
    wide
        Half as wide again.
    """

    left = Signal()
    """The person is done with it, or does not want it."""

    def __init__(self, kit: Kit, title: str, parent: QWidget | None = None, *, wide: bool = False) -> None:
        super().__init__(parent)
        self.kit = kit
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QWidget(self)
        most = self.fontMetrics().averageCharWidth() * _WIDTH * (3 if wide else 2)
        column.setMaximumWidth(most)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.rows = QVBoxLayout(column)
        self.rows.setContentsMargins(24, 20, 24, 24)
        self.rows.setSpacing(12)
        self.rows.addLayout(self._title_row(title))
        middle = _centred(column)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(middle)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around = around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(scroll)
        self._most = most

    def set_foot(self, row: QHBoxLayout) -> None:
        """Put what ends the page below it, where it is seen however little of the page is."""
        column = QWidget(self)
        column.setMaximumWidth(self._most)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.setLayout(row)
        row.setContentsMargins(24, 8, 24, 12)
        self._around.addWidget(_centred(column))

    def _title_row(self, title: str) -> QHBoxLayout:
        self._heading = heading = QLabel(title, self)
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        heading.setFont(font)
        heading.setProperty("heading", True)
        self.close_button = IconButton(self.kit.look, "x", self.tr("Close (Esc)"), self)
        self.close_button.clicked.connect(self.leave)
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        row.addWidget(self.close_button)
        return row

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._heading.setText(title)
        self.setAccessibleName(title)

    def leave(self) -> None:
        """Leave the page; what goes on behind it is given up."""
        self.left.emit()

    def gone(self) -> None:
        """It is shown no more and will be deleted; pages that wait for something stop here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


def _centred(column: QWidget) -> QWidget:
    """A column with equal room on both sides."""
    middle = QWidget()
    beside = QHBoxLayout(middle)
    beside.setContentsMargins(0, 0, 0, 0)
    beside.addStretch(1)
    beside.addWidget(column, 1000)
    beside.addStretch(1)
    return middle


def note(text: str, parent: QWidget | None = None) -> QLabel:
    """Dim text that wraps."""
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setProperty("quiet", True)
    return label
