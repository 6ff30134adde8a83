"""Exports: the queue as Qt sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pctalk_studio.app.editor import Editor
from pctalk_studio.session.exporting import ExportItem, ExportJob, ExportQueue, ExportState


class Exports(QObject):
    """The queue of exports of the program; it outlives the project that is open.

    Parameters
    ----------
    editor
        The open project, whose message bar tells what failed.
    parent
        Owner.
    """

    changed = Signal()
    """An export was added, went on, or ended."""
    finished = Signal(object)
    """ExportItem that is done."""

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._told: set[int] = set()
        self.queue = ExportQueue(editor.deliver, self._hear)

    @property
    def items(self) -> tuple[ExportItem, ...]:
        """All that were asked for, oldest first."""
        return self.queue.items

    @property
    def share(self) -> float | None:
        """How much of what has not ended is done, 0 to 1; None when all has ended."""
        open_ = [item for item in self.items if not item.state.ended]
        if not open_:
            return None
        return sum(item.done / item.total if item.total else 0.0 for item in open_) / len(open_)

    def add(self, job: ExportJob) -> bool:
        """Export this; what speaks against it is told. Returns whether it was added."""
        return self._editor.attempt(lambda: self.queue.add(job))

    def close(self) -> tuple[int, ...]:
        """Give up what has not ended, and stop."""
        return self.queue.close()

    def _hear(self) -> None:
        for item in self.items:
            if item.state.ended and item.id not in self._told:
                self._told.add(item.id)
                if item.state is ExportState.FAILED:
                    self._editor.tell("export-failed", item.error)
                elif item.state is ExportState.DONE:
                    self.finished.emit(item)
        self.changed.emit()
