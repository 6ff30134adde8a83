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

_UNMARKED = 2


class HistoryBlock(Block):
    """Undo as a list, the newest step first."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "History"), "history")
        self._count = quiet_label(parent=self)
        self.header.add(self._count)
        self._shown: list[tuple[int, Step]] = []
        self._marks: list[int] = []
        self.list = bare_list(self.tr("History, newest first"), self)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.add(self.list)
        follow(self, kit.look, lambda _: self._mark_anew())
        self.header.toggled.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """Show the steps there are now."""
        desk = self.editor.desk
        if desk is None or not self.header.is_open:
            return
        history = desk.studio.history
        count = len(history.steps) - 1
        self._count.setText(self.tr("1 step") if count == 1 else self.tr("{count} steps").format(count=count))
        self._fill(_window(history))
        self._mark()

    def _fill(self, steps: list[tuple[int, Step]]) -> None:
        """List some steps with their numbers, oldest first; rows that are right already stay: an edit adds but one of many."""
        before = self._shown
        gone = sum(number < steps[0][0] for number, _ in before)
        kept = before[gone:]
        same = 0
        while same < min(len(kept), len(steps)) and _alike(kept[same], steps[same]):
            same += 1
        if same == 0:
            gone = len(before)
        # The newest step lies in row 0.
        for _ in range(gone):
            self.list.takeItem(self.list.count() - 1)
        for _ in range(self.list.count() - same):
            self.list.takeItem(0)
        for number, step in steps[same:]:
            item = QListWidgetItem(step_title(step.label))
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.insertItem(0, item)
        self._marks = [*self._marks[gone : gone + same], *[_UNMARKED] * (len(steps) - same)]
        self._shown = steps
        fit_to_rows(self.list, LINES)

    def _mark_anew(self) -> None:
        self._marks = [_UNMARKED] * len(self._shown)
        self._mark()

    def _mark(self) -> None:
        """The present step is selected and bold, undone ones are dim; only rows are touched that were marked otherwise."""
        desk = self.editor.desk
        if desk is None:
            return
        present, tokens = len(desk.studio.history.past), self.kit.look.tokens
        for place, (number, _) in enumerate(self._shown):
            mark = (number > present) - (number < present)
            item = self.list.item(len(self._shown) - 1 - place)
            if mark == 0:
                self.list.setCurrentItem(item)
            if mark == self._marks[place]:
                continue
            self._marks[place] = mark
            font = item.font()
            font.setBold(mark == 0)
            font.setItalic(mark > 0)
            item.setFont(font)
            item.setForeground(tokens.color("dim" if mark > 0 else "text"))
            item.setToolTip(self.tr("Undone; click to do it again") if mark > 0 else self.tr("Click to go back to here"))

    def _go(self, item: QListWidgetItem) -> None:
        desk, number = self.editor.desk, int(item.data(Qt.ItemDataRole.UserRole))
        if desk is not None and number != len(desk.studio.history.past):
            self.editor.attempt(lambda: desk.go_to(number))


def _window(history: History) -> list[tuple[int, Step]]:
    """The steps about the present one with their numbers, oldest first."""
    steps, present = history.steps, len(history.past)
    first = max(0, min(present - MOST // 2, len(steps) - MOST))
    return list(enumerate(steps[first : first + MOST], first))


def _alike(one: tuple[int, Step], other: tuple[int, Step]) -> bool:
    return one[0] == other[0] and one[1].project is other[1].project and one[1].label == other[1].label
