"""The list of speaking styles: those that ship, and those that a person keeps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.names import style_name
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.storage.presets import own_presets_path, read_presets, shipped_presets


class StyleChoice(ChoiceBox):
    """Offers speaking styles by name, after some choices of its owner's.

    Parameters
    ----------
    editor
        Told of a file of presets that cannot be read.
    name
        What is chosen, for screen readers.
    first
        (value, label) of what is offered besides the styles.
    parent
        Owner.
    """

    taken = Signal(object)
    """StylePreset that a person chose; what is offered besides comes by ``chosen``."""

    def __init__(self, editor: Editor, name: str, first: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._editor, self._first = editor, tuple(first)
        self.presets: dict[str, StylePreset] = {preset.name: preset for preset in shipped_presets()}
        """The styles by name, as they were when the list opened last."""
        self.opening.connect(self._read)
        self.chosen.connect(self._take)

    def show_style(self, name: str) -> None:
        """Show the style of this name, whether or not it is among those that are known."""
        names = list(self.presets)
        if name and name not in names and name not in {value for value, _ in self._first}:
            names.append(name)
        self.set_choices([*self._first, *((each, style_name(each)) for each in names)])
        self.set_value(name)

    def _read(self) -> None:
        """Those that ship, and those that the person has kept, perhaps a moment ago."""
        shown = str(self.value or "")
        self.presets = {preset.name: preset for preset in shipped_presets()}
        own = own_presets_path()
        if own.exists():
            self._editor.attempt(lambda: self.presets.update({preset.name: preset for preset in read_presets(own)}))
        self.show_style(shown)

    def _take(self, name: str) -> None:
        preset = self.presets.get(name)
        if preset is not None:
            self.taken.emit(preset)
