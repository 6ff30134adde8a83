"""Ruler: time code, the playhead's handle, in and out points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.gestures import EditDrag, Gesture
from pctalk_studio.app.timeline.lane import Board, Pointer
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.timeline.overlay import playhead_area
from pctalk_studio.app.timeline.painting import paint_ticks
from pctalk_studio.app.timeline.pointing import Pointing
from pctalk_studio.app.timeline.timecode import moment_text, ticks
from pctalk_studio.app.widgets.following import repaint_with

SCRUB_SETTING = "transport/scrub_sound"
"""Whether the sound is heard while the playhead is moved by hand."""

_REACH = 7.0
_HEAD = 6.0


class ScrubDrag(Gesture):
    """Moves the playhead by hand, with sound."""

    def __init__(self, board: Board, start: Pointer) -> None:
        self._board = board
        self._go(start)

    def _go(self, pointer: Pointer) -> None:
        desk = self._board.kit.editor.desk
        if desk is None:
            return
        heard = self._board.kit.settings.value(SCRUB_SETTING, "on") == "on"
        time = min(max(pointer.time, 0.0), self._board.view.duration)
        desk.transport.scrub(time * float(desk.rate), heard=heard)

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        self._go(pointer)


class RangeDrag(EditDrag):
    """Moves the in or the out point."""

    def __init__(self, board: Board, which: str) -> None:
        super().__init__(board.kit.editor, f"{which} point")
        self._board = board
        self._which = which

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer, on frames."""
        project, scale = self.editor.project, self._board.view.scale
        held = project.in_point if self._which == "in" else project.out_point
        snap = self._board.snapper.snap(pointer.time, scale, free=pointer.free, without=() if held is None else (held,))
        rate = project.rate
        time = rate.time_of(max(0, round(snap.time * float(rate))))
        time = min(time, self._board.view.duration)
        start, end = (time, project.out_point) if self._which == "in" else (project.in_point, time)
        if self.apply("set_range", start=start, end=end):
            self.guide, self.snapped = time, snap.kind is not None
            self.read_out = moment_text(time, rate)


class Ruler(Pointing):
    """Time code above the lanes; press to move the playhead, drag the flags to move in and out points.

    Parameters
    ----------
    board
        What lanes share.
    parent
        Owner.
    """

    wheel_zooms = True
    hovered = Signal(str)
    """A line about what is under the pointer."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board.view, parent)
        self._board = board
        self._playhead = 0.0
        self._guided = False
        self._lettering: tuple[str, tuple[Lettering, float, float]] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Time ruler"))
        self.setFixedHeight(max(28, round(self.fontMetrics().height() * 1.8)))
        board.view.changed.connect(self._redraw)
        editor = board.kit.editor
        editor.project_changed.connect(self._redraw)
        editor.desk_changed.connect(self._redraw)
        repaint_with(self, board.kit.look)

    def _redraw(self, *_: object) -> None:
        self.update()

    def set_playhead(self, time: float) -> None:
        """Draw the playhead's handle at a moment."""
        scale = self._board.view.scale
        for moment in (self._playhead, time):
            self.update(playhead_area(scale.x(moment), self.height()).adjusted(-8, 0, 8, 0))
        self._playhead = time

    # -- pointer -------------------------------------------------------------------------------------------------------

    def _flag_at(self, at: QPointF) -> str | None:
        project, scale = self._board.kit.editor.project, self._board.view.scale
        if at.y() > self.height() * 0.55:
            return None
        for name, time, side in (("in", project.in_point, 1), ("out", project.out_point, -1)):
            # A flag hangs on the inner side of its point.
            if time is not None and -_REACH <= (at.x() - scale.x(time)) * side <= _REACH + _HEAD:
                return name
        return None

    def press_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Gesture | None:
        """Take hold of a flag, or of the playhead."""
        if self._board.kit.editor.desk is None:
            return None
        flag = self._flag_at(at)
        return RangeDrag(self._board, flag) if flag else ScrubDrag(self._board, self.pointer(at, modifiers))

    def hover_at(self, at: QPointF | None) -> None:
        """Tell the moment, or what can be dragged."""
        flag = None if at is None else self._flag_at(at)
        self.setCursor(Qt.CursorShape.SizeHorCursor if flag else Qt.CursorShape.ArrowCursor)
        rate = self._board.kit.editor.project.rate
        text = "" if at is None else moment_text(self._board.view.scale.time(at.x()), rate)
        if flag:
            text = self.tr("In point: drag to move it") if flag == "in" else self.tr("Out point: drag to move it")
        self.hovered.emit(text)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ticks, flags and the playhead's handle."""
        painter, tokens = QPainter(self), self._board.kit.look.tokens
        painter.fillRect(event.rect(), tokens.color("panel"))
        self._paint_ticks(painter, tokens, event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_flags(painter, tokens)
        self._paint_playhead(painter, tokens)

    def _paint_playhead(self, painter: QPainter, tokens: Tokens) -> None:
        x, height = self._board.view.scale.x(self._playhead), self.height()
        if self._board.kit.editor.desk is None or not -_HEAD - 1 <= x <= self.width() + _HEAD + 1:
            return
        painter.setPen(QPen(tokens.color("playhead"), 1.5))
        painter.drawLine(QPointF(x, height * 0.6), QPointF(x, height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("playhead"))
        top, half = height * 0.32, _HEAD
        low = height * 0.6
        corners = [(x - half, top), (x + half, top), (x + half, low), (x, height * 0.82), (x - half, low)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _small(self) -> tuple[Lettering, float, float]:
        """For labels, with the least pixels between two of them and the most that one takes; made anew for another font."""
        if self._lettering is None or self._lettering[0] != self.font().key():
            font = QFont(self.font())
            font.setPointSizeF(font.pointSizeF() * 0.85)
            font.setFeature(QFont.Tag("tnum"), 1)
            made = Lettering(font)
            self._lettering = self.font().key(), (made, made.width("00:00:00") * 1.9, made.width("0:00:00:00"))
        return self._lettering[1]

    def _paint_ticks(self, painter: QPainter, tokens: Tokens, area: QRect) -> None:
        scale, rate, height = self._board.view.scale, self._board.kit.editor.project.rate, self.height()
        lettering, apart, longest = self._small()
        reach = apart + longest
        start, end = scale.time(area.left() - reach), scale.time(area.right() + 8.0)
        found = ticks(start, min(end, self._board.view.duration or end), scale.density, rate, apart=apart)
        painter.setFont(lettering.font)
        painter.setPen(tokens.color("dim"))
        for time, label in found.labelled:
            x = round(scale.x(time))
            painter.fillRect(QRectF(x, height * 0.1, 1, height * 0.9), tokens.color("dim"))
            if x + 4.5 + lettering.width(label) <= self.width():  # half a label says another time
                lettering.write_from(painter, x + 4.5, height * 0.1 + lettering.metrics.ascent(), label)
        xs = np.rint(scale.x(found.short))
        paint_ticks(painter, float(self.width()), xs, (round(height * 0.72), height), tokens.color("faint"))

    def _paint_flags(self, painter: QPainter, tokens: Tokens) -> None:
        project, scale, height = self._board.kit.editor.project, self._board.view.scale, self.height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("accent"))
        for time, side in ((project.in_point, 1), (project.out_point, -1)):
            if time is not None:
                x = scale.x(time)
                painter.drawPolygon(QPolygonF([QPointF(x, 1), QPointF(x + side * 10, 1), QPointF(x, 11)]))
                painter.fillRect(QRectF(x - 0.5, 1, 1, height), tokens.color("accent"))
        painter.setBrush(tokens.color("closure_bar"))
        for marker in project.markers:
            x = scale.x(marker.time)
            if -8 < x < self.width() + 8:
                tip = height - 1
                sides = [(x - 4, tip - 11), (x + 4, tip - 11), (x + 4, tip - 5), (x, tip), (x - 4, tip - 5)]
                painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in sides]))
