"""Actions: everything that can be done by menu, key, button or palette, each once, with keys that a person can change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What an action is.

    Parameters
    ----------
    id
        Stable name, ``room.verb``; keys that were changed are kept under it.
    text
        For menus and the palette, already translated.
    keys
        Default keys in Qt's portable notation.
    group
        Heading in the palette and among the keys' settings.
    checkable
        It is switched on and off.
    repeats
        Holding the key repeats it.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    checkable: bool = False
    repeats: bool = False


class Actions(QObject):
    """All actions of the program.

    Parameters
    ----------
    settings
        Where changed keys are kept.
    parent
        Owner.
    """

    keys_changed = Signal(str)
    """Id of an action whose keys are others now."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._specs: dict[str, ActionSpec] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, spec: ActionSpec, run: Callable[..., object], owner: QWidget, *, focused: bool = False) -> QAction:
        """Make an action.

        Parameters
        ----------
        spec
            What it is.
        run
            Called with nothing, or with whether it is on for one that is switched.
        owner
            Where its keys work: anywhere in the window of this widget, or
        focused
            only while the keyboard's focus is inside the widget.
        """
        action = QAction(spec.text, owner)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setAutoRepeat(spec.repeats)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut if focused else Qt.ShortcutContext.WindowShortcut
        action.setShortcutContext(context)
        if spec.checkable:
            action.toggled.connect(run)
        else:
            action.triggered.connect(lambda _checked=False: run())
        owner.addAction(action)
        self._specs[spec.id] = spec
        self._actions[spec.id] = action
        self._show_keys(spec.id)
        return action

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._actions

    def __iter__(self) -> Iterator[ActionSpec]:
        return iter(self._specs.values())

    def keys(self, id_: str) -> tuple[str, ...]:
        """The keys that an action has now."""
        kept = self._settings.value(f"keys/{id_}")
        if kept is None:
            return self._specs[id_].keys
        return tuple(each for each in str(kept).split("\n") if each)

    def rivals(self, id_: str, keys: Iterable[str]) -> list[ActionSpec]:
        """Other actions that have one of some keys where this one would answer to it, too.

        Keys of two panels may be the same, since only the one with the keyboard's focus hears them.
        """
        wanted = [QKeySequence(key) for key in keys]
        return [
            spec
            for other, spec in self._specs.items()
            if other != id_
            and any(QKeySequence(key) in wanted for key in self.keys(other))
            and _meet(self._actions[id_], self._actions[other])
        ]

    def set_keys(self, id_: str, keys: tuple[str, ...] | None) -> None:
        """Give an action other keys; None gives it its own back. Its rivals lose them."""
        taken = self._specs[id_].keys if keys is None else keys
        gone = [QKeySequence(key) for key in taken]
        for spec in self.rivals(id_, taken):
            self._keep(spec.id, tuple(key for key in self.keys(spec.id) if QKeySequence(key) not in gone))
        self._keep(id_, keys)

    def _keep(self, id_: str, keys: tuple[str, ...] | None) -> None:
        if keys is None or keys == self._specs[id_].keys:
            self._settings.remove(f"keys/{id_}")
        else:
            self._settings.setValue(f"keys/{id_}", "\n".join(keys))
        self._show_keys(id_)
        self.keys_changed.emit(id_)

    def _show_keys(self, id_: str) -> None:
        action, sequences = self._actions[id_], [QKeySequence(key) for key in self.keys(id_)]
        action.setShortcuts(sequences)
        native = sequences[0].toString(QKeySequence.SequenceFormat.NativeText) if sequences else ""
        action.setToolTip(f"{action.text()} ({native})" if native else action.text())


def _meet(one: QAction, other: QAction) -> bool:
    """Whether the focus can be where both actions answer to keys."""
    if Qt.ShortcutContext.WindowShortcut in (one.shortcutContext(), other.shortcutContext()):
        return True
    return any(a is b or a.isAncestorOf(b) or b.isAncestorOf(a) for a in _places(one) for b in _places(other))


def _places(action: QAction) -> list[QWidget]:
    """Widgets in which an action hears keys; menus and buttons only show it."""
    shown = (QMenu, QAbstractButton)
    return [each for each in action.associatedObjects() if isinstance(each, QWidget) and not isinstance(each, shown)]
