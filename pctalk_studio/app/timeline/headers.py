"""The column left of the lanes: names, mute and solo, owner of what is selected, and edges by which lanes are resized."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.timeline.canvas import LaneCanvas
from pctalk_studio.app.timeline.lane import Command, Lane
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.document.project import Track

_GRIP = 4
"""Pixels at the foot of a header by which the lane is resized."""


def _letter_button(letter: str, name: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(letter)
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setMinimumSize(24, 0)
    return button


def track_name(track: Track) -> str:
    """What a track moves, in words: a lane of one curve mutes all that moves with it."""
    texts = {
        Track.LIPS: QCoreApplication.translate("Track", "lips"),
        Track.EMOTION: QCoreApplication.translate("Track", "emotions"),
        Track.HEAD: QCoreApplication.translate("Track", "head"),
        Track.GAZE: QCoreApplication.translate("Track", "gaze"),
        Track.BLINK: QCoreApplication.translate("Track", "blinks"),
        Track.PERFORMANCE: QCoreApplication.translate("Track", "performances"),
    }
    return texts[track]


class LaneHeader(QWidget):
    """The header of one lane.

    Parameters
    ----------
    kit
        What every view is given.
    lane
        Whose.
    canvas
        Where it lies.
    """

    def __init__(self, kit: Kit, lane: Lane, canvas: LaneCanvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._lane = lane
        self._canvas = canvas
        self._held: tuple[float, int] | None = None
        self.setMouseTracking(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(0)
        self.name = QLabel(lane.title, self)
        self.name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(self.name, 1)
        self.owner = QToolButton(self)
        self.owner.setAutoRaise(True)
        self.owner.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.owner.setMinimumSize(24, 0)
        self.owner.setAccessibleName(self.tr("Owner of what is selected in {0}").format(lane.title))
        self.owner.clicked.connect(self._switch_owner)
        self.owner.setVisible(lane.owner_shown)
        row.addWidget(self.owner)
        moved = lane.title if lane.track is None else track_name(lane.track)
        self.mute = _letter_button("M", self.tr("Mute {0}").format(moved), self)
        self.solo = _letter_button("S", self.tr("Solo {0}").format(moved), self)
        self.mute.toggled.connect(self._set_mute)
        self.solo.toggled.connect(self._set_solo)
        for button in (self.mute, self.solo):
            row.addWidget(button)
            button.setVisible(lane.track is not None)
        editor = kit.editor
        for signal in (editor.project_changed, editor.desk_changed, editor.selection_changed):
            signal.connect(self.show_state)
        repaint_with(self, kit.look)
        kit.look.changed.connect(self.show_state)
        self.show_state()

    def show_state(self, *_: object) -> None:
        """Show what the project says now."""
        project, track = self._kit.editor.project, self._lane.track
        for button, held in ((self.mute, project.muted), (self.solo, project.soloed)):
            button.blockSignals(True)
            button.setChecked(track in held)
            button.blockSignals(False)
            button.setEnabled(self._kit.editor.desk is not None)
        if self._lane.owner_shown:
            icon = self._lane.owner_icon()
            self.owner.setEnabled(icon is not None)
            if icon is not None:
                self.owner.setIcon(icon)
            self.owner.setToolTip(self._lane.owner_text())
            self.owner.setAccessibleDescription(self._lane.owner_text())

    def _set_mute(self, on: bool) -> None:
        self._kit.editor.apply("set_muted", track=self._lane.track, on=on)

    def _set_solo(self, on: bool) -> None:
        self._kit.editor.apply("set_solo", track=self._lane.track, on=on)

    def _switch_owner(self) -> None:
        self._canvas.focus_on(self._lane)
        self._canvas.perform(Command.LOCK)

    # -- resizing ------------------------------------------------------------------------------------------------------

    def _on_grip(self, at: QPointF) -> bool:
        return at.y() >= self.height() - _GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the lower edge, or send keys to the lane."""
        if self._on_grip(event.position()):
            self._held = (event.globalPosition().y(), self._lane.height)
        else:
            self._canvas.focus_on(self._lane)
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Resize the lane."""
        if self._held is not None:
            self._lane.set_height(round(self._held[1] + event.globalPosition().y() - self._held[0]))
        shape = Qt.CursorShape.SizeVerCursor if self._on_grip(event.position()) else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the edge."""
        self._held = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet ground, and a line at the foot."""
        painter, tokens = QPainter(self), self._kit.look.tokens
        painter.fillRect(self.rect(), tokens.color("panel"))
        if self._canvas.focus_lane is self._lane and self._canvas.hasFocus():
            painter.fillRect(0, 0, 2, self.height(), tokens.color("accent"))


class HeaderColumn(QWidget):
    """The headers of all lanes, level with them.

    Parameters
    ----------
    kit
        What every view is given.
    canvas
        Whose lanes.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, canvas: LaneCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._kit = kit
        self.headers = {lane: LaneHeader(kit, lane, canvas, self) for lane in canvas.lanes}
        canvas.rows_changed.connect(self._lay_out)
        canvas.lane_focused.connect(self._redraw)
        repaint_with(self, kit.look)
        self._lay_out()

    def _redraw(self, _: object) -> None:
        for header in self.headers.values():
            header.update()

    def _lay_out(self) -> None:
        shown = set()
        for row in self._canvas.rows:
            header = self.headers[row.lane]
            header.setGeometry(0, row.top, self.width(), row.bottom - row.top)
            header.show()
            shown.add(row.lane)
        for lane, header in self.headers.items():
            if lane not in shown:
                header.hide()

    def resizeEvent(self, event: object) -> None:
        """Headers are as wide as the column."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines between lanes."""
        QPainter(self).fillRect(event.rect(), self._kit.look.tokens.color("window"))
