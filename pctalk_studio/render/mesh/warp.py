"""Sampling a photo through backward fields, fast and sharp.

The photo is enlarged twice once, with the sharp Lanczos kernel and so that every second pixel is the photo's own. Bilinear
sampling of that is as sharp as bicubic sampling of the photo, takes a fifth of the time, and returns the photo bit by bit where
nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.fields import Box, Grid

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A picture ready to be sampled anywhere.

    Parameters
    ----------
    doubled
        [2h - 1, 2w - 1, 3] uint8; pixel (2 i, 2 j) is pixel (i, j) of the picture.
    """

    doubled: U8

    @classmethod
    def of(cls, picture: U8) -> Texture:
        """Enlarge a picture [h, w, 3]."""
        height, width = picture.shape[:2]
        half = np.array([[0.5, 0, 0], [0, 0.5, 0]])
        flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
        size = (2 * width - 1, 2 * height - 1)
        doubled = cv2.warpAffine(picture, half, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        return cls(np.asarray(doubled, np.uint8))

    def look_up(self, x: F32, y: F32, out: U8 | None = None) -> U8:
        """Sample at positions [h, w] float32, in twice the picture's pixels; into ``out`` [h, w, 3] uint8 if there is one."""
        seen = cv2.remap(self.doubled, x, y, cv2.INTER_LINEAR, out, cv2.BORDER_REFLECT_101)
        return np.asarray(seen, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class PlainTexture:
    """A picture that is sampled a few times only, such as a movie's frame: enlarging it would take longer than all of them.

    Parameters
    ----------
    picture
        [h, w, 3] uint8.
    """

    picture: U8

    @classmethod
    def of(cls, picture: U8) -> PlainTexture:
        """Take a picture [h, w, 3] as it is."""
        return cls(picture)

    def look_up(self, x: F32, y: F32, out: U8 | None = None) -> U8:
        """As :meth:`Texture.look_up`, with a cubic kernel; where nothing moves it is the picture bit by bit, too."""
        half = np.float32(0.5)
        seen = cv2.remap(self.picture, x * half, y * half, cv2.INTER_CUBIC, dst=out, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(seen, np.uint8)


AnyTexture = Texture | PlainTexture


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A rectangle of pixels drawn through a grid.

    Parameters
    ----------
    grid
        Nodes of the fields that will be applied.
    x0, y0, x1, y1
        The part of the grid's pixels that lies in the picture, half-open.
    columns, rows
        [x1 - x0], [y1 - y0, 1] float32: twice the pixel positions relative to the texture's origin.
    """

    grid: Grid
    x0: int
    y0: int
    x1: int
    y1: int
    columns: F32
    rows: F32

    @classmethod
    def of(cls, grid: Grid, size: tuple[int, int], origin: tuple[int, int] = (0, 0), limit: Box | None = None) -> Window:
        """Window of a grid in a picture.

        Parameters
        ----------
        grid
            The nodes.
        size
            (width, height) of the picture.
        origin
            (x, y) of the texture's first pixel in the picture.
        limit
            x0, y0, x1, y1 (half-open): bounds of the window within the grid's.
        """
        whole = (grid.x0, grid.y0, grid.x0 + grid.columns * grid.step, grid.y0 + grid.rows * grid.step)
        left, top, right, bottom = limit or whole
        x0, y0 = max(left, whole[0], 0), max(top, whole[1], 0)
        x1, y1 = max(min(right, whole[2], size[0]), x0), max(min(bottom, whole[3], size[1]), y0)
        columns, rows = 2 * (np.arange(x0, x1) - origin[0]), 2 * (np.arange(y0, y1)[:, None] - origin[1])
        return cls(grid, x0, y0, x1, y1, columns.astype(np.float32), rows.astype(np.float32))

    @property
    def box(self) -> Box:
        """The window as a box."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the window in the picture."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def slices_in(self, whole: Window) -> tuple[slice, slice]:
        """Rows and columns of the window within another."""
        return slice(self.y0 - whole.y0, self.y1 - whole.y0), slice(self.x0 - whole.x0, self.x1 - whole.x0)

    def over(self, grid: Grid) -> Window:
        """The same pixels over a part of the grid."""
        return Window(grid, self.x0, self.y0, self.x1, self.y1, self.columns, self.rows)

    def within(self, box: Box) -> Window:
        """The part of the window that lies in a box of the picture, x0, y0, x1, y1."""
        x0, y0 = min(max(self.x0, box[0]), self.x1), min(max(self.y0, box[1]), self.y1)
        x1, y1 = max(min(self.x1, box[2]), x0), max(min(self.y1, box[3]), y0)
        columns, rows = self.columns[x0 - self.x0 : x1 - self.x0], self.rows[y0 - self.y0 : y1 - self.y0]
        return Window(self.grid, x0, y0, x1, y1, columns, rows)

    @property
    def empty(self) -> bool:
        """True when there is no pixel in it."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    def look_up(self, backward: F32, smooth: bool = True) -> tuple[F32, F32]:
        """Backward field at the nodes -> where each pixel of the window looks, in twice the texture's pixels.

        Parameters
        ----------
        backward
            [rows, columns, 2] float32 pixels.
        smooth
            Whether the field runs smoothly from node to node instead of straight, which costs twice the time.

        Returns
        -------
        x, y
            [y1 - y0, x1 - x0] float32 each, new.
        """
        grid, step = self.grid, self.grid.step
        # Enlarge only the nodes that matter, with a margin for the cubic kernel.
        left, top = max((self.x0 - grid.x0) // step - 3, 0), max((self.y0 - grid.y0) // step - 3, 0)
        right, bottom = (self.x1 - grid.x0) // step + 4, (self.y1 - grid.y0) // step + 4
        planes = [backward[top:bottom, left:right, i] * np.float32(2) for i in (0, 1)]
        size = (planes[0].shape[1] * step, planes[0].shape[0] * step)
        y, x = self.y0 - grid.y0 - top * step, self.x0 - grid.x0 - left * step
        rows, columns = slice(y, y + self.y1 - self.y0), slice(x, x + self.x1 - self.x0)
        method = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
        # OpenCV enlarges and looks up planes faster than pairs.
        across, down = (np.asarray(cv2.resize(plane, size, interpolation=method), np.float32)[rows, columns] for plane in planes)
        across += self.columns
        down += self.rows
        return across, down
