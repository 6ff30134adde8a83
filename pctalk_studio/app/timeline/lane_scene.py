"""LaneScene: all lanes as they were painted last, each until what it depends on is another object."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from pctalk_studio.app.timeline.lane import Lane, Strip
from pctalk_studio.app.timeline.scale import TimeScale

_NEAR = 4.0
"""Factor of a zoom from which on an enlarged or shrunk picture is no likeness of a lane any more."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What a row of the scene shows.

    Parameters
    ----------
    look
        All that the lane's looks depend on but the view.
    scale
        The view.
    painted
        Whether the lane painted it for this view; else it is what it painted for another one, moved.
    """

    look: tuple[object, ...]
    scale: TimeScale
    painted: bool = True


class LaneScene:
    """One pixmap on which every lane paints its row.

    Documents are values that share what did not change, so comparing the identity of a few parts tells exactly whether a lane
    looks different. The parts are kept, so that no other object can take over their identity. A pixmap for each lane would have
    to be copied to the scene whenever another is painted; memory is what a repaint waits for.

    While a view is zoomed or scrolled, all lanes look different at once. Then only some are painted at a time, and the others
    show meanwhile what they showed before, moved along: the hand is never waited for longer than one lane takes.
    """

    def __init__(self) -> None:
        self.pixmap = QPixmap()
        """The scene; rows that were not refreshed may be of another time."""
        self._shown: dict[Lane, _Shown] = {}
        self._waiting: tuple[Lane, ...] = ()
        self._took: dict[Lane, float] = {}
        self._layout: tuple[object, ...] = ()

    def drop(self, lane: Lane | None = None) -> None:
        """Paint a lane, or all of them, anew next time."""
        if lane is None:
            self._shown.clear()
        else:
            self._shown.pop(lane, None)

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
        self._shown.clear()

    def refresh(self, rows: Sequence[tuple[Row, Strip]], seconds: float = math.inf) -> bool:
        """Let those of some rows paint that look different now.

        Parameters
        ----------
        rows
            Of those that were laid out, each with what its lane paints on; all with one font.
        seconds
            Within which lanes of which nothing but the view is another are painted, by how long each took the last time.

        Returns
        -------
        bool
            Whether all of them are painted. If not, some were moved with the view instead; calling again goes on with these.
        """
        now: list[_Change] = []
        later: list[_Change] = []
        for row, strip in rows:
            look, shown = (*row.lane.parts(), strip.tokens, strip.lettering), self._shown.get(row.lane)
            change = row, strip, _Shown(look, strip.scale)
            if shown is None or not same_parts(look, shown.look):
                now.append(change)
            elif not shown.painted or shown.scale != strip.scale:
                (later if _alike(shown.scale, strip) else now).append(change)
        turns = {lane: turn for turn, lane in enumerate(self._waiting)}
        later.sort(key=lambda change: turns.get(change[0].lane, len(turns)))
        moved = self._painted(now, later, time.perf_counter() + seconds)
        for row, strip, showing in moved:
            before = self._shown[row.lane].scale
            if before != strip.scale:
                self._move(row, strip, before)
                self._shown[row.lane] = replace(showing, painted=False)
        self._waiting = tuple(row.lane for row, _, _ in moved)
        return not moved

    def _painted(self, now: list[_Change], later: list[_Change], until: float) -> list[_Change]:
        """Paint rows, some now and others until a moment, one at least; those that are left."""
        changes = now + later
        if not changes:
            return []
        with QPainter(self.pixmap) as painter:
            painter.setFont(changes[0][1].font)
            for number, (row, strip, showing) in enumerate(changes):
                begun = time.perf_counter()
                if number >= max(len(now), 1) and begun + self._took.get(row.lane, 0.0) > until:
                    return changes[number:]
                self._paint(painter, row, strip)
                self._shown[row.lane], self._took[row.lane] = showing, time.perf_counter() - begun
        return []

    def _paint(self, painter: QPainter, row: Row, strip: Strip) -> None:
        painter.save()
        painter.translate(0, self.row_top(row))
        painter.setClipRect(strip.rect)
        painter.fillRect(strip.rect, strip.tokens.color("panel"))
        painter.setPen(Qt.PenStyle.NoPen)
        row.lane.paint(painter, strip)
        painter.restore()

    def _move(self, row: Row, strip: Strip, before: TimeScale) -> None:
        """Let a row show what it showed for another view, where that lies now."""
        ratio = self.pixmap.devicePixelRatio()
        top, height = round(row.top * ratio), round(strip.height * ratio)
        picture = self.pixmap.copy(0, top, self.pixmap.width(), height)
        left, right = (strip.scale.x(moment) for moment in before.span(strip.width))
        with QPainter(self.pixmap) as painter:
            painter.translate(0, self.row_top(row))
            painter.setClipRect(strip.rect)
            painter.fillRect(strip.rect, strip.tokens.color("panel"))
            painter.drawPixmap(QRectF(left, 0, right - left, height / ratio), picture, QRectF(picture.rect()))


_Change = tuple[Row, Strip, _Shown]


def _alike(before: TimeScale, strip: Strip) -> bool:
    """Whether what was painted for another view, moved, is a likeness of this one, which it fills for the most part."""
    left, right = (strip.scale.x(moment) for moment in before.span(strip.width))
    common = min(right, strip.width) - max(left, 0.0)
    return common > strip.width / 2 and 1 / _NEAR < strip.scale.density / before.density < _NEAR
