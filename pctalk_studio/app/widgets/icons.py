"""Icons: one outlined set, in the colours of the look."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from pctalk_studio.app.look import Look, Tokens
from pctalk_studio.app.widgets.following import follow
from pctalk_studio.app.widgets.glyphs import GlyphEngine


def icon(tokens: Tokens, name: str, color: str = "text") -> QIcon:
    """An icon by its name within the set, such as ``play``.

    Parameters
    ----------
    tokens
        Colours.
    name
        As Phosphor calls it.
    color
        Name of the token for its strokes; disabled ones are faint.
    """
    return QIcon(GlyphEngine(name, getattr(tokens, color), tokens.faint))


def icon_side(widget: QWidget) -> int:
    """Side of an icon that sits well beside the widget's text, logical pixels; it grows with the font."""
    return round(QFontMetrics(widget.font()).height() * 1.05)


def follow_look(target: QAbstractButton | QAction, look: Look, name: str, color: str = "text") -> None:
    """Give a button or action an icon that keeps to the look as long as the button lives."""

    def tint(tokens: Tokens) -> None:
        target.setIcon(icon(tokens, name, color))

    tint(look.tokens)
    follow(target, look, tint)


class IconButton(QToolButton):
    """A flat button with an icon, a tip and a name for screen readers.

    Parameters
    ----------
    look
        Colours.
    name
        Of the icon.
    text
        What it does: tip and accessible name.
    parent
        Owner.
    color
        Name of the token for its strokes.
    """

    def __init__(self, look: Look, name: str, text: str, parent: QWidget | None = None, *, color: str = "text") -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(text)
        self.setAccessibleName(text)
        side = icon_side(self)
        self.setIconSize(QSize(side, side))
        self.setMinimumSize(24, 24)
        follow_look(self, look, name, color)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses it, for Space plays."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
