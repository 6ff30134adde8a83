"""BeyondBox: what lies beyond the end of the recording, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.following import repaint_with
from pctalk_studio.document.beyond import Beyond, beyond
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import KeyRef, Selection

_ZOOM = "timeline.zoom_selection"
"""Command that brings what is selected into view."""


class BeyondBox(QWidget):
    """How much there is, a button that shows it on the timeline, and one that removes it; hidden when there is nothing.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._project: Project | None = None
        self._found = Beyond(0.0)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.show_them = QPushButton(self.tr("Show"), self)
        self.show_them.setToolTip(self.tr("Select it, and bring it into view on the timeline"))
        self.show_them.clicked.connect(self._show_them)
        self.remove = QPushButton(self.tr("Remove"), self)
        self.remove.setToolTip(self.tr("Remove all of it; one step to undo"))
        self.remove.clicked.connect(self._remove)
        for button in (self.show_them, self.remove):
            button.setAccessibleDescription(button.toolTip())
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.show_them)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 4, 0, 8)
        rows.setSpacing(8)
        rows.addWidget(self.text)
        rows.addLayout(buttons)
        repaint_with(self, kit.look)
        self.hide()

    @property
    def there(self) -> bool:
        """Something lies there."""
        return bool(self._found)

    def show_project(self, project: Project) -> bool:
        """Tell what lies beyond the end of a project's recording.

        Returns
        -------
        bool
            Whether it is told otherwise than before.
        """
        if project is self._project:
            return False
        self._project = project
        found = beyond(project)
        if found == self._found:
            return False
        self._found = found
        self.setVisible(bool(found))
        counts = (
            (self.tr("keys: {count}"), len(found.keys)),
            (self.tr("emotions: {count}"), len(found.emotions)),
            (self.tr("performances: {count}"), len(found.performances)),
            (self.tr("blinks: {count}"), len(found.blinks)),
            (self.tr("markers: {count}"), len(found.markers)),
        )
        things = ", ".join(text.format(count=count) for text, count in counts if count)
        text = self.tr("Beyond the end of the recording ({time}): {things}. All of it is kept for a longer recording.")
        self.text.setText(text.format(time=clock_text(found.end), things=things))
        self.setAccessibleName(self.text.text())
        return True

    def _show_them(self) -> None:
        found = self._found
        chosen = Selection.of(
            keys=[KeyRef(*key) for key in found.keys],
            emotions=found.emotions,
            performances=found.performances,
            blinks=found.blinks,
            markers=found.markers,
        )
        self._kit.editor.select(chosen)
        if _ZOOM in self._kit.actions:
            self._kit.actions[_ZOOM].trigger()

    def _remove(self) -> None:
        self._kit.editor.apply_all(self.tr("Remove what lies beyond the end"), [("remove_beyond", {})])

    def paintEvent(self, event: QPaintEvent) -> None:
        """An amber edge, as other problems have."""
        with QPainter(self) as painter:
            painter.fillRect(QRectF(0, 4, 2, self.height() - 8), self._kit.look.tokens.color("stale"))
