"""Who owns words or phones: automatic, edited, locked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.widgets.chips import SegmentedChoice
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.document.speech_track import Owner, PhoneItem, WordItem


class OwnerRow:
    """A row that shows and sets the owner of words or phones.

    Parameters
    ----------
    sheet
        Section that it is added to.
    """

    def __init__(self, sheet: Sheet) -> None:
        def tr(text: str) -> str:
            return QCoreApplication.translate("OwnerRow", text)

        labels = [(Owner.AUTOMATIC, tr("Auto")), (Owner.EDITED, tr("Edited")), (Owner.LOCKED, tr("Locked"))]
        tips = {
            Owner.AUTOMATIC: tr("Re-analysis may replace it"),
            Owner.EDITED: tr("Re-analysis leaves it alone"),
            Owner.LOCKED: tr("Neither re-analysis nor editing changes its times and label"),
        }
        self._sheet = sheet
        self._ids: tuple[int, ...] = ()
        self.choice = SegmentedChoice(sheet.kit.look, tr("Owner"), labels, sheet)
        for owner, tip in tips.items():
            self.choice.button(owner).setToolTip(tip)
        self.choice.chosen.connect(self._choose)
        sheet.add(FieldRow(tr("Owner"), self.choice, parent=sheet))

    def show(self, items: Sequence[WordItem] | Sequence[PhoneItem]) -> None:
        """Show the owner of some items; of several that differ, none."""
        self._ids = tuple(item.id for item in items)
        owners = {item.owner for item in items}
        self.choice.set_value(owners.pop() if len(owners) == 1 else None)

    def _choose(self, owner: Owner) -> None:
        edits: Edits = [("set_owner", {"item_id": each, "owner": owner}) for each in self._ids]
        if edits:
            self._sheet.editor.apply_all(QCoreApplication.translate("OwnerRow", "Set owner"), edits)
