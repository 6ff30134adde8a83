"""PointPlacer: a face that no detector finds is shown by hand, point by point."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from pctalk_studio.app.look import Look

NEEDED = (
    "eye_right_outer",
    "eye_right_inner",
    "eye_left_inner",
    "eye_left_outer",
    "nose",
    "mouth_right",
    "mouth_left",
    "chin",
)
"""Points without which no face can be fitted, in the order in which they are asked for."""

WISHED = ("mouth", "brow_right", "brow_left", "cheek_right", "cheek_left", "forehead")
"""Points that make the fit better."""

_GRAB = 10
"""Logical pixels within which a point is taken hold of."""


class PointPlacer(QWidget):
    """Shows a picture and asks for one point after the other. Arrows move the last one, Backspace takes it back.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    changed = Signal()
    """A point was placed, moved or taken back."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._picture = QPixmap()
        self._factor = 1.0
        self._placed: dict[str, QPointF] = {}
        self._held: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(self.fontMetrics().height() * 22)
        self.setAccessibleName(self.tr("Picture on which the points of the face are placed"))
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, picture: QPixmap, factor: float = 1.0) -> None:
        """Begin with a picture that was shrunk by a factor; points are those of the picture before."""
        self._picture, self._factor, self._placed = picture, factor, {}
        self.changed.emit()
        self.update()

    @property
    def points(self) -> tuple[tuple[str, float, float], ...]:
        """(name, x, y) in pixels of the picture before it was shrunk."""
        # Pixel centres lie at half-integers under scaling.
        factor, shift = self._factor, 0.5 * self._factor - 0.5
        return tuple((name, point.x() * factor + shift, point.y() * factor + shift) for name, point in self._placed.items())

    @property
    def complete(self) -> bool:
        """All needed points are placed."""
        return all(name in self._placed for name in NEEDED)

    @property
    def next_name(self) -> str | None:
        """The point that is asked for; None when there are none left."""
        return next((name for name in (*NEEDED, *WISHED) if name not in self._placed), None)

    def question(self) -> str:
        """What the next click means."""
        texts = {
            "eye_right_outer": self.tr("outer corner of the eye on the left of the picture"),
            "eye_right_inner": self.tr("inner corner of the eye on the left of the picture"),
            "eye_left_inner": self.tr("inner corner of the eye on the right of the picture"),
            "eye_left_outer": self.tr("outer corner of the eye on the right of the picture"),
            "nose": self.tr("tip of the nose"),
            "mouth_right": self.tr("corner of the mouth on the left of the picture"),
            "mouth_left": self.tr("corner of the mouth on the right of the picture"),
            "chin": self.tr("lowest point of the chin"),
            "mouth": self.tr("where the lips meet, in the middle"),
            "brow_right": self.tr("middle of the brow on the left of the picture"),
            "brow_left": self.tr("middle of the brow on the right of the picture"),
            "cheek_right": self.tr("left edge of the face, before the ear"),
            "cheek_left": self.tr("right edge of the face, before the ear"),
            "forehead": self.tr("top of the forehead, at the hairline"),
        }
        name = self.next_name
        if name is None:
            return self.tr("All points are placed; drag them where they should lie.")
        if self.complete:
            return self.tr("Enough to begin. To fit better, click the {point}.").format(point=texts[name])
        place = len([each for each in NEEDED if each in self._placed]) + 1
        return self.tr("{number} of {all}: click the {point}.").format(number=place, all=len(NEEDED), point=texts[name])

    def sizeHint(self) -> QSize:
        """As the picture likes it, within reason."""
        return QSize(400, self.minimumHeight())

    def _frame(self) -> QRectF:
        """Where the picture is."""
        if self._picture.isNull():
            return QRectF()
        size = self._picture.size().toSizeF()
        size.scale(self.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)

    def _scale(self) -> float:
        """Logical pixels to a pixel of the picture."""
        return self._frame().width() / max(self._picture.width(), 1)

    def to_widget(self, point: QPointF) -> QPointF:
        """A place in the picture as one in the widget."""
        # Integer coordinates of a picture are the middles of its pixels.
        return self._frame().topLeft() + (point + QPointF(0.5, 0.5)) * self._scale()

    def _to_picture(self, place: QPointF) -> QPointF:
        inside = (place - self._frame().topLeft()) * (1.0 / self._scale()) - QPointF(0.5, 0.5)
        x = min(max(inside.x(), 0.0), self._picture.width() - 1.0)
        return QPointF(x, min(max(inside.y(), 0.0), self._picture.height() - 1.0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a point, or place the next one."""
        if event.button() != Qt.MouseButton.LeftButton or self._picture.isNull():
            return
        place = event.position()
        near = {name: _length(self.to_widget(point) - place) for name, point in self._placed.items()}
        nearest = min(near, key=lambda name: near[name], default=None)
        if nearest is not None and near[nearest] <= _GRAB:
            self._held = nearest
        elif self.next_name is not None and self._frame().contains(place):
            self._held = self.next_name
            self._put(self._held, self._to_picture(place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the point that is held."""
        if self._held is not None:
            self._put(self._held, self._to_picture(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the last point by a pixel, Backspace takes it back."""
        last = next(reversed(self._placed), None)
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        move = moves.get(Qt.Key(event.key()))
        if last is not None and move is not None:
            point = self._placed[last] + QPointF(*move)
            self._put(last, QPointF(max(point.x(), 0.0), max(point.y(), 0.0)))
        elif last is not None and event.key() == Qt.Key.Key_Backspace:
            del self._placed[last]
            self.changed.emit()
            self.update()
        else:
            super().keyPressEvent(event)

    def _put(self, name: str, point: QPointF) -> None:
        self._placed[name] = point
        self.changed.emit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, and the points on it."""
        painter, tokens = QPainter(self), self._look.tokens
        painter.fillRect(self.rect(), tokens.color("viewport"))
        if self._picture.isNull():
            return
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(self._frame(), self._picture, QRectF(self._picture.rect()))
        for point in self._placed.values():
            place = self.to_widget(point)
            painter.setPen(QPen(tokens.color("window"), 4))
            painter.drawEllipse(place, 5, 5)
            painter.setPen(QPen(tokens.color("accent"), 2))
            painter.drawEllipse(place, 5, 5)
            painter.drawPoint(place)


def _length(vector: QPointF) -> float:
    return math.hypot(vector.x(), vector.y())
