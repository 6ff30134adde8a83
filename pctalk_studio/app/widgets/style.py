"""The style sheet of the whole application, made from the tokens."""

from __future__ import annotations

from pathlib import Path
from string import Template

from pctalk_studio.app.look import Tokens

_DRAWINGS = Path(__file__).parent

_WINDOW = """
* { outline: none; }
QMainWindow, QMainWindow::separator { background: $window; }
QMainWindow::separator { width: 1px; height: 1px; background: $line; }
QMainWindow::separator:hover { background: $accent; }
QWidget { color: $text; }
QWidget:disabled { color: $faint; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }
QDockWidget { color: $dim; titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $panel; padding: 6px 12px; border-bottom: 1px solid $line; text-align: left; }
QStatusBar { background: $window; color: $dim; }
QStatusBar::item { border: none; }
QMenuBar { background: $window; color: $dim; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $raised; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $dim; padding: 6px 12px; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QDialog { background: $panel; }
QGroupBox { border: none; border-top: 1px solid $line; margin-top: 20px; padding-top: 8px; color: $dim; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
"""

_CONTROLS = """
QPushButton, QToolButton { background: $raised; color: $text; border: 1px solid $line; border-radius: 5px; padding: 4px 10px;
  min-height: 16px; }
QToolButton { padding: 3px; }
QPushButton:hover, QToolButton:hover { border-color: $faint; }
QPushButton:pressed, QToolButton:pressed { background: $field; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:checked, QToolButton:checked { background: $selected; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { background: $panel; color: $faint; }
QPushButton:default, QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[primary="true"]:hover { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $raised; color: $faint; border-color: $line; }
QPushButton[flat="true"], QToolButton[autoRaise="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover, QToolButton[autoRaise="true"]:hover { background: $raised; }
QPushButton[flat="true"]:focus, QToolButton[autoRaise="true"]:focus { border-color: $accent; }
QToolButton[autoRaise="true"]:checked { background: $selected; border-color: $accent; }
QPushButton::menu-indicator { image: url($caret); subcontrol-position: center right; right: 6px; width: 10px; height: 10px; }
QToolButton::menu-indicator { image: none; }
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox { background: $field; color: $text; border: 1px solid $line;
  border-radius: 5px; padding: 3px 6px; selection-background-color: $selected; selection-color: $text; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $faint; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: $faint; background: $panel; }
QComboBox { background: $field; color: $text; border: 1px solid $line; border-radius: 5px; padding: 3px 24px 3px 8px;
  min-height: 18px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($caret); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px; }
QCheckBox, QRadioButton { spacing: 8px; min-height: 24px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $dim; background: $field; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($tick); }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QProgressBar { background: $field; border: 1px solid $line; border-radius: 4px; text-align: center; min-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""

_LISTS = """
QAbstractItemView { background: $field; color: $text; border: 1px solid $line; border-radius: 5px;
  selection-background-color: $selected; selection-color: $text; alternate-background-color: $raised; }
QAbstractItemView::item { padding: 2px 8px; min-height: 20px; }
QAbstractItemView::item:hover { background: $raised; }
QAbstractItemView::item:selected { background: $selected; color: $text; }
QAbstractItemView:focus { border-color: $accent; }
QAbstractItemView[bare="true"] { background: transparent; border: none; }
QAbstractItemView[bare="true"]::item { border-radius: 4px; }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line; padding: 4px 8px; }
QScrollArea { border: none; background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }
QSlider::groove:horizontal { height: 4px; background: $field; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $text; }
"""

_PARTS = """
QWidget#panel, QScrollArea#panel > QWidget > QWidget { background: $panel; }
QLabel[quiet="true"] { color: $dim; }
QLabel[heading="true"] { font-weight: 600; }
"""


def style_sheet(tokens: Tokens) -> str:
    """The style sheet of the application.

    Properties that a widget may set: ``primary`` on the one push button that matters, ``quiet`` and ``heading`` on labels,
    ``bare`` on lists that stand in a panel; the object name ``panel`` is for one that fills a dock.

    Parameters
    ----------
    tokens
        Colours of the look that holds now.
    """
    shade = "dark" if tokens.dark else "light"
    names = {name: getattr(tokens, name) for name in Tokens.__dataclass_fields__ if name not in ("dark", "emotions")}
    drawings = {each: (_DRAWINGS / f"{each}_{shade}.svg").as_posix() for each in ("caret", "tick")}
    return Template(_WINDOW + _CONTROLS + _LISTS + _PARTS).substitute(names | drawings)
