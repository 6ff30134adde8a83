"""Small tools at the corners of the timeline: modes above the headers, zoom below them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.icons import IconButton

_MODES = (("snap", "magnet"), ("ripple", "arrow-line-right"), ("spectrogram", "waves"), ("ipa", "text-aa"))
_ZOOMS = (("zoom_out", "magnifying-glass-minus"), ("fit", "arrows-out-line-horizontal"), ("zoom_in", "magnifying-glass-plus"))


class _Tools(QWidget):
    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 4, 0)
        self._row.setSpacing(4)
        self.buttons: dict[str, IconButton] = {}

    def _add(self, name: str, icon: str) -> None:
        action = self._kit.actions[f"timeline.{name}"]
        button = IconButton(self._kit.look, icon, action.text(), self)
        button.setCheckable(action.isCheckable())
        button.setChecked(action.isChecked())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        if action.isCheckable():
            action.toggled.connect(button.setChecked)

        def tip() -> None:
            button.setToolTip(action.toolTip())

        action.changed.connect(tip)
        tip()
        self.buttons[name] = button
        self._row.addWidget(button)


class ModeTools(_Tools):
    """Snap, ripple, spectrogram and IPA, always visible, and the jump to the next doubtful word.

    Parameters
    ----------
    kit
        What every view is given; the timeline's actions are made already.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        for name, icon in _MODES:
            self._add(name, icon)
        self._row.addStretch(1)
        self._add("next_doubtful", "warning")


class ZoomTools(_Tools):
    """Zoom out, show all, zoom in.

    Parameters
    ----------
    kit
        What every view is given; the timeline's actions are made already.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        for name, icon in _ZOOMS:
            self._add(name, icon)
        self._row.addStretch(1)
