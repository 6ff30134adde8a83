"""RecoveryPage: what programs that died have left, to be restored, discarded or left for later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.storage.autosave import Recovery, discard


class RecoveryCard(QFrame):
    """One recovery.

    Parameters
    ----------
    recovery
        What was left.
    parent
        Owner.
    """

    def __init__(self, recovery: Recovery, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recovery = recovery
        self.setObjectName("card")
        title = QLabel(recovery.title, self)
        title.setProperty("heading", True)
        moment = QDateTime.fromSecsSinceEpoch(round(datetime.fromtimestamp(recovery.time).timestamp()))
        when = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        where = self.tr("not saved to a file yet") if recovery.original is None else str(recovery.original)
        texts = QVBoxLayout()
        texts.addWidget(title)
        texts.addWidget(note(self.tr("Last edit {time}; {place}").format(time=when, place=where), self))
        self.restore = QPushButton(self.tr("Restore"), self)
        self.restore.setProperty("primary", True)
        self.skip = QPushButton(self.tr("Not now"), self)
        self.discard = QPushButton(self.tr("Discard"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(8)
        row.addLayout(texts, 1)
        for button in (self.restore, self.skip, self.discard):
            button.setAccessibleName(f"{button.text()}: {recovery.title}")
            row.addWidget(button)
        self.setAccessibleName(recovery.title)


class RecoveryPage(Page):
    """Lists recoveries; nothing happens to any of them by itself.

    Parameters
    ----------
    kit
        What every view is given.
    recoveries
        What was left, newest first.
    parent
        Owner.
    """

    restored = Signal(object)
    """Recovery that is to be opened."""

    def __init__(self, kit: Kit, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent, wide=True)
        self.set_title(self.tr("Unsaved work was found"))
        text = self.tr(
            "The program ended before this was saved. What you restore is not saved yet: your files are as you saved them last. "
            "What you leave for later is offered again at the next start."
        )
        self.rows.addWidget(note(text, self))
        self.cards: list[RecoveryCard] = []
        for recovery in recoveries:
            self._add(recovery)
        self.rows.addStretch(1)

    def _add(self, recovery: Recovery) -> None:
        card = RecoveryCard(recovery, self)
        card.restore.clicked.connect(lambda: self.restored.emit(recovery))
        card.skip.clicked.connect(lambda: self._remove(card))
        card.discard.clicked.connect(lambda: self._discard(card))
        self.cards.append(card)
        self.rows.addWidget(card)

    def _discard(self, card: RecoveryCard) -> None:
        if self.kit.editor.attempt(lambda: discard(card.recovery)):
            self._remove(card)

    def _remove(self, card: RecoveryCard) -> None:
        self.cards.remove(card)
        card.hide()
        card.deleteLater()
        if not self.cards:
            self.leave()
