"""Performing: bringing recorded performances into the open project."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.project_files import ProjectFiles
from pctalk_studio.document.performance import Take
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.performances import SUFFIX, ImportPerformances, clip_of
from pctalk_studio.session.selection import Selection

_FOLDER = "performance/folder"
"""Under which the folder that templates came from last is kept."""


class Performing(QObject):
    """Imports motion templates, from the menu or dropped on the window.

    Parameters
    ----------
    kit
        What every view is given.
    files
        Whose chooser asks for files.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, files: ProjectFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit, self._files = kit, files

    def choose(self) -> None:
        """Ask for a template, and lay it at the playhead."""
        if self._kit.editor.desk is None:
            return
        kinds = self.tr("Motion templates of LivePortrait (*{suffix})").format(suffix=SUFFIX)
        last = str(self._kit.settings.value(_FOLDER, ""))
        folder = Path(last) if last else None
        self._files.chooser.file(self.tr("Import a performance"), kinds, folder, lambda path: self.take([path]))

    def among(self, paths: Sequence[Path]) -> bool:
        """Whether some files are performances."""
        return any(path.suffix.lower() == SUFFIX for path in paths)

    def take(self, paths: Sequence[Path]) -> None:
        """Import those of some files that are performances, one after the other from the playhead on."""
        editor = self._kit.editor
        chosen = tuple(path for path in paths if path.suffix.lower() == SUFFIX)
        desk = editor.desk
        if desk is None:
            text = self.tr("A performance needs a portrait that it moves: open a project first, or begin one.")
            editor.tell("performance", text)
            return
        if chosen:
            self._kit.settings.setValue(_FOLDER, str(chosen[0].parent))
            desk.work(ImportPerformances(chosen), partial(self._lay, desk, desk.transport.seconds))

    def _lay(self, desk: Desk, start: float, takes: tuple[Take, ...]) -> None:
        """Lay takes that were read into the project that is still open."""
        editor = self._kit.editor
        if editor.desk is not desk:
            return
        edits: list[tuple[str, dict[str, Any]]] = []
        before = {clip.id for clip in desk.project.performances}
        for take in takes:
            clip = clip_of(take, desk.project, start)
            start = clip.end
            edits.append(("add_performance", {"take": take, "clip": clip}))
        if editor.apply_all(self.tr("Import performance"), edits):
            added = [clip.id for clip in desk.project.performances if clip.id not in before]
            editor.select(Selection.of(performances=added))
