"""Menus: every command in the place where it is looked for, made from the list of actions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from pctalk_studio.app.actions import Actions
from pctalk_studio.app.shell.recent import RecentProjects

_SEPARATOR = ""

_FILE = (
    "file.new", "file.open", "file.recent", "file.sample", _SEPARATOR, "file.save", "file.save_as", "file.earlier",
    "file.collect", "file.relink", _SEPARATOR, "file.performance", _SEPARATOR, "file.close", "file.quit",
)  # fmt: skip
_EDIT = (
    "edit.undo", "edit.redo", _SEPARATOR, "edit.words", "edit.presets", _SEPARATOR, "edit.keys", "edit.preferences",
    "edit.models",
)  # fmt: skip
_VIEW = (
    "view.palette", _SEPARATOR, "view.sidebar", "view.inspector", "view.timeline", "view.rearrange", "view.reset_layout",
    _SEPARATOR, "view.theme", _SEPARATOR,
)  # fmt: skip
_HELP = ("help.keys", "help.log", _SEPARATOR, "help.about")

_ROOMS = {
    "clip": ("timeline", "emotion", "inspector", "sidebar", "phones", "words", "keys"),
    "view": ("viewport", "paint"),
    "render": ("render", "export", "exporting"),
}
"""Rooms whose actions, known by the first part of their ids, go to each menu."""


class Menus(QObject):
    """Fills a menu bar.

    Parameters
    ----------
    bar
        To fill.
    actions
        All actions; those that are made later come in with :meth:`fill`.
    recent
        Projects that were open lately.
    """

    reopen = Signal(object)
    """Path of a recent project."""

    def __init__(self, bar: QMenuBar, actions: Actions, recent: RecentProjects) -> None:
        super().__init__(bar)
        self._actions, self._recent = actions, recent
        self.file = bar.addMenu(self.tr("File"))
        self.edit = bar.addMenu(self.tr("Edit"))
        self.clip = bar.addMenu(self.tr("Clip"))
        self.view = bar.addMenu(self.tr("View"))
        self.render = bar.addMenu(self.tr("Render"))
        self.help = bar.addMenu(self.tr("Help"))
        self._recents = QMenu(self.tr("Open recent"), self.file)
        self._recents.aboutToShow.connect(self._fill_recents)
        self.theme = QMenu(self.tr("Theme"), self.view)

    def fill(self) -> None:
        """Put every action that there is into its menu."""
        own = ((self.file, _FILE), (self.edit, _EDIT), (self.view, _VIEW), (self.help, _HELP))
        listed: set[str] = set()
        for menu, ids in own:
            menu.clear()
            self._add(menu, ids)
            listed |= set(ids)
        playback = QMenu(self.tr("Transport"), self.clip)
        for menu, name in ((self.clip, "clip"), (self.view, "view"), (self.render, "render")):
            if menu is not self.view:
                menu.clear()
            self._add_rooms(menu, _ROOMS[name], listed)
        self.clip.addSeparator()
        self.clip.addMenu(playback)
        self._add(playback, [spec.id for spec in self._actions if spec.id.startswith("transport.")])
        for menu in (self.clip, self.render):
            menu.menuAction().setVisible(bool(menu.actions()))

    def _add(self, menu: QMenu, ids: Sequence[str]) -> None:
        known = {spec.id for spec in self._actions}
        for id_ in ids:
            if id_ == _SEPARATOR:
                menu.addSeparator()
            elif id_ == "file.recent":
                menu.addMenu(self._recents)
            elif id_ == "view.theme":
                menu.addMenu(self.theme)
            elif id_ in known:
                menu.addAction(self._actions[id_])

    def _add_rooms(self, menu: QMenu, rooms: Sequence[str], listed: set[str]) -> None:
        """The actions of some rooms: short lists stand open, long ones in a menu for each heading."""
        groups: dict[str, list[QAction]] = {}
        for spec in self._actions:
            if spec.id.partition(".")[0] in rooms and spec.id not in listed:
                groups.setdefault(spec.group, []).append(self._actions[spec.id])
        for heading, actions in groups.items():
            into = menu if len(groups) == 1 else menu.addMenu(heading)
            into.addActions(actions)

    def _fill_recents(self) -> None:
        self._recents.clear()
        for path in self._recent.paths:
            self._recents.addAction(self._recent_action(path))
        if not self._recents.actions():
            self._recents.addAction(self.tr("No project was open lately")).setEnabled(False)
            return
        self._recents.addSeparator()
        self._recents.addAction(self.tr("Forget these")).triggered.connect(lambda: self._recent.forget())

    def _recent_action(self, path: Path) -> QAction:
        there = path.exists()
        text = str(path) if there else self.tr("{path} (missing)").format(path=path)
        action = QAction(text.replace("&", "&&"), self._recents)
        action.setEnabled(there)
        action.triggered.connect(lambda: self.reopen.emit(path))
        return action
