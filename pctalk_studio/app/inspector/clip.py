"""How the clip is spoken as a whole: speaking style, size, loudness and lead."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from pctalk_studio.app.inspector.curve_row import CurveRow
from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.sheet import FACTOR, SHARE, Sheet
from pctalk_studio.app.inspector.style_choice import StyleChoice
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.document.project import Project
from pctalk_studio.session.selection import Selection

LOUDNESS = replace(SHARE, neutral=0.5)
BY_NETWORKS = replace(SHARE, neutral=0.0)
LEAD = ValueScale(-0.2, 0.2, 0.0, 0.01, 0, " ms", 1000.0)


class ClipSheet(Sheet):
    """How the whole clip is spoken."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Clip"), "clip")
        self.preset = StyleChoice(self.editor, self.tr("Speaking style"), [("", self.tr("Set by hand"))], self)
        self.preset.taken.connect(self._take_preset)
        self.add(FieldRow(self.tr("Style"), self.preset, parent=self))
        style = self.tr("Clip style")
        self.open = self.slider(self.tr("Open"), FACTOR, lambda value: self._styled(open=value), label=style)
        self.wide = self.slider(self.tr("Wide"), FACTOR, lambda value: self._styled(wide=value), label=style)
        self.purse = self.slider(self.tr("Purse"), FACTOR, lambda value: self._styled(purse=value), label=style)
        self.lip_scale = self.slider(self.tr("Lip scale"), FACTOR, lambda value: [("set_lip_scale", {"scale": value})])
        tip = self.tr("Factor of the lip scale at the playhead; with keys, the size of the lip movement changes over time.")
        self.lips = CurveRow(self, self.tr("… at playhead"), CurveName.LIP_SCALE, FACTOR, tip)
        self.volume = self.slider(self.tr("Follow volume"), LOUDNESS, lambda value: [("set_follow_volume", {"amount": value})])
        self.ear = self.slider(self.tr("By ear"), BY_NETWORKS, lambda value: [("set_learned_lips", {"share": value})])
        heard = self.tr("What moves the lips: 0 the phones' rules, 1 networks that hear the recording, between a blend of both.")
        self.ear.name.setToolTip(heard + "\n" + self.ear.name.toolTip())
        self.felt = self.slider(self.tr("Felt by ear"), BY_NETWORKS, lambda value: [("set_learned_emotion", {"share": value})])
        made = self.tr("What makes emotions: 0 tables of action units, 1 a network that hears the recording, between a blend.")
        self.felt.name.setToolTip(made + "\n" + self.felt.name.toolTip())
        self.lead = self.slider(self.tr("Lead"), LEAD, lambda value: [("set_lead", {"seconds": value})])
        self.lead.name.setToolTip(self.tr("How far the picture leads the sound.") + "\n" + self.lead.name.toolTip())

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the clip's own values."""
        self.preset.show_style(project.style_preset)
        self.open.show_values([project.style.open])
        self.wide.show_values([project.style.wide])
        self.purse.show_values([project.style.purse])
        self.lip_scale.show_values([project.lip_scale])
        self.volume.show_values([project.follow_volume])
        self.ear.show_values([project.learned.lips])
        self.felt.show_values([project.learned.emotion])
        self.lead.show_values([project.lead])
        self.lips.show(project, time)
        return True

    def follow(self, project: Project, selection: Selection, time: float) -> None:
        """The lip scale at the playhead."""
        self.lips.show(project, time)

    def _take_preset(self, preset: StylePreset) -> None:
        self.apply("apply_preset", preset=preset)
        self.preset.set_value(self.editor.project.style_preset)

    def _styled(self, **changes: float) -> Edits:
        return [("set_style", {"style": replace(self.editor.project.style, **changes)})]
