"""What every engine promises. No engine, OpenCV or torch is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import MotionRow

PictureU8 = npt.NDArray[np.uint8]
"""Picture [H, W, 3] uint8 sRGB, RGB order."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderSource:
    """A picture and the face in it, both at the size at which frames leave the engine."""

    picture: PictureU8
    rig: FaceRig


class PreparedFace(Protocol):
    """An engine that has studied one source and now only draws."""

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row, [H, W, 3] uint8 of the source's size. The same row gives the same bytes, in any order and thread.

        Raises
        ------
        RenderError
            When the row holds a value that is not finite.
        """
        ...


class Renderer(Protocol):
    """An engine."""

    @property
    def name(self) -> str:
        """``mesh`` or ``liveportrait``."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same row would give other pixels; part of every frame's key."""
        ...

    def prepare(self, source: RenderSource) -> PreparedFace:
        """Do once what depends on the source alone.

        Raises
        ------
        RenderError
            When the face is too small or too distorted to be drawn.
        """
        ...
