"""Selected phones: which, when, whose."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.owner_row import OwnerRow
from pctalk_studio.app.inspector.phone_button import PhoneButton
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.chips import SegmentedChoice
from pctalk_studio.app.widgets.clock_text import span_text
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.phone_palette import PhonePalette
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.core.speech import VOWELS
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import SAME_TIME, PhoneItem
from pctalk_studio.session.selection import Selection

MOMENT = ValueScale(0.0, 86400.0, 0.0, 0.005, 3, " s")
"""A time in the recording; how far it can really be moved is known to the edits."""


class PhoneSheet(Sheet):
    """Selected phones."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Phone"), "phone")
        self._phones: tuple[PhoneItem, ...] = ()
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        self._about = self.hint("")
        self.label = PhoneButton(kit.look, "AH", self)
        self.label.clicked.connect(self._open_palette)
        self.add(FieldRow(self.tr("Sound"), self.label, parent=self))
        stresses = [(None, "–"), (0, "0"), (1, "1"), (2, "2")]
        self.stress = SegmentedChoice(kit.look, self.tr("Stress"), stresses, self)
        self.stress.chosen.connect(self._set_stress)
        self._stress_row = FieldRow(self.tr("Stress"), self.stress, parent=self)
        self.add(self._stress_row)
        self.start = self.number(self.tr("Start"), MOMENT, lambda to: self._moved("start", to), label=self.tr("Move boundary"))
        self.end = self.number(self.tr("End"), MOMENT, lambda to: self._moved("end", to), label=self.tr("Move boundary"))
        self._times = FieldRow(self.tr("Start, end"), self.start, self.end, parent=self)
        self.add(self._times)
        self.owner = OwnerRow(self)
        play = QPushButton(self.tr("Play"), self)
        play.clicked.connect(self._play)
        self.line(play)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected phones."""
        self._phones = phones = tuple(phone for phone in project.speech.phones if phone.id in selection.phones)
        if not phones:
            return False
        labels = {phone.label for phone in phones}
        one = phones[0] if len(phones) == 1 else None
        self._when.setText(span_text(phones[0].start, phones[-1].end))
        self._about.setText(self._told(phones))
        self.label.set_label(labels.pop() if len(labels) == 1 else self.tr("several"))
        vowels = all(phone.label in VOWELS for phone in phones)
        self._stress_row.setVisible(vowels)
        stresses = {phone.stress for phone in phones}
        self.stress.set_value(stresses.pop() if len(stresses) == 1 else "several")
        self._times.setVisible(one is not None)
        if one is not None:
            self.start.set_values([one.start])
            self.end.set_values([one.end])
            # The recording itself begins and ends there.
            self.start.setEnabled(one.start > SAME_TIME)
            self.end.setEnabled(one.end < project.speech.duration - SAME_TIME)
        self.owner.show(phones)
        return True

    def _told(self, phones: tuple[PhoneItem, ...]) -> str:
        if len(phones) > 1:
            return self.tr("{count} phones: {labels}").format(count=len(phones), labels=" ".join(p.label for p in phones))
        phone = phones[0]
        text = self.tr("{length:.0f} ms long, heard {sure:.0f} %")
        return text.format(length=1000 * (phone.end - phone.start), sure=100 * phone.confidence)

    def _open_palette(self) -> None:
        phone = self._phones[0]
        palette = PhonePalette(self.kit.look, phone.label, phone.stress, self)
        palette.chosen.connect(self._relabel)
        # The inspector stands at the right edge of the window: the palette grows to the left.
        corner = self.label.mapToGlobal(QPoint(self.label.width() - palette.width(), 0))
        palette.open_above(corner, self.label.height())

    def _relabel(self, label: str, stress: int | None) -> None:
        edits: Edits = [("relabel_phone", {"phone_id": phone.id, "label": label, "stress": stress}) for phone in self._phones]
        self.editor.apply_all(self.tr("Change phone"), edits)

    def _set_stress(self, stress: int | None) -> None:
        edits: Edits = [
            ("relabel_phone", {"phone_id": phone.id, "label": phone.label, "stress": stress}) for phone in self._phones
        ]
        self.editor.apply_all(self.tr("Change stress"), edits)

    def _moved(self, edge: str, to: float) -> Edits:
        ids = {phone.id for phone in self._phones}
        phone = next((each for each in self.editor.project.speech.phones if each.id in ids), None)
        if phone is None:
            return []
        return [("move_boundary", {"time": getattr(phone, edge), "to": to, "ripple": self.editor.modes.ripple})]

    def _play(self) -> None:
        if self.editor.desk is not None and self._phones:
            self.editor.desk.transport.play_seconds(self._phones[0].start, self._phones[-1].end)
