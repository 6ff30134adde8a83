"""ShortcutsPage: every command with its keys, which can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit

_ID = Qt.ItemDataRole.UserRole


class ShortcutsPage(Page):
    """Lists commands by room; the keys of the chosen one are changed below.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent, wide=True)
        self.set_title(self.tr("Keyboard"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self.tree.setAccessibleName(self.tr("Commands and their keys"))
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.tree.setMinimumHeight(self.fontMetrics().height() * 20)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self.rows.addWidget(self.search)
        self.rows.addWidget(self.tree, 1)
        self._add_editing()
        self._fill()
        kit.actions.keys_changed.connect(self._show_keys)

    def _add_editing(self) -> None:
        self._name = QLabel(self)
        self.keys = QKeySequenceEdit(self)
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        self.keys.setAccessibleName(self.tr("Press the new keys"))
        self.keys.keySequenceChanged.connect(lambda _: self._warn())
        self.use = QPushButton(self.tr("Use"), self)
        self.use.setProperty("primary", True)
        self.use.clicked.connect(lambda: self._set(add=False))
        self.add = QPushButton(self.tr("Use as well"), self)
        self.add.clicked.connect(lambda: self._set(add=True))
        self.reset = QPushButton(self.tr("Reset"), self)
        self.reset.clicked.connect(self._reset)
        self.reset_all = QPushButton(self.tr("Reset all"), self)
        self.reset_all.clicked.connect(self._reset_all)
        row = QHBoxLayout()
        row.addWidget(self._name, 1)
        for widget in (self.keys, self.use, self.add, self.reset, self.reset_all):
            row.addWidget(widget)
        self.rows.addLayout(row)
        self.conflict = note("", self)
        self.rows.addWidget(self.conflict)

    # -- the list ------------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for spec in self.kit.actions:
            heading = spec.group or self.tr("Other")
            if heading not in groups:
                group = groups[heading] = QTreeWidgetItem(self.tree, [heading])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.setFirstColumnSpanned(True)
            item = QTreeWidgetItem(groups[heading], [spec.text, self._keys_text(spec.id)])
            item.setData(0, _ID, spec.id)
        self.tree.expandAll()
        self._show_chosen()

    def _items(self) -> list[QTreeWidgetItem]:
        groups = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return [child for group in groups if group is not None for child in map(group.child, range(group.childCount()))]

    def _keys_text(self, id_: str) -> str:
        form = QKeySequence.SequenceFormat.NativeText
        return ", ".join(QKeySequence(key).toString(form) for key in self.kit.actions.keys(id_))

    def _filter(self, text: str) -> None:
        wanted = text.casefold()
        for item in self._items():
            item.setHidden(not any(wanted in item.text(column).casefold() for column in (0, 1)))
        for row in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(row)
            if group is not None:
                group.setHidden(all(group.child(each).isHidden() for each in range(group.childCount())))

    def _show_keys(self, id_: str) -> None:
        for item in self._items():
            if item.data(0, _ID) == id_:
                item.setText(1, self._keys_text(id_))
        self._warn()

    # -- the chosen one ------------------------------------------------------------------------------------------------

    def choose(self, id_: str) -> None:
        """Choose a command."""
        for item in self._items():
            if item.data(0, _ID) == id_:
                self.tree.setCurrentItem(item)

    @property
    def chosen(self) -> str:
        """Id of the chosen command; empty when there is none."""
        item = self.tree.currentItem()
        return "" if item is None else str(item.data(0, _ID) or "")

    def _show_chosen(self) -> None:
        id_ = self.chosen
        for widget in (self.keys, self.use, self.add, self.reset):
            widget.setEnabled(bool(id_))
        item = self.tree.currentItem()
        self._name.setText(item.text(0) if item is not None and id_ else self.tr("Choose a command to change its keys."))
        self.keys.clear()
        self._warn()

    def _typed(self) -> str:
        return self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _others(self) -> list[ActionSpec]:
        """Commands that have the typed keys already, where the chosen one would hear them, too."""
        typed, id_ = self._typed(), self.chosen
        return self.kit.actions.rivals(id_, [typed]) if typed and id_ else []

    def _warn(self) -> None:
        others = self._others()
        self.use.setEnabled(bool(self.chosen and self._typed()))
        self.add.setEnabled(bool(self.chosen and self._typed() and self.kit.actions.keys(self.chosen)))
        if not others:
            self.conflict.setText("")
            return
        names = ", ".join(f"{spec.text} ({spec.group})" for spec in others)
        self.conflict.setText(self.tr("These keys belong to {commands}, which would lose them.").format(commands=names))

    def _set(self, *, add: bool) -> None:
        typed, id_ = self._typed(), self.chosen
        if not (typed and id_):
            return
        before = self.kit.actions.keys(id_) if add else ()
        self.kit.actions.set_keys(id_, (*before, typed))
        self.keys.clear()

    def _reset(self) -> None:
        if self.chosen:
            self.kit.actions.set_keys(self.chosen, None)

    def _reset_all(self) -> None:
        for spec in tuple(self.kit.actions):
            self.kit.actions.set_keys(spec.id, None)
