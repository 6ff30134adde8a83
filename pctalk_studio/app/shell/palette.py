"""CommandPalette: any command, found by typing a few letters of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.fuzzy import rank

_ID = Qt.ItemDataRole.UserRole
_ROWS = 12
_LETTERS = 84
"""Its width in letters."""


class CommandPalette(QFrame):
    """A list of commands over the window; Return runs the chosen one, Escape closes it.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Window.
    """

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Find a command"))
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Find a command"))
        self.line.setAccessibleName(self.tr("Find a command"))
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QTreeWidget(self)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setColumnCount(3)
        self.list.setUniformRowHeights(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.itemClicked.connect(lambda item, _: self._run(item))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self._fill("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of a window."""
        metrics = self.fontMetrics()
        width = min(metrics.averageCharWidth() * _LETTERS + 32, window.width() - 32)
        height = min((metrics.height() + 10) * (_ROWS + 2), window.height() - 96)
        self.setGeometry((window.width() - width) // 2, 64, width, height)
        # Where each column begins follows from the width, not from what happens to be listed.
        self.list.setColumnWidth(0, round(width * 0.54))
        self.list.setColumnWidth(1, round(width * 0.16))
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def texts(self) -> list[str]:
        """The commands that are listed, best first."""
        items = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return [item.text(0) for item in items if item is not None]

    def _fill(self, typed: str) -> None:
        found: list[tuple[float, str, QAction, str]] = []
        for spec in self._kit.actions:
            action = self._kit.actions[spec.id]
            if spec.id == "view.palette":
                continue
            scores = [rank(typed, action.text()), rank(typed, f"{spec.group} {action.text()}")]
            known = [score for score in scores if score is not None]
            if known:
                # What can be done now comes before what cannot.
                found.append((-max(known) + (0 if action.isEnabled() else 100), spec.id, action, spec.group))
        self.list.clear()
        for _, id_, action, group in sorted(found, key=lambda each: (each[0], each[1])):
            keys = ", ".join(
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in self._kit.actions.keys(id_)
            )
            item = QTreeWidgetItem(self.list, [action.text(), group, keys])
            item.setData(0, _ID, id_)
            item.setDisabled(not action.isEnabled())
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that move in the list while one types; it closes when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            self._close()
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._close()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.list.currentItem()
            if item is not None:
                self._run(item)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.list.keyPressEvent(event)
        else:
            return False
        return True

    def _run(self, item: QTreeWidgetItem) -> None:
        action = self._kit.actions[str(item.data(0, _ID))]
        if action.isEnabled():
            self._close()
            action.trigger()

    def _close(self) -> None:
        self.hide()
        self.deleteLater()
