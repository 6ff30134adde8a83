"""Lanes of curves that are added to what the clip does by itself: lip scale, head, gaze."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter

from pctalk_studio.app.timeline.lane import Board, Strip
from pctalk_studio.app.timeline.lanes.curve_plot import Channel
from pctalk_studio.app.timeline.lanes.curves import CurveLane
from pctalk_studio.app.timeline.painting import paint_lines
from pctalk_studio.app.widgets.names import curve_title
from pctalk_studio.core.motion import EYE_CHANNELS, POSE_CHANNELS
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Track

_OWN = {
    CurveName.PITCH: ("pose", POSE_CHANNELS.index("pitch")),
    CurveName.YAW: ("pose", POSE_CHANNELS.index("yaw")),
    CurveName.ROLL: ("pose", POSE_CHANNELS.index("roll")),
    CurveName.X: ("pose", POSE_CHANNELS.index("x")),
    CurveName.Y: ("pose", POSE_CHANNELS.index("y")),
    CurveName.ZOOM: ("pose", POSE_CHANNELS.index("zoom")),
    CurveName.GAZE_X: ("eyes", EYE_CHANNELS.index("gaze_x")),
    CurveName.GAZE_Y: ("eyes", EYE_CHANNELS.index("gaze_y")),
}
"""Where the clip's motion keeps what a curve is added to."""

_BY_ITSELF = (CurveName.PITCH, CurveName.YAW, CurveName.ROLL, CurveName.GAZE_X, CurveName.GAZE_Y)
"""Curves that are seen without keys, too."""


class LipScaleLane(CurveLane):
    """Size of the lip movement over time."""

    def __init__(self, board: Board) -> None:
        title = curve_title(CurveName.LIP_SCALE)
        super().__init__("lip_scale", title, board, 40, [Channel(CurveName.LIP_SCALE, title)], Track.LIPS)


class MotionLane(CurveLane):
    """Curves of head or eyes, over what they do by themselves and with the keys, which is drawn thin behind the keys' curve."""

    def parts(self) -> tuple[object, ...]:
        """The clip's motion, too."""
        desk = self.kit.editor.desk
        return (*super().parts(), None if desk is None else desk.clip)

    def paint_behind(self, painter: QPainter, strip: Strip) -> None:
        """The motion that comes out in the end, of the curves that move by themselves and of the active one."""
        desk = self.kit.editor.desk
        if desk is None or desk.clip is None:
            return
        rate, motion = float(desk.clip.rate), desk.clip.motion
        start, end = strip.span
        first, last = max(int(start * rate) - 1, 0), min(int(end * rate) + 2, len(motion))
        # No more points than pixels: a wide view needs no frame twice.
        step = max(1, int((last - first) / max(strip.width, 1.0)))
        frames = np.arange(first, last, step)
        lines = []
        shown = [channel for channel in self.channels if channel.curve in _BY_ITSELF or channel == self.active]
        for channel in shown:
            room, index = _OWN[channel.curve]
            values = getattr(motion, room)[frames, index].astype(np.float64)
            ys = self.plot(channel, strip).ys(np.clip(values, *channel.limits))
            lines.append((ys, strip.tokens.color(channel.color, 0.5)))
        paint_lines(painter, strip, strip.scale.x(frames / rate), lines, 1.0)


class HeadLane(MotionLane):
    """How the head turns, nods and tilts, and where and how large it is."""

    def __init__(self, board: Board) -> None:
        channels = (
            Channel(CurveName.YAW, curve_title(CurveName.YAW), "°", "disk"),
            Channel(CurveName.PITCH, curve_title(CurveName.PITCH), "°", "style_open"),
            Channel(CurveName.ROLL, curve_title(CurveName.ROLL), "°", "style_purse"),
            Channel(CurveName.X, curve_title(CurveName.X), " E", "style_wide"),
            Channel(CurveName.Y, curve_title(CurveName.Y), " E", "closure_bar"),
            Channel(CurveName.ZOOM, curve_title(CurveName.ZOOM), " x", "wave"),
        )
        super().__init__("head", "", board, 44, channels, Track.HEAD)
        self.title = self.tr("Head")


class GazeLane(MotionLane):
    """Where the eyes look."""

    def __init__(self, board: Board) -> None:
        channels = (
            Channel(CurveName.GAZE_X, curve_title(CurveName.GAZE_X), "°", "disk"),
            Channel(CurveName.GAZE_Y, curve_title(CurveName.GAZE_Y), "°", "style_open"),
        )
        super().__init__("gaze", "", board, 44, channels, Track.GAZE)
        self.title = self.tr("Gaze")
