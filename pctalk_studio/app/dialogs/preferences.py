"""PreferencesPage: how the program looks, how much memory it takes, and where the sound goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.memory import CHOICES, frame_memory, set_frame_memory
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.core.user_folders import state_folder
from pctalk_studio.storage.autosave import EVERY


class PreferencesPage(Page):
    """What a person prefers; everything takes effect at once, except where it says otherwise.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    theme_chosen = Signal(str)
    """``dark``, ``light`` or ``system``."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent)
        self.set_title(self.tr("Preferences"))
        themes = (("system", self.tr("Like the system")), ("dark", self.tr("Dark")), ("light", self.tr("Light")))
        self.theme = ChoiceBox(self.tr("Theme"), themes, self)
        self.theme.setCurrentIndex([each for each, _ in themes].index(kit.look.choice))
        self.theme.activated.connect(lambda index: self.theme_chosen.emit(themes[index][0]))
        self._head(self.tr("Look"))
        self.rows.addWidget(FieldRow(self.tr("Theme"), self.theme, parent=self))
        self.rows.addWidget(note(self.tr("The size of everything follows the system's scaling and font."), self))
        self._add_frames()
        self._add_sound()
        self._head(self.tr("Safety"))
        text = self.tr(
            "What is not saved is kept every {seconds:g} seconds in {folder}, never in your file, and offered at the next start "
            "after a crash. Saving keeps what the file held before as a backup there."
        )
        self.rows.addWidget(note(text.format(seconds=EVERY, folder=state_folder()), self))
        self.rows.addStretch(1)

    def _head(self, text: str) -> None:
        heading = QLabel(text, self)
        heading.setProperty("heading", True)
        self.rows.addSpacing(8)
        self.rows.addWidget(heading)

    def _add_frames(self) -> None:
        self._head(self.tr("Frames"))
        megabytes = [(each, self.tr("{count} MB").format(count=each)) for each in CHOICES]
        self.memory = ChoiceBox(self.tr("Memory for frames"), megabytes, self)
        now = frame_memory(self.kit.settings) >> 20
        self.memory.setCurrentIndex(CHOICES.index(now) if now in CHOICES else 0)
        self.memory.activated.connect(self._set_memory)
        self.rows.addWidget(FieldRow(self.tr("Memory"), self.memory, parent=self))
        self.rows.addWidget(note(self.tr("Drawn frames are kept in memory; it holds from the next project on."), self))

    def _set_memory(self, index: int) -> None:
        set_frame_memory(self.kit.settings, CHOICES[index])
        self.kit.editor.frame_memory = CHOICES[index] << 20

    def _add_sound(self) -> None:
        self._head(self.tr("Sound"))
        self.reopen = QPushButton(self.tr("Open the sound output again"), self)
        self.reopen.clicked.connect(self._reopen)
        self.reopen.setEnabled(self.kit.editor.desk is not None)
        row = QHBoxLayout()
        row.addWidget(self.reopen)
        row.addStretch(1)
        self.rows.addWidget(note(self.tr("Sound goes to the system's default output, also after it was changed there."), self))
        self.rows.addLayout(row)

    def _reopen(self) -> None:
        desk = self.kit.editor.desk
        if desk is not None:
            desk.open_sound()
