"""A chooser of files that answers at once."""

from __future__ import annotations

from pathlib import Path


class FakeChooser:
    """Answers at once with what a test has laid ready."""

    def __init__(self):
        self.answers = []
        self.asked = []

    def _answer(self, title, then):
        self.asked.append(title)
        if self.answers:
            then(Path(self.answers.pop(0)))

    def file(self, title, kinds, folder, then):
        self._answer(title, then)

    def folder(self, title, folder, then):
        self._answer(title, then)

    def target(self, title, kinds, suffix, proposed, then):
        self._answer(title, then)
