"""StartPage: where to begin when nothing is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.icons import follow_look

_ROW = 8
"""Recent projects that are seen without scrolling."""


class StartPage(Page):
    """Commands to begin with, and the projects that were open lately.

    Parameters
    ----------
    kit
        What every view is given.
    commands
        (action, icon) in the order in which they are shown; the first is the one that is expected.
    parent
        Owner.
    """

    chosen = Signal(object)
    """Path of a project."""

    def __init__(self, kit: Kit, commands: tuple[tuple[QAction, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(kit, "PC-Talk Studio", parent)
        self.close_button.hide()
        self.rows.addWidget(note(self.tr("A portrait and a recording of speech become a talking face."), self))
        self.rows.addWidget(note(self.tr("Drop a project, a picture or a recording anywhere in the window to begin."), self))
        for number, (action, name) in enumerate(commands):
            self.rows.addWidget(self._command(action, name, primary=number == 0))
        self._heading = QLabel(self.tr("Recent projects"), self)
        self._heading.setProperty("heading", True)
        self.recent = QListWidget(self)
        self.recent.setAccessibleName(self.tr("Recent projects"))
        self.recent.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.recent.itemActivated.connect(self._open)
        self.recent.itemClicked.connect(self._open)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self.recent)
        self.rows.addSpacing(8)
        self.rows.addLayout(column)
        self.rows.addStretch(1)

    def _command(self, action: QAction, name: str, *, primary: bool) -> QPushButton:
        button = QPushButton(action.text(), self)
        button.setToolTip(action.toolTip())
        button.setMinimumHeight(36)
        button.setProperty("primary", primary)
        follow_look(button, self.kit.look, name, "on_accent" if primary else "text")
        button.clicked.connect(action.trigger)
        return button

    def show_recent(self, paths: tuple[Path, ...]) -> None:
        """Show these; what is missing is grey and cannot be opened."""
        self.recent.clear()
        for path in paths:
            there = path.exists()
            where = str(path.parent)
            text = (
                f"{path.stem}    {where}"
                if there
                else self.tr("{name}    missing from {folder}").format(name=path.stem, folder=where)
            )
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(str(path))
            if not there:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.recent.addItem(item)
        for widget in (self._heading, self.recent):
            widget.setVisible(bool(paths))
        row = max(self.recent.sizeHintForRow(0), 24)
        self.recent.setFixedHeight(row * min(max(len(paths), 1), _ROW) + 8)

    def _open(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def leave(self) -> None:
        """There is nothing behind it."""
