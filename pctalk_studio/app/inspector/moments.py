"""Selected blinks and markers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QPushButton

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.phone import MOMENT
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.document.project import BlinkEvent, Marker, Project
from pctalk_studio.session.selection import Selection

HELD = ValueScale(0.0, 2.0, 0.03, 0.01, 2, " s")
CLOSED = ValueScale(0.0, 1.0, 1.0, 0.05, 0, " %", 100.0)


class BlinkSheet(Sheet):
    """Selected blinks."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Blink"), "blink")
        self._blinks: tuple[BlinkEvent, ...] = ()
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        label = self.tr("Change blink")
        self.time = self.number(self.tr("Time"), MOMENT, lambda to: self._changed(time=to), label=label)
        self._time_row = FieldRow(self.tr("Shut at"), self.time, parent=self)
        self.add(self._time_row)
        self.held = self.slider(self.tr("Held"), HELD, lambda value: self._changed(held=value), label=label)
        self.strength = self.slider(self.tr("Shut"), CLOSED, lambda value: self._changed(strength=value), label=label)
        delete = QPushButton(self.tr("Delete"), self)
        delete.clicked.connect(self._delete)
        self.line(delete)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected blinks."""
        self._blinks = blinks = tuple(blink for blink in project.blinks if blink.id in selection.blinks)
        if not blinks:
            return False
        one = len(blinks) == 1
        self._when.setText(clock_text(blinks[0].time) if one else self.tr("{count} blinks").format(count=len(blinks)))
        self._time_row.setVisible(one)
        self.time.set_values([blink.time for blink in blinks])
        self.held.show_values([blink.held for blink in blinks])
        self.strength.show_values([blink.strength for blink in blinks])
        return True

    def _changed(self, **changes: float) -> Edits:
        ids = {blink.id for blink in self._blinks}
        return [
            ("change_blink", {"blink": b.id, "time": b.time, "held": b.held, "strength": b.strength, **changes})
            for b in self.editor.project.blinks
            if b.id in ids
        ]

    def _delete(self) -> None:
        edits: Edits = [("delete_blink", {"blink": blink.id}) for blink in self._blinks]
        self.editor.apply_all(self.tr("Delete blinks"), edits)


class MarkerSheet(Sheet):
    """Selected markers."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Marker"), "marker")
        self._markers: tuple[Marker, ...] = ()
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(self.tr("What happens here"))
        self.text.editingFinished.connect(self._rename)
        self._text_row = FieldRow(self.tr("Label"), self.text, parent=self)
        self.add(self._text_row)
        self.time = self.number(self.tr("Time"), MOMENT, lambda to: self._changed(time=to), label=self.tr("Move marker"))
        self._time_row = FieldRow(self.tr("Time"), self.time, parent=self)
        self.add(self._time_row)
        delete = QPushButton(self.tr("Delete"), self)
        delete.clicked.connect(self._delete)
        self.line(delete)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected markers."""
        self._markers = markers = tuple(marker for marker in project.markers if marker.id in selection.markers)
        if not markers:
            return False
        one = len(markers) == 1
        self._when.setText(clock_text(markers[0].time) if one else self.tr("{count} markers").format(count=len(markers)))
        self._text_row.setVisible(one)
        self._time_row.setVisible(one)
        self.time.set_values([marker.time for marker in markers])
        if not self.text.hasFocus():
            self.text.setText(markers[0].label)
        return True

    def _changed(self, **changes: object) -> Edits:
        ids = {marker.id for marker in self._markers}
        return [
            ("change_marker", {"marker": marker.id, "time": marker.time, "label": marker.label, **changes})
            for marker in self.editor.project.markers
            if marker.id in ids
        ]

    def _rename(self) -> None:
        if len(self._markers) == 1 and self.text.text() != self._markers[0].label:
            self.editor.apply_all(self.tr("Rename marker"), self._changed(label=self.text.text()))

    def _delete(self) -> None:
        edits: Edits = [("delete_marker", {"marker": marker.id}) for marker in self._markers]
        self.editor.apply_all(self.tr("Delete markers"), edits)
