"""The networks at work for faces: one device, bounded memory, batches as large as it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pctalk_studio.core.errors import RenderError
from pctalk_studio.nets.liveportrait.model import StudiedFace, to_bytes
from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.nets.liveportrait.pose import FaceMotion
from pctalk_studio.nets.liveportrait.safety import trouble_with, within_memory
from pctalk_studio.nets.liveportrait.transfer import Courier
from pctalk_studio.render.api import PictureU8
from pctalk_studio.render.liveportrait.device_paste import DevicePaste
from pctalk_studio.render.liveportrait.kept import Kept
from pctalk_studio.render.liveportrait.placing import Paste

F32 = npt.NDArray[np.float32]
ResultT = TypeVar("ResultT")

KEPT_BYTES = 128 << 20
"""Memory on the device for what is known of sources; one takes about 11 MB."""
LAID_BYTES = 256 << 20
"""Memory on a card for what lays frames into pictures; 10 MB for 512 x 512 pixels, 100 MB for a face of four megapixels."""
FRAME_BYTES = 1 << 30
"""Memory on a card from which one more frame of a batch is drawn: twice what it takes by count of its tensors in float16."""
PLAIN = 1.0
"""Standard deviation of a crop, in levels of 255, up to which there is nothing on it that a frame could show."""
MOST_FRAMES = 16
"""In a batch: beyond that a card is busy all the time anyway."""


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


def batch_for(device: torch.device) -> int:
    """Frames worth drawing in one pass: a power of two by a card's free memory; elsewhere one, since more take as much longer."""
    if device.type != "cuda" or not torch.cuda.is_available():
        return 1
    free, _ = torch.cuda.mem_get_info(device)
    return 1 << (min(max(free // FRAME_BYTES, 1), MOST_FRAMES).bit_length() - 1)


class Workbench:
    """The networks, and what they have found out about sources; one caller at a time, others wait.

    Parameters
    ----------
    model
        The networks on their device.
    limit
        Bytes that are kept on the device for sources.
    batch
        Frames drawn in one pass; None: as many as the device is good for.
    lays
        The device lays frames into pictures, too; None: a CUDA card does.

    Attributes
    ----------
    batch
        Halved whenever memory ran out.
    """

    def __init__(self, model: Model, limit: int = KEPT_BYTES, batch: int | None = None, lays: bool | None = None) -> None:
        self.model = model
        self.batch = batch_for(model.policy.device) if batch is None else batch
        self._lays = model.policy.device.type == "cuda" if lays is None else lays
        self.faces: Kept[StudiedFace] = Kept(limit)
        self.pastes: Kept[DevicePaste] = Kept(LAID_BYTES)
        self._courier = Courier()
        self._shrunk = ""
        # A row is drawn in many steps on one device, and recorded work has but one set of inputs.
        self._busy = threading.Lock()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about anything that is not as fast or as planned as it could be."""
        return (*self.model.remarks, self._shrunk) if self._shrunk else self.model.remarks

    def read_motion(self, crop: PictureU8) -> FaceMotion:
        """What the motion extractor reads off a crop."""
        with self._busy:
            (motion,) = self._patiently(lambda _: self.model.read_motion(crop[None]), 1)
        return motion

    def stitch_shift(self, k_source: F32, k_driven: F32) -> F32:
        """What stitching adds to driven keypoints, [21, 3]."""
        return np.asarray(self.model.stitch(k_source, k_driven[None])[0] - k_driven, np.float32)

    def draw_crop(self, name: str, crop: PictureU8, k_source: F32, k_driven: F32) -> PictureU8:
        """A frame [2 S, 2 S, 3] of a crop, which is studied when it is not known, or no longer.

        Raises
        ------
        RenderError
            When nothing is to be seen on it though there is on the crop, or there is too little memory.
        """
        with self._busy:
            frames = self._patiently(lambda _: self._frames(name, crop, k_source, k_driven[None]), 1)
        trouble = trouble_with(frames)
        # A model has proved that it draws; but one face's numbers may be too great for half precision where another's are not.
        if trouble == "broken" or (trouble and crop.std() > PLAIN):
            raise RenderError(
                f"LivePortrait draws {trouble} pictures of this face on {self.model.policy.words}; "
                "take another picture of it, or choose the mesh engine."
            )
        (frame,) = to_bytes(frames)
        return np.asarray(frame, np.uint8)

    def draw(
        self, name: str, crop: PictureU8, k_source: F32, k_driven: F32, paste: Paste, *, fleeting: bool = False
    ) -> list[PictureU8]:
        """Frames of a crop for keypoints [N, 21, 3], each laid into the picture.

        The device goes on with another caller's frames while the last of these are brought back and laid. ``fleeting`` says that
        little will be laid into this picture: not enough to bring it to the device.

        Raises
        ------
        RenderError
            When there is too little memory even for one frame at a time.
        """

        def begun(batch: int) -> list[Callable[[], list[PictureU8]]]:
            parts = [k_driven[first : first + batch] for first in range(0, len(k_driven), batch)]
            lays = self._lays and not fleeting and not paste.is_empty
            return [self._begun(name, paste, self._frames(name, crop, k_source, part), lays) for part in parts]

        with self._busy:
            parts = self._patiently(begun, len(k_driven))
        return [picture for part in parts for picture in part()]

    def _frames(self, name: str, crop: PictureU8, k_source: F32, k_driven: F32) -> Tensor:
        return self.model.draw(self.faces.get(name, lambda: self.model.study(crop)), k_source, k_driven)

    def _begun(self, name: str, paste: Paste, frames: Tensor, lays: bool) -> Callable[[], list[PictureU8]]:
        """Lay frames into the picture where that is done best; the pictures are there when the result is called."""
        if not lays:
            return lambda: [paste(frame) for frame in to_bytes(frames)]
        laid = self.pastes.get(name, lambda: DevicePaste.of(paste, frames.device))(frames)
        parcel = self._courier.fetch(laid)
        return lambda: [paste.filled(part) for part in parcel.opened()]

    def _patiently(self, work: Callable[[int], ResultT], count: int) -> ResultT:
        """Do work in batches; when memory runs out, give up all that can be made again, and go on with half as many at a time.

        Raises
        ------
        RenderError
            When there is too little memory even so.
        """
        first = min(count, self.batch)

        def tried(batch: int) -> ResultT:
            made = work(min(batch, first))
            if batch < first:
                self.batch = batch
                self._shrunk = (
                    f"Memory for {first} frames at a time ran out, so LivePortrait draws {batch} at a time, more slowly."
                )
            return made

        # Counting from two gives a single frame its second try.
        return within_memory(tried, max(first, 2), self._release)

    def _release(self) -> None:
        self.faces.clear()
        self.pastes.clear()
        self.model.release()
