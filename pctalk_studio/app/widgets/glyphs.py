"""Icons out of a font: one glyph, drawn in one colour at any size.

The font is Phosphor's, which the package qtawesome carries. That package's own way of drawing goes through a layer that touches
every class of Qt, which costs a start of the window 0.14 s of processor; so only its files are used.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

_FILL = 0.875
"""Height of the font's em over that of the icon: Phosphor's strokes then meet the pixels at 16."""


@cache
def _files() -> tuple[Path, Path]:
    """The font and the list of its names."""
    package = find_spec("qtawesome")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("qtawesome, which carries the icons' font, is not installed.")
    folder = Path(package.submodule_search_locations[0]) / "fonts"
    return next(folder.glob("phosphor-*.ttf")), next(folder.glob("phosphor-charmap-*.json"))


@cache
def _family() -> str:
    """The font's family, once it is known to Qt."""
    number = QFontDatabase.addApplicationFontFromData(_files()[0].read_bytes())
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = json.loads(_files()[1].read_text(encoding="utf-8"))
    return codes


def glyph(name: str) -> str:
    """The character of an icon by Phosphor's name for it.

    Raises
    ------
    KeyError
        When there is none of that name.
    """
    return chr(int(_codes()[name], 16))


class GlyphEngine(QIconEngine):
    """Draws one glyph.

    Parameters
    ----------
    name
        Phosphor's name for it.
    strokes, faint
        Colours when it is enabled, and when not.
    """

    def __init__(self, name: str, strokes: str, faint: str) -> None:
        super().__init__()
        self._name, self._strokes, self._faint = name, strokes, faint
        self._glyph = glyph(name)

    def clone(self) -> QIconEngine:
        """The same once more, for a copy of the icon that is changed by itself."""
        return GlyphEngine(self._name, self._strokes, self._faint)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it in the middle of a rectangle."""
        font = QFont(_family())
        font.setPixelSize(max(1, round(_FILL * rect.height())))
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(self._faint if mode is QIcon.Mode.Disabled else self._strokes))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """It on nothing."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture
