"""MainWindow: three rooms and a floor, and what holds them together."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStatusBar, QVBoxLayout, QWidget

from pctalk_studio.app.exporting.exporting import Exporting
from pctalk_studio.app.inspector.panel import InspectorPanel
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.ask_bar import Answer
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.shell.commands import Commands
from pctalk_studio.app.shell.cut_short import CutShort
from pctalk_studio.app.shell.docks import Docks
from pctalk_studio.app.shell.feeling import Feeling
from pctalk_studio.app.shell.front import Front
from pctalk_studio.app.shell.menus import Menus
from pctalk_studio.app.shell.pages import Pages
from pctalk_studio.app.shell.performing import Performing
from pctalk_studio.app.shell.project_files import ProjectFiles
from pctalk_studio.app.shell.status_bar import StatusBar
from pctalk_studio.app.shell.top_bar import TopBar
from pctalk_studio.app.shell.transport_bar import TransportBar
from pctalk_studio.app.shell.transport_keys import TransportKeys
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.app.sidebar.panel import SidebarPanel
from pctalk_studio.app.timeline.panel import TimelinePanel
from pctalk_studio.app.viewport.panel import ViewportPanel

FIRST_SIZE = (1440, 900)
"""Of the window, before a person has chosen one; logical pixels."""


class MainWindow(QMainWindow):
    """The window.

    Parameters
    ----------
    kit
        What every view is given.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._leaving = False
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.resize(*FIRST_SIZE)
        self.worker = Worker(kit.editor.deliver, self)
        self.front = Front(kit, self)
        self.files = ProjectFiles(kit, self.front, self.worker, Chooser(self), self)
        self.top = TopBar(kit, self)
        self.setMenuWidget(self.top)
        self.transport = TransportKeys(kit, self)
        self.docks = Docks(self, kit.settings)
        self.pages = Pages(kit, self.front, self.files, self.worker, self)
        self.performing = Performing(kit, self.files, self)
        self.feeling = Feeling(kit, self.files, self)
        self.commands = Commands(kit, self)
        self._fill()
        self.setCentralWidget(self.front)
        self._add_status_bar()
        self.docks.restore()
        self.commands.connect_layout()
        editor = kit.editor
        editor.desk_changed.connect(self._desk_changed)
        editor.saved_changed.connect(lambda _: self._show_title())
        self._desk_changed()

    def _fill(self) -> None:
        kit = self._kit
        self.viewport = ViewportPanel(kit, self)
        self.timeline = TimelinePanel(kit, self)
        self.picture = QWidget(self)
        column = QVBoxLayout(self.picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.viewport, 1)
        column.addWidget(TransportBar(kit, self.picture))
        for view in (self.picture, self.pages.start):
            self.front.add_home(view)
        area = Qt.DockWidgetArea
        self.docks.add("sidebar", self.tr("Sources"), SidebarPanel(kit, self), area.LeftDockWidgetArea)
        self.docks.add("inspector", self.tr("Inspector"), InspectorPanel(kit, self), area.RightDockWidgetArea)
        self.docks.add("timeline", self.tr("Timeline"), self.timeline, area.BottomDockWidgetArea)
        self.transport.play_selection_in(self.timeline, self.viewport)
        self.exporting = Exporting(kit, self.front, self.worker, self)
        resume = {"export": self.exporting.resume, "analysis": self.pages.begin_again}
        self.cut_short = CutShort(self.front, resume, self)
        self.menus = Menus(self.top.menus, kit.actions, self.files.recent)
        self.menus.reopen.connect(self.files.open)
        self.commands.connect_menus(self.menus)
        self.menus.fill()
        self.commands.add_buttons(self.top)

    def _add_status_bar(self) -> None:
        bar = QStatusBar(self)
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(StatusBar(self._kit, bar), 1)
        self.setStatusBar(bar)

    # -- what is open --------------------------------------------------------------------------------------------------

    def _desk_changed(self) -> None:
        self.front.set_home(self.pages.start if self._kit.editor.desk is None else self.picture)
        self._show_title()

    def _show_title(self) -> None:
        desk = self._kit.editor.desk
        if desk is None:
            self.setWindowTitle("PC-Talk Studio")
            self.setWindowModified(False)
            return
        path = desk.studio.path
        name = self.tr("Untitled") if path is None else path.name
        # Qt replaces [*] by the system's mark of what is not saved.
        self.setWindowTitle(f"{name}[*] - PC-Talk Studio")
        self.setWindowModified(desk.modified)

    # -- files dropped, window closed ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A project is opened; performances are laid into it; pictures and recordings begin a new one."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            if self.performing.among(paths):
                self.performing.take(paths)
            else:
                self.pages.dropped(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before something is lost; then keep the layout and stop all work."""
        desk = self._kit.editor.desk
        unsaved = desk is not None and desk.modified
        if not self._leaving and (unsaved or self.exporting.busy):
            event.ignore()
            self.files.unless_unsaved(self._close_unless_exporting)
            return
        self.docks.keep()
        self.files.give_up()
        self.exporting.close()
        self.worker.close()
        self._kit.editor.close_project()
        event.accept()

    def _close_unless_exporting(self) -> None:
        if not self.exporting.busy:
            self._close_for_good()
            return
        question = self.tr("Exports are still being made. Stop them and close?")
        self.front.ask(question, (Answer(self.tr("Stop and close"), self._close_for_good), Answer(self.tr("Keep exporting"))))

    def _close_for_good(self) -> None:
        self._leaving = True
        self.close()

    def leave(self) -> None:
        """Close without a question, because the program was told to end; what is not saved can be recovered."""
        self.worker.close()
        self._kit.editor.leave()
        self._close_for_good()
