"""Chooser: the system's dialogs for files and folders, beside the window and never in its way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

Then = Callable[[Path], None]
"""Given what was chosen; not called when nothing was."""


class Chooser:
    """Asks for places on the disk.

    Parameters
    ----------
    parent
        Window to which the dialogs belong.
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def file(self, title: str, kinds: str, folder: Path | None, then: Then) -> None:
        """Ask for a file that exists; ``kinds`` as Qt writes name filters."""
        dialog = self._dialog(title, folder, then)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(kinds)
        dialog.open()

    def folder(self, title: str, folder: Path | None, then: Then) -> None:
        """Ask for a folder that exists."""
        dialog = self._dialog(title, folder, then)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def target(self, title: str, kinds: str, suffix: str, proposed: Path, then: Then) -> None:
        """Ask where to write a file; the system asks before one is replaced."""
        dialog = self._dialog(title, proposed.parent, then)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.selectFile(proposed.name)
        dialog.open()

    def _dialog(self, title: str, folder: Path | None, then: Then) -> QFileDialog:
        dialog = QFileDialog(self._parent, title, str(folder or Path.home()))
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        return dialog
