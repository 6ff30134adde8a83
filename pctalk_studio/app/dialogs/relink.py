"""RelinkPage: media that are missing are found again, by name and content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.document.project import Project
from pctalk_studio.jobs import Control, Request, Ticket
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.notices import problem_of
from pctalk_studio.session.opening import place_of_untitled
from pctalk_studio.session.sources import Sources, load_sources, media_files
from pctalk_studio.storage.media_links import (
    MediaLink,
    MediaRole,
    MediaState,
    Seen,
    bytes_to_read,
    file_name,
    find_media,
    make_reference,
    with_reference,
)
from pctalk_studio.storage.relink import relink

R = TypeVar("R")

_THERE = (MediaState.FOUND, MediaState.MOVED, MediaState.CHANGED)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A project whose media were looked for, and those that lie open again.

    Parameters
    ----------
    project
        With new paths.
    sources
        Read anew; None when nothing more was found than before.
    missing
        What still is not there.
    """

    project: Project
    sources: Sources | None
    missing: tuple[MediaLink, ...]


class _Reading:
    """Tells how many bytes were read, and gives up when asked to.

    Parameters
    ----------
    control
        Of the work.
    total
        Bytes there are to read; 0 when nobody knows.
    """

    def __init__(self, control: Control, total: int = 0) -> None:
        self._control, self._total, self._done = control, total, 0

    def __call__(self, count: int) -> None:
        """Some more bytes were read."""
        self._done += count
        total = max(self._total, self._done) if self._total else 0
        self._control.checkpoint(ProgressEvent("reading", self._done >> 20, total >> 20))


@dataclass(frozen=True, slots=True)
class SeeWhatIsMissing:
    """See which media of a project are not what it refers to; all that are there are read for it."""

    project: Project
    path: Path

    def __call__(self, control: Control) -> tuple[MediaLink, ...]:
        """Do it."""
        control.checkpoint()
        return missing_media(self.project, self.path, _Reading(control, bytes_to_read(self.project, self.path)))


@dataclass(frozen=True, slots=True)
class LookForMedia:
    """Search a folder for missing media, or take one file for one of them, and read what was found."""

    project: Project
    path: Path
    folder: Path | None = None
    role: MediaRole | None = None
    file: Path | None = None

    def __call__(self, control: Control) -> Found:
        """Do it.

        Raises
        ------
        StudioError
            When a file cannot be used.
        """
        control.checkpoint()
        project, reading = self.project, _Reading(control)
        if self.folder is not None:
            project = relink(project, self.path, self.folder, seen=reading)[0]
        if self.role is not None and self.file is not None:
            project = with_reference(project, self.role, make_reference(self.file, self.path))
        missing = missing_media(project, self.path, reading)
        if project.media == self.project.media:
            return Found(project, None, missing)
        control.checkpoint()
        (portrait, audio), _ = media_files(project, self.path, stand_ins=True)
        return Found(project, load_sources(portrait, audio, project, project.media.transcript), missing)


def missing_media(project: Project, path: Path, seen: Seen) -> tuple[MediaLink, ...]:
    """What a project's media lack; ``seen`` is told of bytes as they are read."""
    return tuple(link for link in find_media(project, path, seen) if link.path is None or link.state not in _THERE)


class RelinkPage(Page):
    """Lists what is missing and looks for it; the project is open meanwhile, with stand-ins.

    Parameters
    ----------
    kit
        What every view is given; a project is open.
    worker
        Searches.
    chooser
        Asks for files and folders.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, worker: Worker, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent, wide=True)
        self.set_title(self.tr("Media are missing"))
        self._worker, self._chooser = worker, chooser
        self._searching: Ticket[Any] | None = None
        self._away = False
        self.rows.addWidget(
            note(
                self.tr(
                    "The project is open with stand-ins and can be edited. Choose a folder: it is searched with all its "
                    "subfolders for files with the very same content, whatever they are called now."
                ),
                self,
            )
        )
        self._list = QVBoxLayout()
        self.rows.addLayout(self._list)
        self.search = QPushButton(self.tr("Search a folder..."), self)
        self.search.setProperty("primary", True)
        self.search.clicked.connect(self._choose_folder)
        self.skip = QPushButton(self.tr("Go on without"), self)
        self.skip.clicked.connect(self.leave)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Searching"))
        self._bar.hide()
        self.stop = QPushButton(self.tr("Stop searching"), self)
        self.stop.clicked.connect(self._stop)
        self.stop.hide()
        row = QHBoxLayout()
        for widget in (self.search, self.skip, self.stop):
            row.addWidget(widget)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.rows.addWidget(self._bar)
        self.rows.addStretch(1)
        desk = kit.editor.desk
        if desk is not None:
            self._begin(SeeWhatIsMissing(desk.project, _path_of(desk)), self._seen)

    def _begin(self, request: Request[R], done: Callable[[R], None]) -> None:
        """Let the worker do something that can be watched and stopped."""
        self._bar.setRange(0, 0)
        for widget in (self._bar, self.stop):
            widget.show()
        self.search.setEnabled(False)
        self._searching = self._worker.do(request, done, self._failed, moved=self._moved, given_up=self._rest)

    def _moved(self, progress: ProgressEvent) -> None:
        if not self._away and progress.total:
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)

    def _stop(self) -> None:
        if self._searching is not None:
            self._searching.cancel()

    def _seen(self, missing: tuple[MediaLink, ...]) -> None:
        if not self._away:
            self._rest()
            self._show(missing)

    def _show(self, missing: tuple[MediaLink, ...]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for link in missing:
            self._list.addWidget(self._row(link))

    def _row(self, link: MediaLink) -> QWidget:
        line = QWidget(self)
        roles = {MediaRole.PORTRAIT: self.tr("Portrait"), MediaRole.AUDIO: self.tr("Recording")}
        name = QLabel(f"{roles[link.role]}: {file_name(link.reference.path)}", line)
        name.setToolTip(link.reference.path)
        choose = QPushButton(self.tr("Choose the file..."), line)
        choose.setAccessibleName(self.tr("Choose the file: {role}").format(role=roles[link.role]))
        choose.clicked.connect(lambda: self._choose_file(link.role))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(name, 1)
        row.addWidget(choose)
        return line

    def _choose_folder(self) -> None:
        self._chooser.folder(
            self.tr("Search a folder"), None, lambda folder: self._look(lambda p, at: LookForMedia(p, at, folder))
        )

    def _choose_file(self, role: MediaRole) -> None:
        def take(file: Path) -> None:
            self._look(lambda project, at: LookForMedia(project, at, None, role, file))

        self._chooser.file(self.tr("Choose the file"), self.tr("All files (*)"), None, take)

    def _look(self, request: Callable[[Project, Path], LookForMedia]) -> None:
        desk = self.kit.editor.desk
        if desk is None:
            return
        self._begin(request(desk.project, _path_of(desk)), lambda found: self._found(desk, found))

    def _rest(self) -> None:
        if not self._away:
            for widget in (self._bar, self.stop):
                widget.hide()
            self.search.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        self.kit.editor.tell(problem.code, problem.text)
        self._rest()

    def _found(self, desk: Desk, found: Found) -> None:
        if self._away or self.kit.editor.desk is not desk:
            return
        self._rest()
        if found.sources is None:
            self.kit.editor.tell("relink-none", self.tr("Nothing was found there; search another folder."), error=False)
            return
        if self.kit.editor.apply("set_media", media=found.project.media):
            desk.use_sources(found.sources)
        if found.missing:
            self._show(found.missing)
        else:
            self.leave()

    def gone(self) -> None:
        """Search no more."""
        self._away = True
        self._stop()


def _path_of(desk: Desk) -> Path:
    return desk.studio.path or place_of_untitled()
