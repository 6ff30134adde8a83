"""The transcript as a control: words flow as text, and each can be selected, played and seen to be doubtful, unsaid or styled."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pctalk_studio.app.look import Look, Tokens
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.doubtful import is_doubtful
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.document.speech_track import Owner, WordItem, WordStyle

PAD = 3
"""About a word, logical pixels."""
LINE = 1.7
"""Height of a line, as a factor of the font's."""
_STYLES = (("open", "style_open"), ("wide", "style_wide"), ("purse", "style_purse"))
_PLAIN = WordStyle()


@dataclass(frozen=True, slots=True)
class WordBox:
    """Where a word stands."""

    word: WordItem
    box: QRect


class TranscriptView(QWidget):
    """Words as flowing text.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    picked = Signal(int, object)
    """(id, keyboard modifiers): a word was clicked, or reached with the arrow keys."""
    played = Signal(int)
    """Id of a word that is to be heard."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._words: tuple[WordItem, ...] = ()
        self._spoken: list[int] = []
        self._starts: list[float] = []
        self._boxes: list[WordBox] = []
        self._tops: list[int] = []
        self._height = 0
        self._selected: frozenset[int] = frozenset()
        self._current = -1
        self.place = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Transcript"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        repaint_with(self, look)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_words(self, words: tuple[WordItem, ...]) -> None:
        """Show these words."""
        if words is self._words:
            return
        texts = [word.text for word in self._words]
        self._words = words
        self._spoken = [number for number, word in enumerate(words) if word.said]
        self._starts = [words[number].start for number in self._spoken]
        self.place = min(self.place, max(len(words) - 1, 0))
        if texts != [word.text for word in words] or not self._boxes:
            self._arrange(self.width())
        else:
            self._boxes = [WordBox(word, old.box) for word, old in zip(words, self._boxes, strict=True)]
        self.update()

    def show_selected(self, ids: frozenset[int]) -> None:
        """Show which words are selected."""
        if ids != self._selected:
            self._selected = ids
            chosen = [number for number, word in enumerate(self._words) if word.id in ids]
            if len(chosen) == 1:
                self.place = chosen[0]
            self.update()

    def show_time(self, seconds: float) -> QRect | None:
        """Show where the playhead is.

        Returns
        -------
        QRect or None
            Where the word is that is spoken now, if that is another than before.
        """
        found = bisect.bisect_right(self._starts, seconds + 1e-9) - 1
        number = self._spoken[found] if found >= 0 else -1
        if number >= 0 and not seconds < self._words[number].end:
            number = -1
        if number == self._current:
            return None
        before, self._current = self._current, number
        for each in (before, number):
            if 0 <= each < len(self._boxes):
                self.update(self._boxes[each].box.adjusted(-2, -2, 2, 4))
        return self._boxes[number].box if 0 <= number < len(self._boxes) else None

    @property
    def current(self) -> WordItem | None:
        """The word under the playhead."""
        return self._words[self._current] if 0 <= self._current < len(self._words) else None

    def box_of(self, word: int) -> QRect:
        """Where a word stands, by id."""
        return next(each.box for each in self._boxes if each.word.id == word)

    # -- layout --------------------------------------------------------------------------------------------------------

    def _arrange(self, width: int) -> None:
        metrics = QFontMetricsF(self.font())
        line, space = round(metrics.height() * LINE), metrics.horizontalAdvance(" ")
        x, y, boxes = 0.0, 0, []
        for word in self._words:
            wide = metrics.horizontalAdvance(word.text) + 2 * PAD
            if x > 0 and x + wide > width:
                x, y = 0.0, y + line
            boxes.append(WordBox(word, QRect(round(x), y, round(wide), line - 3)))
            x += wide + space - PAD
        self._boxes, self._height = boxes, y + line if boxes else 0
        self._tops = [each.box.y() for each in boxes]
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """The narrower, the taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How tall the text is at a width."""
        if width != self.width():
            self._arrange(width)
            height = self._height
            self._arrange(self.width())
            return height
        return self._height

    def sizeHint(self) -> QSize:
        """As tall as the text."""
        return QSize(160, max(self._height, 24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow anew."""
        if event.size().width() != event.oldSize().width():
            self._arrange(event.size().width())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        if event.type() == QEvent.Type.FontChange:
            self._arrange(self.width())
        super().changeEvent(event)

    # -- by hand -------------------------------------------------------------------------------------------------------

    def _between(self, top: int, bottom: int) -> range:
        """Numbers of the words of the lines that a strip touches."""
        line = self._boxes[0].box.height() + 4 if self._boxes else 0
        return range(bisect.bisect_right(self._tops, top - line), bisect.bisect_right(self._tops, bottom))

    def _at(self, x: int, y: int) -> int | None:
        return next((number for number in self._between(y, y) if self._boxes[number].box.contains(x, y)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick a word."""
        place = event.position().toPoint()
        number = self._at(place.x(), place.y())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.place = number
            self.picked.emit(self._words[number].id, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Play a word."""
        place = event.position().toPoint()
        number = self._at(place.x(), place.y())
        if number is not None:
            self.played.emit(self._words[number].id)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move among words from the window; tell about the word under the pointer."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _MOVES:
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._at(event.pos().x(), event.pos().y())
            if number is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.about(self._words[number]), self, self._boxes[number].box)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from word to word, with Shift they extend the selection; Return plays."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._words:
            self.played.emit(self._words[self.place].id)
        elif key in _MOVES and self._words:
            self._move(key, event.modifiers())
        else:
            super().keyPressEvent(event)

    def _move(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        here = self._boxes[self.place].box
        last = len(self._words) - 1
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            lines = [each.box.y() for each in self._boxes]
            beyond = [y for y in lines if (y < here.y() if key == Qt.Key.Key_Up else y > here.y())]
            wanted = (max(beyond) if key == Qt.Key.Key_Up else min(beyond)) if beyond else here.y()
            row = [number for number, y in enumerate(lines) if y == wanted]
            self.place = min(row, key=lambda number: abs(self._boxes[number].box.center().x() - here.center().x()))
        else:
            places = {
                Qt.Key.Key_Home: 0,
                Qt.Key.Key_End: last,
                Qt.Key.Key_Left: self.place - 1,
                Qt.Key.Key_Right: self.place + 1,
            }
            self.place = min(max(places[key], 0), last)
        self.picked.emit(self._words[self.place].id, modifiers & Qt.KeyboardModifier.ShiftModifier)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        self.update()
        super().focusOutEvent(event)

    def about(self, word: WordItem) -> str:
        """What there is to say about a word."""
        if not word.said:
            return self.tr("“{word}” is in the transcript but was not said.").format(word=word.text)
        text = self.tr("“{word}” at {time}, heard {sure:.0f} %").format(
            word=word.text, time=clock_text(word.start), sure=100 * word.confidence
        )
        if is_doubtful(word):
            text += "\n" + self.tr("Hard to hear: check its phones.")
        if word.owner is Owner.LOCKED:
            text += "\n" + self.tr("Locked: nothing changes it, neither you nor a new analysis.")
        return text

    # -- drawing -------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words of what is to be drawn anew."""
        tokens = self._look.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number in self._between(event.rect().top(), event.rect().bottom()):
                each = self._boxes[number]
                if each.box.adjusted(-2, -2, 2, 4).intersects(event.rect()):
                    self._paint_word(painter, tokens, number, each)

    def _paint_word(self, painter: QPainter, tokens: Tokens, number: int, place: WordBox) -> None:
        word, box = place.word, QRectF(place.box)
        chosen, current = word.id in self._selected, number == self._current
        if chosen or current:
            painter.setPen(QPen(tokens.color("accent"), 1) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("selected") if chosen else tokens.color("raised"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        font = QFont(self.font())
        font.setStrikeOut(not word.said)
        painter.setFont(font)
        painter.setPen(tokens.color("text" if word.said else "dim"))
        # A little low, so that there is room for dots over it.
        painter.drawText(box.adjusted(0, 3, 0, 0), Qt.AlignmentFlag.AlignCenter, word.text)
        if current:
            painter.fillRect(QRectF(box.left() + 2, box.bottom() - 1.5, box.width() - 4, 1.5), tokens.color("playhead"))
        if is_doubtful(word):
            for x in range(round(box.left()) + PAD, round(box.right()) - PAD, 5):
                painter.fillRect(x, round(box.bottom()) - 3, 3, 2, tokens.color("stale"))
        if word.style != _PLAIN:
            self._paint_style(painter, tokens, word, box)
        if word.owner is Owner.LOCKED:
            _paint_lock(painter, tokens, box)
        if number == self.place and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(0, 0, 0, 0), 3, 3)

    def _paint_style(self, painter: QPainter, tokens: Tokens, word: WordItem, box: QRectF) -> None:
        """Dots over a styled word in the colours of its axes; grey for size and edge alone."""
        colors = [color for name, color in _STYLES if getattr(word.style, name) != 1] or ["dim"]
        painter.setPen(Qt.PenStyle.NoPen)
        left = box.center().x() - 2.5 * (len(colors) - 1)
        for number, color in enumerate(colors):
            painter.setBrush(tokens.color(color))
            painter.drawEllipse(QRectF(left + 5 * number - 1.5, box.top() + 1.5, 3, 3))


def _paint_lock(painter: QPainter, tokens: Tokens, box: QRectF) -> None:
    """A small lock over the end of a word."""
    x, y = box.right() - 2.0, box.top() + 3.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("text"))
    painter.drawRect(QRectF(x - 2.5, y, 5, 3.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tokens.color("text"), 1))
    painter.drawArc(QRectF(x - 1.5, y - 3, 3, 5), 0, 180 * 16)


_MOVES = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})
