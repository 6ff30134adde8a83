"""Keys and tangents as things that are drawn, found under the pointer, and taken hold of."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.curve_gestures import KeysDrag, TangentDrag
from pctalk_studio.app.timeline.lanes.curve_plot import Channel, Plot, tangents, visible_keys
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
    painter: QPainter, strip: Strip, channel: Channel, plot: Plot, selected: frozenset[KeyRef], project: Project
) -> None:
    """Draw the visible keys of a curve: diamonds, filled amber where selected, with tangents; ticks where they are crowded."""
    curve, tokens = channel.of(project), strip.tokens
    start, end = strip.span
    margin = strip.scale.seconds(SIDE)
    keys = visible_keys(curve, start - margin, end + margin)
    if len(keys) * _CROWDED > strip.width:
        painter.setPen(QPen(tokens.color("text", 0.6), 1))
        columns = {round(strip.scale.x(key.time)) for key in keys}
        top, bottom = plot.bottom - 4, plot.bottom + 2
        for x in columns:
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        return
    for key in keys:
        if channel.ref(key) in selected:
            _paint_tangents(painter, strip, plot, curve, curve.keys.index(key))
    for key in keys:
        chosen = channel.ref(key) in selected
        painter.setPen(QPen(tokens.color("window"), 1))
        painter.setBrush(tokens.color("stale" if chosen else "text"))
        painter.drawPolygon(diamond(strip.scale.x(key.time), plot.y(key.value), SIDE + (1 if chosen else 0)))


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


def key_at(at: QPointF, strip: Strip, channel: Channel, plot: Plot, project: Project) -> Handle | None:
    """The key under a point."""
    reach = strip.scale.seconds(REACH)
    time = strip.scale.time(at.x())
    best: tuple[float, Key] | None = None
    for key in visible_keys(channel.of(project), time - reach, time + reach):
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
