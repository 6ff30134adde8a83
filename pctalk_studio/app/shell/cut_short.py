"""CutShort: work that ended with the program before it was done, offered again at the next start, one piece after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from pctalk_studio.app.shell.ask_bar import Answer
from pctalk_studio.app.shell.front import Front
from pctalk_studio.storage.unfinished import Unfinished, forget, unfinished

Resume = Callable[[Unfinished], None]
"""Does a piece of work again."""


class CutShort(QObject):
    """Asks about what a crash cut short.

    Parameters
    ----------
    front
        Where it asks.
    resume
        Who does what again, by kind of work.
    parent
        Owner.
    """

    def __init__(self, front: Front, resume: Mapping[str, Resume], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._front, self._resume = front, resume
        self._left: list[Unfinished] = []

    def offer(self) -> None:
        """Ask about everything that is left; what is neither wanted nor refused is offered again at the next start."""
        self._left = [work for work in unfinished() if work.kind in self._resume]
        self._ask()

    def _ask(self) -> None:
        if not self._left:
            return
        work = self._left.pop(0)
        questions = {
            "export": self.tr("The export of '{name}' was cut short. Export it again?"),
            "analysis": self.tr("A project with {name} was being begun when the program ended. Begin it again?"),
        }
        answers = (
            Answer(self.tr("Yes"), lambda: self._again(work)),
            Answer(self.tr("No, forget it"), lambda: self._no(work)),
            Answer(self.tr("Later"), self._ask),
        )
        self._front.ask(questions[work.kind].format(name=work.title), answers)

    def _again(self, work: Unfinished) -> None:
        self._resume[work.kind](work)
        self._ask()

    def _no(self, work: Unfinished) -> None:
        forget(work)
        self._ask()
