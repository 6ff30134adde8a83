"""Painting where an emotion is felt: the brush and the mask of the selected clip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from pctalk_studio.app.inspector.sheet import SHARE, Sheet
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.modes import PaintTool
from pctalk_studio.app.widgets.chips import SegmentedChoice, Toggle
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.document.masks import Brush, FaceMask, StrokeMode
from pctalk_studio.document.project import EmotionClip, Project
from pctalk_studio.session.selection import Selection

SIZE = ValueScale(0.02, 1.0, Brush().radius, 0.01, 0, " %", 100.0)
"""Radius of the brush, in hundredths of the distance between the outer eye corners."""
SOFTNESS = ValueScale(-1.0, 1.0, 0.0)
"""Of a pen: at 0 its pressure is strength as it is."""


class PaintSheet(Sheet):
    """The brush, and the paint of the one emotion clip that is selected."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Emotion paint"), "paint")
        self._clip: EmotionClip | None = None
        self._told = self.hint("")
        modes = [
            (StrokeMode.PAINT, self.tr("Paint")),
            (StrokeMode.ERASE, self.tr("Erase")),
            (StrokeMode.SMOOTH, self.tr("Smooth")),
        ]
        self.mode = SegmentedChoice(kit.look, self.tr("Brush"), modes, self)
        self.mode.chosen.connect(self._take_tool)
        self.add(FieldRow(self.tr("Brush"), self.mode, parent=self))
        self.radius = self._tool_slider(self.tr("Size"), SIZE)
        self.radius.edited.connect(lambda value: self._brush(radius=value))
        self.strength = self._tool_slider(self.tr("Strength"), replace(SHARE, neutral=Brush().strength))
        self.strength.edited.connect(lambda value: self._brush(strength=value))
        self.hardness = self._tool_slider(self.tr("Hardness"), replace(SHARE, neutral=Brush().hardness))
        self.hardness.edited.connect(lambda value: self._brush(hardness=value))
        self.softness = self._tool_slider(self.tr("Pen softness"), SOFTNESS)
        self.softness.edited.connect(lambda value: self.editor.set_paint_tool(replace(self.editor.paint_tool, softness=value)))
        self.softness.name.setToolTip(
            self.tr("The softer, the less force a pen needs to paint strongly.") + "\n" + self.softness.name.toolTip()
        )
        self.opacity = self._tool_slider(self.tr("Overlay"), replace(SHARE, neutral=PaintTool().opacity))
        self.opacity.edited.connect(lambda value: self.editor.set_paint_tool(replace(self.editor.paint_tool, opacity=value)))
        self.mirror = Toggle(kit.look, self.tr("Mirror left and right"), self)
        self.mirror.clicked.connect(lambda on: self._brush(mirror=on))
        self.add(FieldRow(self.tr("Mirror left and right"), self.mirror, parent=self, wide=True))
        self.fill, self.empty = QPushButton(self.tr("Full"), self), QPushButton(self.tr("Empty"), self)
        self.invert, self.clear = QPushButton(self.tr("Invert"), self), QPushButton(self.tr("No paint"), self)
        self.fill.setToolTip(self.tr("Feel it on the whole face, to erase from there"))
        self.empty.setToolTip(self.tr("Feel it nowhere, to paint from there"))
        self.clear.setToolTip(self.tr("Take all paint away: the regions alone count"))
        self.fill.clicked.connect(lambda: self._set_mask(FaceMask()))
        self.empty.clicked.connect(lambda: self._set_mask(FaceMask.empty()))
        self.invert.clicked.connect(self._invert)
        self.clear.clicked.connect(lambda: self._set_mask(None))
        self.line(self.fill, self.empty, self.invert, self.clear)
        kit.editor.paint_tool_changed.connect(self._show_tool)
        self._show_tool(kit.editor.paint_tool)

    def _tool_slider(self, name: str, scale: ValueScale) -> ValueSlider:
        """A slider of the brush, which is no part of the project."""
        row = ValueSlider(self.kit.look, name, scale, self)
        self.add(row)
        return row

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the brush while a clip can be painted."""
        clips = [clip for clip in project.emotions if clip.id in selection.emotions]
        self._clip = clips[0] if len(clips) == 1 else None
        if self._clip is None:
            return False
        mask = self._clip.mask
        if mask is None:
            self._told.setText(
                self.tr("No paint yet: the regions alone say where it is felt. Choose a brush and paint on the face.")
            )
        else:
            self._told.setText(self.tr("Painted on {share:.0f} % of the face.").format(share=100 * _share(mask)))
        self.clear.setEnabled(mask is not None)
        return True

    def _show_tool(self, tool: PaintTool) -> None:
        brush = tool.brush
        self.mode.set_value(brush.mode if tool.active else None)
        self.radius.show_values([brush.radius])
        self.strength.show_values([brush.strength])
        self.hardness.show_values([brush.hardness])
        self.softness.show_values([tool.softness])
        self.opacity.show_values([tool.opacity])
        self.mirror.setChecked(brush.mirror)

    def _take_tool(self, mode: StrokeMode) -> None:
        """Take a tool, or lay it down when it is in hand already."""
        tool = self.editor.paint_tool
        laid_down = tool.active and tool.brush.mode is mode
        changed = replace(tool, active=not laid_down, brush=replace(tool.brush, mode=mode))
        self.editor.set_paint_tool(changed)
        self._show_tool(changed)

    def _brush(self, **changes: Any) -> None:
        tool = self.editor.paint_tool
        self.editor.set_paint_tool(replace(tool, brush=replace(tool.brush, **changes)))

    def _invert(self) -> None:
        if self._clip is not None:
            self._set_mask((self._clip.mask or FaceMask()).inverted())

    def _set_mask(self, mask: FaceMask | None) -> None:
        if self._clip is not None:
            self.apply("set_mask", clip=self._clip.id, mask=mask)


def _share(mask: FaceMask) -> float:
    """Mean weight, 0 to 1."""
    return sum(mask.weights) / (255 * len(mask.weights))
