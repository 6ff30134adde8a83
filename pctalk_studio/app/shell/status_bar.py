"""StatusBar: how the timeline behaves, what is selected, and how far the frames are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.selection_text import SelectionText
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.render.frame_store import FrameState

_SETTLE = 100
"""Milliseconds for which news of frames are gathered before they are counted."""


class StatusBar(QWidget):
    """The strip at the window's bottom.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._describe = SelectionText(self)
        self._snap = self._switch(self.tr("Snapping: moved things stop at words, phones, keys, frames and the playhead"))
        self._ripple = self._switch(self.tr("Ripple: moving a boundary pushes everything later along"))
        self._selected = self._fact(self.tr("Selection"))
        self._selected.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._frames = self._fact(self.tr("Frames ready"))
        self._memory = self._fact(self.tr("Memory for frames"))
        self._sound = self._fact(self.tr("Sound output"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 16, 2)
        row.setSpacing(16)
        row.addWidget(self._snap)
        row.addWidget(self._ripple)
        row.addWidget(self._selected, 1)
        for label in (self._frames, self._memory, self._sound):
            row.addWidget(label)
        self._snap.clicked.connect(self._toggle_snap)
        self._ripple.clicked.connect(self._toggle_ripple)
        self._soon = QTimer(self, singleShot=True, interval=_SETTLE)
        self._soon.timeout.connect(self._count)
        self._follow()

    def _follow(self) -> None:
        editor = self._kit.editor
        editor.modes_changed.connect(lambda _: self._show_modes())
        editor.selection_changed.connect(lambda _: self._show_selection())
        editor.project_changed.connect(lambda _before, _after: self._show_selection())
        editor.frames_changed.connect(self._count_soon)
        editor.desk_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show everything anew."""
        self._show_modes()
        self._show_selection()
        self._count()

    def _switch(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setObjectName("quiet")
        return button

    def _fact(self, name: str) -> QLabel:
        label = quiet_label(parent=self)
        label.setAccessibleName(name)
        return label

    def _toggle_snap(self) -> None:
        modes = self._kit.editor.modes
        self._kit.editor.set_modes(replace(modes, snap=not modes.snap))

    def _toggle_ripple(self) -> None:
        modes = self._kit.editor.modes
        self._kit.editor.set_modes(replace(modes, ripple=not modes.ripple))

    def _show_modes(self) -> None:
        modes = self._kit.editor.modes
        self._snap.setText(self.tr("Snap on") if modes.snap else self.tr("Snap off"))
        self._ripple.setText(self.tr("Ripple on") if modes.ripple else self.tr("Ripple off"))

    def _show_selection(self) -> None:
        editor = self._kit.editor
        self._selected.setText(self._describe.text(editor.selection, editor.project))
        self._selected.setToolTip(self._selected.text())

    def _count_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _count(self) -> None:
        desk = self._kit.editor.desk
        for label in (self._frames, self._memory, self._sound):
            label.setVisible(desk is not None)
        if desk is None:
            return
        states = desk.frame_states()
        ready = int(np.count_nonzero(states == FrameState.READY))
        self._frames.setText(self.tr("{ready} of {all} frames ready").format(ready=ready, all=len(states)))
        used, budget = _megabytes(desk.store.counts.bytes_used), _megabytes(self._kit.editor.frame_memory)
        self._memory.setText(self.tr("{used} of {budget} MB").format(used=used, budget=budget))
        heard = desk.transport.audible
        self._sound.setText(self.tr("sound: default output") if heard else self.tr("sound: none"))


def _megabytes(count: int) -> int:
    return round(count / 2**20)
