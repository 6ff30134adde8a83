"""The neural engine: LivePortrait's networks driven by the same rows as the mesh engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from torch import Tensor

from pctalk_studio.core.errors import RenderError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.motion import MotionRow
from pctalk_studio.nets.liveportrait.model import StudiedFace, to_bytes
from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.nets.liveportrait.pose import FaceMotion
from pctalk_studio.nets.liveportrait.safety import within_memory
from pctalk_studio.render.api import PictureU8, Renderer, RenderSource
from pctalk_studio.render.liveportrait.driving import Driver
from pctalk_studio.render.liveportrait.kept import Kept
from pctalk_studio.render.liveportrait.placing import CropPlace, Paste
from pctalk_studio.render.mesh.engine import MeshRenderer

F32 = npt.NDArray[np.float32]
ResultT = TypeVar("ResultT")

REVISION = 1
"""Raise it whenever a row would give other pixels with the same weights."""
READ_SIDE = 256
"""Pixels of the crop that the motion extractor reads, whatever size is drawn."""
FULL_SIDE, DRAFT_SIDE = 256, 128
"""Pixels of the crop that is drawn from; frames are twice as wide. A draft takes a quarter of the work."""
KEPT_BYTES = 128 << 20
"""Memory on the device for what is known of sources; one takes about 11 MB."""
SMALLEST_FACE = 24.0
"""Pixels between the outer eye corners below which there is nothing to draw lips with."""


class Model(Protocol):
    """What the engine wants of networks; :class:`pctalk_studio.nets.liveportrait.LivePortraitModel` gives it."""

    policy: Policy
    remarks: tuple[str, ...]

    def read_motion(self, pictures: PictureU8) -> tuple[FaceMotion, ...]:
        """Pose, expression, scale, place and identity of crops [N, 256, 256, 3]."""
        ...

    def study(self, picture: PictureU8) -> StudiedFace:
        """Appearance of a crop [S, S, 3]."""
        ...

    def stitch(self, k_source: F32, k_driving: F32) -> F32:
        """Correct driven keypoints [N, 21, 3] so that frames join the picture."""
        ...

    def draw(self, face: StudiedFace, k_source: F32, k_driving: F32) -> Tensor:
        """Frames [N, 3, 2 S, 2 S] 0 to 1."""
        ...

    def release(self) -> None:
        """Give up what is made again by itself."""
        ...


class Workbench:
    """The networks, and what they have found out about sources; one caller at a time, others wait.

    Parameters
    ----------
    model
        The networks on their device.
    limit
        Bytes that are kept on the device for sources.
    """

    def __init__(self, model: Model, limit: int = KEPT_BYTES) -> None:
        self.model = model
        self.faces: Kept[StudiedFace] = Kept(limit)
        # A row is drawn in many steps on one device, and recorded work has but one set of inputs.
        self._busy = threading.Lock()

    def read_motion(self, crop: PictureU8) -> FaceMotion:
        """What the motion extractor reads off a crop."""
        (motion,) = self._patiently(lambda: self.model.read_motion(crop[None]))
        return motion

    def stitch_shift(self, k_source: F32, k_driven: F32) -> F32:
        """What stitching adds to driven keypoints, [21, 3]."""
        return np.asarray(self._patiently(lambda: self.model.stitch(k_source, k_driven[None])[0] - k_driven), np.float32)

    def draw(self, name: str, crop: PictureU8, k_source: F32, k_driven: F32) -> PictureU8:
        """A frame [2 S, 2 S, 3] of a crop, which is studied when it is not known, or no longer."""

        def drawn() -> PictureU8:
            face = self.faces.get(name, lambda: self.model.study(crop))
            (frame,) = to_bytes(self.model.draw(face, k_source, k_driven[None]))
            return np.asarray(frame, np.uint8)

        return self._patiently(drawn)

    def _patiently(self, work: Callable[[], ResultT]) -> ResultT:
        """Do work; when memory runs out, give up all that can be made again, and try once more.

        Raises
        ------
        RenderError
            When there is too little memory even so.
        """
        with self._busy:
            # Counting from two gives a single frame its second try.
            return within_memory(lambda _: work(), 2, self._release)

    def _release(self) -> None:
        self.faces.clear()
        self.model.release()


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
        return self.bench.model.remarks

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


@dataclass(frozen=True, slots=True, eq=False)
class LivePortraitFace:
    """One face, ready to be drawn.

    Parameters
    ----------
    bench
        The networks.
    crop, name
        [S, S, 3] that is drawn from, and its content hash.
    driver
        Makes keypoints of rows.
    rest
        [21, 3] what stitching adds to the photo's own keypoints.
    paste
        Lays frames into the picture.
    """

    bench: Workbench
    crop: PictureU8
    name: str
    driver: Driver
    rest: F32
    paste: Paste

    @classmethod
    def of(cls, source: RenderSource, bench: Workbench, side: int) -> LivePortraitFace:
        """Everything that depends on the source alone."""
        place = CropPlace.of(source.rig.landmarks)
        crop = place.cut(source.picture, side)
        motion = bench.read_motion(crop if side == READ_SIDE else place.cut(source.picture, READ_SIDE))
        driver = Driver.of(source.rig, place, motion)
        k_source, name = driver.k_source, content_hash(crop)
        rest = bench.stitch_shift(k_source, k_source)
        still = bench.draw(name, crop, k_source, k_source)
        return cls(bench, crop, name, driver, rest, Paste.of(source.picture, place, still))

    def keypoints(self, row: MotionRow) -> F32:
        """K_d [21, 3] float32, crop frame, as it is drawn: stitched last, and K_ori to the bit for a row at rest.

        What stitching would do to the photo itself is left out: a control at zero is to change nothing.
        """
        driven = self.driver.k_driven(row.quantised())
        return driven + (self.bench.stitch_shift(self.driver.k_source, driven) - self.rest)

    def frame(self, row: MotionRow) -> PictureU8:
        """Draw one row; see :class:`pctalk_studio.render.api.PreparedFace`. A row at rest is the photo, bit for bit."""
        if not np.isfinite(row.flat()).all():
            raise RenderError("The motion of this frame holds values that are not numbers; undo the last edit.")
        k_source, k_driven = self.driver.k_source, self.keypoints(row)
        if (k_driven == k_source).all():
            return self.paste.picture.copy()
        return self.paste(self.bench.draw(self.name, self.crop, k_source, k_driven))
