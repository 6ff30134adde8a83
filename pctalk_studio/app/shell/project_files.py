"""ProjectFiles: opening, beginning, saving and closing projects, with nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pctalk_studio.app.dialogs.busy import BusyPage
from pctalk_studio.app.dialogs.new_project import NewProject
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.ask_bar import Answer
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.shell.front import Front
from pctalk_studio.app.shell.recent import RecentProjects
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.app.widgets.message_bar import Message
from pctalk_studio.core.errors import StudioError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import Media
from pctalk_studio.jobs import Ticket
from pctalk_studio.session.desk_work import OpenStudio
from pctalk_studio.session.notices import Told, problem_of
from pctalk_studio.session.opening import open_copy, open_recovery
from pctalk_studio.session.portraits import first_controls
from pctalk_studio.session.studio import Studio
from pctalk_studio.storage.autosave import Recovery, discard
from pctalk_studio.storage.backups import Backup
from pctalk_studio.storage.project_file import SUFFIX
from pctalk_studio.storage.unfinished import note_work

Make = Callable[[Callable[[ProgressEvent], None]], Studio]
"""Opens a project; given whom to tell how far it is."""


def _nothing() -> None:
    return None


class ProjectFiles(QObject):
    """What a person does with whole projects.

    Parameters
    ----------
    kit
        What every view is given.
    front
        Where pages, messages and questions are shown.
    worker
        Does what takes seconds.
    chooser
        Asks for files.
    parent
        Owner.
    """

    new_given_up = Signal(object)
    """NewProject of which nothing came."""

    def __init__(self, kit: Kit, front: Front, worker: Worker, chooser: Chooser, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit, self._front, self._worker, self.chooser = kit, front, worker, chooser
        self.recent = RecentProjects(kit.settings, self)
        self._opening: Ticket[Studio] | None = None
        self._recovered: Recovery | None = None
        self.opened: Callable[[], None] = _nothing
        kit.editor.saved_changed.connect(self._saved_changed)

    # -- opening -------------------------------------------------------------------------------------------------------

    def choose_and_open(self) -> None:
        """Ask which project to open."""
        kinds = self.tr("Projects (*{suffix})").format(suffix=SUFFIX)
        self.chooser.file(self.tr("Open project"), kinds, self._folder(), self.open)

    def open(self, path: Path) -> None:
        """Open a project file, once what is open is saved or given up."""
        desk = self._kit.editor.desk
        if desk is not None and desk.studio.path is not None and desk.studio.path.absolute() == path.absolute():
            self._front.show_home()
            self._front.say(Message(self.tr("'{name}' is open already.").format(name=path.name)))
            return
        engines = self._kit.editor.engines

        def make(listen: Callable[[ProgressEvent], None]) -> Studio:
            return Studio.open(path, engines, listen, editing=True)

        self.unless_unsaved(lambda: self.begin(self.tr("Opening"), str(path), make))

    def open_sample(self) -> None:
        """Open the sample that ships, as a project that has no file yet."""
        engines = self._kit.editor.engines

        def make(listen: Callable[[ProgressEvent], None]) -> Studio:
            return open_copy(resource_path("sample/sample.pctalk"), engines, listen)

        self.unless_unsaved(lambda: self.begin(self.tr("Opening"), self.tr("The sample that comes with the program"), make))

    def open_earlier(self, path: Path, state: Backup) -> None:
        """Open what a project held before, as a project that has no file yet."""
        engines = self._kit.editor.engines

        def make(listen: Callable[[ProgressEvent], None]) -> Studio:
            return open_copy(state.path, engines, listen, place=path)

        self.unless_unsaved(lambda: self.begin(self.tr("Opening an earlier state"), path.name, make, unsaved=True))

    def recover(self, recovery: Recovery) -> None:
        """Open what a crash left; it stays on the disk until it was saved."""
        engines = self._kit.editor.engines

        def make(listen: Callable[[ProgressEvent], None]) -> Studio:
            return open_recovery(recovery, engines, listen)

        def done() -> None:
            self._recovered = recovery

        self.unless_unsaved(lambda: self.begin(self.tr("Recovering"), recovery.title, make, unsaved=True, then=done))

    def begin_new(self, choice: NewProject) -> None:
        """Begin a project with a portrait and a recording."""
        portrait, audio, engines = choice.portrait, choice.audio, self._kit.editor.engines
        if portrait is None:
            return
        media = Media(face=choice.face, face_points=choice.points)
        about = portrait.name
        if audio is not None:
            about = self.tr("{portrait} and {audio}").format(portrait=portrait.name, audio=audio.name)

        def make(listen: Callable[[ProgressEvent], None]) -> Studio:
            note = note_work("analysis", about, choice.details())
            try:
                begun = replace(first_controls(portrait), media=media)
                return Studio.new(portrait, audio, engines, text=choice.text or None, project=begun, listen=listen, editing=True)
            finally:
                note.finished()

        def back() -> None:
            self.new_given_up.emit(choice)

        self.unless_unsaved(lambda: self.begin(self.tr("Beginning a project"), about, make, unsaved=True, back=back))

    def begin(
        self,
        title: str,
        about: str,
        make: Make,
        *,
        unsaved: bool = False,
        then: Callable[[], None] = _nothing,
        back: Callable[[], None] = _nothing,
    ) -> None:
        """Open something in the background, behind a page that tells how far it is.

        Parameters
        ----------
        title, about
            What is being done, and with what.
        make
            Opens it, on the worker.
        unsaved
            What is opened is in no file yet.
        then
            Called once it is open.
        back
            Called when it failed or was given up.
        """
        self.give_up()
        page = BusyPage(self._kit, title, about, self._front)
        self._front.show_page(page)

        def done(studio: Studio) -> None:
            if self._opening is not ticket:
                studio.close()  # somebody asked too late to stop it
                return
            self._opening = None
            self._recovered = None
            if self._front.page is page:  # a person may have gone on to another page meanwhile
                self._front.show_home()
            self._kit.editor.open_studio(studio, unsaved=unsaved)
            if studio.path is not None:
                self.recent.add(studio.path)
            then()
            self.opened()

        def failed(error: BaseException) -> None:
            if self._opening is ticket:
                self._opening = None
                self._front.show_home()
                back()
            self._kit.editor.told.emit(Told(problem_of(error)))

        def moved(progress: ProgressEvent) -> None:
            if self._front.page is page:  # a page that was left is deleted, and its work may say a last word
                page.show_progress(progress)

        ticket = self._opening = self._worker.do(OpenStudio(make), done, failed, moved=moved)

        def left() -> None:
            if self._opening is ticket:
                self.give_up()
                back()

        page.left.connect(left)

    def give_up(self) -> None:
        """Stop opening."""
        ticket, self._opening = self._opening, None
        if ticket is not None:
            ticket.cancel()

    @property
    def opening(self) -> bool:
        """Something is being opened."""
        return self._opening is not None

    # -- saving --------------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], None] = _nothing) -> None:
        """Save over the project's file, or ask for a place where it has none."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        if desk.studio.path is None:
            self.save_as(then)
        else:
            self._save_to(None, then)

    def save_as(self, then: Callable[[], None] = _nothing) -> None:
        """Ask for a place, and save there."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        proposed = desk.studio.path or (self._folder() or Path.home()) / (self.tr("Untitled") + SUFFIX)
        kinds = self.tr("Projects (*{suffix})").format(suffix=SUFFIX)
        self.chooser.target(self.tr("Save project"), kinds, SUFFIX, proposed, lambda path: self._save_to(path, then))

    def _save_to(self, path: Path | None, then: Callable[[], None]) -> None:
        desk = self._kit.editor.desk
        if desk is None:
            return
        if path is not None and path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)

        def saved() -> None:
            if desk.studio.path is not None:
                self.recent.add(desk.studio.path)
            self._forget_recovery()
            then()

        self._kit.editor.save(path, saved)

    def _saved_changed(self, modified: bool) -> None:
        if not modified:
            self._front.question.withdraw()

    def _forget_recovery(self) -> None:
        """What was recovered is in a file of the person's now."""
        recovery, self._recovered = self._recovered, None
        if recovery is not None:
            with suppress(StudioError):
                discard(recovery)

    # -- closing -------------------------------------------------------------------------------------------------------

    def unless_unsaved(self, then: Callable[[], None]) -> None:
        """Go on at once, or ask first when there is something that no file has."""
        desk = self._kit.editor.desk
        if desk is None or not desk.modified:
            then()
            return
        name = self.tr("this project") if desk.studio.path is None else f"'{desk.studio.path.name}'"
        self._front.ask(
            self.tr("Save the changes in {name}?").format(name=name),
            (
                Answer(self.tr("Save"), lambda: self.save(then)),
                Answer(self.tr("Do not save"), then),
                Answer(self.tr("Cancel")),
            ),
        )

    def close(self) -> None:
        """Close what is open, once it is saved or given up."""
        self.unless_unsaved(self._close)

    def _close(self) -> None:
        self.give_up()
        self._kit.editor.close_project()

    # -- collecting ----------------------------------------------------------------------------------------------------

    def collect(self) -> None:
        """Write the project and its media as one zip; it is saved first."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        if desk.modified or desk.studio.path is None:
            self.save(self._choose_zip)
        else:
            self._choose_zip()

    def _choose_zip(self) -> None:
        desk = self._kit.editor.desk
        if desk is None or desk.studio.path is None:
            return
        path = desk.studio.path
        kinds = self.tr("Zip archives (*.zip)")
        self.chooser.target(
            self.tr("Collect project and media"), kinds, ".zip", path.with_suffix(".zip"), lambda out: self._collect(path, out)
        )

    def _collect(self, path: Path, out: Path) -> None:
        from pctalk_studio.app.shell.requests import CollectProject

        done = self.tr("The project and its media are in '{out}'.").format(out=out)
        self._worker.do(
            CollectProject(path, out),
            lambda _: self._front.say(Message(done)),
            lambda error: self._kit.editor.told.emit(Told(problem_of(error))),
        )

    def _folder(self) -> Path | None:
        paths = self.recent.paths
        return paths[0].parent if paths else None
