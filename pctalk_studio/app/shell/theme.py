"""The look of the whole application, and of the window's own parts."""

from __future__ import annotations

from string import Template

from PySide6.QtWidgets import QApplication

from pctalk_studio.app.look import Look, Tokens, palette_of
from pctalk_studio.app.widgets.style import style_sheet

_SHELL = """
QWidget#topBar { background: $panel; border-bottom: 1px solid $line; }
QWidget#topBar QMenuBar { background: transparent; }
QToolButton#chip { padding: 4px 10px; }
QWidget#statusBar { background: $window; border-top: 1px solid $line; }
QToolButton#quiet { color: $dim; padding: 2px 6px; min-height: 18px; }
QToolButton#quiet:hover { color: $text; }
QWidget#transportBar { background: $panel; border-top: 1px solid $line; }
QLineEdit#timeField { background: transparent; border: 1px solid transparent; padding: 2px 4px; }
QLineEdit#timeField:hover, QLineEdit#timeField:focus { background: $field; border-color: $line; }
QLabel#dropped { color: $stale; }
QToolButton#pill { padding: 4px 12px; }
QToolButton#play { background: $accent; border-color: $accent; border-radius: 15px; padding: 4px 14px; min-height: 20px; }
QToolButton#play:focus { border-color: $text; }
QToolButton#play:disabled { background: $raised; border-color: $line; }
QWidget#page { background: $window; }
QFrame#drop { background: $field; border: 1px dashed $faint; border-radius: 6px; }
QFrame#drop[over="true"] { border: 2px solid $accent; }
QWidget#ask { background: $raised; border-bottom: 1px solid $line; }
QFrame#card { background: $panel; border: 1px solid $line; border-radius: 6px; }
"""


def shell_style(tokens: Tokens) -> str:
    """The style sheet of the window's own parts."""
    names = {name: getattr(tokens, name) for name in Tokens.__dataclass_fields__ if name not in ("dark", "emotions")}
    return Template(_SHELL).substitute(names)


def wear(application: QApplication, look: Look) -> None:
    """Dress the application in a look, and again whenever it changes."""

    def dress(tokens: Tokens) -> None:
        application.setPalette(palette_of(tokens))
        application.setStyleSheet(style_sheet(tokens) + shell_style(tokens))

    application.setStyle("Fusion")
    dress(look.tokens)
    look.changed.connect(dress)
