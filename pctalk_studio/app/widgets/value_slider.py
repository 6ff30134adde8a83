"""ValueSlider: a row with name, bar, number and key diamond."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.chips import HEIGHT
from pctalk_studio.app.widgets.key_diamond import KeyDiamond, KeyState
from pctalk_studio.app.widgets.number_field import NumberField
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.value_track import ValueTrack

GAP = 6
"""Between the parts of a row, logical pixels."""
SETTLES = 600
"""Milliseconds after the last of a run of steps by wheel or keys until they are one gesture that has ended."""


class RowName(QLabel):
    """The name of a row; a double-click on it resets what stands beside it."""

    double_clicked = Signal()
    """Back to neutral."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Reset."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


def name_width(widget: QWidget) -> int:
    """Width of the column of names, the same in every row whatever its name, logical pixels."""
    return QFontMetrics(widget.font()).averageCharWidth() * 15


class ValueSlider(QWidget):
    """A named value: bar, number and, where it has a curve, key diamond.

    One gesture, whether a drag, a run of wheel steps or a typed number, is ``began``, any number of ``edited``, then ``ended``
    or, when Escape gave it up, ``cancelled``.

    Parameters
    ----------
    look
        Colours.
    name
        What it is.
    scale
        What its numbers mean.
    parent
        Owner.
    keyed
        Whether it has a curve, and so a diamond.
    beside_keyed
        Whether it stands among sliders that may have one: it leaves the same room, so that numbers stand below one another.
    """

    began = Signal()
    """A gesture begins."""
    edited = Signal(float)
    """The value is to be this."""
    ended = Signal()
    """The gesture has ended; it is one step to undo."""
    cancelled = Signal()
    """The gesture was given up; what it did is to be undone."""
    key_toggled = Signal()
    """A key is to be made, or deleted, at the playhead."""

    def __init__(
        self, look: Look, name: str, scale: ValueScale, parent: QWidget | None = None, *, keyed: bool = False,
        beside_keyed: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.scale = scale
        self._values: tuple[float, ...] = ()
        self.name = RowName(name, self)
        self.name.setFixedWidth(max(name_width(self), self.name.sizeHint().width()))
        self.track = ValueTrack(look, scale, self)
        self.field = NumberField(scale, self)
        self.diamond = KeyDiamond(look, name, self) if keyed else None
        self._lay_out(beside_keyed)
        self._describe(name)
        self._settling = QTimer(self, singleShot=True, interval=SETTLES)
        self._settling.timeout.connect(self.ended)
        self._listen()

    def _lay_out(self, beside_keyed: bool) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.name)
        row.addWidget(self.track, 1)
        self.field.setFixedWidth(max(self.field.sizeHint().width(), QFontMetrics(self.font()).averageCharWidth() * 11))
        row.addWidget(self.field)
        if self.diamond is not None:
            row.addWidget(self.diamond)
        elif beside_keyed:
            row.addSpacing(HEIGHT + GAP)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _describe(self, name: str) -> None:
        tip = QCoreApplication.translate(
            "ValueSlider",
            "{name}: {range}, neutral {neutral}\nDouble-click the name, or press Backspace, to reset. "
            "Click the number to type, drag it sideways, or step with Up and Down.",
        ).format(name=name, range=self.scale.range_text, neutral=self.scale.text(self.scale.neutral))
        for part in (self.name, self.track, self.field):
            part.setToolTip(tip)
            part.setAccessibleName(name)
        self.track.setAccessibleDescription(tip)
        self.setAccessibleName(name)

    def _listen(self) -> None:
        for part in (self.track, self.field):
            part.grasped.connect(self._grasped)
            part.moved.connect(self._moved)
            part.released.connect(self.ended)
            part.cancelled.connect(self.cancelled)
            part.stepped.connect(self._stepped)
        self.field.typed.connect(self._at_once)
        self.name.double_clicked.connect(self.reset)
        self.track.reset.connect(self.reset)
        if self.diamond is not None:
            self.diamond.clicked.connect(self.key_toggled)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown."""
        return self._values

    def show_values(self, values: Sequence[float]) -> None:
        """Show a value; of several that differ, that they do. Tells nobody."""
        shown = tuple(values)
        if shown != self._values:
            self._values = shown
            self.track.set_values(shown)
            self.field.set_values(shown)

    def set_scale(self, scale: ValueScale) -> None:
        """Its numbers mean something else from now on."""
        if scale != self.scale:
            self.scale = scale
            self.track.set_scale(scale)
            self.field.set_scale(scale)
            self._describe(self.name.text())

    def show_key(self, state: KeyState) -> None:
        """Show whether there is a key at the playhead."""
        if self.diamond is not None:
            self.diamond.set_state(state)

    def set_color(self, fill: QColor | None) -> None:
        """Colour of the filled part; None: that of whatever is active."""
        self.track.set_color(fill)

    # -- gestures ------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to neutral, as one gesture."""
        self._at_once(self.scale.neutral)

    def _grasped(self) -> None:
        self.settle()
        self.began.emit()

    def _moved(self, value: float) -> None:
        if self._values != (value,):
            self.edited.emit(value)

    def _at_once(self, value: float) -> None:
        self.settle()
        self.began.emit()
        self.edited.emit(value)
        self.ended.emit()

    def _stepped(self, steps: float) -> None:
        if not self._values:
            return
        if not self._settling.isActive():
            self.began.emit()
        self._settling.start()
        middle = sum(self._values) / len(self._values)
        self._moved(self.scale.held(middle + steps * self.scale.step))

    def settle(self) -> None:
        """End a run of steps that has not ended yet, because something else is meant from now on."""
        if self._settling.isActive():
            self._settling.stop()
            self.ended.emit()
