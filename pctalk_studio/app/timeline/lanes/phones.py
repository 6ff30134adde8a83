"""PhoneLane: how it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline import painting
from pctalk_studio.app.timeline.boxes import BoxLook, BoxPainter
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.span_lane import SpanLane
from pctalk_studio.app.timeline.lanes.words import paint_edge
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.widgets.phone_palette import PhonePalette
from pctalk_studio.app.widgets.phone_table import CLOSURES, tint, written
from pctalk_studio.core.speech import ARPABET, BILABIALS, SILENCE, VOWELS
from pctalk_studio.document.speech_track import SAME_TIME, SHORTEST_PHONE, Owner, PhoneItem
from pctalk_studio.session.selection import Selection

_INSERTED = 0.08
"""Seconds of a phone that is inserted, where there is room."""

_CLOSURE = "P"
"""Phone that shuts the lips where none was heard; B and M look the same."""

_UNSURE = 0.25
"""Confidence below which a phone is hatched."""

_RANKS = ("panel", "consonant", "vowel", "closure")
_RANK = {label: _RANKS.index(tint(label)) for label in (*ARPABET, SILENCE)}

_LOOKS = (
    BoxLook(),
    BoxLook("consonant"),
    BoxLook("vowel"),
    BoxLook("closure", bar="closure_bar"),
    BoxLook("selected", "accent", 1.5),
    BoxLook("selected", "accent", 1.5, bar="closure_bar"),
)
"""By rank; selected ones last. Silence is empty."""


def _look(phone: PhoneItem, *, chosen: bool) -> int:
    """Which of the looks a phone has."""
    if chosen:
        return len(_RANKS) + int(phone.label in CLOSURES)
    return _RANK[phone.label]


class PhoneLane(SpanLane[PhoneItem]):
    """Phones tinted by what the lips do; closures have a bar under them, so that one sees where the mouth must shut.

    Parameters
    ----------
    board
        What lanes share.
    """

    def __init__(self, board: Board) -> None:
        super().__init__("phones", "", board, 28)
        self.title = self.tr("Phones")
        self._palette: PhonePalette | None = None
        self._lettering: tuple[Lettering, Lettering] | None = None
        self._boxes = BoxPainter(_LOOKS, radius=3.0, margin=2.0, gap=1.0)

    # -- facts ---------------------------------------------------------------------------------------------------------

    def items(self) -> tuple[PhoneItem, ...]:
        """Phones of the document."""
        return self.project.speech.phones

    def chosen_ids(self) -> frozenset[int]:
        """Selected phones."""
        return self.selection.phones

    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of phones."""
        return Selection.of(phones=ids)

    def name_of(self, item: PhoneItem) -> str:
        """ARPAbet and IPA."""
        if item.label == SILENCE:
            return self.tr("silence")
        return f"{written(item, ipa=False)} /{written(item, ipa=True)}/"

    def parts(self) -> tuple[object, ...]:
        """Phones, which are selected, and how they are written."""
        return (self.items(), self.chosen_ids(), self.kit.editor.modes.ipa)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Boxes with labels, or columns where there are too many."""
        spans, tokens = self.spans, strip.tokens
        seen = spans.between(*strip.span)
        if painting.crowded(len(seen), strip.width):
            ranks = spans.ranks(lambda item: _RANK[item.label], self.chosen_ids(), len(_RANKS))
            colors: list[QColor | None] = [None, *(tokens.color(name) for name in _RANKS[1:]), tokens.color("accent")]
            painting.paint_columns(painter, spans, ranks, colors, strip)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lettering, ipa = self._small(strip.lettering), self.kit.editor.modes.ipa
        painter.setFont(lettering.font)
        phones, ids = self.items()[seen.start : seen.stop], self.chosen_ids()
        near = slice(seen.start, seen.stop)
        lefts, rights = strip.scale.x(spans.starts[near]), strip.scale.x(spans.ends[near])
        if phones:
            self._boxes.paint(painter, strip, lefts, rights, [_look(phone, chosen=phone.id in ids) for phone in phones])
        placed = list(zip(phones, lefts.tolist(), rights.tolist(), strict=True))
        self._paint_signs(painter, placed, strip)
        painter.setPen(tokens.color("text"))
        for phone, left, right in placed:
            if phone.label != SILENCE:
                self._paint_label(painter, phone, max(left, 0.0), min(right, strip.width), strip, lettering, ipa=ipa)

    def _paint_signs(self, painter: QPainter, phones: list[tuple[PhoneItem, float, float]], strip: Strip) -> None:
        """What lies on some of the boxes: hatches of doubt, signs of owners."""
        hatch = strip.tokens.color("stale", 0.3)
        for phone, left, right in phones:
            if phone.confidence < _UNSURE or phone.owner is not Owner.AUTOMATIC:
                box = QRectF(round(left), 2, max(round(right) - round(left) - 1, 1), strip.height - 4)
                if phone.confidence < _UNSURE and phone.label != SILENCE:
                    painting.paint_hatch(painter, box, hatch)
                if phone.owner is not Owner.AUTOMATIC:
                    painting.paint_owner(painter, phone.owner, box, strip.tokens)

    def _paint_label(
        self, painter: QPainter, item: PhoneItem, left: float, right: float, strip: Strip, lettering: Lettering, *, ipa: bool
    ) -> None:
        """The phone with its stress, without it where there is less room, or nothing."""
        room = right - left - 2
        for text in (written(item, ipa=ipa), item.label):
            if lettering.width(text) <= room:
                lettering.write(painter, (left + right - 1) / 2, strip.height / 2, text)
                return

    def _small(self, plain: Lettering) -> Lettering:
        """For phones, a little smaller than words; made anew for another font of the window."""
        if self._lettering is None or self._lettering[0] is not plain:
            small = QFont(plain.font)
            small.setPointSizeF(small.pointSizeF() * 0.92)
            small.setFeature(QFont.Tag("tnum"), 1)
            self._lettering = plain, Lettering(small)
        return self._lettering[1]

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """The edge that would be moved."""
        paint_edge(painter, strip, hover, self.edge)

    # -- edits ---------------------------------------------------------------------------------------------------------

    def edit_of(self, verb: str, **ids: int) -> tuple[str, dict[str, Any]]:
        """Delete a phone or join two."""
        if verb == "delete":
            return "delete_phone", {"phone_id": ids["item"]}
        return "merge_phones", {"first_id": ids["first"], "second_id": ids["second"]}

    def change(self) -> None:
        """Open the palette for the selected phones."""
        chosen, canvas = self.chosen(), self.canvas
        if not chosen or canvas is None:
            return
        first = chosen[0]
        self.board.view.reveal(first.start, first.end)
        palette = PhonePalette(self.kit.look, first.label, first.stress, canvas)
        palette.chosen.connect(self._relabel)
        x = min(max(self.board.view.scale.x(first.start), 0.0), canvas.width() - 24.0)
        self._palette = palette
        palette.open_above(canvas.mapToGlobal(QPoint(round(x), self.top)), self.height)

    def _relabel(self, label: str, stress: int | None) -> None:
        stress = stress if label in VOWELS else None
        edits = [
            ("relabel_phone", {"phone_id": item.id, "label": label, "stress": stress})
            for item in self.chosen()
            if (item.label, item.stress) != (label, stress)
        ]
        if edits:
            self.kit.editor.apply_all(self.tr("Change phone"), list(edits))

    def split_at(self, time: float) -> None:
        """Split the phone at a moment."""
        phone = self.spans.at(time)
        if phone is None:
            return
        number = self.project.speech.next_id
        if self.kit.editor.apply("split_phone", phone_id=phone.id, at=time):
            self.kit.editor.select(self.selecting([number]))

    def insert_at(self, time: float) -> None:
        """Insert a phone from a moment on, inside the one that is there, and ask which."""
        host = self.spans.at(time)
        if host is None:
            return
        start, end = _room(host, time)
        number = self.project.speech.next_id
        label = "AH" if host.label == SILENCE else host.label
        stress = 0 if label in VOWELS else None
        if self.kit.editor.apply("insert_phone", label=label, start=start, end=end, stress=stress):
            self.kit.editor.select(Selection.of(phones=[number]))
            self.change()

    def close_at(self, time: float) -> None:
        """Shut the lips about a moment, where the analysis missed that they shut: by a P inside the phone that is there."""
        host = self.spans.at(time)
        if host is None:
            return
        number = self.project.speech.next_id
        if host.label in BILABIALS:
            self.kit.editor.tell("closed-there", self.tr("The lips are shut here already: {0}.").format(host.label), error=False)
        elif host.end - host.start <= 2 * _INSERTED:  # so short that it is rather what was misheard
            edit = {"phone_id": host.id, "label": _CLOSURE, "stress": None}
            self.kit.editor.apply_all(self.tr("Close the lips"), [("relabel_phone", edit)], selecting=self.selecting([host.id]))
        else:
            start, end = _room(host, time - _INSERTED / 2)
            edit = {"label": _CLOSURE, "start": start, "end": end, "stress": None}
            self.kit.editor.apply_all(self.tr("Close the lips"), [("insert_phone", edit)], selecting=self.selecting([number]))

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """What keys do here: also shut the lips."""
        return {**super().commands(), Command.CLOSE: lambda: self._at_playhead(self.close_at)}

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Everything that can be done with phones; first what is missed most."""
        menu.addAction(self.tr("Close the lips here"), lambda: self.close_at(pointer.time))
        menu.addSeparator()
        super().fill_menu(menu, handle, pointer, add)


def _room(host: PhoneItem, time: float) -> tuple[float, float]:
    """(start, end) of a phone that is inserted into another from a moment on, so that what is left of that is no splinter."""
    start = host.start if time - host.start < SHORTEST_PHONE else time
    end = min(start + _INSERTED, host.end)
    if 0 < host.end - end < SHORTEST_PHONE:
        end = host.end
    if end - start < SHORTEST_PHONE or end - start > host.end - host.start - SAME_TIME:
        start, end = host.start + (host.end - host.start) / 3, host.end - (host.end - host.start) / 3
    return start, end
