"""TimelinePanel: when things happen. Ruler and cache bar above, lanes with their headers below, an overview at the foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.timeline.cache_bar import CacheBar
from pctalk_studio.app.timeline.canvas import LaneCanvas
from pctalk_studio.app.timeline.headers import HeaderColumn
from pctalk_studio.app.timeline.keys import TimelineKeys
from pctalk_studio.app.timeline.lane import Board, Handle, Lane, Pointer
from pctalk_studio.app.timeline.lanes import all_lanes
from pctalk_studio.app.timeline.overview import Overview
from pctalk_studio.app.timeline.ruler import Ruler
from pctalk_studio.app.timeline.snapping import Snapper
from pctalk_studio.app.timeline.time_view import TimeView
from pctalk_studio.app.timeline.tools import ModeTools, ZoomTools
from pctalk_studio.document.beyond import beyond
from pctalk_studio.document.project import Project

HEADER_CHARACTERS = 18
"""Width of the headers, in average characters and three buttons."""


class TimelinePanel(QWidget):
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
        self.view = TimeView(self)
        self.board = Board(kit, self.view, Snapper(kit))
        self.canvas = LaneCanvas(self.board, all_lanes(self.board))
        self.headers = HeaderColumn(kit, self.canvas)
        self.ruler = Ruler(self.board)
        self.cache_bar = CacheBar(kit, self.view)
        self.overview = Overview(kit, self.view)
        self.read_out = QLabel(self)
        self.keys = TimelineKeys(self.board, self.canvas, self)
        self.tools = ModeTools(kit, self)
        self.zoom_tools = ZoomTools(kit, self)
        self._area = QScrollArea(self)
        self._above = QHBoxLayout()
        self._build()
        self.canvas.hovered.connect(self.read_out.setText)
        self.ruler.hovered.connect(self.read_out.setText)
        self.canvas.menu_wanted.connect(self._open_menu)
        editor = kit.editor
        editor.desk_changed.connect(self._follow_desk)
        editor.sources_changed.connect(self._follow_desk)
        editor.project_changed.connect(self._follow_project)
        editor.playhead_moved.connect(self._follow_playhead)
        self._follow_desk()

    # -- building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        width = round(self.fontMetrics().averageCharWidth() * HEADER_CHARACTERS) + 80
        self.headers.setFixedWidth(width)
        self.tools.setFixedWidth(width)
        lanes = QWidget(self)
        row = QHBoxLayout(lanes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.headers)
        row.addWidget(self.canvas, 1)
        self._area.setWidget(lanes)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.viewport().installEventFilter(self)
        above = QVBoxLayout()
        above.setSpacing(0)
        above.addWidget(self.ruler)
        above.addWidget(self.cache_bar)
        self._above.setSpacing(1)
        self._above.addWidget(self.tools)
        self._above.addLayout(above, 1)
        below = QHBoxLayout()
        below.setSpacing(1)
        self.read_out.setContentsMargins(12, 0, 12, 0)
        self.read_out.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.read_out.setAccessibleName(self.tr("Under the pointer"))
        self.zoom_tools.setFixedWidth(width)
        below.addWidget(self.zoom_tools)
        below.addWidget(self.overview, 3)
        below.addWidget(self.read_out, 2)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addLayout(self._above, 0, 0)
        grid.addWidget(self._area, 1, 0)
        grid.addLayout(below, 2, 0)
        self.setFocusProxy(self.canvas)
        self.setMinimumHeight(140)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ruler ends where the lanes do, beside their scroll bar."""
        if watched is self._area.viewport() and event.type() == QEvent.Type.Resize:
            self._above.setContentsMargins(0, 0, self._area.width() - self._area.viewport().width(), 0)
        return super().eventFilter(watched, event)

    # -- following -----------------------------------------------------------------------------------------------------

    def _follow_desk(self) -> None:
        desk = self._kit.editor.desk
        self.view.set_duration(0.0 if desk is None else desk.duration)
        self.view.set_reach(beyond(self._kit.editor.project).last)
        self._place_playhead(0.0 if desk is None else desk.transport.seconds)

    def _follow_project(self, before: Project, after: Project) -> None:
        desk = self._kit.editor.desk
        if desk is not None and before.speech.duration != after.speech.duration:
            self.view.set_duration(desk.duration)
        self.view.set_reach(beyond(after).last)

    def _follow_playhead(self, frame: int, playing: bool) -> None:
        time = self._kit.editor.project.rate.time_of(frame)
        if playing:
            self.view.follow(time)
        self._place_playhead(time)

    def _place_playhead(self, time: float) -> None:
        self.canvas.set_playhead(time)
        self.ruler.set_playhead(time)
        self.overview.set_playhead(time)

    def _open_menu(self, lane: Lane, handle: Handle | None, pointer: Pointer, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.keys.fill_menu(menu, lane, handle, pointer)
        menu.popup(at)
