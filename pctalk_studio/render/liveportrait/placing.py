"""Cutting the crop out of a picture, and laying drawn frames back into it.

Crop frame: -1 to 1 across the crop's outer borders, x right, y down. Pixel centres lie at whole numbers in pictures and crops.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.nets.liveportrait.crop import POINTS_478, SOURCE_CROP, crop_matrix, inverse_of
from pctalk_studio.render.api import PictureU8

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

SIDE = SOURCE_CROP.side
"""Pixels of the crop's side at which it is cut; networks read it smaller."""
RIM, FEATHER = 4, 40
"""Of the crop's 512 pixels, those along the border that are never shown, and those over which frames fade into the picture:
wide, since beyond the head a frame differs from the photo by little, and a wide slope shows none of it."""

STILL, STILL_REACH = 8.0, 6
"""Levels of 255 by which a frame may differ from the photo's own drawn frame and still half count as still, and how far around,
in pixels of 512: a face that moves is to be of one softness, not sharp in patches."""

COARSER = 4
"""Pixels of a frame per pixel of the smooth map of what stands still."""


@dataclass(frozen=True, slots=True, eq=False)
class CropPlace:
    """Where the crop lies in a picture.

    Parameters
    ----------
    to_crop
        [2, 3] float64, from pixels of the picture to pixels of the crop of side 512.
    """

    to_crop: F64

    @classmethod
    def of(cls, landmarks: npt.NDArray[np.float32]) -> CropPlace:
        """Lay the crop round a face.

        Parameters
        ----------
        landmarks
            [478, 2 or 3] pixels.

        Raises
        ------
        ValueError
            When the landmarks are no face.
        """
        return cls(crop_matrix(landmarks[:, :2], POINTS_478))

    @property
    def enlargement(self) -> float:
        """Pixels of the crop per pixel of the picture."""
        return float(np.sqrt(abs(np.linalg.det(self.to_crop[:, :2]))))

    def in_crop(self, points: F64) -> F64:
        """Pixels of the picture [N, 2] in the crop frame, [N, 2]."""
        pixels = points @ self.to_crop[:, :2].T + self.to_crop[:, 2]
        return np.asarray((pixels + 0.5) * (2 / SIDE) - 1)

    def cut(self, picture: PictureU8, side: int) -> PictureU8:
        """The crop, [side, side, 3]; beyond the picture its border goes on, since black would creep into what is drawn."""
        matrix, step = self.to_crop, int(1 / self.enlargement)
        if step > 1:
            # Sampling every other pixel of a large face would alias: average first.
            height, width = (max(1, length // step) for length in picture.shape[:2])
            picture = np.asarray(
                cv2.resize(picture[: height * step, : width * step], (width, height), interpolation=cv2.INTER_AREA), np.uint8
            )
            half = (step - 1) / 2
            matrix = np.column_stack([matrix[:, :2] * step, matrix[:, 2] + matrix[:, :2] @ (half, half)])
        crop = cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Paste:
    """Lays frames into one picture.

    Networks draw 512 pixels, softer than a photo. Where a frame shows what the photo's own drawn frame shows, the photo itself
    is laid instead: surroundings keep their detail, and a face at rest is the photo.

    Parameters
    ----------
    picture
        [H, W, 3].
    still
        [S, S, 3] the frame that is drawn of the photo itself.
    box
        (x0, y0, x1, y1) of the part that frames reach.
    side
        Pixels of the frames' side as they are laid.
    in_box, to_box
        [2, 3] float64, from pixels of the crop of 512, and of such a frame, to pixels of the box.
    weight, rest
        [h, w] float32: of the frame and of the picture in the box; they sum to 1.
    detail
        [h, w, 3] float32: what the photo has and its drawn frame lacks.
    """

    picture: PictureU8
    still: PictureU8
    box: tuple[int, int, int, int]
    side: int
    in_box: F64
    to_box: F64
    weight: F32
    rest: F32
    detail: F32

    @classmethod
    def of(cls, picture: PictureU8, place: CropPlace, still: PictureU8) -> Paste:
        """Prepare.

        Parameters
        ----------
        picture
            [H, W, 3].
        place
            Of the crop.
        still
            [S, S, 3] the frame that is drawn of the photo itself; others are of its size.
        """
        back = inverse_of(place.to_crop)
        height, width = picture.shape[:2]
        edge = SIDE - 0.5
        ends = np.array([[-0.5, -0.5], [edge, -0.5], [-0.5, edge], [edge, edge]]) @ back[:, :2].T + back[:, 2]
        low = np.clip(np.floor(ends.min(axis=0)), 0, (width, height)).astype(int)
        high = np.clip(np.ceil(ends.max(axis=0)) + 1, low, (width, height)).astype(int)
        box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
        # Frames that the picture shows smaller than they were drawn are averaged down first, not sampled.
        side = min(len(still), max(1, round(SIDE / place.enlargement)))
        in_box = np.column_stack([back[:, :2], back[:, 2] - low])
        size = (box[2] - box[0], box[3] - box[1])
        if not min(size):
            nothing = np.zeros((0, 0), np.float32)
            return cls(picture, still, box, side, in_box, in_box, nothing, nothing, nothing)
        weight = np.asarray(cv2.warpAffine(_mask(), in_box, size, flags=cv2.INTER_LINEAR), np.float32)
        to_box = of_other_size(in_box, side)
        under = picture[box[1] : box[3], box[0] : box[2]]
        detail = under.astype(np.float32) - _laid(still, side, to_box, size)
        return cls(picture, still, box, side, in_box, to_box, weight, 1 - weight, detail)

    def __call__(self, frame: PictureU8) -> PictureU8:
        """The picture with a drawn frame [S, S, 3] laid in; what the frame does not reach is the picture's, bit for bit."""
        if self.is_empty:
            return self.picture.copy()
        x0, y0, x1, y1 = self.box
        size = (x1 - x0, y1 - y0)
        coarse = self._stillness(frame)
        to_box = of_other_size(self.in_box, len(coarse))
        still = cv2.warpAffine(coarse, to_box, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        painted = _laid(frame, self.side, self.to_box, size)
        cv2.add(painted, cv2.multiply(self.detail, cv2.merge([still] * 3)), dst=painted, dtype=cv2.CV_8U)
        under = np.ascontiguousarray(self.picture[y0:y1, x0:x1])
        return self.filled(np.asarray(cv2.blendLinear(painted, under, self.weight, self.rest), np.uint8))

    @property
    def is_empty(self) -> bool:
        """Frames do not reach the picture at all."""
        x0, y0, x1, y1 = self.box
        return x1 <= x0 or y1 <= y0

    def filled(self, part: npt.NDArray[np.uint8]) -> PictureU8:
        """The picture with the part [h, w, 3] that lies in the box."""
        out = self.picture.copy()
        x0, y0, x1, y1 = self.box
        out[y0:y1, x0:x1] = part
        return out

    def _stillness(self, frame: PictureU8) -> F32:
        """Where a frame shows what the photo's own does, [S/4, S/4] float32 0 to 1, smooth in place and in difference."""
        reach = reach_of(len(frame))
        red, green, blue = cv2.split(cv2.absdiff(frame, self.still))
        change = cv2.dilate(cv2.max(cv2.max(red, green), blue), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        side = len(frame) // COARSER
        coarse = cv2.resize(change, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
        change = cv2.GaussianBlur(coarse, (0, 0), reach / COARSER)
        return np.asarray(np.exp(-np.square(change / np.float32(STILL))), np.float32)


def _laid(frame: PictureU8, side: int, to_box: F64, size: tuple[int, int]) -> PictureU8:
    """A frame [S, S, 3] as it lies in a box of (width, height)."""
    if side < len(frame):
        frame = np.asarray(cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    patch = cv2.warpAffine(frame, to_box, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8)


def of_other_size(matrix: F64, side: int) -> F64:
    """A matrix from pixels of the crop of 512, for one of another side."""
    step = SIDE / side
    half = (step - 1) / 2
    return np.column_stack([matrix[:, :2] * step, matrix[:, 2] + matrix[:, :2] @ (half, half)])


def reach_of(drawn: int) -> int:
    """STILL_REACH in pixels of frames that are drawn this wide."""
    return max(1, round(STILL_REACH * drawn / SIDE))


def _mask() -> F32:
    """How much of a frame is shown, [512, 512] float32: 1 inside, smoothly 0 towards the border."""
    inward = np.minimum(np.arange(SIDE), np.arange(SIDE)[::-1])
    part = np.clip((inward - RIM) / FEATHER, 0, 1)
    slope = part * part * (3 - 2 * part)
    return np.outer(slope, slope).astype(np.float32)
