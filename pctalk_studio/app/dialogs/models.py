"""ModelsPage: the weights of the neural engine: what they are for, who may use them, whether they are here, getting them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs import Control, Ticket
from pctalk_studio.nets.download import fetch
from pctalk_studio.nets.store import FileReport, FileState, ModelStore
from pctalk_studio.render.liveportrait.opening import FACES
from pctalk_studio.session.notices import problem_of

Reports = tuple[FileReport, ...]

_HERE = (FileState.PRESENT, FileState.GENUINE)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class FetchWeights:
    """Fetch whatever is not here yet, or is not what it should be; it goes on where it stopped."""

    store: ModelStore

    def __call__(self, control: Control) -> Reports:
        """Do it.

        Raises
        ------
        WeightsError
            As :func:`pctalk_studio.nets.download.fetch`.
        """
        for file in self.store.catalogue.of_set(FACES):
            control.checkpoint()
            if self.store.verify(file, control.checkpoint).state not in _HERE:
                fetch(file, self.store.folder / file.path, control.checkpoint)
        return looked_at(self.store)


@dataclass(frozen=True, slots=True)
class TakeOverWeights:
    """Copy them from a folder, such as another program's."""

    store: ModelStore
    folder: Path

    def __call__(self, control: Control) -> Reports:
        """Do it.

        Raises
        ------
        WeightsError
            When the folder holds none, or a file that is not what it should be.
        """
        control.checkpoint()
        for report in self.store.take_over(self.folder, control.checkpoint):
            if report.file.set == FACES and report.state not in _HERE:
                raise WeightsError(report.remark)
        return looked_at(self.store)


@dataclass(frozen=True, slots=True)
class VerifyWeights:
    """Compare every file with the published one."""

    store: ModelStore

    def __call__(self, control: Control) -> Reports:
        """Do it."""
        control.checkpoint()
        return tuple(self.store.verify(file, control.checkpoint) for file in self.store.catalogue.of_set(FACES))


WeightsRequest = FetchWeights | TakeOverWeights | VerifyWeights


def looked_at(store: ModelStore) -> Reports:
    """How the files are that people's faces are drawn with, without reading them."""
    return tuple(store.look(file) for file in store.catalogue.of_set(FACES))


class ModelsPage(Page):
    """Lists the files of the neural engine and gets them, when somebody asks for it.

    Parameters
    ----------
    kit
        What every view is given.
    worker
        Fetches, copies and verifies.
    chooser
        Asks for folders.
    store
        The folder of weights.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, worker: Worker, chooser: Chooser, store: ModelStore, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent, wide=True)
        self.set_title(self.tr("Weights of the LivePortrait engine"))
        self._worker, self._chooser, self._store = worker, chooser, store
        self._running: Ticket[Reports] | None = None
        self._away = False
        text = self.tr(
            "The neural engine draws with networks whose weights their authors publish. Nothing is fetched unless you ask. "
            "The files are kept in {folder}."
        )
        self.rows.addWidget(note(text.format(folder=store.folder), self))
        for licence in dict.fromkeys((file.licence, file.users) for file in store.catalogue.of_set(FACES)):
            text = self.tr("Licence: {licence}; for {users}.")
            self.rows.addWidget(note(text.format(licence=licence[0], users=licence[1]), self))
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.rows.addLayout(self._list)
        self._add_buttons()
        self._add_progress()
        self.rows.addStretch(1)
        self._show(looked_at(store))

    def _add_buttons(self) -> None:
        self.fetch = QPushButton(self)
        self.fetch.setProperty("primary", True)
        self.fetch.clicked.connect(lambda: self._begin(FetchWeights(self._store), self._got))
        self.take_over = QPushButton(self.tr("Take over from a folder..."), self)
        self.take_over.clicked.connect(self._choose_folder)
        self.verify = QPushButton(self.tr("Verify"), self)
        self.verify.clicked.connect(lambda: self._begin(VerifyWeights(self._store), self._show))
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout()
        for button in (self.fetch, self.take_over, self.verify, self.stop):
            row.addWidget(button)
        row.addStretch(1)
        self.rows.addLayout(row)

    def _add_progress(self) -> None:
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.how_far = note("", self)
        for widget in (self.stop, self.bar, self.how_far):
            widget.hide()
        self.rows.addWidget(self.bar)
        self.rows.addWidget(self.how_far)
        text = self.tr("What has arrived is kept when you stop or leave this page, and the next time it goes on from there.")
        self.rows.addWidget(note(text, self))

    # -- the list ------------------------------------------------------------------------------------------------------

    def _show(self, reports: Reports) -> None:
        if self._away:
            return
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for report in reports:
            self._list.addWidget(self._row(report))
        lacking = [report.file for report in reports if report.state not in _HERE]
        size = sum(file.bytes or 0 for file in lacking)
        text = self.tr("Fetch them ({size:.0f} MB)") if lacking else self.tr("All are here")
        self.fetch.setText(text.format(size=size / _MEGABYTE))
        self._rest(lacking=bool(lacking), some=len(lacking) < len(reports))

    def _row(self, report: FileReport) -> QWidget:
        file = report.file
        holder = QWidget(self)
        name = QLabel(file.name, holder)
        name.setProperty("heading", True)
        size = self.tr("size unknown") if file.bytes is None else self.tr("{size:.1f} MB").format(size=file.bytes / _MEGABYTE)
        state = QLabel(f"{size}, {self._state(report.state)}", holder)
        head = QHBoxLayout()
        head.addWidget(name, 1)
        head.addWidget(state)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        for text in (file.purpose, report.remark):
            if text:
                column.addWidget(note(text, holder))
        return holder

    def _state(self, state: FileState) -> str:
        return {
            FileState.MISSING: self.tr("missing"),
            FileState.PARTIAL: self.tr("partly fetched"),
            FileState.PRESENT: self.tr("here"),
            FileState.GENUINE: self.tr("here, the published file"),
            FileState.DIFFERENT: self.tr("not what it should be"),
        }[state]

    # -- getting them --------------------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        def take(folder: Path) -> None:
            self._begin(TakeOverWeights(self._store, folder), self._got)

        self._chooser.folder(self.tr("Take over from a folder"), None, take)

    def _begin(self, request: WeightsRequest, done: Callable[[Reports], None]) -> None:
        """Let the worker do something that can be watched and stopped; one thing at a time."""
        if self._away or self._running is not None:
            return
        self.bar.setRange(0, 0)
        self.how_far.setText("")
        for widget in (self.stop, self.bar, self.how_far):
            widget.show()
        for button in (self.fetch, self.take_over, self.verify):
            button.setEnabled(False)
        self._running = self._worker.do(request, done, self._failed, moved=self._moved, given_up=self._ended)

    def _moved(self, progress: ProgressEvent) -> None:
        if self._away:
            return
        # Of more than 2 GB Qt's bars lose count.
        self.bar.setRange(0, progress.total >> 10)
        self.bar.setValue(progress.done >> 10)
        text = self.tr("{name}: {done:.1f} of {total:.1f} MB")
        done, total = (count / _MEGABYTE for count in (progress.done, progress.total))
        self.how_far.setText(text.format(name=progress.stage, done=done, total=total))

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _got(self, reports: Reports) -> None:
        """Show what is here now, and let an engine that lacked it draw."""
        self._show(reports)
        editor = self.kit.editor
        desk = editor.desk
        if desk is None or self._away:
            return
        if desk.stage is None and all(report.state in _HERE for report in reports):
            desk.use_sources(desk.sources)
        else:
            editor.sources_changed.emit()

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        self.kit.editor.tell(problem.code, problem.text)
        self._ended()

    def _ended(self) -> None:
        self._show(looked_at(self._store))

    def _rest(self, *, lacking: bool, some: bool) -> None:
        """Nothing goes on."""
        self._running = None
        for widget in (self.stop, self.bar, self.how_far):
            widget.hide()
        self.fetch.setEnabled(lacking)
        self.take_over.setEnabled(lacking)
        self.verify.setEnabled(some)

    def gone(self) -> None:
        """Stop; what has arrived is kept."""
        self._away = True
        self._stop()
