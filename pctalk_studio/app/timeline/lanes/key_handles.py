"""Keys and tangents as things that are drawn, found under the pointer, and taken hold of."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.curve_gestures import KeysDrag, TangentDrag
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, KeyTable, Plot, tangents
from pctalk_studio.app.timeline.painting import paint_ticks
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
        paint_ticks(painter, strip.width, xs, (plot.bottom - 4, plot.bottom + 2), tokens.color("text", 0.6))
        return
    mine = {ref.time for ref in selected if (ref.curve, ref.clip) == (channel.curve, channel.clip)}
    for index in range(*seen.indices(len(curve.keys))) if mine else ():
        if curve.keys[index].time in mine:
            _paint_tangents(painter, strip, plot, curve, index)
    at = np.stack([xs, plot.ys(table.values[seen])], 1)
    chosen = np.isin(table.times[seen], list(mine)) if mine else np.zeros(len(xs), np.bool_)
    _stamp(painter, tokens, "text", SIDE, at[~chosen])
    _stamp(painter, tokens, "stale", SIDE + 1, at[chosen])


def _stamp(painter: QPainter, tokens: Tokens, color: str, side: float, at: npt.NDArray[np.float64]) -> None:
    """Draw keys at [n, 2] logical pixels: a picture of one, in whole device pixels, which is far faster than polygons."""
    if not len(at):
        return
    ratio = painter.device().devicePixelRatioF()
    stamp = _drawn_key(tokens.color(color).rgb(), tokens.color("window").rgb(), side, ratio)
    corners = np.rint(at * ratio - stamp.width() / 2).astype(np.int64)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    for x, y in corners.tolist():
        painter.drawImage(x, y, stamp)
    painter.restore()


@lru_cache(maxsize=16)
def _drawn_key(ground: int, rim: int, side: float, ratio: float) -> QImage:
    """A key's diamond with its rim, in device pixels."""
    across = round(2 * (side + 1.5) * ratio)
    image = QImage(across, across, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor.fromRgb(rim), ratio))
        painter.setBrush(QColor.fromRgb(ground))
        painter.drawPolygon(diamond(across / 2, across / 2, side * ratio))
    return image


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
