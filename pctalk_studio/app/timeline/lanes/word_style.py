"""WordStyleLane: how each word is spoken: open, wide and purse as three small bars, up or down from neutral."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline import painting
from pctalk_studio.app.timeline.gestures import EditDrag, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.spans import Spans
from pctalk_studio.document.speech_track import WordItem, WordStyle
from pctalk_studio.session.selection import Selection

AXES = ("open", "wide", "purse")
"""The axes, from left to right."""

_BAR = 8.0
_STEP = 10.0
"""Pixels of a bar, and from one to the next, where the word is wide enough."""

_NARROWEST = 3.0
"""Pixels from one bar to the next below which a word has no room for them."""

_EDGE = 2.0
"""Pixels between the longest bars and the edges of the lane."""

_THINNEST = 1.5
_MARK = 4.0
"""Half the height of the mark of a word that is too narrow for bars."""

_STICKY = 3.0
"""Pixels within which a bar stops at neutral."""

_FINE = 0.2
"""Share of the hand's movement that counts while Shift is held."""

_RAISE = 0.05


class BarDrag(EditDrag):
    """Drags a bar up or down; of several selected words, the same bar of all."""

    def __init__(self, lane: WordStyleLane, words: list[WordItem], axis: str, pointer: Pointer, room: float) -> None:
        super().__init__(lane.kit.editor, f"word style {axis}")
        self._lane = lane
        self._ids = tuple(word.id for word in words)
        self._styles = {word.id: word.style for word in words}
        self._axis = axis
        self._value = getattr(words[0].style, axis)
        self._room = room
        self._y = pointer.y
        self._show()

    def _show(self) -> None:
        self.read_out = f"{self._lane.axis_name(self._axis)} {self._value:.2f}"

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        share = _FINE if pointer.extends else 1.0
        value = min(max(self._value + (self._y - pointer.y) / self._room * share, 0.0), 2.0)
        self._value, self._y = value, pointer.y
        if not pointer.free and abs(value - 1.0) * self._room < _STICKY:
            value = 1.0
        if self._lane.set_axis(self._ids, self._axis, value, self):
            self.read_out = f"{self._lane.axis_name(self._axis)} {value:.2f}"


class WordStyleLane(Lane):
    """Three bars per word; drag one to change it, double-click it to reset.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("word_style", "", board, 40)
        self.title = self.tr("Word style")
        self._spans: Spans[WordItem] = Spans(())
        self._axis = "open"

    @property
    def spans(self) -> Spans[WordItem]:
        """The words with their edges; made anew when the document has others."""
        words = self.project.speech.words
        if words is not self._spans.items:
            self._spans = Spans(words)
        return self._spans

    def axis_name(self, axis: str) -> str:
        """An axis in words."""
        return {"open": self.tr("Open"), "wide": self.tr("Wide"), "purse": self.tr("Purse")}[axis]

    def parts(self) -> tuple[object, ...]:
        """Words and which are selected."""
        return (self.project.speech.words, self.selection.words)

    # -- geometry ------------------------------------------------------------------------------------------------------

    def _bars(self, word: WordItem, strip: Strip) -> list[tuple[str, QRectF]]:
        """Column of each axis; none where the word is too narrow for three."""
        ends = strip.scale.x(np.array([[word.start], [word.end]]))
        firsts, steps = _columns(ends[0], ends[1])
        first, step = float(firsts[0]), float(steps[0])
        if step < _NARROWEST:
            return []
        width = step * _BAR / _STEP
        return [(axis, QRectF(first + number * step, 0, width, strip.height)) for number, axis in enumerate(AXES)]

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Bars from the neutral line; where words are too narrow for bars, a mark on those with a style."""
        tokens, middle, spans = strip.tokens, strip.height / 2, self.spans
        seen = spans.between(*strip.span)
        marks: list[QRectF] = []
        if painting.crowded(len(seen), strip.width):
            styled = spans.ranks(lambda word: int(word.style != WordStyle()), frozenset(), 0)[seen.start : seen.stop]
            marked = strip.scale.x(spans.starts[seen.start : seen.stop][styled > 0])
            marks += [QRectF(x, middle - _MARK, 2, 2 * _MARK) for x in marked.tolist()]
        else:
            said = [number for number in seen if spans.items[number].said]
            self._paint_chosen(painter, [spans.items[number] for number in said], strip)
            marks += self._paint_bars(painter, said, strip)
        painter.setBrush(tokens.color("text"))
        painter.drawRects(marks)

    def _paint_chosen(self, painter: QPainter, words: list[WordItem], strip: Strip) -> None:
        """Ground of selected words."""
        chosen = self.selection.words
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(strip.tokens.color("selected", 0.45))
        for word in words if chosen else ():
            if word.id in chosen:
                left, right = strip.scale.x(word.start), strip.scale.x(word.end)
                painter.drawRoundedRect(QRectF(left + 0.5, 2.5, right - left - 1, strip.height - 5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_bars(self, painter: QPainter, words: list[int], strip: Strip) -> list[QRectF]:
        """Bars axis by axis, so that colours are made once; marks of the styled words that are too narrow are returned.

        Parameters
        ----------
        painter, strip
            Draws, and where.
        words
            Numbers of those that are seen.
        """
        tokens, middle, reach, spans = strip.tokens, strip.height / 2, _reach(strip), self.spans
        firsts, steps = _columns(strip.scale.x(spans.starts[words]), strip.scale.x(spans.ends[words]))
        wide = steps >= _NARROWEST
        lefts = (firsts[wide, None] + steps[wide, None] * np.arange(len(AXES))).ravel()
        rights = lefts + np.repeat(steps[wide], len(AXES)) * _BAR / _STEP
        painting.paint_dashes(painter, strip, lefts, rights, (middle - 0.5, middle + 0.5), tokens.color("dim"))
        neutral = WordStyle()
        marks: list[QRectF] = []
        bars: dict[str, list[QRectF]] = {axis: [] for axis in AXES}
        for number, first, step in zip(words, firsts.tolist(), steps.tolist(), strict=True):
            word = spans.items[number]
            if word.style == neutral:
                continue
            if step < _NARROWEST:
                marks.append(QRectF(strip.scale.x((word.start + word.end) / 2) - 1, middle - _MARK, 2, 2 * _MARK))
                continue
            for place, axis in enumerate(AXES):
                height = (getattr(word.style, axis) - 1.0) * reach
                if height:
                    top, high = middle - max(height, 0.0), max(abs(height), _THINNEST)
                    bars[axis].append(QRectF(first + place * step, top, step * _BAR / _STEP, high))
        for axis, boxes in bars.items():
            painter.setBrush(tokens.color(f"style_{axis}"))
            painter.drawRects(boxes)
        return marks

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """The bar that would be moved."""
        word = None if hover is None or hover.part == "body" else self._word(hover.item)
        if word is None or hover is None:
            return
        for axis, column in self._bars(word, strip):
            if axis == hover.part:
                painter.setPen(QPen(strip.tokens.color("text"), 1))
                painter.drawRect(column.adjusted(-1.5, 3.5, 0.5, -4.5))

    # -- pointer -------------------------------------------------------------------------------------------------------

    def _word(self, number: object) -> WordItem | None:
        return next((word for word in self.spans.items if word.id == number), None)

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """The bar under a point, or else the word."""
        word = self.spans.at(strip.scale.time(at.x()))
        if word is None:
            return None
        for axis, column in self._bars(word, strip):
            if abs(column.center().x() - at.x()) <= max(column.width() / 2 + 1, 2):
                return Handle(axis, word.id, word.start, Qt.CursorShape.SizeVerCursor)
        return Handle("body", word.id, word.start)

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select the word; a drag of a bar changes it, and that of all selected words."""
        word = None if handle is None else self._word(handle.item)
        if word is None or handle is None:
            return None
        editor, one = self.kit.editor, Selection.of(words=[word.id])
        if pointer.toggles:
            editor.select(editor.selection.toggled(one))
            return Gesture()
        if word.id not in editor.selection.words:
            editor.select(one)
        if handle.part == "body":
            return Gesture()
        self._axis = handle.part
        others = [each for each in self._chosen() if each is not word]
        return BarDrag(self, [word, *others], handle.part, pointer, _reach(strip))

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Reset a bar; play a word."""
        desk, word = self.kit.editor.desk, None if handle is None else self._word(handle.item)
        if word is None or handle is None or desk is None:
            return False
        if handle.part == "body":
            desk.transport.play_seconds(word.start, word.end)
            return True
        chosen = [each.id for each in self._chosen()]
        self.set_axis(tuple(chosen) if word.id in chosen else (word.id,), handle.part, 1.0)
        return True

    def set_axis(self, ids: tuple[int, ...], axis: str, value: float, drag: EditDrag | None = None) -> bool:
        """Set one axis of some words; what else their styles say stays."""
        speech = self.project.speech
        edits = [
            ("set_word_style", {"word_ids": [number], "style": replace(speech.word(number).style, **{axis: value})})
            for number in ids
        ]
        label = self.tr("Word style")
        return drag.apply_all(label, list(edits)) if drag is not None else self.kit.editor.apply_all(label, list(edits))

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Words that a rubber band touches."""
        found = self.spans.between(strip.scale.time(area.left()), strip.scale.time(area.right()))
        return Selection.of(words=[self.spans.items[number].id for number in found])

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """The word and its style."""
        word = None if handle is None else self._word(handle.item)
        if word is None:
            return ""
        values = "   ".join(f"{self.axis_name(axis)} {getattr(word.style, axis):.2f}" for axis in AXES)
        return f"{word.text}   {values}"

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Reset, raise, lower, copy, paste."""
        if handle is not None and handle.item not in self.selection.words:
            word = self._word(handle.item)
            self.kit.editor.select(Selection.of(words=[] if word is None else [word.id]))
        if handle is not None and handle.part in AXES:
            self._axis = handle.part
        if self.selection.words:
            for command in (Command.RESET, Command.RAISE, Command.LOWER, Command.CHANGE):
                add(command)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[WordItem]:
        return [word for word in self.spans.items if word.id in self.selection.words]

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """Walk, raise and lower the bar of one axis, go to the next axis, reset."""
        return {
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.RAISE: lambda: self._raise(_RAISE),
            Command.LOWER: lambda: self._raise(-_RAISE),
            Command.CHANGE: self._next_axis,
            Command.RESET: self._reset,
            Command.SELECT_ALL: lambda: self.kit.editor.select(Selection.of(words=[word.id for word in self.spans.items])),
        }

    def _next_axis(self) -> None:
        self._axis = AXES[(AXES.index(self._axis) + 1) % len(AXES)]

    def _raise(self, by: float) -> None:
        speech = self.project.speech
        edits = []
        for word in self._chosen():
            value = min(max(round(getattr(word.style, self._axis) + by, 3), 0.0), 2.0)
            style = replace(speech.word(word.id).style, **{self._axis: value})
            edits.append(("set_word_style", {"word_ids": [word.id], "style": style}))
        if edits:
            self.kit.editor.apply_all(self.tr("Word style"), list(edits), gesture=f"raise {self._axis}")

    def _reset(self) -> None:
        ids = [word.id for word in self._chosen()]
        if ids:
            self.kit.editor.apply("set_word_style", word_ids=ids, style=WordStyle())

    def _walk(self, step: int) -> None:
        words, chosen = self.spans.items, self._chosen()
        if words:
            at = words.index(chosen[-1 if step > 0 else 0]) + step if chosen else 0
            word = words[min(max(at, 0), len(words) - 1)]
            self.kit.editor.select(Selection.of(words=[word.id]))
            self.board.view.reveal(word.start, word.end)

    def description(self) -> str:
        """Selected words, the axis that keys change, and its values."""
        chosen = self._chosen()
        values = ", ".join(f"{word.text} {getattr(word.style, self._axis):.2f}" for word in chosen[:8])
        return f"{self.axis_name(self._axis)}: {values or self.tr('no word selected')}"


def _columns(lefts: npt.NDArray[np.float64], rights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    """(left edge of the first bar, pixels from one bar to the next) of words that lie between pixels [n]."""
    steps = np.minimum(_STEP, (rights - lefts - 2) / 3)
    return (lefts + rights - steps * _BAR / _STEP) / 2 - steps, steps


def _reach(strip: Strip) -> float:
    """Pixels of the longest bar, which is twice or none of what is neutral."""
    return max(strip.height / 2 - _EDGE, 1.0)
