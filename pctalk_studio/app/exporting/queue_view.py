"""The queue of exports: a row for each, with progress, pause, cancel and the folder it lies in."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from pctalk_studio.app.exporting.exports import Exports
from pctalk_studio.app.look import Look
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.session.exporting import ExportItem, ExportState


class ExportRow(QWidget):
    """One export.

    Parameters
    ----------
    look
        Colours.
    exports
        The queue.
    number
        Id of the export.
    parent
        Owner.
    """

    def __init__(self, look: Look, exports: Exports, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exports, self._number = exports, number
        self.name = QLabel(self)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.state = quiet_label(parent=self)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.hold = IconButton(look, "pause", self.tr("Pause"), self)
        self.go_on = IconButton(look, "play", self.tr("Resume"), self)
        self.stop = IconButton(look, "x", self.tr("Cancel"), self)
        self.folder = IconButton(look, "folder-open", self.tr("Show in folder"), self)
        self.why = quiet_label(parent=self)
        self.why.setWordWrap(True)
        self._lay_out()
        self.hold.clicked.connect(lambda: exports.queue.pause(number))
        self.go_on.clicked.connect(lambda: exports.queue.resume(number))
        self.stop.clicked.connect(lambda: exports.queue.cancel(number))
        self.folder.clicked.connect(self._show_folder)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.state, 1)
        for button in (self.hold, self.go_on, self.stop, self.folder):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.why)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_item(self, item: ExportItem) -> None:
        """Show how it stands."""
        self.name.setText(item.order.path.name)
        self.name.setToolTip(str(item.order.path))
        self.setAccessibleName(item.order.path.name)
        self.state.setText(self._state_text(item))
        self.bar.setMaximum(max(item.total, 1))
        self.bar.setValue(item.done if item.total else 0)
        self.bar.setAccessibleName(self.tr("Progress of {name}").format(name=item.order.path.name))
        self.bar.setVisible(not item.state.ended)
        self.hold.setVisible(item.state in (ExportState.RUNNING, ExportState.WAITING))
        self.go_on.setVisible(item.state is ExportState.PAUSED)
        self.stop.setVisible(not item.state.ended)
        self.folder.setVisible(item.state is ExportState.DONE)
        self.why.setText(item.error or " ".join(item.remarks))
        self.why.setVisible(bool(self.why.text()))

    def _state_text(self, item: ExportItem) -> str:
        match item.state:
            case ExportState.WAITING:
                return self.tr("waiting")
            case ExportState.RUNNING if not item.total:
                return self.tr("preparing")
            case ExportState.PAUSED if not item.total:
                return self.tr("paused")
            case ExportState.RUNNING | ExportState.PAUSED:
                share = self.tr("{done} of {total} frames").format(done=item.done, total=item.total)
                if item.state is ExportState.PAUSED:
                    return self.tr("paused, {share}").format(share=share)
                left = item.seconds_left
                return share if left is None else self.tr("{share}, {left} left").format(share=share, left=_seconds(left))
            case ExportState.DONE:
                return self.tr("done in {time}").format(time=_seconds(item.seconds))
            case ExportState.FAILED:
                return self.tr("failed")
            case _:
                return self.tr("cancelled")

    def _show_folder(self) -> None:
        item = next((each for each in self._exports.items if each.id == self._number), None)
        if item is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(item.order.path.parent)))


class QueueView(QWidget):
    """All exports.

    Parameters
    ----------
    look
        Colours.
    exports
        The queue.
    parent
        Owner.
    """

    def __init__(self, look: Look, exports: Exports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._exports = look, exports
        self._rows: dict[int, ExportRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.empty = quiet_label(self.tr("Nothing is being exported. What you add is made here while you go on working."), self)
        self.empty.setWordWrap(True)
        self._column.addWidget(self.empty)
        exports.changed.connect(self._follow)
        self._follow()

    def row(self, number: int) -> ExportRow:
        """The row of an export."""
        return self._rows[number]

    def _follow(self) -> None:
        items = {item.id: item for item in self._exports.items}
        for number in [each for each in self._rows if each not in items]:
            row = self._rows.pop(number)
            self._column.removeWidget(row)
            row.deleteLater()
        for number, item in items.items():
            if number not in self._rows:
                self._rows[number] = ExportRow(self._look, self._exports, number, self)
                self._column.insertWidget(0, self._rows[number])
            self._rows[number].show_item(item)
        self.empty.setVisible(not items)


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes else f"{rest} s"
