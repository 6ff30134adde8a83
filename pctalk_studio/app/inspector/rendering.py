"""How frames are made: engine, size, crop and rate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.inspector.sheet import Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.chips import SegmentedChoice, Toggle
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.project import Project
from pctalk_studio.nets.store import ModelStore
from pctalk_studio.render.liveportrait import lacking_weights
from pctalk_studio.session.selection import Selection

RATES = ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1))
SIDES = (512, 720, 1080, 1440, 2160)


def rate_text(rate: FrameRate) -> str:
    """A frame rate as people write it."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


class RenderSheet(Sheet):
    """How frames are made."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Render"), "render")
        names = [("mesh", self.tr("Mesh")), ("liveportrait", self.tr("LivePortrait"))]
        self.engine = SegmentedChoice(kit.look, self.tr("Engine"), names, self)
        self.engine.chosen.connect(lambda engine: self._set(engine=engine))
        self.add(FieldRow(self.tr("Engine"), self.engine, parent=self))
        self._missing = self.hint("")
        self.get = QPushButton(self.tr("Get the weights..."), self)
        self.get.clicked.connect(self._get)
        self.add(self.get)
        self._looked_for = ""
        self.editor.sources_changed.connect(self._look_again)
        self.rate = ChoiceBox(self.tr("Frames a second"), parent=self)
        self.rate.chosen.connect(lambda rate: self.apply("set_rate", rate=rate))
        self.add(FieldRow(self.tr("Frame rate"), self.rate, parent=self))
        self.frame_size = ChoiceBox(self.tr("Longest side of the frame"), parent=self)
        self.frame_size.chosen.connect(lambda longest: self._set(longest=longest, size=None))
        self.add(FieldRow(self.tr("Size"), self.frame_size, parent=self))
        self.crop = Toggle(kit.look, self.tr("Crop to the face"), self)
        self.crop.clicked.connect(lambda on: self._set(crop_to_face=on))
        self.add(FieldRow(self.tr("Crop to the face"), self.crop, parent=self, wide=True))

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show how frames are made."""
        settings = project.render
        engines = self.editor.engines
        for name in ("mesh", "liveportrait"):
            self.engine.button(name).setEnabled(name in engines)
        self.engine.set_value(settings.engine)
        if settings.engine != self._looked_for:
            # Looked for when the engine changes, not at every edit: it means reading the disk.
            self._looked_for = settings.engine
            lacking = lacking_weights(ModelStore())
            self._missing.setText(lacking)
            for widget in (self._missing, self.get):
                widget.setVisible(bool(lacking))
        rates = [FrameRate(Fraction(*each)) for each in RATES]
        if project.rate not in rates:
            rates = sorted([*rates, project.rate], key=float)
        self.rate.set_choices([(rate, self.tr("{rate} fps").format(rate=rate_text(rate))) for rate in rates])
        self.rate.set_value(project.rate)
        self._show_size(project)
        self.crop.setChecked(settings.crop_to_face)
        return True

    def _show_size(self, project: Project) -> None:
        settings = project.render
        choices: list[tuple[object, str]] = [(None, self.tr("As the portrait"))]
        sides = sorted({*SIDES, *(() if settings.longest is None else (settings.longest,))})
        choices += [(side, self.tr("{side} px at most").format(side=side)) for side in sides]
        if settings.size is not None:
            width, height = settings.size
            choices.append((settings.size, f"{width} × {height} px"))
        self.frame_size.set_choices(choices)
        self.frame_size.set_value(settings.size if settings.size is not None else settings.longest)

    def _look_again(self) -> None:
        """Weights may have come."""
        self._looked_for = ""

    def _get(self) -> None:
        self.kit.actions["edit.models"].trigger()

    def _set(self, **changes: Any) -> None:
        self.apply("set_render", settings=replace(self.editor.project.render, **changes))
