"""Pointing at the face without a brush: regions select, and the eyes can be given a target."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QObject, Signal

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.viewport.scene import ViewportScene
from pctalk_studio.core.topology import OUTER_EYE_CORNERS
from pctalk_studio.document.edits.keys import LIMITS, CurveName
from pctalk_studio.document.project import EmotionRegion
from pctalk_studio.session.face_regions import region_at
from pctalk_studio.session.face_space import FacePoint
from pctalk_studio.session.selection import Selection

TARGET_DISTANCE = 6.0
"""How far before the face a target is taken to stand, E: half a metre."""

LOOK = 0.8
"""Seconds that the eyes rest on a target; the keys can be moved afterwards."""


class Looking(QObject):
    """What is pointed at.

    Parameters
    ----------
    kit
        What every view is given.
    scene
        What is on the screen.
    parent
        Owner.
    """

    changed = Signal()
    """Another region is marked, or aiming began or ended."""

    def __init__(self, kit: Kit, scene: ViewportScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._scene = scene
        self.region: EmotionRegion | None = None
        self.aiming = False
        kit.editor.desk_changed.connect(self._forget)
        kit.editor.playhead_moved.connect(self._forget)
        kit.editor.paint_tool_changed.connect(self._forget)

    def _forget(self) -> None:
        self._mark(None)

    def _mark(self, region: EmotionRegion | None) -> None:
        if region is not self.region:
            self.region = region
            self.changed.emit()

    def point_at(self, point: FacePoint | None) -> None:
        """Mark the region at a point of the face, and select the topmost emotion that is felt there now."""
        if point is None or not point.on_mesh:
            self._mark(None)
            return
        region = region_at(point.x, point.y)
        self._mark(region)
        place = np.array([point.x, point.y])
        for clip in self._scene.clips_here:
            painted = 1.0 if clip.mask is None else float(clip.mask.at(place))
            if region in clip.regions and painted > 0.02:
                self._kit.editor.select(Selection.of(emotions=[clip.id]))
                return

    # -- the eyes' target ----------------------------------------------------------------------------------------------

    def aim(self) -> None:
        """The next press says where the eyes look; or, once more, not."""
        if self.end():
            return
        if self._scene.face is None:
            self._kit.editor.tell("no-face-yet", self.tr("The face is not known yet; wait until a frame is drawn."), error=False)
            return
        self.aiming = True
        self.changed.emit()

    def end(self) -> bool:
        """Aim no more; False when nobody did."""
        was, self.aiming = self.aiming, False
        if was:
            self.changed.emit()
        return was

    def look(self, x: float, y: float) -> None:
        """Let the eyes rest on a point of the frame, from the playhead on."""
        face, desk = self._scene.face, self._kit.editor.desk
        self.end()
        if face is None or desk is None:
            return
        eyes = face.points[list(OUTER_EYE_CORNERS), :2].mean(axis=0)
        way = (np.array([x, y]) - eyes) / face.scale
        angles = [math.degrees(math.atan2(float(part), TARGET_DISTANCE)) for part in (way[0], -way[1])]
        reach = LIMITS[CurveName.GAZE_X][1]
        sideways, up = (round(min(max(angle, -reach), reach), 2) for angle in angles)
        start = desk.transport.seconds
        end = min(start + LOOK, desk.duration)
        self._kit.editor.apply("look_at", x=sideways, y=up, start=start, end=end)
