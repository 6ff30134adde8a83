"""Keys and tangents as things that are drawn, found under the pointer, and taken hold of."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.curve_gestures import KeysDrag, TangentDrag
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, KeyTable, Plot, tangents
from pctalk_studio.app.timeline.painting import column_count, paint_band
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import KeyRef, Selection

REACH = 8.0
"""Pixels within which a key or handle is taken hold of."""

SIDE = 4.5
"""Half the width of a key's diamond."""

_CROWDED = 7.0
"""Pixels between keys, on average, below which they are drawn as ticks."""


def diamond(x: float, y: float, side: float = SIDE) -> QPolygonF:
    """Outline of a key."""
    return QPolygonF([QPointF(x, y - side), QPointF(x + side, y), QPointF(x, y + side), QPointF(x - side, y)])


def paint_keys(
    painter: QPainter, strip: Strip, channel: Channel, plot: Plot, selected: frozenset[KeyRef], table: KeyTable
) -> None:
    """Draw the visible keys of a curve: diamonds, filled amber where selected, with tangents; ticks where they are crowded."""
    curve, tokens = table.curve, strip.tokens
    start, end = strip.span
    margin = strip.scale.seconds(SIDE)
    seen = table.between(start - margin, end + margin)
    xs = strip.scale.x(table.times[seen])
    if len(xs) * _CROWDED > strip.width:
        _paint_ticks(painter, strip, xs, QRectF(0, plot.bottom - 4, strip.width, 6))
        return
    mine = {ref.time for ref in selected if (ref.curve, ref.clip) == (channel.curve, channel.clip)}
    for index in range(*seen.indices(len(curve.keys))) if mine else ():
        if curve.keys[index].time in mine:
            _paint_tangents(painter, strip, plot, curve, index)
    at = list(zip(table.times[seen].tolist(), xs.tolist(), plot.ys(table.values[seen]).tolist(), strict=True))
    for color, side, drawn in (
        ("text", SIDE, [(x, y) for time, x, y in at if time not in mine]),
        ("stale", SIDE + 1, [(x, y) for time, x, y in at if time in mine]),
    ):
        if drawn:
            stamp, half = _stamp(painter, tokens, color, side), _half(side)
            for x, y in drawn:
                painter.drawPixmap(QPointF(x - half, y - half), stamp)


def _half(side: float) -> float:
    """Half the width of a key's stamp: the diamond and its rim."""
    return side + 1.5


def _stamp(painter: QPainter, tokens: Tokens, color: str, side: float) -> QPixmap:
    """A key's diamond as a pixmap, which is drawn far faster than polygons when there are hundreds."""
    ratio, half = painter.device().devicePixelRatioF(), _half(side)
    stamp = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    with QPainter(stamp) as inner:
        inner.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner.setPen(QPen(tokens.color("window"), 1))
        inner.setBrush(tokens.color(color))
        inner.drawPolygon(diamond(half, half, side))
    return stamp


def _paint_ticks(painter: QPainter, strip: Strip, xs: npt.NDArray[np.float64], area: QRectF) -> None:
    """A tick for each key, a pixel wide."""
    ratio, count = painter.device().devicePixelRatioF(), column_count(painter, strip)
    columns = np.round(xs * ratio).astype(np.int64)
    seen = np.zeros(count, np.bool_)
    for offset in range(max(1, round(ratio))):
        inside = columns[(columns + offset >= 0) & (columns + offset < count)] + offset
        seen[inside] = True
    upper, lower = np.where(seen, area.top() * ratio, 0.0), np.where(seen, area.bottom() * ratio, 0.0)
    paint_band(painter, strip, upper, lower, strip.tokens.color("text", 0.6))


def _tips(strip: Strip, plot: Plot, curve: Curve, index: int) -> list[tuple[bool, QPointF]]:
    """Where the ends of a key's tangents lie: (leaving, point)."""
    key = curve.keys[index]
    found = []
    for leaving, handle in zip((False, True), tangents(curve, index), strict=True):
        if handle is not None:
            found.append((leaving, QPointF(strip.scale.x(key.time + handle.time), plot.y(key.value + handle.value))))
    return found


def _paint_tangents(painter: QPainter, strip: Strip, plot: Plot, curve: Curve, index: int) -> None:
    key = curve.keys[index]
    at = QPointF(strip.scale.x(key.time), plot.y(key.value))
    for _, tip in _tips(strip, plot, curve, index):
        painter.setPen(QPen(strip.tokens.color("stale", 0.8), 1))
        painter.drawLine(at, tip)
        painter.setBrush(strip.tokens.color("window"))
        painter.drawEllipse(tip, 3.5, 3.5)


def key_at(at: QPointF, strip: Strip, channel: Channel, plot: Plot, table: KeyTable) -> Handle | None:
    """The key under a point."""
    reach = strip.scale.seconds(REACH)
    time = strip.scale.time(at.x())
    best: tuple[float, Key] | None = None
    for key in table.keys(time - reach, time + reach):
        far = math.hypot(strip.scale.x(key.time) - at.x(), plot.y(key.value) - at.y())
        if far <= REACH and (best is None or far < best[0]):
            best = (far, key)
    if best is None:
        return None
    return Handle("key", channel.ref(best[1]), best[1].time, Qt.CursorShape.SizeAllCursor)


def tangent_at(
    at: QPointF, strip: Strip, channel: Channel, plot: Plot, selected: frozenset[KeyRef], project: Project
) -> Handle | None:
    """The end of a selected key's tangent under a point."""
    curve = channel.of(project)
    mine = {ref.time for ref in selected if (ref.curve, ref.clip) == (channel.curve, channel.clip)}
    for index, key in enumerate(curve.keys) if mine else ():
        if key.time in mine:
            for leaving, tip in _tips(strip, plot, curve, index):
                if math.hypot(tip.x() - at.x(), tip.y() - at.y()) <= REACH:
                    return Handle("leaving" if leaving else "arriving", index, key.time, Qt.CursorShape.CrossCursor)
    return None


def press_key(board: Board, channel: Channel, plot: Plot, handle: Handle, pointer: Pointer) -> Gesture | None:
    """What a press on a key or tangent begins."""
    editor = board.kit.editor
    if handle.part in ("leaving", "arriving") and isinstance(handle.item, int):
        key = channel.of(editor.project).keys[handle.item]
        return TangentDrag(board, channel, plot, key, handle.part == "leaving")
    if not isinstance(handle.item, KeyRef):
        return None
    one = Selection.of(keys=[handle.item])
    if pointer.toggles:
        editor.select(editor.selection.toggled(one))
        return ClickSelect()
    if pointer.extends:
        editor.select(editor.selection | one)
    elif handle.item not in editor.selection.keys:
        editor.select(one)
    return KeysDrag(board, handle.item, plot, pointer)
