"""Overview: the whole clip in a thin bar, and the visible span as a handle that moves and zooms it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.timeline.lane_scene import same_parts
from pctalk_studio.app.timeline.time_view import TimeView
from pctalk_studio.app.widgets.doubtful import is_doubtful
from pctalk_studio.app.widgets.following import repaint_with

_GRIP = 6.0
_LEAST = 16.0


_AFTER = 200
"""Milliseconds after an edit of words until they are painted anew."""


class Overview(QWidget):
    """A scroll bar for time: drag the handle to move, its ends to zoom, press elsewhere to go there.

    Parameters
    ----------
    kit
        What every view is given.
    view
        The visible span.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._view = view
        self._held: tuple[str, float] | None = None
        self._playhead = 0.0
        self._ground: tuple[tuple[object, ...], QPixmap] | None = None
        self._words_moved = QTimer(self, singleShot=True, interval=_AFTER)
        self._words_moved.timeout.connect(self._forget_ground)
        self.setFixedHeight(24)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Visible part of the clip"))
        self.setToolTip(self.tr("Drag to move; drag an end to zoom; double-click to see all"))
        view.changed.connect(self._redraw)
        kit.editor.project_changed.connect(self._project_changed)
        kit.editor.desk_changed.connect(self._redraw)
        repaint_with(self, kit.look)

    def _redraw(self) -> None:
        self.update()

    def _project_changed(self, before: object, after: object) -> None:
        self.update()

    def set_playhead(self, time: float) -> None:
        """Draw the playhead at a moment."""
        if round(self._x(time)) != round(self._x(self._playhead)):
            self.update()
        self._playhead = time

    def _forget_ground(self) -> None:
        self._ground = None
        self.update()

    # -- where ---------------------------------------------------------------------------------------------------------

    @property
    def _range(self) -> tuple[float, float]:
        low, high = self._view.span
        return min(0.0, low), max(self._view.duration, high, 1e-3)

    def _x(self, time: float) -> float:
        low, high = self._range
        return (time - low) / (high - low) * self.width()

    def _time(self, x: float) -> float:
        low, high = self._range
        return low + x / max(self.width(), 1) * (high - low)

    def handle(self) -> QRectF:
        """Where the handle is; never too small to be taken hold of."""
        left, right = (self._x(time) for time in self._view.span)
        if right - left < _LEAST:
            left = min(max((left + right - _LEAST) / 2, 0.0), self.width() - _LEAST)
            right = left + _LEAST
        return QRectF(left, 5, right - left, self.height() - 10)

    def _part(self, at: QPointF) -> str:
        handle = self.handle()
        if handle.width() > 3 * _GRIP and abs(at.x() - handle.left()) <= _GRIP:
            return "left"
        if handle.width() > 3 * _GRIP and abs(at.x() - handle.right()) <= _GRIP:
            return "right"
        return "middle" if handle.left() <= at.x() <= handle.right() else "outside"

    # -- pointer and keys ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle; a press beside it brings it there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        part, time = self._part(event.position()), self._time(event.position().x())
        low, high = self._view.span
        if part == "outside":
            self._view.start_at(time - (high - low) / 2)
            part = "middle"
        self._held = (part, self._time(event.position().x()) - self._view.span[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move or zoom the view."""
        time = self._time(event.position().x())
        low, high = self._view.span
        if self._held is None:
            ends = self._part(event.position()) in ("left", "right")
            self.setCursor(Qt.CursorShape.SizeHorCursor if ends else Qt.CursorShape.ArrowCursor)
        elif self._held[0] == "middle":
            self._view.start_at(time - self._held[1])
        elif self._held[0] == "left" and time < high:
            self._view.zoom((high - low) / max(high - time, 1e-3), self._view.width)
        elif self._held[0] == "right" and time > low:
            self._view.zoom((high - low) / max(time - low, 1e-3), 0.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See all."""
        self._view.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page Up and Page Down move by a page."""
        pages = {Qt.Key.Key_PageUp: -0.9, Qt.Key.Key_PageDown: 0.9}
        page = pages.get(Qt.Key(event.key()))
        if page is None:
            super().keyPressEvent(event)
        else:
            self._view.pan(page * self._view.width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words, the visible span and the playhead."""
        tokens, ratio = self._kit.look.tokens, self.devicePixelRatioF()
        key = (self._kit.editor.project.speech.words, tokens, *self._range, self.width(), ratio)
        if self._ground is None or not same_parts(key[1:], self._ground[0][1:]):
            self._ground = (key, self._painted(ratio))
        elif key[0] is not self._ground[0][0] and not self._words_moved.isActive():
            self._words_moved.start()  # all words of an hour are not painted anew for each step of a hand
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._ground[1])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens.color("accent" if self.hasFocus() else "dim"), 1))
            painter.setBrush(tokens.color("text", 0.12))
            painter.drawRoundedRect(self.handle().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            if self._kit.editor.desk is not None:
                painter.fillRect(QRectF(self._x(self._playhead) - 0.75, 3, 1.5, self.height() - 6), tokens.color("playhead"))

    def _painted(self, ratio: float) -> QPixmap:
        """The words, doubtful ones in amber and higher, which stays the same while the view and the playhead move."""
        tokens, middle = self._kit.look.tokens, self.height() / 2
        (low, high), width = self._range, self.width()
        density = width / (high - low)
        plain: list[QRectF] = []
        doubtful: list[QRectF] = []
        last = -1.0
        for word in self._kit.editor.project.speech.words:
            left, right = max((word.start - low) * density, last), (word.end - low) * density
            if is_doubtful(word):
                doubtful.append(QRectF(left, middle - 4, max(right - left - 1, 2), 8))
            elif right > last + 0.5:
                plain.append(QRectF(left, middle - 2, max(right - left - 1, 1), 4))
            last = max(right, last)
        pixmap = QPixmap(round(width * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(tokens.color("window"))
        whole = [QRectF(self._x(0.0), middle - 0.5, self._view.duration * density, 1)]
        with QPainter(pixmap) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for name, boxes in (("line", whole), ("dim", plain), ("stale", doubtful)):
                painter.setBrush(tokens.color(name))
                painter.drawRects(boxes)
        return pixmap
