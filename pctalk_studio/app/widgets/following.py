"""Keeping widgets to the look as long as they live, and no longer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look, Tokens


class _Follower(QObject):
    """Lives and dies with what it belongs to, and with it the connection to the look, which outlives both."""

    def __init__(self, owner: QObject, look: Look, follow: Callable[[Tokens], None]) -> None:
        super().__init__(owner)
        self._follow = follow
        look.changed.connect(self._changed)

    @Slot(object)
    def _changed(self, tokens: Tokens) -> None:
        self._follow(tokens)


def follow(owner: QObject, look: Look, change: Callable[[Tokens], None]) -> None:
    """Call something whenever the look changes, until its owner is gone."""
    _Follower(owner, look, change)


def repaint_with(widget: QWidget, look: Look) -> None:
    """Draw a widget anew whenever the look changes, until it is gone."""
    follow(widget, look, lambda _: widget.update())
