"""Selected keys: when, what, and how the curve runs on."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.phone import MOMENT
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.names import curve_title
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.document.curves import Interpolation, Key
from pctalk_studio.document.edits.keys import LIMITS, CurveName, curve_of
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import SAME_KEY, KeyRef, Selection


def value_scale(curve: CurveName) -> ValueScale:
    """What the values of a curve's keys mean."""
    low, high = LIMITS[curve]
    neutral = 1.0 if curve in (CurveName.LIP_SCALE, CurveName.ZOOM, CurveName.ENVELOPE) else 0.0
    if high > 2:
        return ValueScale(low, high, neutral, 0.1, 2, "°")
    return ValueScale(low, high, neutral, 0.01, 3)


class KeySheet(Sheet):
    """Selected keys of curves."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Key"), "key")
        self._keys: tuple[KeyRef, ...] = ()
        self._which = ElidedLabel("quiet", self)
        self.header.add(self._which)
        label = self.tr("Move keys")
        self.time = self.number(self.tr("Time"), MOMENT, self._moved, label=label, changed=self._follow_key)
        self._time_row = FieldRow(self.tr("Time"), self.time, parent=self)
        self.add(self._time_row)
        self.value = self.slider(self.tr("Value"), value_scale(CurveName.LIP_SCALE), self._valued, label=self.tr("Change keys"))
        kinds = [
            (Interpolation.SMOOTH, self.tr("Smooth")),
            (Interpolation.LINEAR, self.tr("Straight")),
            (Interpolation.HOLD, self.tr("Hold, then jump")),
            (Interpolation.BEZIER, self.tr("Tangents")),
        ]
        self.kind = ChoiceBox(self.tr("Until the next key"), kinds, self)
        self.kind.chosen.connect(self._set_kind)
        self.add(FieldRow(self.tr("To next key"), self.kind, parent=self))
        delete = QPushButton(self.tr("Delete"), self)
        delete.clicked.connect(self._delete)
        self.go = QPushButton(self.tr("Go there"), self)
        self.go.clicked.connect(self._go)
        self.line(self.go, delete)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected keys."""
        found = [
            (ref, key) for ref in sorted(selection.keys, key=lambda ref: ref.time) if (key := _key(project, ref)) is not None
        ]
        self._keys = tuple(ref for ref, _ in found)
        if not found:
            return False
        curves = {ref.curve for ref in self._keys}
        count = self.tr("{count} keys").format(count=len(found))
        if len(curves) == 1:
            only = next(iter(curves))
            self.value.set_scale(value_scale(only))
            where = clock_text(found[0][0].time) if len(found) == 1 else count
            self._which.setText(f"{curve_title(only)}, {where}")
        else:
            self._which.setText(count)
        self.value.setVisible(len(curves) == 1)
        self.value.show_values([key.value for _, key in found])
        self._time_row.setVisible(len(found) == 1)
        self.time.set_values([key.time for _, key in found])
        kinds = {key.interpolation for _, key in found}
        self.kind.set_value(kinds.pop() if len(kinds) == 1 else None)
        return True

    def _moved(self, to: float) -> Edits:
        if len(self._keys) != 1:
            return []
        ref = self._keys[0]
        return [("move_keys", {"curve": ref.curve, "times": [ref.time], "by": to - ref.time, "clip": ref.clip})]

    def _follow_key(self, to: float) -> None:
        """The selection goes with a key that was moved, for a key is known by its time."""
        self._keys = (replace(self._keys[0], time=to),)
        self.editor.select(Selection.of(keys=self._keys))

    def _valued(self, value: float) -> Edits:
        edits: Edits = []
        for ref in self._keys:
            key = _key(self.editor.project, ref)
            if key is not None:
                edits.append(("set_key", {"curve": ref.curve, "key": replace(key, value=value), "clip": ref.clip}))
        return edits

    def _by_curve(self) -> dict[tuple[CurveName, int | None], list[float]]:
        groups: dict[tuple[CurveName, int | None], list[float]] = {}
        for ref in self._keys:
            groups.setdefault((ref.curve, ref.clip), []).append(ref.time)
        return groups

    def _set_kind(self, kind: Interpolation) -> None:
        edits: Edits = [
            ("set_interpolation", {"curve": curve, "times": times, "clip": clip, "interpolation": kind})
            for (curve, clip), times in self._by_curve().items()
        ]
        self.editor.apply_all(self.tr("Change keys"), edits)

    def _delete(self) -> None:
        edits: Edits = [
            ("delete_keys", {"curve": curve, "times": times, "clip": clip}) for (curve, clip), times in self._by_curve().items()
        ]
        self.editor.apply_all(self.tr("Delete keys"), edits)

    def _go(self) -> None:
        if self.editor.desk is not None and self._keys:
            self.editor.desk.transport.seek_seconds(self._keys[0].time)


def _key(project: Project, ref: KeyRef) -> Key | None:
    if ref.clip is not None and ref.clip not in {clip.id for clip in project.emotions}:
        return None
    curve = curve_of(project, ref.curve, ref.clip)
    return next((key for key in curve.keys if abs(key.time - ref.time) <= SAME_KEY), None)
