"""Selected performances: what they drive and how strongly, how fast, when, and how they begin and end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.phone import MOMENT
from pctalk_studio.app.inspector.selected_clips import SelectedClipsSheet, toggled
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.chips import Chip, SegmentedChoice
from pctalk_studio.app.widgets.clock_text import span_text
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.flow import FlowLayout
from pctalk_studio.app.widgets.names import part_name
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.document.performance import Convention, Ending, PerformanceClip, PerformancePart
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import Selection

STRENGTH = ValueScale(0.0, 1.5, 1.0)
"""Of a part: 1 is as it was performed."""
SPEED = ValueScale(0.1, 4.0, 1.0, 0.05, 2, " ×")
OFFSET = ValueScale(-86400.0, 86400.0, 0.0, 0.04, 3, " s")
FADE = ValueScale(0.0, 5.0, 0.2, 0.05, 2, " s")
COLOR = "performance"


class PerformanceSheet(SelectedClipsSheet[PerformanceClip]):
    """Selected performances; shown only while there are some."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Performance"), "performance")
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Name of the performance"))
        self.name.editingFinished.connect(self._rename)
        self._name_row = FieldRow(self.tr("Name"), self.name, parent=self)
        self.add(self._name_row)
        self._build_parts()
        self._build_conduct()
        fades = self.tr("Fade")
        self.fade_in = self.slider(
            self.tr("Fade in"), FADE, lambda value: self._fades("fade_performance", fade_in=value), label=fades
        )
        self.fade_out = self.slider(
            self.tr("Fade out"), FADE, lambda value: self._fades("fade_performance", fade_out=value), label=fades
        )
        self._build_times()

    def _build_parts(self) -> None:
        holder = QWidget(self)
        flow = FlowLayout(holder)
        tips = {
            PerformancePart.HEAD: self.tr("The head turns, shifts and comes nearer as the performer's did"),
            PerformancePart.EYES: self.tr("Blinks and glances of the performer"),
            PerformancePart.EXPRESSION: self.tr("Brows, lids and cheeks of the performer"),
            PerformancePart.MOUTH: self.tr("Lips and jaw too; meant for clips without speech, to which they give way"),
        }
        self.parts = {part: Chip(self.kit.look, part_name(part), holder) for part in PerformancePart}
        for part, chip in self.parts.items():
            chip.clicked.connect(lambda _=False, part=part: self._toggle(part))
            chip.setToolTip(tips[part])
            flow.addWidget(chip)
        self.add(holder)
        names = {
            PerformancePart.HEAD: self.tr("Head"),
            PerformancePart.EYES: self.tr("Eyes"),
            PerformancePart.EXPRESSION: self.tr("Expression"),
            PerformancePart.MOUTH: self.tr("Mouth"),
        }
        self.strengths = {
            part: self.slider(name, STRENGTH, partial(self._strength, part), label=self.tr("Strength"))
            for part, name in names.items()
        }

    def _build_conduct(self) -> None:
        ways = [(Convention.RELATIVE, self.tr("Relative")), (Convention.ABSOLUTE, self.tr("Absolute"))]
        self.convention = SegmentedChoice(self.kit.look, self.tr("How it acts"), ways, self)
        self.convention.setToolTip(
            self.tr("Relative: what changed since its first frame is added. Absolute: the performer's own pose and expression.")
        )
        self.convention.chosen.connect(
            lambda way: self._each(self.tr("How a performance acts"), "set_performance_convention", convention=way)
        )
        self.add(FieldRow(self.tr("Acts"), self.convention, parent=self))
        self.speed = self.slider(self.tr("Speed"), SPEED, lambda value: self._edits("set_performance_speed", speed=value))
        ends = [(Ending.HOLD, self.tr("Hold")), (Ending.LOOP, self.tr("Loop"))]
        self.ending = SegmentedChoice(self.kit.look, self.tr("After its last frame"), ends, self)
        self.ending.chosen.connect(lambda end: self._each(self.tr("Ending"), "set_performance_ending", ending=end))
        self.add(FieldRow(self.tr("At its end"), self.ending, parent=self))

    def _build_times(self) -> None:
        trim = self.tr("Trim performance")
        self.start = self.number(self.tr("Start"), MOMENT, lambda to: self._trimmed("trim_performance", start=to), label=trim)
        self.end = self.number(self.tr("End"), MOMENT, lambda to: self._trimmed("trim_performance", end=to), label=trim)
        self.add(FieldRow(self.tr("Start, end"), self.start, self.end, parent=self))
        self.offset = self.number(
            self.tr("Second of the recording with which it begins"),
            OFFSET,
            lambda value: self._edits("slip_performance", offset=value),
        )
        self.add(FieldRow(self.tr("Plays from"), self.offset, parent=self))

    # -- showing -------------------------------------------------------------------------------------------------------

    def clips_of(self, project: Project) -> tuple[PerformanceClip, ...]:
        """All performances of a project."""
        return project.performances

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected performances."""
        self._clips = clips = tuple(clip for clip in project.performances if clip.id in selection.performances)
        if not clips:
            return False
        self._when.setText(span_text(min(clip.start for clip in clips), max(clip.end for clip in clips)))
        self._name_row.setVisible(len(clips) == 1)
        if not self.name.hasFocus():
            self.name.setText(clips[0].name)
        color = self.kit.look.tokens.color(COLOR)
        for part, chip in self.parts.items():
            driven = [part in clip.parts for clip in clips]
            chip.setChecked(all(driven))
            chip.set_mixed(any(driven) and not all(driven))
            chip.set_color(color)
            row = self.strengths[part]
            row.setVisible(any(driven))
            row.set_color(color)
            row.show_values([clip.strengths.of(part) for clip in clips])
        ways, ends = {clip.convention for clip in clips}, {clip.ending for clip in clips}
        self.convention.set_value(ways.pop() if len(ways) == 1 else None)
        self.ending.set_value(ends.pop() if len(ends) == 1 else None)
        self.speed.show_values([clip.speed for clip in clips])
        self.fade_in.show_values([clip.fade_in for clip in clips])
        self.fade_out.show_values([clip.fade_out for clip in clips])
        self.start.set_values([clip.start for clip in clips])
        self.end.set_values([clip.end for clip in clips])
        self.offset.set_values([clip.offset for clip in clips])
        return True

    # -- editing -------------------------------------------------------------------------------------------------------

    def _rename(self) -> None:
        clips = self._present()
        if len(clips) == 1 and self.name.text() != clips[0].name:
            self._each(self.tr("Rename performance"), "rename_performance", name=self.name.text())

    def _toggle(self, part: PerformancePart) -> None:
        clips = self._present()
        wanted = toggled([clip.parts for clip in clips], part)
        edits: Edits = [
            ("set_performance_parts", {"clip": clip.id, "parts": each}) for clip, each in zip(clips, wanted, strict=True)
        ]
        self.editor.apply_all(self.tr("What a performance drives"), edits)

    def _strength(self, part: PerformancePart, value: float) -> Edits:
        return [
            ("set_performance_strengths", {"clip": clip.id, "strengths": replace(clip.strengths, **{part.value: value})})
            for clip in self._present()
        ]
