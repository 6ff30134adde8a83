"""Weight maps: the handle weights of the mesh spread over a coarse grid of picture positions, and what is made of them.

A *forward field* tells where a position of the photo goes: x -> x + U(x), with U(x) = sum of handle weights at x times handle
displacements. Drawing needs the *backward field*: from where in the photo a position of the drawing comes. Near the mouth there
are two sheets, one that continues the upper lip past the line of the mouth and one that continues the lower lip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
B8 = npt.NDArray[np.bool_]

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 of pixels, half-open."""

STILL = 0.03
"""Pixels; less than this is no motion that one can see."""

MIN_DETERMINANT = 0.1
"""Least local change of area that a field may have; below lies folding."""

_LEAST_ROUNDS, _ROUNDS, _SETTLED = 2, 6, 1 / 64
"""Fewest and most rounds of an inversion, and the change in steps of the grid at which it is done: a look-up tells no less than
1 / 32."""
_IRONS, _MARGIN = (1.5, 2.0, 2.5, 3.0, 4.0), 0.02


_WORTH = 1.6
"""Boxes are joined where the box around both has at most this many times their pixels: each costs time besides its pixels."""


def joined(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """Boxes of pixels, those that lie near one another made one."""
    done: list[Box] = []
    for box in boxes:
        for number, other in enumerate(done):
            both = min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])
            if _pixels(both) <= _WORTH * (_pixels(box) + _pixels(other)):
                done[number] = both
                break
        else:
            done.append(box)
    return tuple(done)


def _pixels(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes of a coarse grid: node (i, j) lies at pixel (x0 + (j + 1/2) step - 1/2, y0 + (i + 1/2) step - 1/2).

    With this placement enlarging a node array ``step`` times gives one value for each pixel from (x0, y0) on.
    """

    x0: int
    y0: int
    step: int
    columns: int
    rows: int

    @classmethod
    def over(cls, low: F64, high: F64, step: int) -> Grid:
        """Grid that covers a rectangle of picture positions."""
        x0, y0 = np.floor(low).astype(int).tolist()
        columns, rows = (np.ceil((high - (x0, y0)) / step).astype(int) + 1).tolist()
        return cls(x0, y0, step, columns, rows)

    @property
    def nodes(self) -> F32:
        """Positions, [rows, columns, 2] float32 pixels."""
        x = self.x0 + (np.arange(self.columns) + 0.5) * self.step - 0.5
        y = self.y0 + (np.arange(self.rows) + 0.5) * self.step - 0.5
        return np.asarray(np.stack(np.meshgrid(x, y), -1), np.float32)

    def moved(self, field: F32) -> Box:
        """The pixels outside of which a field on this grid moves nothing by more than STILL."""
        return self._around(np.abs(field) > STILL)

    def box(self, marked: B8) -> Box:
        """The pixels on which marked nodes, [rows, columns] bool, have an influence."""
        return self._around(marked[..., None])

    def _around(self, marked: B8) -> Box:
        """:meth:`box` of nodes any of whose channels is marked, [rows, columns, C] bool."""
        # Numpy takes ten times as long to reduce a short last axis.
        flat = marked.reshape(self.rows, -1)
        rows, columns = np.flatnonzero(flat.any(1)), np.flatnonzero(flat.any(0).reshape(self.columns, -1).any(1))
        if len(rows) == 0:
            return 0, 0, 0, 0
        # A node's value reaches two nodes far through the cubic enlargement; one more keeps the border safe.
        x, y, step = self.x0 + columns[[0, -1]] * self.step, self.y0 + rows[[0, -1]] * self.step, self.step
        return int(x[0]) - 3 * step, int(y[0]) - 3 * step, int(x[1]) + 4 * step, int(y[1]) + 4 * step


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """For every node the triangle it lies in and its barycentric coordinates there.

    Parameters
    ----------
    corners
        [rows, columns, 3] int32 vertex numbers; 0 where no triangle lies.
    shares
        [rows, columns, 3] float32, sum 1; 0 where no triangle lies.
    covered
        [rows, columns] bool.
    """

    corners: npt.NDArray[np.int32]
    shares: F32
    covered: B8

    @classmethod
    def of(cls, grid: Grid, points: F64, depth: F64, triangles: npt.NDArray[np.int32]) -> Spread:
        """Find the nearest triangle to the viewer at every node.

        Parameters
        ----------
        grid
            The nodes.
        points
            [N, 2] float64 vertex positions, pixels.
        depth
            [N] float64, away from the viewer.
        triangles
            [M, 3] int32.
        """
        local = (points - (grid.x0, grid.y0) + 0.5) / grid.step - 0.5
        a, b, c = (local[triangles[:, corner]] for corner in range(3))
        low = np.maximum(np.ceil(np.minimum(np.minimum(a, b), c) - 1e-6), 0).astype(int)
        high = np.minimum(np.floor(np.maximum(np.maximum(a, b), c) + 1e-6), (grid.columns - 1, grid.rows - 1)).astype(int)
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        seen = np.flatnonzero((high >= low).all(1) & (np.abs(area) >= 1e-9))
        # All nodes within all triangles' boxes at once: nearly a thousand triangles hold but a few nodes each.
        across, down = (high - low + 1)[seen].T
        count = across * down
        which = np.repeat(seen, count)
        place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        width = np.repeat(across, count)
        x, y = low[which, 0] + place % width, low[which, 1] + place // width
        a, b, c = a[which], b[which], c[which]
        second = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / area[which]
        third = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / area[which]
        first = 1 - second - third
        near, middle, far = (depth[triangles[which, corner]] for corner in range(3))
        z = first * near + second * middle + third * far
        hit = np.flatnonzero(np.minimum(np.minimum(first, second), third) >= -1e-6)
        node = (y * grid.columns + x)[hit]
        order = hit[np.lexsort((which[hit], z[hit], node))]
        nodes, begins = np.unique(np.sort(node), return_index=True)
        nearest = order[begins]
        corners, shares = np.zeros((grid.rows * grid.columns, 3), np.int32), np.zeros((grid.rows * grid.columns, 3), np.float32)
        corners[nodes] = triangles[which[nearest]]
        shares[nodes] = np.stack([first, second, third], -1)[nearest]
        covered = np.zeros(grid.rows * grid.columns, np.bool_)
        covered[nodes] = True
        shape = (grid.rows, grid.columns)
        return cls(corners.reshape(*shape, 3), shares.reshape(*shape, 3), covered.reshape(shape))

    def values(self, per_vertex: F32) -> F32:
        """Interpolate vertex values [N, P]; [rows, columns, P] float32, 0 where no triangle lies."""
        return np.asarray(np.einsum("rck,rckp->rcp", self.shares, per_vertex[self.corners]), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class WeightMap:
    """Handle weights at the nodes of a grid: one sheet.

    Parameters
    ----------
    grid
        The nodes.
    flat
        [P, rows * columns] float32.
    valid
        [rows, columns] bool: nodes that can ever be seen through this sheet; the fold guard looks there.
    numbers
        The grid's :func:`node_numbers`.
    """

    grid: Grid
    flat: F32
    valid: B8
    numbers: F32

    @classmethod
    def of(cls, grid: Grid, weights: F32, valid: B8) -> WeightMap:
        """From node weights [rows, columns, P]."""
        flat = np.ascontiguousarray(weights.reshape(-1, weights.shape[-1]).T)
        return cls(grid, flat, valid, node_numbers(grid.rows, grid.columns))

    def rows(self, top: int, bottom: int) -> WeightMap:
        """The part from one row of nodes, numbered from 0, to another that is left out; shares its data."""
        top, bottom = max(top, 0), min(bottom, self.grid.rows)
        grid = replace(self.grid, y0=self.grid.y0 + top * self.grid.step, rows=bottom - top)
        nodes = slice(top * grid.columns, bottom * grid.columns)
        return WeightMap(grid, self.flat[:, nodes], self.valid[top:bottom], self.numbers[: bottom - top])

    @property
    def extent(self) -> Box:
        """The pixels outside of which no handle moves anything."""
        return self.grid.box(self.flat.any(0).reshape(self.valid.shape))

    def forward(self, handles: F32) -> F32:
        """Forward field of handle displacements [P, 2] in pixels, [rows, columns, 2] float32 pixels."""
        planes = handles.T @ self.flat
        return np.ascontiguousarray(planes.T, np.float32).reshape(*self.valid.shape, 2)

    def backward(self, forward: F32) -> F32:
        """Invert a forward field, see :func:`inverted`."""
        return inverted(forward, self.grid.step, self.numbers)

    def unfolded(self, forward: F32) -> tuple[F32, float]:
        """A forward field with its folds ironed out (:func:`ironed`), and the factor that it takes to undo what is left."""
        smooth = ironed(forward, float(self.grid.step), self.valid)
        if smooth is forward:
            return forward, 1.0
        return smooth, largest_factor(smooth, float(self.grid.step), self.valid)


def node_numbers(rows: int, columns: int) -> F32:
    """(column, row) of every node of a grid, [rows, columns, 2] float32."""
    return np.asarray(np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1), np.float32)


def inverted(forward: F32, step: int, numbers: F32) -> F32:
    """Backward field of a forward field: B with y + B(y) the position that is drawn at y; [rows, columns, 2] float32 pixels.

    Fixed point B <- -U(y + B): each round shrinks the error by the field's steepest slope. ``numbers`` are the grid's
    :func:`node_numbers`.
    """
    # In units of the step and with the sign turned once, a round is one look-up and one addition.
    reverse = forward * np.float32(-1 / step)
    backward = reverse
    for done in range(1, _ROUNDS + 1):
        before = backward
        backward = cv2.remap(reverse, numbers + before, None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        if done >= _LEAST_ROUNDS and cv2.norm(backward, before, cv2.NORM_INF) < _SETTLED:
            break
    backward *= np.float32(step)
    return backward


def determinants(forward: F32, step: float) -> tuple[F32, F32]:
    """Trace and determinant of the gradient of a forward field by central differences, [rows, columns] float32 each.

    The local change of area of x -> x + k U(x) is 1 + k trace + k^2 determinant.
    """
    slopes = forward * np.float32(1 / (2 * step))
    dx, dy = np.zeros_like(forward), np.zeros_like(forward)
    np.subtract(slopes[:, 2:], slopes[:, :-2], out=dx[:, 1:-1])
    np.subtract(slopes[2:], slopes[:-2], out=dy[1:-1])
    return dx[..., 0] + dy[..., 1], dx[..., 0] * dy[..., 1] - dx[..., 1] * dy[..., 0]


def ironed(forward: F32, step: float, valid: B8) -> F32:
    """Smooth a forward field just where it folds, by and by more strongly; unchanged where it does not.

    Folds come from few places, such as the corner of a laughing mouth that must close; shortening the whole motion because of
    them would leave the mouth open.
    """
    for sigma in _IRONS:
        trace, determinant = determinants(forward, step)
        bad = valid & ((trace + determinant < MIN_DETERMINANT + _MARGIN - 1) | (trace < 2 * MIN_DETERMINANT - 2))
        if not bad.any():
            return forward
        near = cv2.dilate(bad.astype(np.float32), np.ones((3, 3), np.uint8))
        weight = np.clip(2 * cv2.GaussianBlur(near, (0, 0), sigma), 0, 1)[..., None]
        forward = np.asarray(forward + weight * (cv2.GaussianBlur(forward, (0, 0), sigma) - forward), np.float32)
    return forward


def largest_factor(forward: F32, step: float, valid: B8) -> float:
    """Greatest k in 0 to 1 with 1 + k trace + k^2 determinant >= MIN_DETERMINANT at all valid nodes."""
    trace, determinant = determinants(forward, step)
    low = (1 + trace + determinant < MIN_DETERMINANT) | (1 + 0.5 * trace < MIN_DETERMINANT)
    low &= valid
    if not low.any():
        return 1.0
    b, a = trace[low].astype(np.float64), determinant[low].astype(np.float64)
    c = 1 - MIN_DETERMINANT
    # First positive root of a k^2 + b k + c; written so that a -> 0 is harmless.
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    real = b * b - 4 * a * c >= 0
    divisor = -b + root
    first = np.where(real & (divisor > 1e-12), 2 * c / np.maximum(divisor, 1e-12), 1.0)
    return float(np.clip(first.min(), 0.0, 1.0))
