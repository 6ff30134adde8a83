"""The palette of phones: ARPAbet with IPA, vowels, consonants and lip closures apart."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.chips import HEIGHT, PaintedButton
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.core.speech import ARPABET, BILABIALS, LABIODENTALS, SILENCE, VOWELS

_IPA = "ɑ æ ʌ ɔ aʊ aɪ b tʃ d ð ɛ ɝ eɪ f ɡ h ɪ i dʒ k l m n ŋ oʊ ɔɪ p ɹ s ʃ t θ ʊ u v w j z ʒ"
IPA = dict(zip(ARPABET, _IPA.split(), strict=True))
"""How each phone is written in the International Phonetic Alphabet, for General American."""

CLOSURES = BILABIALS | LABIODENTALS
COLUMNS = 8


class PhoneButton(PaintedButton):
    """A phone, tinted by what the lips do: vowels warm, consonants cool, closures rose with a bar under them.

    Parameters
    ----------
    look
        Colours.
    label
        ARPAbet, or silence.
    parent
        Owner.
    """

    def __init__(self, look: Look, label: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.set_label(label)

    def set_label(self, label: str) -> None:
        """Show another phone."""
        self.setText(label)
        self.setAccessibleName(f"{label}, {IPA[label]}" if label in IPA else label)
        self.setToolTip(f"{label}  /{IPA[label]}/" if label in IPA else label)
        self.updateGeometry()
        self.update()

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def sizeHint(self) -> QSize:
        """Room for both ways of writing it."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance("MMM") + 12, max(HEIGHT, round(metrics.height() * 2.1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Label over IPA."""
        tokens, painter, label = self._look.tokens, QPainter(self), self.text()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = "vowel" if label in VOWELS else "closure" if label in CLOSURES else "consonant"
        chosen = self.isChecked() or self.hasFocus() or self.underMouse()
        painter.setPen(QPen(tokens.color("accent" if chosen else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(tokens.color("field" if label == SILENCE else tint))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, 4, 4)
        if label in CLOSURES:
            painter.fillRect(QRectF(box.left() + 4, box.bottom() - 3, box.width() - 8, 2), tokens.color("closure_bar"))
        painter.setPen(tokens.color("text"))
        middle = Qt.AlignmentFlag.AlignCenter
        if label not in IPA:
            painter.drawText(box, middle, label)
            return
        upper = QRectF(box.left(), box.top() + 1, box.width(), box.height() / 2)
        painter.drawText(upper, middle, label)
        painter.setFont(self._small())
        painter.setPen(tokens.color("dim" if tint == "consonant" or not tokens.dark else "text", 0.8))
        painter.drawText(upper.translated(0, box.height() / 2 - 3), middle, IPA[label])


class PhonePalette(QFrame):
    """A palette that pops up, takes one phone and is gone.

    Parameters
    ----------
    look
        Colours.
    parent
        Owner.
    """

    chosen = Signal(str)
    """ARPAbet label."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName(self.tr("Phones"))
        self._buttons: dict[str, PhoneButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        rest = [each for each in ARPABET if each not in VOWELS and each not in CLOSURES]
        groups = (
            (self.tr("Lips shut"), [each for each in ARPABET if each in CLOSURES]),
            (self.tr("Vowels"), [each for each in ARPABET if each in VOWELS]),
            (self.tr("Other consonants, silence"), [*rest, SILENCE]),
        )
        for title, labels in groups:
            column.addWidget(quiet_label(title, self))
            grid = QGridLayout()
            grid.setSpacing(4)
            for number, label in enumerate(labels):
                button = PhoneButton(look, label, self)
                button.clicked.connect(lambda _=False, label=label: self._take(label))
                self._buttons[label] = button
                grid.addWidget(button, number // COLUMNS, number % COLUMNS)
            grid.setColumnStretch(COLUMNS, 1)
            column.addLayout(grid)

    def button(self, label: str) -> PhoneButton:
        """The button of a phone."""
        return self._buttons[label]

    def show_at(self, place: QPoint, label: str) -> None:
        """Pop up, with a phone chosen."""
        self.move(place)
        self.show()
        if label in self._buttons:
            self._buttons[label].setFocus(Qt.FocusReason.PopupFocusReason)

    def _take(self, label: str) -> None:
        self.hide()
        self.chosen.emit(label)
