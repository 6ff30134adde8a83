"""PreferencesPage: how the program looks, how much memory and disk it takes, and where the sound goes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.memory import (
    CHOICES,
    DISK_CHOICES,
    disk_folder,
    disk_megabytes,
    frame_disk,
    frame_memory,
    set_frame_disk,
    set_frame_memory,
)
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.core.user_folders import state_folder
from pctalk_studio.jobs import Control
from pctalk_studio.render.frame_disk import DiskPlan, DiskStore
from pctalk_studio.session.notices import problem_of
from pctalk_studio.storage.autosave import EVERY


@dataclass(frozen=True, slots=True)
class WeighFrames:
    """Measure, or remove, the frames on disk.

    Parameters
    ----------
    plan
        Where they lie.
    store
        Of the open project, which must know.
    clear
        Remove them first.
    """

    plan: DiskPlan
    store: DiskStore | None
    clear: bool

    def __call__(self, control: Control) -> int:
        """Bytes that are left."""
        control.checkpoint()
        if self.clear:
            if self.store is not None:
                self.store.clear()
            self.plan.clear()
        return self.plan.bytes_used()


class PreferencesPage(Page):
    """What a person prefers; everything takes effect at once, except where it says otherwise.

    Parameters
    ----------
    kit
        What every view is given.
    worker
        Measures and clears what lies on disk.
    parent
        Owner.
    """

    theme_chosen = Signal(str)
    """``dark``, ``light`` or ``system``."""

    def __init__(self, kit: Kit, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent)
        self._worker = worker
        self._away = False
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
        sizes = [(each, self.tr("{count} MB").format(count=each) if each else self.tr("None")) for each in DISK_CHOICES]
        self.disk = ChoiceBox(self.tr("Frames on disk"), sizes, self)
        self.disk.setCurrentIndex(DISK_CHOICES.index(disk_megabytes(self.kit.settings)))
        self.disk.activated.connect(self._set_disk)
        self.rows.addWidget(FieldRow(self.tr("On disk"), self.disk, parent=self))
        text = self.tr(
            "Drawn frames are kept in memory and, while nothing else is to be done, written to {folder}, so that they are there "
            "when the project is opened again. Sizes hold from the next project on."
        )
        self.rows.addWidget(note(text.format(folder=disk_folder()), self))
        self.clear = QPushButton(self.tr("Remove the frames on disk"), self)
        self.clear.clicked.connect(self._clear_disk)
        self.on_disk = QLabel(self)
        row = QHBoxLayout()
        row.addWidget(self.clear)
        row.addWidget(self.on_disk)
        row.addStretch(1)
        self.rows.addLayout(row)
        self._weigh()

    def _set_memory(self, index: int) -> None:
        set_frame_memory(self.kit.settings, CHOICES[index])
        self.kit.editor.frame_memory = CHOICES[index] << 20

    def _set_disk(self, index: int) -> None:
        set_frame_disk(self.kit.settings, DISK_CHOICES[index])
        self.kit.editor.frame_disk = frame_disk(self.kit.settings)

    def _weigh(self, *, clear: bool = False) -> None:
        """See how much lies on disk, after it was cleared if it should be."""
        self.clear.setEnabled(False)
        desk = self.kit.editor.desk
        store = None if desk is None else desk.store.disk
        self._worker.do(WeighFrames(DiskPlan(disk_folder(), 0), store, clear), self._weighed, self._not_weighed)

    def _clear_disk(self) -> None:
        self._weigh(clear=True)

    def _weighed(self, size: int) -> None:
        if not self._away:
            self.clear.setEnabled(size > 0)
            self.on_disk.setText(self.tr("{count:.0f} MB on disk").format(count=size / 2**20))

    def _not_weighed(self, error: BaseException) -> None:
        problem = problem_of(error)
        self.kit.editor.tell(problem.code, problem.text)

    def gone(self) -> None:
        """Show nothing more."""
        self._away = True

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
