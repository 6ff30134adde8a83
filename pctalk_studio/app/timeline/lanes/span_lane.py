"""SpanLane: what the lanes of words and phones share: selecting, walking, boundaries, owners, playing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from pctalk_studio.app.timeline.boundaries import BoundaryDrag, nudge
from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Lane, Pointer, Strip
from pctalk_studio.app.timeline.spans import Item, Spans
from pctalk_studio.app.timeline.timecode import moment_text, span_text
from pctalk_studio.app.widgets.icons import icon
from pctalk_studio.document.speech_track import SAME_TIME, Owner
from pctalk_studio.session.selection import Selection

EDGE_REACH = 5.0
"""Pixels within which an edge is taken hold of rather than what it bounds."""

OWNER_ICONS = {Owner.AUTOMATIC: "robot", Owner.EDITED: "pencil-simple", Owner.LOCKED: "lock-simple"}

_NEXT_OWNER = {Owner.AUTOMATIC: Owner.LOCKED, Owner.EDITED: Owner.LOCKED, Owner.LOCKED: Owner.EDITED}


def owner_name(owner: Owner) -> str:
    """An owner in words."""
    texts = {
        Owner.AUTOMATIC: QCoreApplication.translate("Owner", "automatic"),
        Owner.EDITED: QCoreApplication.translate("Owner", "edited"),
        Owner.LOCKED: QCoreApplication.translate("Owner", "locked"),
    }
    return texts[owner]


class SpanLane(Lane, Generic[Item]):
    """A lane of items that lie one after the other.

    Parameters
    ----------
    id_, title, board, height
        As for :class:`pctalk_studio.app.timeline.lane.Lane`.
    """

    def __init__(self, id_: str, title: str, board: Board, height: int) -> None:
        super().__init__(id_, title, board, height)
        self.owner_shown = True
        self._spans: Spans[Item] = Spans(())
        self._anchor: int | None = None
        self.edge: float | None = None
        """Boundary that was pressed last, to which nudging goes; None: the start of what is selected."""

    # -- for children --------------------------------------------------------------------------------------------------

    @abstractmethod
    def items(self) -> tuple[Item, ...]:
        """Items of the document."""

    @abstractmethod
    def chosen_ids(self) -> frozenset[int]:
        """Ids of those that are selected."""

    @abstractmethod
    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of some items."""

    @abstractmethod
    def name_of(self, item: Item) -> str:
        """An item in a word."""

    @abstractmethod
    def change(self) -> None:
        """Say what the selected items are."""

    @abstractmethod
    def split_at(self, time: float) -> None:
        """Split the item at a moment."""

    @abstractmethod
    def insert_at(self, time: float) -> None:
        """Insert an item at a moment."""

    @abstractmethod
    def edit_of(self, verb: str, **ids: int) -> tuple[str, dict[str, Any]]:
        """(name, arguments) of the edit that deletes an item or joins two."""

    @property
    def overlaid(self) -> bool:
        """The edge that keys nudge is shown."""
        return self.edge is not None

    # -- finding -------------------------------------------------------------------------------------------------------

    @property
    def spans(self) -> Spans[Item]:
        """The items with their edges; made anew when the document has others."""
        items = self.items()
        if items is not self._spans.items:
            self._spans = Spans(items)
        return self._spans

    def chosen(self) -> list[Item]:
        """The selected items, in order."""
        ids = self.chosen_ids()
        return [item for item in self.spans.items if item.id in ids] if ids else []

    def _item(self, handle: Handle) -> Item | None:
        return next((item for item in self.spans.items if item.id == handle.item), None)

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """An edge, or else the item under a point."""
        time = strip.scale.time(at.x())
        item, edge = self.spans.at(time), self.spans.nearest_edge(time)
        if edge is not None and SAME_TIME < edge < self.project.speech.duration - SAME_TIME:
            width = 1e9 if item is None else (item.end - item.start) * strip.scale.density
            # In a narrow item there is room for the edges only outside, or nothing else could be taken hold of.
            near = EDGE_REACH if width > 4 * EDGE_REACH else max(width / 4, 1.5)
            if abs(strip.scale.x(edge) - at.x()) <= near:
                return Handle("edge", f"edge {edge!r}", edge, Qt.CursorShape.SplitHCursor)
        return None if item is None else Handle("body", item.id, item.start)

    # -- pointer -------------------------------------------------------------------------------------------------------

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Drag an edge, or select."""
        if handle is None:
            return None
        if handle.part == "edge":
            self.edge = handle.time
            return _KeptEdge(self, handle.time, pointer)
        self.edge = None
        item = self._item(handle)
        if item is None:
            return None
        self.click_select(item, toggles=pointer.toggles, extends=pointer.extends)
        return ClickSelect()

    def click_select(self, item: Item, *, toggles: bool = False, extends: bool = False) -> None:
        """Select as a click does: one, one more or less, or all up to one."""
        editor = self.kit.editor
        if extends and self._anchor is not None:
            order = [each.id for each in self.spans.items]
            if self._anchor in order:
                low, high = sorted((order.index(self._anchor), order.index(item.id)))
                editor.select(self.selecting(order[low : high + 1]))
                return
        self._anchor = item.id
        one = self.selecting([item.id])
        editor.select(editor.selection.toggled(one) if toggles else one)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Play the item."""
        item = self.spans.at(pointer.time)
        if item is None or (handle is not None and handle.part == "edge"):
            return False
        self.click_select(item)
        self._play()
        return True

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """Items that a rubber band touches."""
        found = self.spans.between(strip.scale.time(area.left()), strip.scale.time(area.right()))
        return self.selecting(self.spans.items[number].id for number in found)

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """Name, times and owner of what is under the pointer."""
        item = None if handle is None or handle.part == "edge" else self._item(handle)
        if item is None:
            return moment_text(time, self.project.rate)
        sure = self.tr("heard {0:.0f} %").format(100 * item.confidence)
        return f"{self.name_of(item)}   {span_text(item.start, item.end, self.project.rate)}   {sure}   {owner_name(item.owner)}"

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Everything that can be done with items."""
        item = self.spans.at(pointer.time)
        if item is not None and item.id not in self.chosen_ids():
            self.click_select(item)
        if handle is not None and handle.part == "edge":
            self.edge = handle.time
        if self.chosen_ids():
            add(Command.PLAY)
            add(Command.CHANGE)
            menu.addSeparator()
        menu.addAction(self.tr("Split here"), lambda: self.split_at(pointer.time))
        menu.addAction(self.tr("Insert here"), lambda: self.insert_at(pointer.time))
        add(Command.SPLIT)
        if self.chosen_ids():
            for command in (Command.MERGE, Command.DELETE):
                add(command)
            for command in (Command.NUDGE_EARLIER, Command.NUDGE_LATER, Command.NUDGE_EARLIER_FINE, Command.NUDGE_LATER_FINE):
                add(command)
            self._fill_owner_menu(menu.addMenu(self.tr("Owner")))
        add(Command.SELECT_ALL)

    def _fill_owner_menu(self, menu: QMenu) -> None:
        owners = {item.owner for item in self.chosen()}
        for owner in Owner:
            action = menu.addAction(owner_name(owner), lambda owner=owner: self.set_owner(owner))
            action.setCheckable(True)
            action.setChecked(owners == {owner})

    # -- keys ----------------------------------------------------------------------------------------------------------

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """What keys do here."""
        frame = 1 / float(self.project.rate)
        return {
            Command.PLAY: self._play,
            Command.CHANGE: self.change,
            Command.SPLIT: lambda: self._at_playhead(self.split_at),
            Command.INSERT: lambda: self._at_playhead(self.insert_at),
            Command.MERGE: self._merge,
            Command.DELETE: self._delete,
            Command.LOCK: self._switch_owner,
            Command.NEXT: lambda: self._walk(1),
            Command.PREVIOUS: lambda: self._walk(-1),
            Command.EXTEND_NEXT: lambda: self._walk(1, extends=True),
            Command.EXTEND_PREVIOUS: lambda: self._walk(-1, extends=True),
            Command.SELECT_ALL: lambda: self.kit.editor.select(self.selecting(item.id for item in self.spans.items)),
            Command.NUDGE_EARLIER: lambda: self._nudge(-frame),
            Command.NUDGE_LATER: lambda: self._nudge(frame),
            Command.NUDGE_EARLIER_FINE: lambda: self._nudge(-0.01),
            Command.NUDGE_LATER_FINE: lambda: self._nudge(0.01),
        }

    def _at_playhead(self, action: Callable[[float], None]) -> None:
        desk = self.kit.editor.desk
        if desk is not None:
            action(desk.transport.seconds)

    def _play(self) -> None:
        desk, chosen = self.kit.editor.desk, self.chosen()
        if desk is not None and chosen:
            desk.transport.play_seconds(chosen[0].start, chosen[-1].end)

    def _walk(self, step: int, *, extends: bool = False) -> None:
        """Select the neighbour of what is selected, or what lies at the playhead."""
        items, chosen = self.spans.items, self.chosen()
        desk = self.kit.editor.desk
        if not items or desk is None:
            return
        if chosen:
            at = items.index(chosen[-1 if step > 0 else 0]) + step
        else:
            found = int(np.searchsorted(self.spans.ends, desk.transport.seconds, side="right"))
            at = min(found, len(items) - 1)
        item = items[min(max(at, 0), len(items) - 1)]
        editor = self.kit.editor
        editor.select(editor.selection | self.selecting([item.id]) if extends else self.selecting([item.id]))
        self._anchor = self._anchor if extends else item.id
        self.edge = None
        self.board.view.reveal(item.start, item.end)

    def _nudge(self, by: float) -> None:
        edges, chosen = self.spans.edges, self.chosen()
        time = self.edge
        if time is None or not len(edges) or np.abs(edges - time).min() > SAME_TIME:
            time = chosen[0].start if chosen else None
        if time is not None:
            self.edge = nudge(self.board, time, by)

    def _delete(self) -> None:
        edits = [self.edit_of("delete", item=item.id) for item in self.chosen()]
        if edits:
            self.kit.editor.apply_all(self.tr("Delete"), edits)

    def _merge(self) -> None:
        """Join what is selected; one alone is joined with the next."""
        items, chosen = self.spans.items, self.chosen()
        if len(chosen) == 1:
            at = items.index(chosen[0]) + 1
            chosen = [*chosen, *items[at : at + 1]]
        if len(chosen) < 2:
            return
        edits = [self.edit_of("merge", first=chosen[0].id, second=item.id) for item in chosen[1:]]
        if self.kit.editor.apply_all(self.tr("Join"), edits):
            self.kit.editor.select(self.selecting([chosen[0].id]))

    # -- owners --------------------------------------------------------------------------------------------------------

    def set_owner(self, owner: Owner) -> None:
        """Give what is selected to an owner."""
        edits = [("set_owner", {"item_id": item.id, "owner": owner}) for item in self.chosen()]
        if edits:
            self.kit.editor.apply_all(self.tr("Owner: {0}").format(owner_name(owner)), list(edits))

    def _owner(self) -> Owner | None:
        owners = {item.owner for item in self.chosen()}
        return None if not owners else max(owners, key=list(Owner).index)

    def _switch_owner(self) -> None:
        owner = self._owner()
        if owner is not None:
            self.set_owner(_NEXT_OWNER[owner])

    def owner_icon(self) -> QIcon | None:
        """Sign of the strongest owner among what is selected."""
        owner = self._owner()
        return None if owner is None else icon(self.kit.look.tokens, OWNER_ICONS[owner], "dim")

    def owner_text(self) -> str:
        """The same in words, and what a press does."""
        owner = self._owner()
        if owner is None:
            return self.tr("Select something to see who owns it")
        following = self.tr("unlock") if owner is Owner.LOCKED else self.tr("lock")
        return self.tr("Owner: {0}; press to {1}").format(owner_name(owner), following)

    # -- others --------------------------------------------------------------------------------------------------------

    def snap_times(self) -> npt.NDArray[np.float64]:
        """All edges."""
        return self.spans.edges

    def description(self) -> str:
        """The selected items with their times and owners."""
        chosen = self.chosen()
        if not chosen:
            return self.tr("nothing selected")
        names = " ".join(self.name_of(item) for item in chosen[:8])
        text = self.tr("{0}, {1:.2f} to {2:.2f} seconds, {3}")
        return text.format(names, chosen[0].start, chosen[-1].end, owner_name(self._owner() or Owner.AUTOMATIC))


class _KeptEdge(BoundaryDrag):
    """A drag of a boundary after which keys go on nudging it."""

    def __init__(self, lane: SpanLane[Any], time: float, pointer: Pointer) -> None:
        super().__init__(lane.board, time, pointer)
        self._lane = lane

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        super().move(pointer)
        self._lane.edge = self.time

    def click(self) -> None:
        """An edge that was only pressed is the one to nudge."""
        self._lane.changed.emit()
