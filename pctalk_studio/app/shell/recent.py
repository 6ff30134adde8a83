"""Projects that were open lately."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

MOST = 10
"""How many are remembered."""

_KEY = "recent/projects"


class RecentProjects(QObject):
    """Remembers project files, the newest first.

    Parameters
    ----------
    settings
        Where they are kept.
    parent
        Owner.
    """

    changed = Signal()
    """Another file is remembered, or one is forgotten."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, whether they are there or not."""
        return tuple(Path(each) for each in str(self._settings.value(_KEY, "")).split("\n") if each)

    def add(self, path: Path) -> None:
        """A project was opened or saved."""
        path = path.absolute()
        self._keep((path, *(each for each in self.paths if each != path))[:MOST])

    def forget(self, path: Path | None = None) -> None:
        """Forget one, or all."""
        self._keep(() if path is None else tuple(each for each in self.paths if each != path))

    def _keep(self, paths: tuple[Path, ...]) -> None:
        if paths != self.paths:
            self._settings.setValue(_KEY, "\n".join(map(str, paths)))
            self.changed.emit()
