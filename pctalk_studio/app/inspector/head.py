"""Head and eyes: what they do by themselves, what keys add, and blinks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.inspector.curve_row import CurveRow, playhead_of
from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.chips import SegmentedChoice, Toggle
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.document.edits.keys import LIMITS, CurveName
from pctalk_studio.document.project import Gaze, HeadMotion, Project
from pctalk_studio.session.selection import Selection


def _degrees(curve: CurveName) -> ValueScale:
    low, high = LIMITS[curve]
    return ValueScale(low, high, 0.0, 0.1, 1, "°")


def _shift(curve: CurveName) -> ValueScale:
    low, high = LIMITS[curve]
    return ValueScale(low, high, 0.0, 0.01, 1, " %", 100.0)


class HeadSheet(Sheet):
    """Head, gaze and blinks of the clip."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Head and eyes"), "head")
        self._build_templates()
        tr = self.tr
        zoom = ValueScale(*LIMITS[CurveName.ZOOM], 1.0, 0.01, 0, " %", 100.0)
        shift = tr("In hundredths of the distance between the outer eye corners.")
        rows = (
            (tr("Turn"), CurveName.YAW, _degrees(CurveName.YAW), tr("Turns the head, on top of what it does by itself.")),
            (tr("Nod"), CurveName.PITCH, _degrees(CurveName.PITCH), tr("Nods the head, on top of what it does by itself.")),
            (tr("Tilt"), CurveName.ROLL, _degrees(CurveName.ROLL), tr("Tilts the head, on top of what it does by itself.")),
            (tr("Shift across"), CurveName.X, _shift(CurveName.X), shift),
            (tr("Shift down"), CurveName.Y, _shift(CurveName.Y), shift),
            (tr("Zoom"), CurveName.ZOOM, zoom, tr("Size of the head.")),
            (tr("Look right"), CurveName.GAZE_X, _degrees(CurveName.GAZE_X), tr("To the picture's right.")),
            (tr("Look up"), CurveName.GAZE_Y, _degrees(CurveName.GAZE_Y), tr("Upwards; negative looks down.")),
        )
        self.curves = {curve: CurveRow(self, name, curve, scale, tip) for name, curve, scale, tip in rows}
        self._build_blinks()

    def _build_templates(self) -> None:
        heads = [
            (HeadMotion.STILL, self.tr("Still")),
            (HeadMotion.SUBTLE, self.tr("Subtle")),
            (HeadMotion.LIVELY, self.tr("Lively")),
        ]
        self.head = SegmentedChoice(self.kit.look, self.tr("Head"), heads, self)
        self.head.chosen.connect(lambda head: self.apply("set_head", head=head))
        self.again = IconButton(
            self.kit.look, "dice-five", self.tr("Draw chance anew: other head motion, glances and blinks"), self
        )
        self.again.clicked.connect(lambda: self.apply("set_seed", seed=self.editor.project.seed + 1))
        self.add(FieldRow(self.tr("Head"), self.head, self.again, parent=self))
        gazes = [(Gaze.STILL, self.tr("Still")), (Gaze.CAMERA, self.tr("Camera")), (Gaze.NATURAL, self.tr("Natural"))]
        self.gaze = SegmentedChoice(self.kit.look, self.tr("Gaze"), gazes, self)
        self.gaze.chosen.connect(lambda gaze: self.apply("set_gaze", gaze=gaze))
        self.add(FieldRow(self.tr("Gaze"), self.gaze, parent=self))

    def _build_blinks(self) -> None:
        self.blink = Toggle(self.kit.look, self.tr("Blinks by themselves"), self)
        self.blink.clicked.connect(lambda on: self.apply("set_blink", automatic=on))
        self.add(FieldRow(self.tr("Blinks by themselves"), self.blink, parent=self, wide=True))
        spec = ActionSpec("inspector.blink", self.tr("Blink at the playhead"), ("Ctrl+B",), self.tr("Head and eyes"))
        action = self.kit.actions.add(spec, self._add_blink, self)  # also while playing, on the beat
        self.add_blink = QPushButton(self.tr("Blink at playhead"), self)
        self.add_blink.setToolTip(action.toolTip())
        action.changed.connect(lambda: self.add_blink.setToolTip(action.toolTip()))
        self.add_blink.clicked.connect(action.trigger)
        self.restore = QPushButton(self.tr("Bring back removed"), self)
        self.restore.clicked.connect(lambda: self.apply("restore_automatic_blinks"))
        self.line(self.add_blink, self.restore)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show what head and eyes do."""
        self.head.set_value(project.head)
        self.gaze.set_value(project.gaze)
        self.blink.setChecked(project.blink)
        self.restore.setVisible(bool(project.blinks_removed))
        self.follow(project, selection, time)
        return True

    def follow(self, project: Project, selection: Selection, time: float) -> None:
        """The curves at the playhead."""
        for row in self.curves.values():
            row.show(project, time)

    def _add_blink(self) -> None:
        if self.editor.desk is None:
            return
        added = Selection.of(blinks=[self.editor.project.next_id])
        self.editor.apply("add_blink", time=playhead_of(self.editor), selecting=added)
