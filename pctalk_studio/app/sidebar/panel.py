"""SidebarPanel: where the clip comes from, one section below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.history import HistoryBlock
from pctalk_studio.app.sidebar.performances import PerformancesBlock
from pctalk_studio.app.sidebar.problems import ProblemsBlock
from pctalk_studio.app.sidebar.sources import SourcesBlock
from pctalk_studio.app.sidebar.styles import StylesBlock
from pctalk_studio.app.sidebar.transcript import TranscriptBlock
from pctalk_studio.app.widgets.sections import MARGIN, quiet_label


class SidebarPanel(QWidget):
    """Sources, transcript, speaking styles, performances, problems and history.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = kit.editor
        self.setAccessibleName(self.tr("Sidebar"))
        self.sources, self.transcript, self.styles = SourcesBlock(kit), TranscriptBlock(kit), StylesBlock(kit)
        self.performances = PerformancesBlock(kit)
        self.problems, self.history = ProblemsBlock(kit), HistoryBlock(kit)
        self._closed = quiet_label(
            self.tr("No project is open. Sources, transcript, problems and history of the open project stand here."), self
        )
        self._lay_out()
        self._refreshing = QTimer(self, singleShot=True, interval=0)
        self._refreshing.timeout.connect(self.refresh)
        editor = kit.editor
        for signal in (editor.project_changed, editor.selection_changed, editor.sources_changed, editor.motion_changed):
            signal.connect(self._changed)
        editor.desk_changed.connect(self._desk_changed)
        editor.playhead_moved.connect(self._moved)
        self.refresh()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The sections, from top to bottom."""
        return (self.sources, self.transcript, self.styles, self.performances, self.problems, self.history)

    def _lay_out(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        self._closed.setWordWrap(True)
        self._closed.setContentsMargins(MARGIN, 8, MARGIN, 8)
        column.addWidget(self._closed)
        for block in self.blocks:
            column.addWidget(block)
        column.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setObjectName("panel")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 34)

    def _desk_changed(self) -> None:
        self.sources.forget()
        self.transcript.forget()
        self.styles.read()
        self._changed()

    def _changed(self, *_: object) -> None:
        """Refresh soon, once for all that changes in this moment."""
        self._refreshing.start()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self._refreshing.stop()
        there = self._editor.desk is not None
        self._closed.setVisible(not there)
        for block in self.blocks:
            block.setVisible(there)
            if there:
                block.refresh()

    def _moved(self, _frame: int, playing: bool) -> None:
        desk = self._editor.desk
        if desk is not None:
            self.transcript.follow(desk.transport.seconds, playing=playing)
