"""Where every pixel of a drawing looks in the photo: told by the nodes of a fine grid over the picture, straight between them.

Such places are made small and enlarged strip by strip just before the photo is looked up: the map of a strip stays in the
processor's cache, that of a whole picture is larger than the photo itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pctalk_studio.render.mesh.fields import STILL, Box, Grid

F32 = npt.NDArray[np.float32]

_STRIP = 32
"""Rows of cells in a strip."""


def doubled(field: F32) -> tuple[F32, F32]:
    """A field [rows, columns, 2] on a grid twice as fine, smooth from node to node, and twice as long: its x and its y."""
    # OpenCV enlarges planes faster than pairs.
    x, y = (cv2.resize(field[..., i] * np.float32(2), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) for i in (0, 1))
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PlaceGrid:
    """Square cells that cover a picture, each with a node in its middle.

    *Places* are [2, at least rows + 2, at least columns + 2] float32, for the nodes and one more before and behind them: x and y
    that each looks at, in twice the picture's pixels, as a :class:`pctalk_studio.render.mesh.warp.Texture` wants them.

    Parameters
    ----------
    step
        Side of a cell, pixels.
    columns, rows
        How many; the last ones may reach beyond the picture.
    size
        (width, height) of the picture.
    still
        Places that look at themselves.
    """

    step: int
    columns: int
    rows: int
    size: tuple[int, int]
    still: F32

    @classmethod
    def over(cls, coarse: Grid, size: tuple[int, int]) -> PlaceGrid:
        """Cells half as wide as those of a grid whose first pixel is the picture's own."""
        step = coarse.step // 2
        still = 2 * Grid(-step, -step, step, 2 * coarse.columns + 2, 2 * coarse.rows + 2).nodes
        columns, rows = -(-size[0] // step), -(-size[1] // step)
        return cls(step, columns, rows, size, np.ascontiguousarray(still.transpose(2, 0, 1), np.float32))

    def of(self, backward: F32) -> F32:
        """Places for a backward field on the coarse grid, [coarse rows, coarse columns, 2] float32 pixels."""
        places = self.still.copy()
        for plane, part in zip(places, doubled(backward), strict=True):
            plane += cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return places

    def cells(self, box: Box) -> Box:
        """The cells on which a box of pixels lies; without any when it lies outside the picture."""
        (width, height), step = self.size, self.step
        x0, y0 = min(max(box[0], 0), width), min(max(box[1], 0), height)
        x1, y1 = max(min(box[2], width), x0), max(min(box[3], height), y0)
        return x0 // step, y0 // step, -(-x1 // step), -(-y1 // step)

    def pixels(self, cells: Box) -> tuple[slice, slice]:
        """Rows and columns of the pixels of some cells in the picture."""
        (width, height), step = self.size, self.step
        return slice(cells[1] * step, min(cells[3] * step, height)), slice(cells[0] * step, min(cells[2] * step, width))

    def look_up(self, places: F32, cells: Box, corner: tuple[float, float] = (0, 0)) -> tuple[F32, F32]:
        """Where the pixels of some cells look, x and y, [h, w] float32 each, counted from a corner."""
        nodes = places[:, cells[1] : cells[3] + 2, cells[0] : cells[2] + 2]
        step, (rows, columns) = self.step, self.pixels(cells)
        size = (nodes.shape[2] * step, nodes.shape[1] * step)
        bottom, right = step + rows.stop - rows.start, step + columns.stop - columns.start
        # OpenCV enlarges and looks up planes faster than pairs.
        x, y = (
            cv2.resize(plane - start if start else plane, size, interpolation=cv2.INTER_LINEAR)[step:bottom, step:right]
            for plane, start in zip(nodes, corner, strict=True)
        )
        return x, y

    def moving(self, places: F32) -> tuple[Box, ...]:
        """Strips of cells, one below the other, outside of which no pixel looks farther than STILL from itself."""
        far = [cv2.absdiff(plane, still) for plane, still in zip(places, self.still, strict=True)]
        away = np.maximum(*far) > 2 * STILL
        some, count = away.any(1), away.shape[1]
        first = np.where(some, away.argmax(1), count).tolist()
        last = np.where(some, count - 1 - away[:, ::-1].argmax(1), -1).tolist()
        strips = []
        for top in range(0, self.rows, _STRIP):
            bottom = min(top + _STRIP, self.rows)
            # A node tells of the cells beside its own, too.
            left, right = max(min(first[top : bottom + 2]) - 2, 0), min(max(last[top : bottom + 2]) + 1, self.columns)
            if left < right:
                strips.append((left, top, right, bottom))
        return tuple(strips)
