"""The neural engine: LivePortrait's networks driven by the same rows as the mesh engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.render.api import PictureU8, Renderer, RenderSource
from pctalk_studio.render.liveportrait.driving import Driver
from pctalk_studio.render.liveportrait.placing import CropPlace, Paste
from pctalk_studio.render.liveportrait.workbench import Workbench
from pctalk_studio.render.mesh.engine import MeshRenderer

F32 = npt.NDArray[np.float32]

REVISION = 3
"""Raise it whenever a row would give other pixels with the same weights."""
READ_SIDE = 256
"""Pixels of the crop that the motion extractor reads, whatever size is drawn."""
FULL_SIDE, DRAFT_SIDE = 256, 128
"""Pixels of the crop that is drawn from; frames are twice as wide. A draft takes a quarter of the work."""
BATCH_BYTES = 256 << 20
"""Of the pictures that a batch gives at most."""
SMALLEST_FACE = 24.0
"""Pixels between the outer eye corners below which there is nothing to draw lips with."""


@dataclass(frozen=True, slots=True)
class LivePortraitRenderer:
    """The neural engine, a :class:`pctalk_studio.render.api.NeuralRenderer`.

    Parameters
    ----------
    bench
        The networks.
    weights
        Identity of their weights; equal ones draw equal pictures.
    side
        Pixels of the crop that is drawn from.
    """

    bench: Workbench
    weights: str
    side: int = FULL_SIDE

    @property
    def name(self) -> str:
        """``liveportrait``."""
        return "liveportrait"

    @property
    def version(self) -> str:
        """Revision, weights, device and precision, size: all that changes pixels."""
        policy = self.bench.model.policy
        return f"{REVISION}-{content_hash(self.weights, policy.device.type, str(policy.dtype))[:12]}-{self.side}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about anything that is not as fast or as planned as it could be."""
        return self.bench.remarks

    def at(self, side: int) -> LivePortraitRenderer:
        """The same networks on crops of another side, a multiple of 128."""
        return replace(self, side=side)

    @property
    def draft(self) -> Renderer | None:
        """A quarter of the pixels; None on a processor, where even that takes seconds."""
        return None if self._slow else self.at(DRAFT_SIDE)

    @property
    def proxy(self) -> Renderer | None:
        """On a processor, which takes seconds for a frame, the mesh engine."""
        return MeshRenderer() if self._slow else None

    @property
    def _slow(self) -> bool:
        return self.bench.model.policy.device.type == "cpu"

    def prepare(self, source: RenderSource) -> LivePortraitFace:
        """Study a source.

        Raises
        ------
        RenderError
            When the face is too small, its landmarks are no face, or memory runs out.
        """
        rig = source.rig
        if source.picture.shape[:2] != (rig.picture_size[1], rig.picture_size[0]):
            raise ValueError("the rig belongs to a picture of another size")
        if rig.scale < SMALLEST_FACE:
            raise RenderError(
                f"The face is too small to animate (eyes {rig.scale:.0f} pixels apart, {SMALLEST_FACE:.0f} needed); "
                "use a larger picture or crop to the face."
            )
        if not np.isfinite(rig.landmarks).all() or not np.isfinite(rig.shape).all():
            raise RenderError("The landmarks of this portrait are broken; detect the face again or give its points by hand.")
        return LivePortraitFace.of(source, self.bench, self.side)

    def know(self, frames: Sequence[RenderSource]) -> None:
        """Learn nothing of a movie: the networks read identity and appearance off each frame, so that it keeps its own light."""

    def prepare_kin(self, source: RenderSource, person: object) -> LivePortraitFace:
        """Study a frame of a movie; see :class:`pctalk_studio.render.api.KindredRenderer`.

        Few frames are laid into it, and they are laid where that needs no preparation.
        """
        return replace(self.prepare(source), fleeting=True)


@dataclass(frozen=True, slots=True, eq=False)
class LivePortraitFace:
    """One face, ready to be drawn; a :class:`pctalk_studio.render.api.BatchFace`.

    Parameters
    ----------
    bench
        The networks.
    crop, name
        [S, S, 3] that is drawn from, and the content hash of it and of the picture.
    driver
        Makes keypoints of rows.
    rest
        [21, 3] what stitching adds to the photo's own keypoints.
    paste
        Lays frames into the picture.
    fleeting
        It is a frame of a movie, from which little is drawn.
    """

    bench: Workbench
    crop: PictureU8
    name: str
    driver: Driver
    rest: F32
    paste: Paste
    fleeting: bool = False

    @classmethod
    def of(cls, source: RenderSource, bench: Workbench, side: int) -> LivePortraitFace:
        """Everything that depends on the source alone."""
        place = CropPlace.of(source.rig.landmarks)
        crop = place.cut(source.picture, side)
        motion = bench.read_motion(crop if side == READ_SIDE else place.cut(source.picture, READ_SIDE))
        driver = Driver.of(source.rig, place, motion)
        k_source, name = driver.k_source, content_hash(crop, source.picture)
        rest = bench.stitch_shift(k_source, k_source)
        still = bench.draw_crop(name, crop, k_source, k_source)
        return cls(bench, crop, name, driver, rest, Paste.of(source.picture, place, still))

    def keypoints(self, row: MotionRow) -> F32:
        """K_d [21, 3] float32, crop frame, as it is drawn: stitched last, and K_ori to the bit for a row at rest.

        What stitching would do to the photo itself is left out: a control at zero is to change nothing.
        """
        driven = self.driver.k_driven(row.quantised())
        return driven + (self.bench.stitch_shift(self.driver.k_source, driven) - self.rest)

    @property
    def batch(self) -> int:
        """Rows to give to :meth:`frames` at a time."""
        return min(self.bench.batch, max(1, BATCH_BYTES // self.paste.picture.nbytes))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about anything that is not as fast or as planned as it could be."""
        return self.bench.remarks

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row; see :class:`pctalk_studio.render.api.PreparedFace`. A row at rest is the photo, bit for bit."""
        (picture,) = self.frames((row,))
        return picture

    def frames(self, rows: Sequence[MotionRow]) -> list[PictureU8]:
        """Draw some rows in one pass; see :class:`pctalk_studio.render.api.BatchFace`."""
        if not all(np.isfinite(row.flat()).all() for row in rows):
            raise RenderError("The motion of this frame holds values that are not numbers; undo the last edit.")
        k_source = self.driver.k_source
        driven = [self.keypoints(row) for row in rows]
        moved = [bool((each != k_source).any()) for each in driven]
        drawn: list[PictureU8] = []
        if any(moved):
            k_driven = np.stack([each for each, moves in zip(driven, moved, strict=True) if moves])
            drawn = self.bench.draw(self.name, self.crop, k_source, k_driven, self.paste, fleeting=self.fleeting)
        pictures = iter(drawn)
        return [next(pictures) if moves else self.paste.picture.copy() for moves in moved]
