"""ViewportPanel: the frame under the playhead with everything that is done on it."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.viewport.canvas import ViewportCanvas
from pctalk_studio.app.viewport.commands import ViewportCommands
from pctalk_studio.app.viewport.empty_state import NEW, EmptyState
from pctalk_studio.app.viewport.fill_palette import FillPalette
from pctalk_studio.app.viewport.scene import ViewportScene
from pctalk_studio.app.viewport.toolbar import ViewportToolbar


class ViewportPanel(QWidget):
    """The dock's content.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.scene = ViewportScene(kit, self)
        self.canvas = ViewportCanvas(kit, self.scene, self)
        self.empty = EmptyState(kit, self)
        self.commands = ViewportCommands(kit, self.canvas, self, self.open_fill_palette)
        self.toolbar = ViewportToolbar(kit, self)
        self.fill_palette = FillPalette(self.canvas.painter.fill, self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._pages, 1)
        self.setAccessibleName(self.tr("Viewport"))
        self.canvas.menu_wanted.connect(self._open_menu)
        self.canvas.tapped_space.connect(self._play)
        self.empty.new_wanted.connect(self._begin)
        kit.editor.desk_changed.connect(self._show_page)
        self._show_page()

    def _show_page(self) -> None:
        there = self._kit.editor.desk is not None
        self._pages.setCurrentWidget(self.canvas if there else self.empty)
        self.toolbar.setVisible(there)
        self.setFocusProxy(self.canvas if there else self.empty.choose)

    def open_fill_palette(self) -> None:
        """Let a person choose which regions to fill."""
        if self._kit.editor.desk is not None and self.canvas.painter.aim() is not None:
            self.fill_palette.open_at(self.toolbar.below("paint.fill"))

    def _open_menu(self, at: QPoint) -> None:
        self.toolbar.view_menu.popup(at)

    def _play(self) -> None:
        """What the space bar does everywhere else."""
        for spec in self._kit.actions:
            if "Space" in self._kit.actions.keys(spec.id):
                self._kit.actions[spec.id].trigger()
                return

    def _begin(self) -> None:
        for spec in self._kit.actions:
            if spec.id in NEW:
                self._kit.actions[spec.id].trigger()
                return
