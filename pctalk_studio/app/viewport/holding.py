"""Holding: the unedited frame alone, as long as a key is held or until it is switched off."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.viewport.scene import ViewportScene


class Holding(QObject):
    """Tells a key that is held from a command that was chosen in a menu or the palette, where there is nothing to let go of.

    Parameters
    ----------
    widget
        Hears the keys; owner.
    scene
        What is shown.
    """

    def __init__(self, widget: QWidget, scene: ViewportScene) -> None:
        super().__init__(widget)
        self._scene = scene
        self._down = False
        widget.installEventFilter(self)

    def begin(self) -> None:
        """Show it while the key is held; without a key, switch it on or off."""
        if self._down:
            self._scene.change(held=True)
        else:
            self._scene.change(switched=not self._scene.options.switched)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letting go, or looking away, ends what is held; Escape ends what was switched on."""
        kind = event.type()
        if kind == QEvent.Type.FocusOut:
            self._let_go()
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        if kind == QEvent.Type.KeyRelease:
            self._let_go()
        elif event.key() == Qt.Key.Key_Escape and self._scene.options.switched:
            if kind == QEvent.Type.KeyPress:
                self._scene.change(switched=False)
            event.accept()
            return True
        elif kind == QEvent.Type.ShortcutOverride:
            self._down = True
        return False

    def _let_go(self) -> None:
        self._down = False
        self._scene.change(held=False)
