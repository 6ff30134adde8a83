"""Painting: from a pen on the face to strokes in the document, at most one edit for each time the screen is drawn."""

from __future__ import annotations

import itertools
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.viewport.scene import ViewportScene
from pctalk_studio.app.viewport.targets import Ground, filled_clip, stroked_clip
from pctalk_studio.app.widgets.names import emotion_name
from pctalk_studio.document.masks import Brush, Dab, FaceMask, Stroke, StrokeMode
from pctalk_studio.document.project import EmotionClip, EmotionRegion, Side
from pctalk_studio.session.face_regions import area
from pctalk_studio.session.face_space import FacePoint
from pctalk_studio.session.selection import Selection

DISPLAY = 16
"""Milliseconds between two edits of a stroke."""


class FacePainter(QObject):
    """Paints on the selected emotion clip.

    Parameters
    ----------
    kit
        What every view is given.
    scene
        What is on the screen.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, scene: ViewportScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._scene = scene
        self._numbers = itertools.count(1)
        self._gesture = ""
        self._ground: Ground | None = None
        self._stroke: Stroke | None = None
        self._waiting: list[Dab] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DISPLAY)
        self._timer.timeout.connect(self._apply)

    # -- whom to paint on ----------------------------------------------------------------------------------------------

    def aim(self) -> EmotionClip | None:
        """The clip that is painted on. When none is selected, the topmost under the playhead is, and that is said."""
        clip = self._scene.painted
        if clip is not None:
            return clip
        editor, here = self._kit.editor, self._scene.clips_here
        if editor.desk is None:
            return None
        if here:
            editor.select(Selection.of(emotions=[here[0].id]))
            text = self.tr("Painting on “{emotion}”, the emotion under the playhead.").format(
                emotion=emotion_name(here[0].emotion)
            )
            editor.tell("paint-target", text, error=False)
            return here[0]
        text = self.tr("There is no emotion under the playhead to paint; add one on the timeline or select one.")
        editor.tell("no-paint-target", text, error=False)
        return None

    # -- strokes -------------------------------------------------------------------------------------------------------

    @property
    def stroking(self) -> bool:
        """A stroke is being drawn."""
        return self._stroke is not None

    def begin(self, point: FacePoint | None, pressure: float, mode: StrokeMode) -> bool:
        """Set the pen down; False when there is nothing to paint on."""
        had_target = self._scene.painted is not None
        clip = self.aim()
        if clip is None or not had_target:
            return False
        self._ground = ground = Ground.of(clip, adds=mode is StrokeMode.PAINT)
        if ground.fresh:
            text = self.tr("“{emotion}” is felt only where you paint from now on; clear the paint to have it everywhere.")
            self._kit.editor.tell("paint-fresh", text.format(emotion=emotion_name(clip.emotion)), error=False)
        brush = replace(self._kit.editor.paint_tool.brush, mode=mode)
        self._stroke = Stroke(ground.mask, brush)
        self._gesture = f"paint stroke {next(self._numbers)}"
        self._kit.editor.begin_drag()
        self.extend(point, pressure)
        self._apply()
        return True

    def extend(self, point: FacePoint | None, pressure: float) -> None:
        """Move the pen; beside the face it is lifted."""
        if self._stroke is None:
            return
        if point is None:
            self._grow()
            self._stroke = replace(self._stroke, last=None)
        else:
            self._waiting.append(Dab(point.x, point.y, self._kit.editor.paint_tool.felt(pressure)))
        if not self._timer.isActive():
            self._timer.start()

    def end(self) -> None:
        """Lift the pen: the stroke is one step to undo."""
        if self._stroke is not None:
            self._apply()
            self._stop()

    def cancel(self) -> None:
        """Take the stroke back as if it had never been."""
        if self._stroke is not None and self._ground is not None:
            self._waiting.clear()
            # A gesture that ends where it began leaves no step to undo.
            self._show(self._ground.clip)
            self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self._stroke = self._ground = None
        self._waiting.clear()
        self._kit.editor.end_drag()

    def _grow(self) -> None:
        if self._stroke is not None and self._waiting:
            self._stroke = self._stroke.grown(self._waiting)
            self._waiting.clear()

    def _apply(self) -> None:
        if self._stroke is None or self._ground is None or not self._waiting:
            return
        self._grow()
        self._show(stroked_clip(self._ground, self._stroke))

    def _show(self, clip: EmotionClip) -> None:
        _put(self._kit, clip, self.tr("Paint stroke"), self._gesture)

    # -- the whole mask ------------------------------------------------------------------------------------------------

    def fill(self, regions: frozenset[EmotionRegion], side: Side | None, weight: float) -> None:
        """Give an area of the face a weight, 0 to 1."""
        clip = self.aim()
        if clip is not None:
            ground = Ground.of(clip, adds=weight >= 1.0)
            _put(self._kit, filled_clip(ground, regions, area(regions, side), weight), self.tr("Fill with paint"))

    def invert(self) -> None:
        """Exchange what is painted and what is not."""
        clip = self.aim()
        if clip is not None:
            inverted = replace(clip, mask=(clip.mask or FaceMask()).inverted())
            _put(self._kit, inverted, self.tr("Invert paint"))

    def clear(self) -> None:
        """Take all paint off: the clip is felt on all of its regions again."""
        clip = self.aim()
        if clip is not None and clip.mask is not None:
            _put(self._kit, replace(clip, mask=None), self.tr("Take paint away"))


def brush_mode(brush: Brush, *, invert: bool, smooth: bool, eraser: bool) -> StrokeMode:
    """What a stroke does: as the brush says, unless a key or the pen's eraser says otherwise."""
    if smooth:
        return StrokeMode.SMOOTH
    if eraser:
        return StrokeMode.ERASE
    if invert and brush.mode is not StrokeMode.SMOOTH:
        return StrokeMode.ERASE if brush.mode is StrokeMode.PAINT else StrokeMode.PAINT
    return brush.mode


def _put(kit: Kit, clip: EmotionClip, label: str, gesture: str = "") -> None:
    """Give a clip its new mask and, where these changed, its regions, as one step."""
    edits: list[tuple[str, dict[str, object]]] = [
        ("set_mask", {"clip": clip.id, "mask": clip.mask}),
        ("set_regions", {"clip": clip.id, "regions": tuple(clip.regions)}),
    ]
    kit.editor.apply_all(label, edits, gesture=gesture, quiet=bool(gesture))
