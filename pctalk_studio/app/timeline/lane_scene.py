"""LaneScene: all lanes as they were painted last, each until what it depends on is another object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from pctalk_studio.app.timeline.lane import Lane, Strip


def same_parts(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two lists hold the same objects; plain values and sets of selected things are compared by value."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, int | float | str | frozenset) and a == b) for a, b in zip(one, other, strict=True)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A visible lane and where it lies.

    Parameters
    ----------
    lane
        The lane.
    top, bottom
        Pixels of the canvas, logical ones.
    """

    lane: Lane
    top: int
    bottom: int

    def meets(self, area: QRect) -> bool:
        """Whether some of it lies in an area of the canvas."""
        return self.bottom >= area.top() and self.top <= area.bottom()


class LaneScene:
    """One pixmap on which every lane paints its row.

    Documents are values that share what did not change, so comparing the identity of a few parts tells exactly whether a lane
    looks different. The parts are kept, so that no other object can take over their identity. A pixmap for each lane would have
    to be copied to the scene whenever another is painted; memory is what a repaint waits for.
    """

    def __init__(self) -> None:
        self.pixmap = QPixmap()
        """The scene; rows that were not refreshed may be of another time."""
        self._keys: dict[Lane, tuple[object, ...]] = {}
        self._layout: tuple[object, ...] = ()

    def drop(self, lane: Lane | None = None) -> None:
        """Paint a lane, or all of them, anew next time."""
        if lane is None:
            self._keys.clear()
        else:
            self._keys.pop(lane, None)

    def row_top(self, row: Row) -> float:
        """Where a row begins, in logical pixels but on a whole device pixel: images are not smeared over two."""
        ratio = self.pixmap.devicePixelRatio()
        return round(row.top * ratio) / ratio

    def lay_out(self, rows: Sequence[Row], size: QSize, ratio: float, ground: QColor) -> None:
        """Have room for rows.

        Parameters
        ----------
        rows
            Which lanes lie where.
        size, ratio
            Of the canvas in logical pixels, and device pixels to one of them.
        ground
            Colour between rows and below them.
        """
        layout = (*((row.lane, row.top, row.bottom) for row in rows), size, ratio, ground.rgb())
        if layout == self._layout:
            return
        whole = QSize(round(size.width() * ratio), round(size.height() * ratio))
        if self.pixmap.size() != whole:
            self.pixmap = QPixmap(whole)
        self.pixmap.setDevicePixelRatio(ratio)
        self.pixmap.fill(ground)
        self._layout = layout
        self._keys.clear()

    def refresh(self, rows: Sequence[tuple[Row, Strip]]) -> None:
        """Let those of some rows paint that look different now.

        Parameters
        ----------
        rows
            Of those that were laid out, each with what its lane paints on; all with one font.
        """
        changed = []
        for row, strip in rows:
            key = (*row.lane.parts(), strip.scale.start, strip.scale.density, strip.tokens, strip.lettering)
            known = self._keys.get(row.lane)
            if known is None or not same_parts(key, known):
                changed.append((row, strip, key))
        if changed:
            with QPainter(self.pixmap) as painter:
                painter.setFont(changed[0][1].font)
                for row, strip, key in changed:
                    self._paint(painter, row, strip)
                    self._keys[row.lane] = key

    def _paint(self, painter: QPainter, row: Row, strip: Strip) -> None:
        painter.save()
        painter.translate(0, self.row_top(row))
        painter.setClipRect(strip.rect)
        painter.fillRect(strip.rect, strip.tokens.color("panel"))
        painter.setPen(Qt.PenStyle.NoPen)
        row.lane.paint(painter, strip)
        painter.restore()
