"""Pages: which page is shown when, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from pctalk_studio import __version__
from pctalk_studio.app.dialogs.new_project import NewProject, NewProjectPage
from pctalk_studio.app.dialogs.start_page import StartPage
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.faults import log_path
from pctalk_studio.app.shell.front import Front
from pctalk_studio.app.shell.project_files import ProjectFiles
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.app.widgets.message_bar import Message
from pctalk_studio.session.placeholders import NO_PORTRAIT, NO_SOUND
from pctalk_studio.storage.project_file import SUFFIX
from pctalk_studio.storage.unfinished import Unfinished, forget

if TYPE_CHECKING:
    from pctalk_studio.app.shell.main_window import MainWindow


class Pages(QObject):
    """Makes pages when they are wanted.

    Parameters
    ----------
    kit
        What every view is given.
    front
        Where they are shown.
    files
        Opens and saves projects.
    worker
        Does what takes seconds.
    window
        Owner.
    """

    def __init__(self, kit: Kit, front: Front, files: ProjectFiles, worker: Worker, window: MainWindow) -> None:
        super().__init__(window)
        self._kit, self._front, self._files, self._worker, self._window = kit, front, files, worker, window
        self._start: StartPage | None = None
        files.opened = self._opened
        files.new_given_up.connect(lambda choice: self.show_new(choice=choice))

    @property
    def start(self) -> StartPage:
        """Where to begin when nothing is open."""
        if self._start is None:
            actions = self._kit.actions
            commands = (
                (actions["file.new"], "plus"),
                (actions["file.open"], "folder-open"),
                (actions["file.sample"], "play-circle"),
            )
            self._start = StartPage(self._kit, commands, self._front)
            self._start.chosen.connect(self._files.open)
            self._files.recent.changed.connect(self._show_recent)
        self._show_recent()
        return self._start

    def _show_recent(self) -> None:
        if self._start is not None:
            self._start.show_recent(self._files.recent.paths)

    def dropped(self, paths: Sequence[Path]) -> None:
        """Files were dropped on the window."""
        project = next((path for path in paths if path.suffix.lower() == SUFFIX), None)
        if project is not None:
            self._files.open(project)
        else:
            self.show_new(paths)

    def show_new(self, paths: Sequence[Path] = (), choice: NewProject | None = None) -> None:
        """Begin a project with a portrait and a recording, perhaps with some that were chosen already."""
        page = self._front.page
        if not isinstance(page, NewProjectPage):
            page = NewProjectPage(self._kit, self._worker, self._files.chooser, self._front)
            page.begun.connect(self._files.begin_new)
            self._front.show_page(page)
        if choice is not None:
            page.show_choice(choice)
        for path in paths:
            page.take(path)

    def begin_again(self, work: Unfinished) -> None:
        """Begin a project whose analysis a crash cut short."""
        forget(work)
        self.show_new(choice=NewProject.of(work.details))

    def show_recovery(self) -> bool:
        """Offer what programs that died have left; False when there is nothing."""
        from pctalk_studio.app.dialogs.recovery import RecoveryPage
        from pctalk_studio.storage.autosave import recoverable

        left = recoverable()
        if not left:
            return False
        page = RecoveryPage(self._kit, left, self._front)
        page.restored.connect(self._files.recover)
        self._front.show_page(page)
        return True

    def show_earlier(self) -> None:
        """What the open project's file held before it was saved over."""
        from pctalk_studio.app.dialogs.earlier import EarlierPage
        from pctalk_studio.storage.backups import backups

        desk = self._kit.editor.desk
        path = None if desk is None else desk.studio.path
        if path is None:
            text = self.tr("This project has no file yet, and so no earlier states; save it.")
            self._kit.editor.tell("no-earlier-states", text, error=False)
            return
        page = EarlierPage(self._kit, path, backups(path), self._front)
        page.chosen.connect(partial(self._files.open_earlier, path))
        self._front.show_page(page)

    def _opened(self) -> None:
        """Offer to find media that are missing."""
        desk = self._kit.editor.desk
        if desk is None or not any(problem.code == "media-missing" for problem in desk.studio.problems):
            return
        self._show_relink()

    def relink(self) -> None:
        """Find media that are missing; say so where none are."""
        desk = self._kit.editor.desk
        if desk is None:
            return
        if desk.sources.picture.path == NO_PORTRAIT or desk.sources.sound.path == NO_SOUND:
            self._show_relink()
        else:
            self._kit.editor.tell("nothing-missing", self.tr("Portrait and recording are where they should be."), error=False)

    def _show_relink(self) -> None:
        from pctalk_studio.app.dialogs.relink import RelinkPage

        self._front.show_page(RelinkPage(self._kit, self._worker, self._files.chooser, self._front))

    def show_presets(self) -> None:
        """The person's own speaking styles."""
        from pctalk_studio.app.dialogs.presets import PresetsPage

        self._front.show_page(PresetsPage(self._kit, self._files.chooser, self._front))

    def show_keys(self) -> None:
        """All commands and their keys."""
        from pctalk_studio.app.dialogs.shortcuts import ShortcutsPage

        self._front.show_page(ShortcutsPage(self._kit, self._front))

    def show_preferences(self) -> None:
        """What a person prefers."""
        from pctalk_studio.app.dialogs.preferences import PreferencesPage

        page = PreferencesPage(self._kit, self._worker, self._front)
        page.theme_chosen.connect(self._window.commands.choose_theme)
        self._front.show_page(page)

    def show_models(self) -> None:
        """The weights of the neural engine, and getting them."""
        from pctalk_studio.app.dialogs.models import ModelsPage
        from pctalk_studio.nets.store import ModelStore

        self._front.show_page(ModelsPage(self._kit, self._worker, self._files.chooser, ModelStore(), self._front))

    def show_palette(self) -> None:
        """Find a command by typing."""
        from pctalk_studio.app.shell.palette import CommandPalette

        CommandPalette(self._kit, self._window).open_over(self._window)

    def show_log(self) -> None:
        """Open the log with whatever the system opens texts with."""
        path = log_path()
        if not path.exists():
            self._front.say(Message(self.tr("Nothing was written to the log yet.")))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._front.say(Message(self.tr("The log is '{path}'.").format(path=path)))

    def show_about(self) -> None:
        """Which program this is."""
        text = self.tr("PC-Talk Studio {version}: a portrait and a recording of speech become a talking face.")
        self._front.say(Message(text.format(version=__version__)))
