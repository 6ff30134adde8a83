"""BusyPage: what is going on, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.core.progress import ProgressEvent


class BusyPage(Page):
    """Shows the stages of work that takes seconds. Leaving it gives the work up.

    Parameters
    ----------
    kit
        What every view is given.
    title
        What is being done.
    about
        To which file, or whatever else there is to know.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(kit, title, parent)
        self.rows.addWidget(note(about, self))
        self.stage = QLabel(self.tr("Beginning"), self)
        self.rows.addWidget(self.stage)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(title)
        self.rows.addWidget(self.bar)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.clicked.connect(self._cancelled)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        self.rows.addLayout(row)
        self.rows.addStretch(1)

    def show_progress(self, event: ProgressEvent) -> None:
        """Show how far it is."""
        names = {
            "face": self.tr("Looking for the face"),
            "speech": self.tr("Listening to the speech and finding words and phones"),
        }
        self.stage.setText(names.get(event.stage, event.stage))
        # A stage of one step says nothing about how far it is.
        self.bar.setRange(0, event.total if event.total > 1 else 0)
        self.bar.setValue(event.done)

    def _cancelled(self) -> None:
        self.cancel.setEnabled(False)
        self.stage.setText(self.tr("Stopping"))
        self.leave()
