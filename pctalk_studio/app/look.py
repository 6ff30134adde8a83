"""Look: the colours of the window, dark and light, and their style sheet."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from pctalk_studio.document.project import Emotion


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by meaning, as #rrggbb. All chrome is neutral so that skin is seen true; colour carries data alone."""

    dark: bool
    window: str
    viewport: str
    panel: str
    raised: str
    field: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    selected: str
    playhead: str
    ready: str
    stale: str
    disk: str
    proxy: str
    vowel: str
    consonant: str
    closure: str
    closure_bar: str
    style_open: str
    style_wide: str
    style_purse: str
    performance: str
    wave: str
    error: str
    emotions: tuple[str, ...]

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """A colour by the name of its meaning."""
        color = QColor(getattr(self, name))
        color.setAlphaF(alpha)
        return color

    def emotion(self, emotion: Emotion, alpha: float = 1.0) -> QColor:
        """An emotion's own colour."""
        color = QColor(self.emotions[list(Emotion).index(emotion)])
        color.setAlphaF(alpha)
        return color


DARK = Tokens(
    dark=True,
    window="#1c1c1c",
    viewport="#161616",
    panel="#242424",
    raised="#2d2d2d",
    field="#191919",
    line="#3a3a3a",
    text="#e8e8e8",
    dim="#9b9b9b",
    faint="#6a6a6a",
    accent="#4c9aff",
    on_accent="#0b0b0b",
    selected="#2f4b70",
    playhead="#ff6257",
    ready="#43b581",
    stale="#e3a43b",
    disk="#5b8fd6",
    proxy="#a88be3",
    vowel="#4a4233",
    consonant="#343b45",
    closure="#4b2f3c",
    closure_bar="#e58fb0",
    style_open="#e8a15c",
    style_wide="#6fc2a8",
    style_purse="#c58be0",
    performance="#c49a6c",
    wave="#8494a5",
    error="#ff6257",
    emotions=("#d9534f", "#a574d8", "#86a63f", "#6b83f2", "#f0b23c", "#8a8a8a", "#4ba5c9", "#ee82b4"),
)
"""For dark rooms."""

LIGHT = Tokens(
    dark=False,
    window="#f4f4f4",
    viewport="#8a8a8a",
    panel="#ffffff",
    raised="#ececec",
    field="#ffffff",
    line="#cfcfcf",
    text="#1c1c1c",
    dim="#5c5c5c",
    faint="#8c8c8c",
    accent="#1663c7",
    on_accent="#ffffff",
    selected="#cfe0f7",
    playhead="#c8281c",
    ready="#1f7a4f",
    stale="#96600a",
    disk="#2c62ab",
    proxy="#6a45b5",
    vowel="#efe3cb",
    consonant="#dde5ee",
    closure="#f3d6e1",
    closure_bar="#a8325f",
    style_open="#a35a10",
    style_wide="#1d7a5e",
    style_purse="#8a3fb0",
    performance="#7d5221",
    wave="#62707f",
    error="#b3261e",
    emotions=("#b5322e", "#7b46b5", "#5a7320", "#3f55c9", "#8f6100", "#5e5e5e", "#1e6f8f", "#b0357a"),
)
"""For bright rooms: the same hues, darkened until text on white reads at 4.5:1."""


class Look(QObject):
    """The tokens that hold now; follows the system until a person chooses.

    Parameters
    ----------
    choice
        ``dark``, ``light`` or ``system``.
    parent
        Owner.
    """

    changed = Signal(object)
    """Tokens."""

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.tokens = self._chosen()

    @property
    def choice(self) -> str:
        """What the person chose."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Look like this from now on: ``dark``, ``light`` or ``system``."""
        self._choice = choice
        self._system_changed()

    def _chosen(self) -> Tokens:
        if self._choice in ("dark", "light"):
            return DARK if self._choice == "dark" else LIGHT
        return LIGHT if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK

    def _system_changed(self) -> None:
        tokens = self._chosen()
        if tokens is not self.tokens:
            self.tokens = tokens
            self.changed.emit(tokens)


def palette_of(tokens: Tokens) -> QPalette:
    """The tokens as Qt's roles, for everything that no style sheet reaches."""
    palette, role = QPalette(), QPalette.ColorRole
    roles = {
        role.Window: "panel",
        role.WindowText: "text",
        role.Base: "field",
        role.AlternateBase: "raised",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "dim",
        role.Highlight: "selected",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.Mid: "line",
        role.Dark: "window",
        role.Light: "raised",
        role.Accent: "accent",
    }
    for each, name in roles.items():
        palette.setColor(each, tokens.color(name))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, tokens.color("faint"))
    return palette
