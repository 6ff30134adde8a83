"""Lane: one row of the timeline. What every kind of lane is asked, and what it may answer.

A lane paints what it shows of the project into a strip, which the canvas keeps in its scene until one of :meth:`Lane.parts` is
another object or the scale changes; it tells what lies under the pointer as a :class:`Handle`; and it answers a press with a
:class:`pctalk_studio.app.timeline.gestures.Gesture`. Keys reach it as :class:`Command`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Tokens
from pctalk_studio.app.timeline.lettering import Lettering
from pctalk_studio.app.timeline.scale import TimeScale
from pctalk_studio.app.timeline.snapping import Snapper
from pctalk_studio.app.timeline.time_view import TimeView
from pctalk_studio.document.project import Project, Track
from pctalk_studio.session.selection import Selection

if TYPE_CHECKING:
    from pctalk_studio.app.timeline.gestures import Gesture

NO_TIMES: npt.NDArray[np.float64] = np.zeros(0)
"""What a lane without edges snaps to."""


class Command(Enum):
    """What the keyboard and menus can ask of the lane in focus; a lane answers to those it lists in :meth:`Lane.commands`."""

    SPLIT = "split"
    MERGE = "merge"
    INSERT = "insert"
    CLOSE = "close"
    DELETE = "delete"
    CHANGE = "change"
    PLAY = "play"
    LOCK = "lock"
    NEXT = "next"
    PREVIOUS = "previous"
    EXTEND_NEXT = "extend_next"
    EXTEND_PREVIOUS = "extend_previous"
    SELECT_ALL = "select_all"
    NUDGE_EARLIER = "nudge_earlier"
    NUDGE_LATER = "nudge_later"
    NUDGE_EARLIER_FINE = "nudge_earlier_fine"
    NUDGE_LATER_FINE = "nudge_later_fine"
    RAISE = "raise"
    LOWER = "lower"
    RESET = "reset"
    COPY = "copy"
    PASTE = "paste"
    DUPLICATE = "duplicate"
    GRAB = "grab"
    SCALE = "scale"
    TOGGLE_KEY = "toggle_key"
    NEXT_KEY = "next_key"
    PREVIOUS_KEY = "previous_key"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the mouse or pen is.

    Parameters
    ----------
    time
        Seconds, as it is, not snapped.
    x, y
        Pixels from the left of the view, and from the top of the lane that was pressed.
    modifiers
        Keys held.
    """

    time: float
    x: float
    y: float
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def toggles(self) -> bool:
        """Ctrl (Cmd) is held."""
        return bool(self.modifiers & Qt.KeyboardModifier.ControlModifier)

    @property
    def extends(self) -> bool:
        """Shift is held."""
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)

    @property
    def free(self) -> bool:
        """Alt is held: nothing snaps."""
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)


@dataclass(frozen=True, slots=True)
class Handle:
    """Something in a lane that can be taken hold of.

    Parameters
    ----------
    part
        What of the item: ``body``, ``edge``, ``key``, ...
    item
        Which: an id, or whatever tells it from others of the lane.
    time
        Moment of an edge or key, seconds.
    cursor
        Shown over it.
    """

    part: str
    item: Hashable
    time: float = 0.0
    cursor: Qt.CursorShape = Qt.CursorShape.ArrowCursor


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """What a lane paints on, in its own coordinates: (0, 0) is its upper left corner.

    Parameters
    ----------
    width, height
        Pixels, logical ones.
    scale
        Where moments lie.
    tokens
        Colours.
    lettering
        For texts in the window's font.
    """

    width: float
    height: float
    scale: TimeScale
    tokens: Tokens
    lettering: Lettering

    @property
    def font(self) -> QFont:
        """The window's."""
        return self.lettering.font

    @property
    def span(self) -> tuple[float, float]:
        """First and last visible moment."""
        return self.scale.span(self.width)

    @property
    def rect(self) -> QRectF:
        """All of it."""
        return QRectF(0, 0, self.width, self.height)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """What lanes share.

    Parameters
    ----------
    kit
        What every view is given.
    view
        The visible span.
    snapper
        Where moved things stop.
    """

    kit: Kit
    view: TimeView
    snapper: Snapper


class Lane(QObject):
    """One row of the timeline; the base of all.

    Parameters
    ----------
    id_
        Stable name, under which its height is kept.
    title
        For the header, translated.
    board
        What lanes share.
    height
        Pixels until a person resizes it.
    track
        What M and S of its header mute and solo; None: it has neither.
    parent
        Owner.
    """

    changed = Signal()
    """It looks different for another reason than its parts, such as work that was done by a worker."""
    resized = Signal()
    """Its height or visibility is another."""

    def __init__(
        self, id_: str, title: str, board: Board, height: int, track: Track | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.id = id_
        self.title = title
        self.board = board
        self.kit = board.kit
        self.track = track
        self.visible = True
        self.owner_shown = False
        """The header has a button for the owner of what is selected."""
        self.least_height = 20
        self.top = 0
        """Pixel of the canvas at which it begins."""
        self._height = int(str(board.kit.settings.value(f"timeline/height/{id_}", height)))

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        """The document."""
        return self.kit.editor.project

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self.kit.editor.selection

    @property
    def height(self) -> int:
        """Pixels, logical ones."""
        return self._height

    def set_height(self, height: int) -> None:
        """Be this high from now on, also after the next start."""
        height = min(max(height, self.least_height), 400)
        if height != self._height:
            self._height = height
            self.kit.settings.setValue(f"timeline/height/{self.id}", height)
            self.resized.emit()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        if visible != self.visible:
            self.visible = visible
            self.resized.emit()

    # -- painting ------------------------------------------------------------------------------------------------------

    def parts(self) -> tuple[object, ...]:
        """What :meth:`paint` depends on besides scale, size and colours; painted anew when one of them is another object."""
        return (self.project,)

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Paint what the project says; kept in the scene."""

    @property
    def overlaid(self) -> bool:
        """Whether :meth:`paint_over` has something to paint while the pointer is elsewhere."""
        return False

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """Paint what changes with the pointer; called at every repaint while the pointer is on something, so let it be little."""

    # -- pointer -------------------------------------------------------------------------------------------------------

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """What lies under a point."""
        return None

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """The button went down; None lets the canvas begin a rubber band."""
        return None

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """A double click; whether it meant something."""
        return False

    def inside(self, area: QRectF, strip: Strip) -> Selection:
        """What a rubber band of the strip encloses or touches."""
        return Selection()

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """One line about what is under the pointer, for the foot of the timeline and as a tool tip."""
        return ""

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Fill a context menu.

        Parameters
        ----------
        menu
            To be filled.
        handle, pointer
            What was clicked, which is selected by now, and where.
        add
            Adds a command with its text and keys.
        """

    # -- keys ----------------------------------------------------------------------------------------------------------

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """What it can do now."""
        return {}

    def snap_times(self) -> npt.NDArray[np.float64]:
        """Moments at which things of other lanes stop, [n] seconds, rising."""
        return NO_TIMES

    def description(self) -> str:
        """What is selected in it, for those who do not see it."""
        return ""

    @property
    def canvas(self) -> QWidget | None:
        """The canvas, for popups and inline fields, on which the lane begins at :attr:`top`; None before it is on one."""
        parent = self.parent()
        return parent if isinstance(parent, QWidget) else None

    def owner_icon(self) -> QIcon | None:
        """Sign of the owner of what is selected, for the header; None when nothing with an owner is."""
        return None

    def owner_text(self) -> str:
        """The same in words."""
        return ""
