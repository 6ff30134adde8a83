"""Commands: the window's own actions, from opening a project to changing the theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.menus import Menus
from pctalk_studio.app.shell.top_bar import TopBar
from pctalk_studio.app.widgets.edit_names import step_title

if TYPE_CHECKING:
    from pctalk_studio.app.shell.main_window import MainWindow

THEME = "look/theme"
"""Under which the chosen theme is kept."""

COMPARE = ("viewport.ab", "viewport.compare", "viewport.compare_wipe", "viewport.wipe")
"""Ids under which the viewport may offer to compare with the unedited clip."""

EXPORT = ("export.open", "export.show", "exporting.open", "export.export")


class Commands(QObject):
    """Makes the window's actions.

    Parameters
    ----------
    kit
        What every view is given.
    window
        In which they work.
    """

    def __init__(self, kit: Kit, window: MainWindow) -> None:
        super().__init__(window)
        self._kit, self._window = kit, window
        self._needing_desk: list[QAction] = []
        self._add_files()
        self._add_edits()
        self._add_emotions()
        self._add_views()
        self._add_help()
        kit.editor.desk_changed.connect(self.refresh)
        kit.editor.project_changed.connect(lambda _before, _after: self.refresh())
        self.refresh()

    def _add(
        self, id_: str, text: str, keys: tuple[str, ...], run: Callable[..., object], group: str, *, desk: bool = False,
        checkable: bool = False,
    ) -> QAction:  # fmt: skip
        action = self._kit.actions.add(ActionSpec(id_, text, keys, group, checkable), run, self._window)
        if desk:
            self._needing_desk.append(action)
        return action

    def _add_files(self) -> None:
        group, files, pages = self.tr("File"), self._window.files, self._window.pages
        self._add("file.new", self.tr("New from portrait and audio..."), ("Ctrl+N",), pages.show_new, group)
        self._add("file.open", self.tr("Open..."), ("Ctrl+O",), files.choose_and_open, group)
        self._add("file.sample", self.tr("Open the sample"), (), files.open_sample, group)
        self._add("file.save", self.tr("Save"), ("Ctrl+S",), files.save, group, desk=True)
        self._add("file.save_as", self.tr("Save as..."), ("Ctrl+Shift+S",), files.save_as, group, desk=True)
        self._add("file.earlier", self.tr("Earlier states..."), (), pages.show_earlier, group, desk=True)
        bring = self._window.performing.choose
        self._add("file.performance", self.tr("Import a performance..."), ("Ctrl+Shift+O",), bring, group, desk=True)
        self._add("file.collect", self.tr("Collect project and media..."), (), files.collect, group, desk=True)
        self._add("file.relink", self.tr("Find missing media..."), (), pages.relink, group, desk=True)
        self._add("file.close", self.tr("Close project"), ("Ctrl+F4",), files.close, group, desk=True)
        self._add("file.quit", self.tr("Quit"), ("Ctrl+Q",), self._window.close, group)

    def _add_emotions(self) -> None:
        group, feeling = self.tr("Emotion"), self._window.feeling
        self._add("emotion.from_words", self.tr("Read emotions from the words"), (), feeling.from_words, group, desk=True)
        self._add("emotion.from_voice", self.tr("Hear emotions in the voice"), (), feeling.from_voice, group, desk=True)
        self._add("emotion.style", self.tr("Learn a speaking style from a film..."), (), feeling.learn_style, group, desk=True)
        self._add("emotion.from_face", self.tr("Take over an expression..."), (), feeling.from_face, group, desk=True)

    def _add_edits(self) -> None:
        group, editor, pages = self.tr("Edit"), self._kit.editor, self._window.pages
        self._undo = self._add("edit.undo", self.tr("Undo"), ("Ctrl+Z",), editor.undo, group)
        self._redo = self._add("edit.redo", self.tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), editor.redo, group)
        self._add("edit.presets", self.tr("Speaking styles of your own..."), (), pages.show_presets, group)
        self._add("edit.keys", self.tr("Keyboard..."), ("Ctrl+Alt+K",), pages.show_keys, group)
        self._add("edit.preferences", self.tr("Preferences..."), ("Ctrl+,",), pages.show_preferences, group)
        self._add("edit.models", self.tr("Weights of the neural engine..."), (), pages.show_models, group)

    def _add_views(self) -> None:
        group = self.tr("View")
        self._add("view.palette", self.tr("Find a command..."), ("Ctrl+Shift+P",), self._window.pages.show_palette, group)
        movable = self._window.docks.set_movable
        self._add("view.rearrange", self.tr("Let panels be moved"), (), movable, group, checkable=True)
        self._add("view.reset_layout", self.tr("Put panels back"), (), self._window.docks.arrange, group)

    def _add_help(self) -> None:
        group, pages = self.tr("Help"), self._window.pages
        self._add("help.keys", self.tr("All commands and their keys"), ("F1",), pages.show_keys, group)
        self._add("help.log", self.tr("Show the log"), (), pages.show_log, group)
        self._add("help.about", self.tr("About PC-Talk Studio"), (), pages.show_about, group)

    def connect_layout(self) -> None:
        """Make actions that show and hide the docks, once they are there."""
        group = self.tr("View")
        for dock in self._window.findChildren(QDockWidget):
            text = self.tr("Show {panel}").format(panel=dock.windowTitle().lower())
            action = self._add(f"view.{dock.objectName()}", text, (), dock.setVisible, group, checkable=True)
            action.setChecked(not dock.isHidden())
            dock.visibilityChanged.connect(lambda _, shown=dock, switch=action: switch.setChecked(not shown.isHidden()))
        self._window.menus.fill()

    def connect_menus(self, menus: Menus) -> None:
        """Let the theme be chosen from the menu."""
        names = {"system": self.tr("Like the system"), "dark": self.tr("Dark"), "light": self.tr("Light")}
        themes = QActionGroup(self)
        for choice, text in names.items():
            action = menus.theme.addAction(text)
            action.setCheckable(True)
            action.setChecked(self._kit.look.choice == choice)
            action.triggered.connect(partial(self.choose_theme, choice))
            themes.addAction(action)

        def mark() -> None:
            for action, choice in zip(themes.actions(), names, strict=True):
                action.setChecked(self._kit.look.choice == choice)

        menus.theme.aboutToShow.connect(mark)

    def choose_theme(self, choice: str) -> None:
        """Look ``dark``, ``light`` or like the ``system`` from now on."""
        self._kit.settings.setValue(THEME, choice)
        self._kit.look.choose(choice)

    def add_buttons(self, top: TopBar) -> None:
        """Put the commands that are wanted most at the window's top, as far as the views offer them."""
        known = {spec.id for spec in self._kit.actions}
        for ids, text, primary in ((COMPARE, "A | B", False), (EXPORT, self.tr("Export"), True)):
            there = next((each for each in ids if each in known), None)
            if there is not None:
                top.add_button(self._kit.actions[there], text, primary=primary)

    def refresh(self) -> None:
        """Offer what can be done now."""
        desk = self._kit.editor.desk
        for action in self._needing_desk:
            action.setEnabled(desk is not None)
        history = None if desk is None else desk.studio.history
        self._undo.setEnabled(history is not None and bool(history.past))
        self._redo.setEnabled(history is not None and bool(history.future))
        self._name(self._undo, self.tr("Undo"), history.present.label if history is not None and history.past else "")
        self._name(self._redo, self.tr("Redo"), history.future[0].label if history is not None and history.future else "")

    def _name(self, action: QAction, verb: str, label: str) -> None:
        action.setText(f"{verb}: {step_title(label)}" if label else verb)
