"""Exporting: the command, its page and its queue as parts of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.exporting.exports import Exports
from pctalk_studio.app.exporting.page import ExportPage
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.front import Front
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.app.widgets.message_bar import Message, Severity
from pctalk_studio.session.exporting import ExportItem, ExportJob
from pctalk_studio.session.notices import Told, problem_of
from pctalk_studio.session.resuming import ResumeExport
from pctalk_studio.storage.unfinished import Unfinished


class Exporting(QObject):
    """Opens the page, keeps the queue, and does again what a crash cut short.

    Parameters
    ----------
    kit
        What every view is given.
    front
        Shows the page.
    worker
        Reads sources of exports that are done again.
    window
        Owner.
    """

    def __init__(self, kit: Kit, front: Front, worker: Worker, window: QWidget) -> None:
        super().__init__(window)
        self._kit, self._front, self._worker = kit, front, worker
        self.exports = Exports(kit.editor, self)
        self.exports.finished.connect(self._finished)
        spec = ActionSpec("export.open", self.tr("Export..."), ("Ctrl+E", "Ctrl+M"), self.tr("Export"))
        self._action = kit.actions.add(spec, self.open, window)
        kit.editor.desk_changed.connect(self._offer)
        self._offer()

    def _offer(self) -> None:
        """There is nothing to export while nothing is open."""
        self._action.setEnabled(self._kit.editor.desk is not None)

    def open(self) -> None:
        """Show the page."""
        self._front.show_page(ExportPage(self._kit, self.exports))

    def resume(self, work: Unfinished) -> None:
        """Export again what a crash cut short."""
        editor = self._kit.editor
        self._worker.do(ResumeExport(work, editor.engines), self._resumed, lambda e: editor.told.emit(Told(problem_of(e))))

    def _resumed(self, job: ExportJob) -> None:
        self.exports.add(job)
        self.open()

    def _finished(self, item: ExportItem) -> None:
        path = item.order.path
        text = self.tr("'{name}' is exported.").format(name=path.name)
        show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))  # noqa: E731
        self._front.say(Message(text, Severity.REMARK, self.tr("Show in folder"), show, f"exported {path}"))

    @property
    def busy(self) -> bool:
        """Whether something is being exported, waits or is paused."""
        return self.exports.queue.busy

    def close(self) -> None:
        """Give up what has not ended, and stop."""
        self.exports.close()
