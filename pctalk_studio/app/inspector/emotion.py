"""Selected emotion clips: what is felt, how strongly, where and when."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton, QWidget

from pctalk_studio.app.inspector.curve_row import CurveRow
from pctalk_studio.app.inspector.emotion_choice import EmotionChoice
from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.phone import MOMENT
from pctalk_studio.app.inspector.selected_clips import SelectedClipsSheet, toggled
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.chips import Chip, SegmentedChoice
from pctalk_studio.app.widgets.clock_text import span_text
from pctalk_studio.app.widgets.emotion_menu import EmotionMenu
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.flow import FlowLayout
from pctalk_studio.app.widgets.names import region_name
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, EmotionSource, Project, Side
from pctalk_studio.session.selection import Selection

STRENGTH = ValueScale(0.0, 1.5, 0.0)
"""Of an emotion: 0 is none, and 1 is MEAD's level 3."""
FACTOR = ValueScale(0.0, 1.5, 1.0)
FADE = ValueScale(0.0, 5.0, 0.0, 0.05, 2, " s")
PARTS = {
    "whole": frozenset(EmotionRegion),
    "upper": frozenset({EmotionRegion.BROWS, EmotionRegion.EYES}),
    "lower": frozenset({EmotionRegion.CHEEKS, EmotionRegion.NOSE, EmotionRegion.MOUTH}),
}
"""Regions that are often wanted together: eyes may feel otherwise than the mouth says."""
ADDED = 1.5
"""Seconds that a clip lasts that was added here."""


class EmotionSheet(SelectedClipsSheet[EmotionClip]):
    """Selected emotion clips; always there, for it is where one is added."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Emotion"), "emotion")
        self.emotion = EmotionChoice(kit.look, self)
        self.emotion.chosen.connect(lambda emotion: self._each(self.tr("Change emotion"), "set_emotion", emotion=emotion))
        self.header.add(self.emotion, leading=True)
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        self._hint = self.hint(self.tr("Select an emotion clip on the timeline, or add one at the playhead."))
        self.intensity = self.slider(self.tr("Intensity"), STRENGTH, self._intensity)
        tip = self.tr("Factor of the intensity at the playhead; with keys, the intensity changes over time.")
        self.envelope = CurveRow(self, self.tr("… at playhead"), CurveName.ENVELOPE, FACTOR, tip)
        fades = self.tr("Fade")
        self.fade_in = self.slider(
            self.tr("Fade in"),
            FADE,
            lambda value: self._fades("fade_emotion", fade_in=self._own_pace(self.fade_in, value)),
            label=fades,
        )
        self.fade_out = self.slider(
            self.tr("Fade out"),
            FADE,
            lambda value: self._fades("fade_emotion", fade_out=self._own_pace(self.fade_out, value)),
            label=fades,
        )
        self._build_regions()
        self._build_times()
        rows = [self.rows.itemAt(index) for index in range(1, self.rows.count())]
        widgets = [widget for row in rows if row is not None and (widget := row.widget()) is not None]
        self._controls = [widget for widget in widgets if widget is not self._side_row]
        self.add_menu = EmotionMenu(kit.look, self)
        self.add_menu.chosen.connect(self.add_clip)
        add = QPushButton(self.tr("Add emotion at playhead"), self)
        add.setMenu(self.add_menu)
        self.line(add)

    def _build_regions(self) -> None:
        parts = [("whole", self.tr("Whole")), ("upper", self.tr("Upper")), ("lower", self.tr("Lower"))]
        self.part = SegmentedChoice(self.kit.look, self.tr("Part of the face"), parts, self)
        self.part.chosen.connect(lambda part: self._each(self.tr("Change regions"), "set_regions", regions=sorted(PARTS[part])))
        self.add(FieldRow(self.tr("Face"), self.part, parent=self))
        holder = QWidget(self)
        flow = FlowLayout(holder)
        self.regions = {region: Chip(self.kit.look, region_name(region), holder) for region in EmotionRegion}
        for region, chip in self.regions.items():
            chip.clicked.connect(lambda _=False, region=region: self._toggle_region(region))
            chip.setToolTip(self.tr("Whether the emotion is felt here"))
            flow.addWidget(chip)
        self.add(holder)
        sides = [(Side.RIGHT, self.tr("Right")), (Side.LEFT, self.tr("Left"))]
        self.side = SegmentedChoice(self.kit.look, self.tr("Side of the smirk"), sides, self)
        self.side.chosen.connect(lambda side: self._each(self.tr("Change side"), "set_side", side=side))
        self._side_row = FieldRow(self.tr("Side"), self.side, parent=self)
        self._side_row.setToolTip(self.tr("The subject's own side"))
        self.add(self._side_row)

    def _build_times(self) -> None:
        trim = self.tr("Trim emotion")
        self.start = self.number(self.tr("Start"), MOMENT, lambda to: self._trimmed("trim_emotion", start=to), label=trim)
        self.end = self.number(self.tr("End"), MOMENT, lambda to: self._trimmed("trim_emotion", end=to), label=trim)
        self.add(FieldRow(self.tr("Start, end"), self.start, self.end, parent=self))

    # -- showing -------------------------------------------------------------------------------------------------------

    def clips_of(self, project: Project) -> tuple[EmotionClip, ...]:
        """All emotion clips of a project."""
        return project.emotions

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected clips; with none, how to get one."""
        self._clips = clips = tuple(clip for clip in project.emotions if clip.id in selection.emotions)
        self._hint.setVisible(not clips)
        for widget in (*self._controls, self.emotion, self._when):
            widget.setVisible(bool(clips))
        self._side_row.setVisible(any(clip.emotion is Emotion.CONTEMPT for clip in clips))
        if not clips:
            return True
        felt = {clip.emotion for clip in clips}
        color = self.kit.look.tokens.emotion(next(iter(felt))) if len(felt) == 1 else None
        self.emotion.set_emotion(felt.pop() if len(felt) == 1 else None)
        length = project.speech.duration
        starts = [clip.start or 0.0 for clip in clips]
        ends = [length if clip.end is None else clip.end for clip in clips]
        self._when.setText("   ".join(filter(None, (span_text(min(starts), max(ends)), self._found(clips)))))
        self.start.set_values(starts)
        self.end.set_values(ends)
        self.intensity.show_values([clip.intensity for clip in clips])
        self._show_fades(clips)
        for row in (self.intensity, self.envelope.row, self.fade_in, self.fade_out):
            row.set_color(color)
        for region, chip in self.regions.items():
            felt_here = [region in clip.regions for clip in clips]
            chip.setChecked(all(felt_here))
            chip.set_mixed(any(felt_here) and not all(felt_here))
            chip.set_color(color)
        felt_on = {clip.regions for clip in clips}
        self.part.set_value(next((part for part, regions in PARTS.items() if felt_on == {regions}), None))
        sides = {clip.side for clip in clips}
        self.side.set_value(sides.pop() if len(sides) == 1 else None)
        self.envelope.show(project, time, [clip.id for clip in clips])
        return True

    def _found(self, clips: tuple[EmotionClip, ...]) -> str:
        """What found a clip and how sure it is; nothing for one that a person chose."""
        if len(clips) != 1 or clips[0].confidence == 1.0:
            return ""
        sources = {
            EmotionSource.AUDIO: self.tr("heard"),
            EmotionSource.TEXT: self.tr("read"),
            EmotionSource.IMAGE: self.tr("seen"),
            EmotionSource.VIDEO: self.tr("seen"),
            EmotionSource.LABEL: self.tr("chosen"),
        }
        return self.tr("{source}, {share:.0f} % sure").format(source=sources[clips[0].source], share=100 * clips[0].confidence)

    def _show_fades(self, clips: tuple[EmotionClip, ...]) -> None:
        """A fade that nobody set is as long as the emotion itself takes; that is the slider's neutral mark."""
        pace = {clip.emotion: emotion_tables().emotions[clip.emotion] for clip in clips}
        first = pace[clips[0].emotion]
        self.fade_in.set_scale(replace(FADE, neutral=first.rise))
        self.fade_out.set_scale(replace(FADE, neutral=first.fall))
        self.fade_in.show_values([pace[c.emotion].rise if c.fade_in is None else c.fade_in for c in clips])
        self.fade_out.show_values([pace[c.emotion].fall if c.fade_out is None else c.fade_out for c in clips])

    def follow(self, project: Project, selection: Selection, time: float) -> None:
        """The envelope at the playhead."""
        if self._clips:
            self.envelope.show(project, time, [clip.id for clip in self._clips])

    # -- editing -------------------------------------------------------------------------------------------------------

    def _intensity(self, value: float) -> Edits:
        return [("set_intensity", {"clips": [clip.id for clip in self._present()], "intensity": value})]

    def _own_pace(self, row: ValueSlider, value: float) -> float | None:
        return None if value == row.scale.neutral else value

    def _toggle_region(self, region: EmotionRegion) -> None:
        clips = self._present()
        wanted = toggled([clip.regions for clip in clips], region)
        edits: Edits = [("set_regions", {"clip": clip.id, "regions": each}) for clip, each in zip(clips, wanted, strict=True)]
        self.editor.apply_all(self.tr("Change regions"), edits)

    def add_clip(self, emotion: Emotion) -> None:
        """Add a clip at the playhead and select it."""
        desk = self.editor.desk
        if desk is None:
            return
        project, length = desk.project, desk.duration
        start = min(desk.transport.seconds, max(length - ADDED, 0.0))
        clip = EmotionClip(emotion, start=start, end=min(start + ADDED, length))
        self.editor.apply("add_emotion", clip=clip, selecting=Selection.of(emotions=[project.next_id]))
