"""WordLane: what is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from pctalk_studio.app.timeline import painting
from pctalk_studio.app.timeline.boxes import BoxLook, BoxPainter
from pctalk_studio.app.timeline.inline_field import InlineField
from pctalk_studio.app.timeline.lane import Board, Handle, Strip
from pctalk_studio.app.timeline.lanes.span_lane import EDGE_REACH, SpanLane
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.widgets.doubtful import is_doubtful
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.document.speech_track import SAME_TIME, Owner, WordItem
from pctalk_studio.session.selection import Selection

_LEAST = 12.0
"""Mean pixels of a word below which words are columns of colour."""

_LOOKS = (BoxLook("raised", "line"), BoxLook("raised", "stale"), BoxLook("selected", "accent", 1.5))
"""Of plain words, doubtful ones, and those that are selected."""

_CHOSEN = 2

_NOTHING_LEFT = "\N{HORIZONTAL ELLIPSIS}"
"""What is left of a text for which there is no room; not written, for it says nothing."""

Placed = tuple[WordItem, float, float]
"""A word, and the pixels from and to which it lies."""


class WordLane(SpanLane[WordItem]):
    """Words as boxes; doubtful ones hatched and underlined in amber, those that were not said struck out.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("words", "", board, 28)
        self.title = self.tr("Words")
        self._field = InlineField(self)
        self._lettering: tuple[Lettering, Lettering] | None = None
        self._boxes = BoxPainter(_LOOKS, radius=4.0, margin=2.0)

    # -- facts ---------------------------------------------------------------------------------------------------------

    def items(self) -> tuple[WordItem, ...]:
        """Words of the document."""
        return self.project.speech.words

    def chosen_ids(self) -> frozenset[int]:
        """Selected words."""
        return self.selection.words

    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of words."""
        return Selection.of(words=ids)

    def name_of(self, item: WordItem) -> str:
        """The text; marked where the recording lacks it."""
        if not item.said:
            return self.tr("{0} (not said)").format(item.text)
        return self.tr("{0} (doubtful)").format(item.text) if is_doubtful(item) else item.text

    def parts(self) -> tuple[object, ...]:
        """Words, which are selected, and whether there is a recording."""
        return (self.items(), self.chosen_ids(), self.kit.editor.desk is None)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Boxes with text, or columns where there are too many; a hint where there are none."""
        if not self.items() and self.kit.editor.desk is not None:
            text = self.tr("No words yet: insert one here, or align the recording with a transcript")
            painting.paint_hint(painter, strip, text)
        spans, tokens = self.spans, strip.tokens
        seen = spans.between(*strip.span)
        if painting.crowded(len(seen), strip.width, _LEAST):
            ranks = spans.ranks(lambda item: int(is_doubtful(item)), self.chosen_ids(), 2)
            colors = [tokens.color("line"), tokens.color("stale"), tokens.color("accent")]
            painting.paint_columns(painter, spans, ranks, colors, strip)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        said = [number for number in seen if spans.items[number].said]
        words, ids = [spans.items[number] for number in said], self.chosen_ids()
        lefts, rights = strip.scale.x(spans.starts[said]), strip.scale.x(spans.ends[said])
        kinds = [_CHOSEN if word.id in ids else int(is_doubtful(word)) for word in words]
        if words:
            self._boxes.paint(painter, strip, lefts, rights, kinds)
        placed = list(zip(words, lefts.tolist(), rights.tolist(), strict=True))
        self._paint_signs(painter, placed, strip)
        self._paint_texts(painter, placed, strip)
        for number in seen if len(said) < len(seen) else ():
            if not spans.items[number].said:
                self._paint_unsaid(painter, spans.items[number], strip)

    def _paint_signs(self, painter: QPainter, words: list[Placed], strip: Strip) -> None:
        """What lies on some of the boxes: hatches of doubt, signs of owners."""
        hatch = strip.tokens.color("stale", 0.28)
        for word, left, right in words:
            doubtful = is_doubtful(word)
            if doubtful or word.owner is not Owner.AUTOMATIC:
                box = QRectF(round(left), 2, max(round(right) - round(left), 1), strip.height - 4)
                if doubtful:
                    painting.paint_hatch(painter, box.adjusted(1, 1, -1, -1), hatch)
                if word.owner is not Owner.AUTOMATIC:
                    painting.paint_owner(painter, word.owner, box, strip.tokens)

    def _bold(self, plain: Lettering) -> Lettering:
        """For selected words; made anew for another font."""
        if self._lettering is None or self._lettering[0] is not plain:
            bold = QFont(plain.font)
            bold.setBold(True)
            self._lettering = plain, Lettering(bold)
        return self._lettering[1]

    def _paint_texts(self, painter: QPainter, words: list[Placed], strip: Strip) -> None:
        tokens, ids, middle = strip.tokens, self.chosen_ids(), strip.height / 2
        plain, bold = strip.lettering, self._bold(strip.lettering)
        least = plain.metrics.averageCharWidth() + 3
        low = min(middle + plain.metrics.height() / 2, strip.height - 4.5)
        waves = []
        painter.setPen(tokens.color("text"))
        painter.setFont(plain.font)
        for word, begin, end in words:
            # Of a word that is seen in part, the text stays in view.
            left, right = max(begin, 0.0), min(end, strip.width)
            room, centre = right - left - 3, (left + right) / 2
            if room + 2 <= least:
                continue
            lettering = bold if word.id in ids else plain
            text = lettering.fitting(word.text, room)
            if text == _NOTHING_LEFT:
                text = ""
            elif lettering is bold:
                painter.setFont(bold.font)
                bold.write(painter, centre, middle, text)
                painter.setFont(plain.font)
            else:
                plain.write(painter, centre, middle, text)
            if is_doubtful(word):
                half = min(lettering.width(text or word.text), room) / 2
                waves.append((centre - half, centre + half))
        for left, right in waves:
            painting.paint_wave_line(painter, left, right, low, tokens.color("stale"))

    def _paint_unsaid(self, painter: QPainter, item: WordItem, strip: Strip) -> None:
        """A word without length: a dashed post, and its text struck out where there is room behind it."""
        tokens, x, chosen = strip.tokens, strip.scale.x(item.start), item.id in self.chosen_ids()
        color = tokens.color("accent" if chosen else "stale")
        painter.setPen(QPen(color, 2, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, 2), QPointF(x, strip.height - 2))
        following = self.spans.starts[self.spans.starts > item.start + SAME_TIME]
        room = (strip.scale.x(float(following[0])) if len(following) else strip.width) - x
        font = QFont(strip.font)
        font.setStrikeOut(True)
        width = QFontMetricsF(font).horizontalAdvance(item.text)
        if width + 8 < room:
            painter.setFont(font)
            painter.setPen(tokens.color("dim"))
            painter.drawText(QRectF(x + 5, 0, width + 2, strip.height), Qt.AlignmentFlag.AlignVCenter, item.text)

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """The edge that would be moved."""
        paint_edge(painter, strip, hover, self.edge)

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """A word that was not said, which has no length, or else what lies under a point."""
        time, near = strip.scale.time(at.x()), strip.scale.seconds(EDGE_REACH)
        for number in self.spans.between(time - near, time + near):
            word = self.spans.items[number]
            if not word.said and word.end - word.start <= SAME_TIME:
                return Handle("body", word.id, word.start)
        return super().hit(at, strip)

    # -- edits ---------------------------------------------------------------------------------------------------------

    def edit_of(self, verb: str, **ids: int) -> tuple[str, dict[str, Any]]:
        """Delete a word or join two."""
        if verb == "delete":
            return "delete_word", {"word_id": ids["item"]}
        return "merge_words", {"first_id": ids["first"], "second_id": ids["second"]}

    def _place(self, start: float, end: float) -> QRectF:
        left, right = self.board.view.scale.x(start), self.board.view.scale.x(end)
        return QRectF(left, 0, right - left, self.height)

    def change(self) -> None:
        """Write the selected word otherwise, in place."""
        for item in self.chosen()[:1]:
            self.board.view.reveal(item.start, item.end)

            def done(text: str, word_id: int = item.id) -> None:
                self.kit.editor.apply("relabel_word", word_id=word_id, text=text)

            self._field.open(self._place(item.start, item.end), item.text, self.tr("Word"), done)

    def split_at(self, time: float) -> None:
        """Split the word at the phone boundary nearest to a moment; the text is split in proportion, and can be written anew."""
        word = self.spans.at(time)
        if word is None:
            self.kit.editor.tell("no-word", self.tr("There is no word here; put the playhead inside one."))
            return
        inner = [p.start for p in self.project.speech.phones if word.start + SAME_TIME < p.start < word.end - SAME_TIME]
        if not inner:
            text = self.tr("'{0}' has one phone only and cannot be split; split the phone first.")
            self.kit.editor.tell("one-phone", text.format(word.text))
            return
        at = min(inner, key=lambda edge: abs(edge - time))
        cut = min(max(round(len(word.text) * (at - word.start) / (word.end - word.start)), 1), max(len(word.text) - 1, 1))
        first, second = word.text[:cut], word.text[cut:] or word.text
        if self.kit.editor.apply("split_word", word_id=word.id, at=at, first=first, second=second):
            self.kit.editor.select(Selection.of(words=[word.id]))
            self.change()

    def insert_at(self, time: float) -> None:
        """Lay a word over the phones about a moment that belong to none; its text is asked for first."""
        if self.spans.at(time) is not None:
            self.kit.editor.tell("word-there", self.tr("There is a word already; insert one where there is none."))
            return
        before = [word.end for word in self.spans.items if word.end <= time + SAME_TIME]
        after = [word.start for word in self.spans.items if word.start > time]
        low, high = max(before, default=0.0), min(after, default=self.project.speech.duration)
        phones = [p for p in self.project.speech.phones if low - SAME_TIME <= p.start and p.end <= high + SAME_TIME]
        sounding = [p for p in phones if p.label != SILENCE] or [p for p in phones if p.start <= time < p.end]
        if not sounding:
            self.kit.editor.tell("no-room", self.tr("There is no room for a word here."))
            return
        start, end = sounding[0].start, sounding[-1].end

        def done(text: str) -> None:
            number = self.project.speech.next_id
            if self.kit.editor.apply("insert_word", text=text, start=start, end=end):
                self.kit.editor.select(Selection.of(words=[number]))

        self._field.open(self._place(start, end), "", self.tr("New word"), done)


def paint_edge(painter: QPainter, strip: Strip, hover: Handle | None, edge: float | None) -> None:
    """The edge under the pointer, and the one that keys nudge."""
    for time, width in ((edge, 1.5), (hover.time if hover is not None and hover.part == "edge" else None, 2.5)):
        if time is not None:
            painter.setPen(QPen(strip.tokens.color("accent"), width))
            x = strip.scale.x(time)
            painter.drawLine(QPointF(x, 1), QPointF(x, strip.height - 1))
