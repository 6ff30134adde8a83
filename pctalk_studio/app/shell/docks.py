"""Docks: the rooms round the picture, where a person has put them."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_VERSION = 1
"""Of the arrangement; one that was kept by another version is not used."""

_LEFT, _RIGHT, _BOTTOM = 0.135, 0.18, 0.41
"""Shares of the window's width and height at first."""

_LEFT_LETTERS, _RIGHT_LETTERS = 36, 53
"""Letters that have room in a line at the sides."""


class Docks(QObject):
    """The docks of the window.

    Parameters
    ----------
    window
        Owner.
    settings
        Where the arrangement is kept.
    """

    def __init__(self, window: QMainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._movable = False
        self._docks: list[tuple[QDockWidget, Qt.DockWidgetArea]] = []
        window.setDockNestingEnabled(True)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def add(self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Put a view in a dock.

        Parameters
        ----------
        name
            Under which its place is kept.
        title
            For people.
        content
            The view.
        area
            Where it is at first.
        """
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(content)
        dock.setTitleBarWidget(QWidget(dock))
        self._window.addDockWidget(area, dock)
        self._docks.append((dock, area))
        return dock

    def _size(self, area: Qt.DockWidgetArea) -> int:
        """A share of the window, but at the sides no less than the letters that controls need, up to a third of it."""
        if area == Qt.DockWidgetArea.BottomDockWidgetArea:
            return round(self._window.height() * _BOTTOM)
        width, letter = self._window.width(), self._window.fontMetrics().averageCharWidth()
        share, letters = (_LEFT, _LEFT_LETTERS) if area == Qt.DockWidgetArea.LeftDockWidgetArea else (_RIGHT, _RIGHT_LETTERS)
        return max(round(width * share), min(letters * letter, width // 3))

    def set_movable(self, on: bool) -> None:
        """Give docks a title by which they can be dragged, closed and floated; without it they are quiet."""
        if on == self._movable:
            return
        self._movable = on
        for dock, _ in self._docks:
            if on:
                plain = dock.titleBarWidget()
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]  # Qt's own title
                plain.deleteLater()
            else:
                dock.setTitleBarWidget(QWidget(dock))

    def arrange(self) -> None:
        """Put every dock where it is at first."""
        for dock, area in self._docks:
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        for dock, area in self._docks:
            bottom = area == Qt.DockWidgetArea.BottomDockWidgetArea
            orientation = Qt.Orientation.Vertical if bottom else Qt.Orientation.Horizontal
            self._window.resizeDocks([dock], [self._size(area)], orientation)

    def restore(self) -> None:
        """Arrange the docks as they were left, or as they are at first."""
        geometry, state = self._settings.value("window/geometry"), self._settings.value("window/docks")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        if not (isinstance(state, QByteArray) and self._window.restoreState(state, _VERSION)):
            self.arrange()

    def keep(self) -> None:
        """Remember how they are arranged."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._settings.setValue("window/docks", self._window.saveState(_VERSION))
