"""Lettering: lines of text in a font, written many times as fast as Qt would lay them out each time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

_REMEMBERED = 4000
"""Texts that are kept as they were shortened or laid out."""


class Lettering:
    """Lines of text in a font. How wide they are, and how they are shortened, is remembered: measuring costs as much as writing.

    Parameters
    ----------
    font
        In which is written.
    """

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self._middle = (self.metrics.ascent() - self.metrics.descent()) / 2
        self._ascent = self.metrics.ascent()
        self._widths: dict[str, float] = {}
        self._laid_out: dict[str, QStaticText] = {}
        self._shortened: dict[tuple[str, int], str] = {}

    def width(self, text: str) -> float:
        """Pixels that a text takes."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) > _REMEMBERED:
                self._widths.clear()
            width = self._widths[text] = self.metrics.horizontalAdvance(text)
        return width

    def fitting(self, text: str, room: float) -> str:
        """The text, or its beginning and an ellipsis, so that it takes no more than some pixels."""
        if self.width(text) <= room:
            return text
        key = (text, int(room))
        if key not in self._shortened:
            if len(self._shortened) > _REMEMBERED:
                self._shortened.clear()
            self._shortened[key] = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, key[1])
        return self._shortened[key]

    def base(self, middle: float) -> float:
        """Where letters stand that are written about a height."""
        return middle + self._middle

    def write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Write about a point, with a painter that has the font; many times as fast as letting Qt lay it out each time."""
        self.write_from(painter, x - self.width(text) / 2, y + self._middle, text)

    def write_from(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Write to the right of a point on the line that letters stand on."""
        laid_out = self._laid_out.get(text)
        if laid_out is None:
            if len(self._laid_out) > _REMEMBERED:
                self._laid_out.clear()
            laid_out = self._laid_out[text] = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            laid_out.prepare(painter.transform(), self.font)
        painter.drawStaticText(QPointF(x, y - self._ascent), laid_out)
