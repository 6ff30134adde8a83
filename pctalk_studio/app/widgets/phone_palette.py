"""PhonePalette: choose a phone by typing it, with the arrows, or with the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.phone_table import CLOSURES, IPA, tint
from pctalk_studio.core.speech import ARPABET, SILENCE, VOWELS

_COLUMNS = 8
_PAD = 8
_STRESSES = (None, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class _Cell:
    label: str
    row: int
    column: int


def _cells() -> tuple[_Cell, ...]:
    """Vowels, consonants, closures and silence, each group on rows of its own."""
    groups = (
        [label for label in ARPABET if label in VOWELS],
        [label for label in ARPABET if label not in VOWELS and label not in CLOSURES],
        [*(label for label in ARPABET if label in CLOSURES), SILENCE],
    )
    cells, row = [], 0
    for group in groups:
        cells += [_Cell(label, row + number // _COLUMNS, number % _COLUMNS) for number, label in enumerate(group)]
        row += -(-len(group) // _COLUMNS)
    return tuple(cells)


CELLS = _cells()
_ROWS = CELLS[-1].row + 1


class PhonePalette(QWidget):
    """A popup with all phones.

    Letters go to the phone that begins with them; 0, 1 and 2 set the stress of a vowel; Return takes it, Escape leaves it.

    Parameters
    ----------
    look
        Colours.
    label, stress
        What it is now.
    parent
        Owner.
    """

    chosen = Signal(str, object)
    """(label, stress): stress is 0, 1, 2 or None."""

    def __init__(self, look: Look, label: str, stress: int | None, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look = look
        self._now = label
        self._typed = ""
        self.label = label
        self.stress = stress
        metrics = QFontMetrics(self.font())
        self._cell = QSize(max(44, metrics.horizontalAdvance("MMM") + 16), round(metrics.height() * 2.3))
        self._foot = metrics.height() + 12
        self.setFixedSize(2 * _PAD + _COLUMNS * self._cell.width(), 2 * _PAD + _ROWS * self._cell.height() + self._foot)
        self.setAccessibleName(self.tr("Phone palette"))
        self.setMouseTracking(True)
        self._describe()

    def open_above(self, at: QPoint, height: int) -> None:
        """Open above what is changed, or below it where there is no room; never beyond the screen."""
        screen = QGuiApplication.screenAt(at) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        y = at.y() - self.height() - 4
        if y < area.top():
            y = min(at.y() + height + 4, area.bottom() - self.height())
        self.move(min(max(at.x(), area.left()), max(area.right() - self.width(), area.left())), y)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _describe(self) -> None:
        stress = "" if self.label not in VOWELS or self.stress is None else self.tr(", stress {0}").format(self.stress)
        ipa = IPA.get(self.label, self.tr("silence"))
        self.setAccessibleDescription(f"{self.label} /{ipa}/{stress}")
        self.update()

    def _select(self, label: str) -> None:
        self.label = label
        if label not in VOWELS:
            self.stress = None
        elif self.stress is None and self._now not in VOWELS:
            self.stress = 1
        self._describe()

    def _take(self) -> None:
        self.chosen.emit(self.label, self.stress)
        self.close()

    # -- keys ----------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """All keys are the palette's own while it is open, also those that are commands of the timeline."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters, digits, arrows, Return and Escape."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key, text = Qt.Key(event.key()), event.text().upper()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif key in steps:
            self._typed = ""
            self._step(*steps[key])
        elif text in ("0", "1", "2"):
            if self.label in VOWELS:
                self.stress = int(text)
                self._describe()
        elif key == Qt.Key.Key_Backspace:
            self._typed = self._typed[:-1]
            self._describe()
        elif text.isalpha() and len(text) == 1:
            self._type(text)

    def _type(self, letter: str) -> None:
        """Go to the phone that begins with what was typed; a letter that leads nowhere begins anew."""
        for typed in (self._typed + letter, letter):
            matches = [label for label in (*ARPABET, SILENCE) if label.startswith(typed)]
            if matches:
                self._typed = typed
                self._select(min(matches, key=len))
                return

    def _step(self, rows: int, columns: int) -> None:
        if columns:
            order = [cell.label for cell in CELLS]
            self._select(order[(order.index(self.label) + columns) % len(order)])
            return
        here = next(cell for cell in CELLS if cell.label == self.label)
        row = (here.row + rows) % _ROWS
        line = [cell for cell in CELLS if cell.row == row]
        self._select(min(line, key=lambda cell: abs(cell.column - here.column)).label)

    # -- mouse ---------------------------------------------------------------------------------------------------------

    def box(self, cell: _Cell) -> QRectF:
        """Where a phone is."""
        width, height = self._cell.width(), self._cell.height()
        return QRectF(_PAD + cell.column * width + 1, _PAD + cell.row * height + 1, width - 2, height - 2)

    def _stress_boxes(self) -> list[tuple[int | None, QRectF]]:
        top = _PAD + _ROWS * self._cell.height() + 2
        right = self.width() - _PAD
        side = max(24, self._foot - 4)
        return [(each, QRectF(right - (4 - number) * side, top, side - 2, side - 2)) for number, each in enumerate(_STRESSES)]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a phone, or set the stress; a press outside closes."""
        at = event.position()
        if not self.rect().contains(at.toPoint()):
            self.close()
            return
        for cell in CELLS:
            if self.box(cell).contains(at):
                self._select(cell.label)
                self._take()
                return
        for stress, box in self._stress_boxes():
            if box.contains(at) and self.label in VOWELS:
                self.stress = stress
                self._describe()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells with both ways of writing, and the stress at the foot."""
        tokens = self._look.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), tokens.color("panel"))
            painter.setPen(tokens.color("line"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            for cell in CELLS:
                self._paint_cell(painter, cell)
            self._paint_foot(painter)

    def _paint_cell(self, painter: QPainter, cell: _Cell) -> None:
        tokens, box, chosen = self._look.tokens, self.box(cell), cell.label == self.label
        painter.setPen(QPen(tokens.color("accent"), 2) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("selected" if chosen else "raised" if cell.label == SILENCE else tint(cell.label)))
        painter.drawRoundedRect(box, 4, 4)
        if cell.label in CLOSURES:
            painter.fillRect(QRectF(box.left() + 4, box.bottom() - 3, box.width() - 8, 2), tokens.color("closure_bar"))
        half = box.height() / 2
        painter.setPen(tokens.color("text"))
        upper = QRectF(box.left(), box.top() + 2, box.width(), half)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, cell.label)
        painter.setPen(tokens.color("text", 0.8))
        painter.drawText(upper.translated(0, half - 4), Qt.AlignmentFlag.AlignCenter, IPA.get(cell.label, ""))

    def _paint_foot(self, painter: QPainter) -> None:
        tokens, enabled = self._look.tokens, self.label in VOWELS
        boxes = self._stress_boxes()
        line = QRectF(_PAD + 2, boxes[0][1].top(), boxes[0][1].left() - _PAD - 8, boxes[0][1].height())
        painter.setPen(tokens.color("dim"))
        hint = self._typed or self.tr("Type a phone, Return to take it")
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, hint)
        name = self.tr("stress")
        if enabled:
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)
        for stress, box in boxes if enabled else ():
            chosen = stress == self.stress
            painter.setPen(QPen(tokens.color("accent" if chosen else "line"), 1))
            painter.setBrush(tokens.color("selected" if chosen else "raised"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(tokens.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "–" if stress is None else str(stress))
