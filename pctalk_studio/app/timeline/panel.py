"""TimelinePanel: see the room's description."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pctalk_studio.app.kit import Kit


class TimelinePanel(QWidget):
    """The dock's content.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
