"""A triangle mesh found at the nodes of a grid, all triangles at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """For every node the triangle that is nearest to the viewer there.

    Parameters
    ----------
    corners
        [rows, columns, 3] int64 vertex numbers; 0 where no triangle lies.
    shares
        [rows, columns, 3] float64 barycentric coordinates, sum 1; 0 where no triangle lies.
    covered
        [rows, columns] bool.
    """

    corners: npt.NDArray[np.int64]
    shares: F64
    covered: npt.NDArray[np.bool_]


def rasterised(points: F64, triangles: npt.NDArray[np.int32], shape: tuple[int, int]) -> Raster:
    """Find the mesh at the nodes of a grid.

    Parameters
    ----------
    points
        [N, 3] float64: column, row and depth of the vertices, in nodes.
    triangles
        [M, 3] int32.
    shape
        (rows, columns).
    """
    rows, columns = shape
    corners = points[triangles]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area: F64 = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low = np.maximum(np.ceil(corners[:, :, :2].min(axis=1) - 1e-6), 0).astype(np.int64)
    high = np.minimum(np.floor(corners[:, :, :2].max(axis=1) + 1e-6), (columns - 1, rows - 1)).astype(np.int64)
    sides = np.where((np.abs(area) < 1e-9)[:, None], 0, np.maximum(high - low + 1, 0))
    # Every node of every triangle's box, in one long list.
    counts = sides[:, 0] * sides[:, 1]
    owner = np.repeat(np.arange(len(triangles)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = np.maximum(sides[owner, 0], 1)
    x, y = low[owner, 0] + place % wide, low[owner, 1] + place // wide
    first: F64 = a[owner]
    edges: F64 = area[owner]
    across, along = b[owner, :2] - first[:, :2], c[owner, :2] - first[:, :2]
    dx, dy = x - first[:, 0], y - first[:, 1]
    second = (dx * along[:, 1] - dy * along[:, 0]) / edges
    third = (across[:, 0] * dy - across[:, 1] * dx) / edges
    hit = np.flatnonzero((second >= -1e-6) & (third >= -1e-6) & (second + third <= 1 + 1e-6))
    owner, second, third = owner[hit], second[hit], third[hit]
    depth = a[owner, 2] * (1 - second - third) + b[owner, 2] * second + c[owner, 2] * third
    # Far to near: where several lie over one another, what is written last stays.
    order = np.argsort(-depth, kind="stable")
    node = (y[hit] * columns + x[hit])[order]
    found = np.full(rows * columns, -1)
    found[node] = order
    covered = found >= 0
    numbers, shares = np.zeros((rows * columns, 3), np.int64), np.zeros((rows * columns, 3))
    chosen = found[covered]
    numbers[covered] = triangles[owner[chosen]]
    shares[covered] = np.column_stack([1 - second[chosen] - third[chosen], second[chosen], third[chosen]])
    return Raster(numbers.reshape(rows, columns, 3), shares.reshape(rows, columns, 3), covered.reshape(rows, columns))
