"""HISTORY: the steps that led here, and those that were undone; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QListWidgetItem

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.lists import bare_list, fit_to_rows
from pctalk_studio.app.widgets.edit_names import step_title
from pctalk_studio.app.widgets.following import follow
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.document.history import History, Step

MOST = 200
"""Steps listed about the present one."""
LINES = 7


class HistoryBlock(Block):
    """Undo as a list, the newest step first."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "History"), "history")
        self._count = quiet_label(parent=self)
        self.header.add(self._count)
        self._shown: tuple[Step, ...] = ()
        self.list = bare_list(self.tr("History, newest first"), self)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.add(self.list)
        follow(self, kit.look, lambda _: self._mark())
        self.header.toggled.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """Show the steps there are now."""
        desk = self.editor.desk
        if desk is None or not self.header.is_open:
            return
        history = desk.studio.history
        count = len(history.steps) - 1
        self._count.setText(self.tr("1 step") if count == 1 else self.tr("{count} steps").format(count=count))
        first, steps = _window(history)
        if [id(step.project) for step in steps] != [id(step.project) for step in self._shown] or first != self._first():
            self._fill(first, steps)
        self._mark()

    def _first(self) -> int:
        item = self.list.item(self.list.count() - 1)
        return -1 if item is None else int(item.data(Qt.ItemDataRole.UserRole))

    def _fill(self, first: int, steps: tuple[Step, ...]) -> None:
        self._shown = steps
        self.list.clear()
        for number, step in reversed(list(enumerate(steps, first))):
            item = QListWidgetItem(step_title(step.label))
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        fit_to_rows(self.list, LINES)

    def _mark(self) -> None:
        """The present step is selected and bold, undone ones are dim."""
        desk = self.editor.desk
        if desk is None:
            return
        present, tokens = len(desk.studio.history.past), self.kit.look.tokens
        for row in range(self.list.count()):
            item = self.list.item(row)
            number = int(item.data(Qt.ItemDataRole.UserRole))
            font = item.font()
            font.setBold(number == present)
            font.setItalic(number > present)
            item.setFont(font)
            item.setForeground(tokens.color("dim" if number > present else "text"))
            item.setToolTip(self.tr("Undone; click to do it again") if number > present else self.tr("Click to go back to here"))
            if number == present:
                self.list.setCurrentItem(item)

    def _go(self, item: QListWidgetItem) -> None:
        desk, number = self.editor.desk, int(item.data(Qt.ItemDataRole.UserRole))
        if desk is not None and number != len(desk.studio.history.past):
            self.editor.attempt(lambda: desk.go_to(number))


def _window(history: History) -> tuple[int, tuple[Step, ...]]:
    """The steps about the present one, and the number of the first of them."""
    steps, present = history.steps, len(history.past)
    first = max(0, min(present - MOST // 2, len(steps) - MOST))
    return first, steps[first : first + MOST]
