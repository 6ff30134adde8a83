"""Eyes that are studied when they are first drawn: studying them takes longer than drawing a frame."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.mesh.eye_frame import LEFT_EYE, RIGHT_EYE, STILL
from pctalk_studio.render.mesh.eyes import EyeLayers

_LIDS = [*RIGHT_EYE.upper, *RIGHT_EYE.lower, *LEFT_EYE.upper, *LEFT_EYE.lower]


class LateEyes:
    """Both eyes of a face; see :class:`pctalk_studio.render.mesh.eyes.EyeLayers`. May be used from any thread.

    Parameters
    ----------
    picture
        [H, W, 3] uint8.
    rig
        The face in it.
    """

    __slots__ = ("_lock", "_made", "_picture", "_rest", "_rig")

    def __init__(self, picture: PictureU8, rig: FaceRig) -> None:
        self._picture = picture
        self._rig = rig
        self._rest = rig.landmarks[_LIDS, :2]
        self._made: EyeLayers | None = None
        self._lock = threading.Lock()

    @property
    def layers(self) -> EyeLayers:
        """The eyes, studied now if they were not."""
        with self._lock:
            if self._made is None:
                self._made = EyeLayers.of(self._picture, self._rig)
            return self._made

    @property
    def windows(self) -> tuple[tuple[int, int, int, int], ...]:
        """(x0, y0, x1, y1) of each place where something is drawn."""
        return self.layers.windows

    def draw(
        self,
        canvas: PictureU8,
        vertices_px: npt.NDArray[np.float32],
        blink_right: float,
        blink_left: float,
        gaze_x: float,
        gaze_y: float,
    ) -> None:
        """Draw both eyes over the warped skin, in place, where anything about them is to change."""
        asked = blink_right or blink_left or gaze_x or gaze_y
        if asked or np.abs(vertices_px[_LIDS] - self._rest).max() >= STILL:
            self.layers.draw(canvas, vertices_px, blink_right, blink_left, gaze_x, gaze_y)
