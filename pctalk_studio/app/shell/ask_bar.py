"""AskBar: a question with its answers, above the picture; nothing else stops while it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what its button says, and what it does."""

    text: str
    run: Callable[[], object] = lambda: None


class AskBar(QWidget):
    """Asks one thing at a time; Escape gives the last answer, which changes nothing.

    Parameters
    ----------
    parent
        Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ask")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 12, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self._answers: tuple[Answer, ...] = ()
        self.hide()

    @property
    def question(self) -> str:
        """What is asked; empty when nothing is."""
        return self._text.text() if self._answers else ""

    def ask(self, question: str, answers: Sequence[Answer]) -> None:
        """Ask something, in place of what was asked.

        Parameters
        ----------
        question
            One sentence.
        answers
            The first is the one that is expected, the last changes nothing.
        """
        self._clear()
        self._text.setText(question)
        self._answers = tuple(answers)
        self.setAccessibleName(question)
        for number, answer in enumerate(self._answers):
            button = QPushButton(answer.text, self)
            button.setProperty("primary", number == 0)
            button.clicked.connect(lambda _=False, chosen=answer: self._give(chosen))
            self._row.addWidget(button)
            self._buttons.append(button)
        self.show()
        self._buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Ask no more; nothing was answered."""
        self._clear()
        self.hide()

    def _give(self, answer: Answer) -> None:
        self.withdraw()
        answer.run()

    def _clear(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons, self._answers = [], ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return gives the answer with the focus, Escape the last one."""
        if event.key() == Qt.Key.Key_Escape and self._answers:
            self._give(self._answers[-1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for button, answer in zip(self._buttons, self._answers, strict=True):
                if button.hasFocus():
                    self._give(answer)
                    return
        else:
            super().keyPressEvent(event)
