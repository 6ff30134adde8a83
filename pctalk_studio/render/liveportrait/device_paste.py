"""Laying drawn frames into a picture on the device that drew them, so that nothing but the finished part of it is copied back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from pctalk_studio.nets.liveportrait.policy import full_single_precision
from pctalk_studio.render.liveportrait.placing import COARSER, STILL, Paste, of_other_size, reach_of

F64 = npt.NDArray[np.float64]

_STEPS, _FINER = 32, 32
"""Places between two pixels that OpenCV tells apart when it samples, and parts of such a step in which it adds them up; the same
here, so that both lay the same picture."""
_PIXELS = 1 << 22
"""Of the box, laid at a time."""
_BLEND_GUARD = 1e-5
"""What OpenCV adds to the sum of two weights before it divides by it."""


@dataclass(frozen=True, slots=True, eq=False)
class DevicePaste:
    """:class:`pctalk_studio.render.liveportrait.placing.Paste` for batches of frames on a device.

    Not bit for bit the same, since sums are taken in another order: at most one level apart but for one pixel in a thousand.

    Parameters
    ----------
    still
        [3, S, S] float32, levels: the frame that is drawn of the photo itself.
    smaller
        [s, S] float32: averages S values to s; None where frames are laid as large as they are drawn.
    places, coarse_places
        [1, h, w, 2] float32: where each pixel of the box lies in a frame, and in the map of what stands still.
    blur
        [n] float32: a Gaussian.
    weight
        [h, w] float32: of the frame; that of the picture is the rest.
    under, detail
        [3, h, w] uint8, and float16 (which holds levels exactly): the picture, and what it has and its drawn frame lacks.
    """

    still: Tensor
    smaller: Tensor | None
    places: Tensor
    coarse_places: Tensor
    blur: Tensor
    weight: Tensor
    under: Tensor
    detail: Tensor

    @classmethod
    def of(cls, paste: Paste, device: torch.device) -> DevicePaste:
        """Bring a paste with a box that holds any pixel to a device."""
        x0, y0, x1, y1 = paste.box
        size, drawn = (x1 - x0, y1 - y0), len(paste.still)
        coarse = drawn // COARSER
        sigma = reach_of(drawn) / COARSER

        def there(values: npt.NDArray[np.generic]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device)

        return cls(
            there(paste.still.transpose(2, 0, 1).astype(np.float32)),
            there(_averages(drawn, paste.side)) if paste.side < drawn else None,
            there(_places(paste.to_box, paste.side, size)),
            there(_places(of_other_size(paste.in_box, coarse), coarse, size)),
            there(cv2.getGaussianKernel(round(8 * sigma + 1) | 1, sigma, cv2.CV_32F)[:, 0]),
            there(paste.weight),
            there(paste.picture[y0:y1, x0:x1].transpose(2, 0, 1)),
            there(paste.detail.transpose(2, 0, 1).astype(np.float16)),
        )

    @property
    def nbytes(self) -> int:
        """Memory that it holds on the device."""
        tensors = (self.still, self.places, self.coarse_places, self.blur, self.weight, self.under, self.detail)
        return sum(tensor.nbytes for tensor in tensors) + (0 if self.smaller is None else self.smaller.nbytes)

    @torch.inference_mode()
    def __call__(self, frames: Tensor) -> Tensor:
        """Lay frames [N, 3, S, S] float32 0 to 1 into the box; gives [N, h, w, 3] uint8."""
        height, width = self.weight.shape
        out = torch.empty((len(frames), height, width, 3), dtype=torch.uint8, device=frames.device)
        # In parts: of a large picture a frame laid takes more memory than to draw it.
        step = max(1, _PIXELS // (height * width))
        for first in range(0, len(frames), step):
            levels = torch.floor(frames[first : first + step].float().clamp(0, 1) * 255)
            with full_single_precision():
                out[first : first + step] = self._pasted(levels).movedim(1, -1)
        return out

    def _pasted(self, levels: Tensor) -> Tensor:
        # Rounded wherever the other way rounds, for it works on bytes.
        painted = self._laid(levels).round_().clamp_(0, 255)
        painted.addcmul_(self.detail.float(), self._still_shown(levels)).round_().clamp_(0, 255)
        rest = 1 - self.weight
        mixed = (painted * self.weight).add_(self.under * rest)
        return mixed.div_(self.weight + rest + _BLEND_GUARD).round_().clamp_(0, 255)

    def _laid(self, levels: Tensor) -> Tensor:
        if self.smaller is not None:
            levels = (self.smaller @ levels @ self.smaller.T).round_()
        places = self.places.expand(len(levels), -1, -1, -1)
        return functional.grid_sample(levels, places, mode="bicubic", padding_mode="border", align_corners=True)

    def _still_shown(self, levels: Tensor) -> Tensor:
        """How much of the photo's detail is shown at each pixel of the box, [N, 1, h, w]."""
        reach = reach_of(levels.shape[-1])
        change = (levels - self.still).abs().amax(dim=1, keepdim=True)
        change = functional.max_pool2d(change, 2 * reach + 1, stride=1, padding=reach)
        coarse = functional.avg_pool2d(change, COARSER).round()
        margin = len(self.blur) // 2
        padded = functional.pad(coarse, (margin, margin, margin, margin), mode="reflect")
        smooth = functional.conv2d(functional.conv2d(padded, self.blur.view(1, 1, 1, -1)), self.blur.view(1, 1, -1, 1))
        shown = torch.exp(-(smooth / STILL).square())
        places = self.coarse_places.expand(len(levels), -1, -1, -1)
        return functional.grid_sample(shown, places, mode="bilinear", padding_mode="border", align_corners=True)


def _places(to_box: F64, side: int, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Where each pixel of a box of (width, height) lies in a frame of some side, [1, h, w, 2], -1 to 1 from first to last pixel.

    Places beyond the frame are those of its border.
    """
    turn = np.linalg.inv(to_box[:, :2])
    start, fine = -turn @ to_box[:, 2], _STEPS * _FINER
    across = np.rint(np.arange(size[0])[:, None] * turn[:, 0] * fine).astype(np.int64)
    down = np.rint((np.arange(size[1])[:, None] * turn[:, 1] + start) * fine).astype(np.int64)
    steps = (across + down[:, None] + _FINER // 2) // _FINER
    return np.asarray(steps / _STEPS * (2 / (side - 1)) - 1, np.float32)[None]


def _averages(drawn: int, side: int) -> npt.NDArray[np.float32]:
    """[side, drawn]: each row takes the mean of the part of a line that one pixel of the smaller picture covers."""
    step = drawn / side
    starts, numbers = np.arange(side)[:, None] * step, np.arange(drawn)
    covered = np.minimum(numbers + 1, starts + step) - np.maximum(numbers, starts)
    return np.asarray(np.clip(covered, 0, None) / step, np.float32)
