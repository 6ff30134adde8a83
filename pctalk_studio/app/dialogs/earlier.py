"""EarlierPage: what a project file held before it was saved over, to be opened as copies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.storage.backups import Backup


class EarlierPage(Page):
    """Lists earlier states of a project; the one that is chosen opens beside its file, which stays as it is.

    Parameters
    ----------
    kit
        What every view is given.
    path
        The project.
    states
        What its file held before, newest first.
    parent
        Owner.
    """

    chosen = Signal(object)
    """Backup that is to be opened."""

    def __init__(self, kit: Kit, path: Path, states: Sequence[Backup], parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent)
        self.set_title(self.tr("Earlier states"))
        text = self.tr(
            "What '{name}' held before it was saved over. A state opens as a project that has no file yet; '{name}' stays as it "
            "is. To keep a state, save it under a new name."
        )
        self.rows.addWidget(note(text.format(name=path.name), self))
        self.buttons: list[QPushButton] = []
        for state in states:
            self._add(state)
        if not states:
            self.rows.addWidget(note(self.tr("There are none: it was not saved over yet."), self))
        self.rows.addStretch(1)

    def _add(self, state: Backup) -> None:
        card = QFrame(self)
        card.setObjectName("card")
        moment = QLocale().toString(QDateTime.fromSecsSinceEpoch(round(state.time)), QLocale.FormatType.ShortFormat)
        when = QLabel(self.tr("As it was until {time}").format(time=moment), card)
        when.setWordWrap(True)
        button = QPushButton(self.tr("Open as a copy"), card)
        button.setAccessibleName(f"{button.text()}: {when.text()}")
        button.clicked.connect(lambda: self.chosen.emit(state))
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(when, 1)
        row.addWidget(button)
        self.buttons.append(button)
        self.rows.addWidget(card)
