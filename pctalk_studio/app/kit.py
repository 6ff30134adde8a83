"""Kit: what every view is given."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings

from pctalk_studio.app.actions import Actions
from pctalk_studio.app.editor import Editor
from pctalk_studio.app.look import Look


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """What every view is given.

    Parameters
    ----------
    editor
        The open project.
    look
        Colours.
    actions
        Everything that can be done, with its keys.
    settings
        What a person prefers, kept between starts.
    """

    editor: Editor
    look: Look
    actions: Actions
    settings: QSettings
