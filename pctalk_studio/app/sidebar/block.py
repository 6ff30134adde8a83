"""Block: a section of the sidebar."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.sections import Section


class Block(Section):
    """A section of the sidebar: it shows a part of what the clip is made from.

    Parameters
    ----------
    kit
        What every view is given.
    title
        Heading.
    key
        Name within the program's settings.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, title: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(kit.look, title, kit.settings, f"sidebar/{key}", parent)
        self.kit = kit

    @property
    def editor(self) -> Editor:
        """The open project."""
        return self.kit.editor

    def refresh(self) -> None:
        """Show the project as it is now; one is open."""
        raise NotImplementedError
