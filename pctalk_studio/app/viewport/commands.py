"""Everything that can be done in the viewport, as actions with keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.actions import ActionSpec
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.modes import PaintTool
from pctalk_studio.app.viewport.canvas import ZOOM_STEP, ViewportCanvas
from pctalk_studio.app.viewport.gestures import resize_brush, set_brush
from pctalk_studio.app.viewport.holding import Holding
from pctalk_studio.app.viewport.options import Compare
from pctalk_studio.app.widgets.names import region_name
from pctalk_studio.document.masks import StrokeMode
from pctalk_studio.document.project import EmotionRegion, Side

OVERLAYS = ("glow", "regions", "keypoints", "safe_area")
"""Fields of the options that are switched by ``viewport.<field>``."""


class ViewportCommands(QObject):
    """Makes the viewport's actions, and keeps those that are switched as things are.

    Parameters
    ----------
    kit
        What every view is given.
    canvas
        On which they act.
    owner
        Within which their keys work.
    fill
        Opens the palette from which regions are filled.
    """

    def __init__(self, kit: Kit, canvas: ViewportCanvas, owner: QWidget, fill: Callable[[], None]) -> None:
        super().__init__(owner)
        self._kit, self._canvas, self._owner = kit, canvas, owner
        self._add_views()
        self._add_overlays()
        self._add_comparing()
        self._add_tools()
        self._add_masks(fill)
        canvas.scene.options_changed.connect(self._show)
        kit.editor.paint_tool_changed.connect(self._show)
        kit.editor.desk_changed.connect(self._offer)
        self._show()
        self._offer()

    def _offer(self) -> None:
        """There is nothing to compare while nothing is open."""
        for name in ("wipe", "side", "hold"):
            self._kit.actions[f"viewport.compare_{name}"].setEnabled(self._kit.editor.desk is not None)

    def _add(self, id_: str, text: str, keys: tuple[str, ...], run: Callable[..., object], **more: bool) -> QAction:
        group = self.tr("Paint") if id_.startswith("paint.") else self.tr("Viewport")
        return self._kit.actions.add(ActionSpec(id_, text, keys, group, **more), run, self._owner, focused=True)

    # -- view ----------------------------------------------------------------------------------------------------------

    def _add_views(self) -> None:
        canvas = self._canvas
        self._add("viewport.fit", self.tr("Fit frame"), ("0",), canvas.fit)
        self._add("viewport.actual_size", self.tr("100 %"), ("1",), lambda: canvas.zoom_to(1.0))
        zoom = canvas.zoom_by
        self._add("viewport.zoom_in", self.tr("Zoom in"), ("+", "="), lambda: zoom(ZOOM_STEP), repeats=True)
        self._add("viewport.zoom_out", self.tr("Zoom out"), ("-",), lambda: zoom(1 / ZOOM_STEP), repeats=True)
        self._add("viewport.gaze_target", self.tr("Let the eyes look at a point"), ("G",), canvas.looking.aim)

    def _add_overlays(self) -> None:
        texts = {
            "glow": (self.tr("Painted mask"), "H"),
            "regions": (self.tr("Regions of the face"), "R"),
            "keypoints": (self.tr("Keypoints"), "P"),
            "safe_area": (self.tr("Safe area"), "A"),
        }
        for name, (text, key) in texts.items():
            self._add(f"viewport.{name}", text, (key,), self._switch(name), checkable=True)

    def _switch(self, name: str) -> Callable[[bool], None]:
        return lambda on: self._canvas.scene.change(**{name: on})

    def _add_comparing(self) -> None:
        wipe, side = self.tr("Wipe: unedited and edited"), self.tr("Side by side: unedited and edited")
        self._add("viewport.compare_wipe", wipe, ("W",), lambda on: self._compare(Compare.WIPE, on), checkable=True)
        self._add("viewport.compare_side", side, ("Shift+W",), lambda on: self._compare(Compare.SIDE, on), checkable=True)
        hold = self.tr("See the unedited frame (hold the key, or switch)")
        self._add("viewport.compare_hold", hold, ("C",), Holding(self._canvas, self._canvas.scene).begin)

    def _compare(self, how: Compare, on: bool) -> None:
        scene = self._canvas.scene
        if on:
            scene.change(compare=how, divider=scene.face_across)
        elif scene.options.compare is how:
            scene.change(compare=Compare.OFF)

    # -- paint ---------------------------------------------------------------------------------------------------------

    def _add_tools(self) -> None:
        canvas = self._canvas
        for mode, text, key in (
            (StrokeMode.PAINT, self.tr("Paint emotion"), "B"),
            (StrokeMode.ERASE, self.tr("Erase emotion"), "E"),
            (StrokeMode.SMOOTH, self.tr("Smooth paint"), "Shift+B"),
        ):
            self._add(f"paint.{mode}", text, (key,), self._take(mode), checkable=True)
        self._add("paint.mirror", self.tr("Paint on both halves of the face"), ("X",), self._mirror, checkable=True)
        smaller, larger = self.tr("Smaller brush"), self.tr("Larger brush")
        self._add("paint.smaller", smaller, ("[",), lambda: resize_brush(self._kit.editor, -1), repeats=True)
        self._add("paint.larger", larger, ("]",), lambda: resize_brush(self._kit.editor, 1), repeats=True)
        self._add("paint.size", self.tr("Drag the brush's size"), ("F",), lambda: canvas.begin_sizing(strength=False))
        strength = self.tr("Drag the brush's strength")
        self._add("paint.strength", strength, ("Shift+F",), lambda: canvas.begin_sizing(strength=True))
        self._add("paint.pick", self.tr("Paint as strongly as under the cursor"), ("Shift+X",), canvas.pick_strength)

    def _take(self, mode: StrokeMode) -> Callable[[bool], None]:
        def take(on: bool) -> None:
            tool = self._kit.editor.paint_tool
            if on:
                if not tool.active:
                    self._canvas.painter.aim()
                self._kit.editor.set_paint_tool(replace(tool, active=True, brush=replace(tool.brush, mode=mode)))
            elif tool.active and tool.brush.mode is mode:
                self._kit.editor.set_paint_tool(replace(tool, active=False))

        return take

    def _mirror(self, on: bool) -> None:
        set_brush(self._kit.editor, mirror=on)

    def _add_masks(self, fill: Callable[[], None]) -> None:
        painter = self._canvas.painter
        self._add("paint.fill", self.tr("Fill regions …"), ("Shift+R",), fill)
        self._add("paint.invert", self.tr("Invert paint"), ("Ctrl+I",), painter.invert)
        self._add("paint.clear", self.tr("Take all paint away"), ("Ctrl+Backspace",), painter.clear)
        sides = ((None, ""), (Side.LEFT, self.tr("left")), (Side.RIGHT, self.tr("right")))
        for region in EmotionRegion:
            for side, word in sides:
                name = " ".join(filter(None, (region_name(region), word)))
                id_ = ".".join(filter(None, ("paint.fill", region.value, side and side.value)))
                self._add(id_, self.tr("Fill {region}").format(region=name), (), self._filling(region, side))

    def _filling(self, region: EmotionRegion, side: Side | None) -> Callable[[], None]:
        return lambda: self._canvas.painter.fill(frozenset({region}), side, self._kit.editor.paint_tool.brush.strength)

    # -- as things are -------------------------------------------------------------------------------------------------

    def _show(self, _changed: PaintTool | None = None) -> None:
        actions, options, tool = self._kit.actions, self._canvas.scene.options, self._kit.editor.paint_tool
        for name in OVERLAYS:
            _set(actions[f"viewport.{name}"], getattr(options, name))
        _set(actions["viewport.compare_wipe"], options.compare is Compare.WIPE)
        _set(actions["viewport.compare_side"], options.compare is Compare.SIDE)
        for mode in StrokeMode:
            _set(actions[f"paint.{mode}"], tool.active and tool.brush.mode is mode)
        _set(actions["paint.mirror"], tool.brush.mirror)


def _set(action: QAction, on: bool) -> None:
    """Show an action switched without doing what switching does."""
    if action.isChecked() != on:
        action.blockSignals(True)
        action.setChecked(on)
        action.blockSignals(False)
        action.changed.emit()
