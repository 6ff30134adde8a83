"""Pictures with alpha: a cut-out portrait keeps its transparency while it speaks.

No engine knows of alpha. The portrait is drawn before black and before white; where it is opaque the two pictures are equal,
where the backdrop shows through they differ by it: alpha = 1 - (white - black). That is exact for any engine that moves pixels,
and the matte moves with the head. An engine that paints pixels anew would paint two different faces.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.media.pictures import Picture, foreground
from pctalk_studio.render.api import NeuralRenderer, PreparedFace, Renderer
from pctalk_studio.render.framing import Framing, frame_source

RgbaU8 = npt.NDArray[np.uint8]
"""[H, W, 4] uint8 sRGB with straight alpha."""


class MatteFace:
    """Draws a cut-out portrait with its alpha.

    Parameters
    ----------
    picture, rig
        A portrait with alpha, and the face in it.
    framing
        What fills the frame.
    engine
        Draws.

    Raises
    ------
    RenderError
        When the portrait has no alpha, or the engine cannot draw the face, or not with transparency.
    """

    def __init__(self, picture: Picture, rig: FaceRig, framing: Framing, engine: Renderer) -> None:
        if picture.alpha is None:
            raise RenderError(f"'{picture.path}' has no transparency to export; cut the portrait out, or export without alpha.")
        if isinstance(engine, NeuralRenderer):
            raise RenderError(
                f"The engine '{engine.name}' cannot draw transparency; choose the mesh engine, or export without alpha."
            )
        own = foreground(picture).astype(np.uint16)
        weight = picture.alpha[..., None].astype(np.uint16)
        self._before = tuple(self._prepared(own, weight, level, picture.path, rig, framing, engine) for level in (0, 255))

    @staticmethod
    def _prepared(
        own: npt.NDArray[np.uint16], weight: npt.NDArray[np.uint16], level: int, path: Path, rig: FaceRig, framing: Framing,
        engine: Renderer,
    ) -> PreparedFace:  # fmt: skip
        rgb = ((own * weight + level * (255 - weight) + 127) // 255).astype(np.uint8)
        return engine.prepare(frame_source(Picture.of(rgb, None, path), rig, framing))

    def frame(self, row: MotionRow) -> RgbaU8:
        """Draw one row, [H, W, 4] uint8; transparent pixels are black.

        Raises
        ------
        RenderError
            When the row holds a value that is not finite.
        """
        black, white = (face.frame(row).astype(np.int16) for face in self._before)
        # Three channels measure the same alpha; green, the brightest, is measured best, and rounding is evened out by all.
        alpha = np.clip(255 - np.rint((white - black).mean(axis=2)), 0, 255)
        with np.errstate(divide="ignore", invalid="ignore"):
            colour = np.where(alpha[..., None] > 0, np.rint(black * (255.0 / np.maximum(alpha, 1.0))[..., None]), 0)
        return np.dstack([np.clip(colour, 0, 255), alpha]).astype(np.uint8)
