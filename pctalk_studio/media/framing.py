"""Scaling a picture and cutting a window out of it, exactly as ``FaceRig.placed`` says. Knows nothing of faces.

Coordinates: pixel centres lie at half-integers under scaling, so that integer coordinate x of the old picture lies at
``(x + 1/2) factor - 1/2 - offset`` of the new one. One factor serves both axes: nothing is ever stretched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pctalk_studio.media.pictures import Picture

MARGIN = 4
"""Source pixels beyond a window that resampling filters may read: Lanczos reaches 3."""


@dataclass(frozen=True, slots=True, eq=False)
class Framed:
    """A picture made by scaling another and cutting a window out of it.

    Parameters
    ----------
    picture
        The result.
    factor
        New pixels per old pixel.
    offset
        (x, y) of the window's top left corner in the scaled picture, pixels; may be fractional or negative.
    """

    picture: Picture
    factor: float
    offset: tuple[float, float]


def framed(picture: Picture, factor: float, offset: tuple[float, float], size: tuple[int, int]) -> Framed:
    """Scale by ``factor``, then cut the window of ``size`` (width, height) at ``offset``.

    Both happen in one resampling, so that a fractional offset or a side that does not scale to whole pixels costs no
    sharpness and moves nothing. Shrinking uses an area-weighted Lanczos filter (no aliasing), enlarging a bicubic one
    (less ringing). Where the window leaves the picture, edge pixels are repeated.
    """
    if factor <= 0 or min(size) < 1:
        raise ValueError(f"not a window: factor {factor}, size {size}")
    if factor == 1 and all(value == int(value) for value in offset):
        # Whole pixels are copied, so that a picture cut at its own size stays bit-identical.
        window = _copied(picture, (int(offset[0]), int(offset[1])), size)
    else:
        rgb = _resampled(picture.rgb, factor, offset, size)
        alpha = None if picture.alpha is None else _resampled(picture.alpha, factor, offset, size)
        window = Picture.of(rgb, alpha, picture.path)
    return Framed(window, factor, offset)


def fit_within(picture: Picture, size: tuple[int, int], enlarge: bool = True) -> Framed:
    """The whole picture, scaled so that it fits into ``size`` (width, height); its own proportions stay.

    Sides come out even, as H.264 wants them: at most two columns or rows, half at each edge, are cut off.

    Parameters
    ----------
    picture
        To be scaled.
    size
        Largest (width, height) in pixels.
    enlarge
        Whether a picture smaller than that is scaled up.
    """
    factor, sides = _fitting(picture.size, size, enlarge)
    offset = [(side * factor - new) / 2 for side, new in zip(picture.size, sides, strict=True)]
    if factor == 1:
        offset = [math.floor(value) for value in offset]
    offset = [0.0 if abs(value) < 1e-6 else value for value in offset]
    return framed(picture, factor, (offset[0], offset[1]), sides)


def fitted_size(picture: tuple[int, int], size: tuple[int, int], enlarge: bool = True) -> tuple[int, int]:
    """(width, height) that :func:`fit_within` gives a picture of some (width, height)."""
    return _fitting(picture, size, enlarge)[1]


def _fitting(picture: tuple[int, int], size: tuple[int, int], enlarge: bool) -> tuple[float, tuple[int, int]]:
    factor = min(size[0] / picture[0], size[1] / picture[1])
    if not enlarge:
        factor = min(factor, 1.0)
    # The small excess keeps a side that is even by intention (512.0000001 or 511.9999999) from losing two pixels.
    width, height = (max(2, 2 * math.floor(side * factor / 2 + 1e-6)) for side in picture)
    return factor, (width, height)


def fill_window(picture: Picture, size: tuple[int, int], centre: tuple[float, float] | None = None) -> Framed:
    """A window of exactly ``size`` (width, height), filled by the picture, with as much of it as possible.

    Parameters
    ----------
    picture
        To be scaled and cut.
    size
        (width, height) of the result, pixels.
    centre
        (x, y) in the picture, pixels, that should lie in the middle as far as the edges allow; the picture's own when None.
    """
    factor = max(size[0] / picture.size[0], size[1] / picture.size[1])
    wanted = centre or ((picture.size[0] - 1) / 2, (picture.size[1] - 1) / 2)
    offset = [_window_start(wanted[i], factor, size[i], picture.size[i]) for i in (0, 1)]
    return framed(picture, factor, (offset[0], offset[1]), size)


def crop_square(picture: Picture, centre: tuple[float, float], side: float, size: int) -> Framed:
    """A square of ``side`` old pixels about ``centre`` (x, y), scaled to ``size`` pixels; moved inside where it sticks out.

    A side longer than the picture's shorter one is cut down to that, so that no edge is ever repeated.
    """
    side = min(side, *picture.size)
    factor = size / side
    offset = [_window_start(centre[i], factor, size, picture.size[i]) for i in (0, 1)]
    return framed(picture, factor, (offset[0], offset[1]), (size, size))


def _window_start(centre: float, factor: float, size: int, side: int) -> float:
    start = (centre + 0.5) * factor - size / 2
    start = min(max(start, 0.0), max(side * factor - size, 0.0))
    return float(round(start)) if factor == 1 else start


def _copied(picture: Picture, offset: tuple[int, int], size: tuple[int, int]) -> Picture:
    columns = np.clip(np.arange(offset[0], offset[0] + size[0]), 0, picture.size[0] - 1)
    rows = np.clip(np.arange(offset[1], offset[1] + size[1]), 0, picture.size[1] - 1)
    alpha = None if picture.alpha is None else picture.alpha[np.ix_(rows, columns)]
    return Picture.of(picture.rgb[np.ix_(rows, columns)], alpha, Path(picture.path))


def _resampled(
    pixels: npt.NDArray[np.uint8], factor: float, offset: tuple[float, float], size: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Resample [H, W] or [H, W, 3] uint8 through a fractional source box."""
    box = [offset[0] / factor, offset[1] / factor, (offset[0] + size[0]) / factor, (offset[1] + size[1]) / factor]
    reach = math.ceil(MARGIN * max(1.0, 1 / factor))
    sides = (pixels.shape[1], pixels.shape[0])
    # Only what the window needs is handed on; where the window itself leaves the picture, edge pixels are repeated.
    beyond = [(max(0, -math.floor(box[i])), max(0, math.ceil(box[i + 2]) - sides[i])) for i in (0, 1)]
    low = [min(max(math.floor(box[i]) - reach, 0), sides[i] - 1) for i in (0, 1)]
    high = [max(min(math.ceil(box[i + 2]) + reach, sides[i]), low[i] + 1) for i in (0, 1)]
    needed = pixels[low[1] : high[1], low[0] : high[0]]
    if any(before or after for before, after in beyond):
        widths = [beyond[1], beyond[0], (0, 0)]
        needed = np.pad(needed, widths[: pixels.ndim], mode="edge")
    start = [low[i] - beyond[i][0] for i in (0, 1)]
    inner = (box[0] - start[0], box[1] - start[1], box[2] - start[0], box[3] - start[1])
    kernel = Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(np.ascontiguousarray(needed)).resize(size, kernel, box=inner))
