"""Switches: chips, one choice of several, and the toggle."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from pctalk_studio.app.look import Look, Tokens
from pctalk_studio.app.widgets.following import repaint_with

HEIGHT = 24
"""Least height of whatever is clicked, logical pixels."""


def ink_on(fill: QColor) -> QColor:
    """Black or white, whichever stands out more from a fill (WCAG 2.2, relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (fill.redF(), fill.greenF(), fill.blueF())]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor("#0b0b0b") if (luminance + 0.05) / 0.0533 > 1.05 / (luminance + 0.05) else QColor("#ffffff")


class PaintedButton(QAbstractButton):
    """A button that draws itself in the colours of the look; Return presses it, for Space plays."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        repaint_with(self, look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """It does not shrink."""
        return self.sizeHint()

    def _text_width(self, *, bold: bool = False) -> int:
        font = QFont(self.font())
        font.setBold(bold)
        return QFontMetrics(font).horizontalAdvance(self.text())


class Chip(PaintedButton):
    """A rounded label that is on or off.

    Parameters
    ----------
    look
        Colours.
    text
        Its label.
    parent
        Owner.
    """

    def __init__(self, look: Look, text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self._fill: QColor | None = None
        self._mixed = False

    def set_color(self, fill: QColor | None) -> None:
        """Colour while it is on; None: that of whatever is selected."""
        self._fill = fill
        self.update()

    def set_mixed(self, mixed: bool) -> None:
        """Several things are meant, and only some of them have it: neither on nor off."""
        self._mixed = mixed
        self.update()

    def sizeHint(self) -> QSize:
        """Round its text."""
        metrics = QFontMetrics(self.font())
        return QSize(self._text_width(bold=True) + metrics.height(), max(HEIGHT, metrics.height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A pill, filled while on; half way between, its rim alone is coloured."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = self._fill or tokens.color("accent")
        on = self.isChecked() and not self._mixed and self.isEnabled()
        rim = fill if on or self._mixed else tokens.color("faint" if self.underMouse() else "line")
        style = Qt.PenStyle.DashLine if self._mixed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(tokens.color("text") if self.hasFocus() else rim, 2 if self.hasFocus() else 1, style))
        painter.setBrush(fill if on else tokens.color("panel"))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        font = QFont(self.font())
        font.setBold(on)
        painter.setFont(font)
        painter.setPen(ink_on(fill) if on else tokens.color("dim" if self.isEnabled() else "faint"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class _Segment(PaintedButton):
    """One of the choices."""

    def __init__(self, look: Look, text: str, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Round its text."""
        metrics = QFontMetrics(self.font())
        return QSize(self._text_width() + 16, max(HEIGHT, metrics.height() + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A field, filled when chosen."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        rim = "accent" if chosen or self.hasFocus() else "faint" if self.underMouse() else "line"
        painter.setPen(QPen(tokens.color(rim), 2 if self.hasFocus() else 1))
        painter.setBrush(tokens.color("selected" if chosen else "raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(tokens.color("text" if chosen else "dim" if self.isEnabled() else "faint"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class SegmentedChoice(QWidget):
    """One choice of a few, all of them visible.

    Parameters
    ----------
    look
        Colours.
    name
        What is chosen, for screen readers.
    choices
        (value, label), in order.
    parent
        Owner.
    """

    chosen = Signal(object)
    """Value that a person chose."""

    def __init__(self, look: Look, name: str, choices: Sequence[tuple[object, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._values = tuple(value for value, _ in choices)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, (_, label) in enumerate(choices):
            button = _Segment(look, label, self)
            button.setAccessibleDescription(name)
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._values[number]))

    def button(self, value: object) -> QAbstractButton:
        """The button of a choice."""
        return self._group.button(self._values.index(value))

    def set_value(self, value: object) -> None:
        """Show a choice; one that is not offered, or None, shows none. Tells nobody."""
        self._group.setExclusive(False)
        for number, each in enumerate(self._values):
            self._group.button(number).setChecked(each == value)
        self._group.setExclusive(True)

    @property
    def value(self) -> object:
        """The choice that is shown; None when there is none."""
        number = self._group.checkedId()
        return None if number < 0 else self._values[number]


class Toggle(PaintedButton):
    """A switch.

    Parameters
    ----------
    look
        Colours.
    name
        What it switches, for screen readers.
    parent
        Owner.
    """

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setCheckable(True)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Twice as wide as tall."""
        return QSize(36, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A track and a knob, which lies on the right, with a stroke, when it is on."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, middle = self.isChecked(), self.height() / 2
        track = QRectF(1.5, middle - 8.5, self.width() - 3, 17)
        painter.setPen(QPen(_rim(self, tokens), 2 if self.hasFocus() else 1))
        painter.setBrush(tokens.color("accent" if on and self.isEnabled() else "field"))
        painter.drawRoundedRect(track, 8.5, 8.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("on_accent" if on else "dim" if self.isEnabled() else "line"))
        painter.drawEllipse(QRectF(track.right() - 15 if on else track.left() + 2, middle - 6.5, 13, 13))


def _rim(button: PaintedButton, tokens: Tokens) -> QColor:
    if button.hasFocus():
        return tokens.color("text")
    return tokens.color("accent" if button.isChecked() else "dim")
