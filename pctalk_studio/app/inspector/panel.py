"""InspectorPanel: the sections of the inspector, one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from pctalk_studio.app.inspector.clip import ClipSheet
from pctalk_studio.app.inspector.curve_row import playhead_of
from pctalk_studio.app.inspector.emotion import EmotionSheet
from pctalk_studio.app.inspector.head import HeadSheet
from pctalk_studio.app.inspector.keys import KeySheet
from pctalk_studio.app.inspector.moments import BlinkSheet, MarkerSheet
from pctalk_studio.app.inspector.paint import PaintSheet
from pctalk_studio.app.inspector.performance import PerformanceSheet
from pctalk_studio.app.inspector.phone import PhoneSheet
from pctalk_studio.app.inspector.rendering import RenderSheet
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.inspector.word import WordSheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.following import follow
from pctalk_studio.app.widgets.sections import MARGIN, quiet_label
from pctalk_studio.app.widgets.value_slider import ValueSlider

SCROLLBAR = 12
"""Room for the bar with which the panel scrolls, logical pixels."""
FOLLOWS = 66
"""Milliseconds between two looks at the playhead while it moves: a person reads no faster, and frames come first."""


class InspectorPanel(QWidget):
    """What is selected, and the clip as a whole, as values to change.

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
        self.setAccessibleName(self.tr("Inspector"))
        self.word, self.phone, self.emotion = WordSheet(kit), PhoneSheet(kit), EmotionSheet(kit)
        self.paint, self.key, self.blink = PaintSheet(kit), KeySheet(kit), BlinkSheet(kit)
        self.performance = PerformanceSheet(kit)
        self.marker, self.clip, self.head, self.render_settings = (
            MarkerSheet(kit),
            ClipSheet(kit),
            HeadSheet(kit),
            RenderSheet(kit),
        )
        self._closed = quiet_label(self.tr("No project is open. Open one, or begin with a portrait and a recording."), self)
        self._nothing = quiet_label(self.tr("Nothing is selected. Click a word, a phone, a key or a clip."), self)
        self._lay_out()
        self._refreshing = QTimer(self, singleShot=True, interval=0)
        self._refreshing.timeout.connect(self.refresh)
        self._following = QTimer(self, singleShot=True, interval=FOLLOWS)
        self._following.timeout.connect(self._follow)
        editor = kit.editor
        for signal in (editor.desk_changed, editor.selection_changed):
            signal.connect(self._settle)  # before anything else is shown
        for signal in (editor.desk_changed, editor.project_changed, editor.selection_changed, editor.sources_changed):
            signal.connect(self._changed)
        editor.playhead_moved.connect(self._moved)
        follow(self, kit.look, lambda _: self.refresh())
        self.refresh()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sections, from top to bottom."""
        selected = (self.word, self.phone, self.key, self.blink, self.marker, self.performance, self.emotion, self.paint)
        return (*selected, self.clip, self.head, self.render_settings)

    def _lay_out(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        for label in (self._closed, self._nothing):
            label.setWordWrap(True)
            label.setContentsMargins(MARGIN, 8, MARGIN, 8)
            column.addWidget(label)
        for sheet in self.sheets:
            column.addWidget(sheet)
        column.addStretch(1)
        self._area = area = QScrollArea(self, widgetResizable=True)
        area.setObjectName("panel")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        widest = max(sheet.minimumSizeHint().width() for sheet in self.sheets)
        self.setMinimumWidth(widest + SCROLLBAR)

    def _settle(self, *_: object) -> None:
        """A run of steps at one word does not go on at the next."""
        for row in self.findChildren(ValueSlider):
            row.settle()

    def _changed(self, *_: object) -> None:
        """Refresh soon, once for all that changes in this moment."""
        self._refreshing.start()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self._refreshing.stop()
        editor, there = self._editor, self._editor.desk is not None
        project, selection, time = editor.project, editor.selection, playhead_of(editor)
        appeared = False
        for sheet in self.sheets:
            shown = there and sheet.refresh(project, selection, time)
            appeared = appeared or (shown and sheet.isHidden())
            sheet.setVisible(shown)
        if appeared:
            self._area.verticalScrollBar().setValue(0)  # what was selected just now is seen
        self._closed.setVisible(not there)
        self._nothing.setVisible(there and not selection)

    def _moved(self, _frame: int, _playing: bool) -> None:
        if not self._following.isActive():
            self._following.start()

    def _follow(self) -> None:
        editor = self._editor
        if editor.desk is None or not self.isVisible():
            return
        project, selection, time = editor.project, editor.selection, playhead_of(editor)
        for sheet in self.sheets:
            if sheet.isVisible() and sheet.header.is_open:
                sheet.follow(project, selection, time)
