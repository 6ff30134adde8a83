"""PERFORMANCES: the recordings that the project holds; a double click plays one at the playhead again."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QListWidgetItem

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.lists import bare_list, fit_to_rows
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.document.performance import Take
from pctalk_studio.session.performances import clip_of
from pctalk_studio.session.selection import Selection

IMPORT = "file.performance"
"""The command that brings in a performance."""
LINES = 5


class PerformancesBlock(Block):
    """Recorded performances of the project."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "Performances"), "performances")
        self.bring = IconButton(kit.look, "plus", self.tr("Import a performance at the playhead"), self)
        self.bring.clicked.connect(self._import)
        self.header.add(self.bring)
        self._takes: tuple[Take, ...] | None = None
        self._hint = quiet_label(self.tr("Drop a motion template of LivePortrait (.pkl) on the window."), self)
        self._hint.setWordWrap(True)
        self.list = bare_list(self.tr("Recorded performances"), self)
        self.list.setToolTip(self.tr("Click to select where it is played; double-click to play it at the playhead"))
        self.list.itemClicked.connect(self._select)
        self.list.itemActivated.connect(self._play_again)
        self.add(self._hint)
        self.add(self.list)

    def refresh(self) -> None:
        """Show the recordings, and mark what the selected clips play."""
        project, selection = self.editor.project, self.editor.selection
        if project.takes != self._takes:
            self._takes = project.takes
            self.list.clear()
            for take in project.takes:
                item = QListWidgetItem(self.tr("{name}   ({seconds:.1f} s)").format(name=take.name, seconds=take.duration))
                item.setData(Qt.ItemDataRole.UserRole, take.id)
                facts = self.tr("{count} frames, {rate} a second")
                item.setToolTip(facts.format(count=take.frames, rate=f"{float(take.rate):g}"))
                self.list.addItem(item)
            fit_to_rows(self.list, LINES)
        self._hint.setVisible(not project.takes)
        self.list.setVisible(bool(project.takes))
        played = {clip.take for clip in project.performances if clip.id in selection.performances}
        rows = [row for row, take in enumerate(project.takes) if take.id in played]
        if not rows:
            self.list.clearSelection()
        elif self.list.currentRow() not in rows or not self.list.selectedItems():
            self.list.setCurrentRow(rows[0])

    def _import(self) -> None:
        """Ask for a template, where the window offers that."""
        if any(spec.id == IMPORT for spec in self.kit.actions):
            self.kit.actions[IMPORT].trigger()

    def _select(self, item: QListWidgetItem) -> None:
        number = int(item.data(Qt.ItemDataRole.UserRole))
        self.editor.select(Selection.of(performances=[c.id for c in self.editor.project.performances if c.take == number]))

    def _play_again(self, item: QListWidgetItem) -> None:
        desk, number = self.editor.desk, int(item.data(Qt.ItemDataRole.UserRole))
        take = next((each for each in self.editor.project.takes if each.id == number), None)
        if desk is not None and take is not None:
            clip = clip_of(take, desk.project, desk.transport.seconds)
            added = Selection.of(performances=[desk.project.next_id])
            self.editor.apply("add_performance", take=take, clip=clip, selecting=added)
