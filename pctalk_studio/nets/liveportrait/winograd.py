"""3x3 convolutions with fewer multiplications, exact but for rounding (Lavin and Gray, CVPR 2016).

Two polynomials are multiplied by evaluating them, multiplying the values, and interpolating (Toom and Cook). For m outputs and r
taps n = m + r - 1 values suffice instead of m r, in each direction: y = A^T [(G w) * (B^T x)]. With m = 4 a plane convolution
needs 36 multiplications for 16 outputs instead of 144. The points 0, +-1/sqrt 2, +-sqrt 2 and infinity round four times less
than the usual 0, +-1, +-2 and infinity.

Upsampling by repetition in front of the convolution costs nothing: repeating is linear, so it becomes a part of B^T.

Tensors are channels last: the transforms then are products with small matrices, and everything streams through memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

OUTPUTS = 4
"""Of one tile, in each direction."""
TAPS = 3
VALUES = OUTPUTS + TAPS - 1
POINTS = (0.0, 0.5**0.5, -(0.5**0.5), 2**0.5, -(2**0.5))
"""Where the polynomials are evaluated, besides infinity."""
COLUMNS = 1024
"""Tiles worked on at a time: their values stay in the processor's cache."""

SAME_ROWS = tuple(range(VALUES))
"""Rows of the input under each of the six rows of a tile: all different."""
DOUBLED_ROWS = (0, 1, 1, 2, 2, 3)
"""The same where the input is repeated twice: a tile of four outputs lies on two inputs, and one more on each side."""
QUADRUPLED_ROWS = (0, 1, 2, 2, 3, 4)
"""The same over the phases of a map that was repeated four times and convolved: last of the block before, first, middle (twice
the same), last, first of the block after."""

Matrix = npt.NDArray[np.float64]


def matrices() -> tuple[Matrix, Matrix, Matrix]:
    """A^T [4, 6], G [6, 3] and B^T [6, 6], float64.

    Row i of a Vandermonde matrix evaluates a polynomial at point i; the row of infinity picks its highest coefficient. B^T is
    the transposed interpolation; the products of differences of the points move from B^T into G, which is applied in advance.
    """
    points = np.array(POINTS)

    def evaluation(coefficients: int) -> Matrix:
        return np.vstack([np.vander(points, coefficients, increasing=True), np.eye(1, coefficients, coefficients - 1)])

    gaps = points[:, None] - points
    np.fill_diagonal(gaps, 1.0)
    scale = np.append(gaps.prod(axis=1), 1.0)[:, None]
    return evaluation(OUTPUTS).T, evaluation(TAPS) / scale, np.linalg.inv(evaluation(VALUES)).T * scale


def spread_matrix(rows: tuple[int, ...]) -> Tensor:
    """B^T for both directions at once, [36, p * p] float32, for a patch of p x p inputs whose ``rows`` lie under the tile."""
    one = matrices()[2] @ np.eye(max(rows) + 1)[list(rows)]
    return torch.from_numpy(np.kron(one, one)).float()


class Winograd(nn.Module):
    """Convolution of 3x3 (with 1 or 3 taps in depth) that keeps the size, after repeating the input once or twice.

    Parameters
    ----------
    weight
        [K, C, 3, 3] or [K, C, 3, 3, 3] float32.
    bias
        [K].
    rows
        Which rows of a patch of inputs lie under each row of a tile.
    """

    spread: Tensor
    collect: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, bias: Tensor, rows: tuple[int, ...] = SAME_ROWS) -> None:
        super().__init__()
        outputs, inputs = weight.shape[:2]
        collect, taps, _ = (torch.from_numpy(matrix) for matrix in matrices())
        flat = weight.double().reshape(outputs, inputs, -1, TAPS * TAPS)
        values = torch.einsum("fs,kcds->dfck", torch.kron(taps, taps), flat).float()
        self.patch = max(rows) + 1
        self.step = OUTPUTS if rows == SAME_ROWS else 2
        self.register_buffer("spread", spread_matrix(rows))
        self.register_buffer("collect", torch.kron(collect, collect).float())
        self.register_buffer("bias", bias.detach().clone())
        self.values = nn.ParameterList(nn.Parameter(tap.contiguous(), requires_grad=False) for tap in values)

    def forward(self, x: Tensor) -> Tensor:
        """[N, H, W, C] or [N, D, H, W, C] to the same with K channels; H and W multiples of the step."""
        volume = x if x.dim() == 5 else x[:, None]
        deep = len(self.values) // 2
        padded = functional.pad(volume, (0, 0, 1, 1, 1, 1, deep, deep))
        count, depth, height, width, _ = volume.shape
        down, across, p, s = height // self.step, width // self.step, self.patch, self.step
        out = x.new_empty(count, depth, down, OUTPUTS, across, OUTPUTS, len(self.bias))
        for first in range(0, down, rows := max(1, COLUMNS // (across * depth * count))):
            last = min(first + rows, down)
            windows = padded[:, :, first * s : (last - 1) * s + p].unfold(2, p, s).unfold(3, p, s)
            patches = windows.permute(5, 6, 0, 1, 2, 3, 4).reshape(p * p, -1)
            self.tiles(patches, out[:, :, first:last])
        whole = out.view(count, depth, down * OUTPUTS, across * OUTPUTS, -1)
        return whole if x.dim() == 5 else whole[:, 0]

    def tiles(self, patches: Tensor, out: Tensor) -> None:
        """Convolve the patches [p * p, N D' T T' C] of N, D, T, T' tiles into ``out`` [N, D, T, 4, T', 4, K].

        D' is D, and with three taps in depth one more at each end.
        """
        count, depth, down, _, across, _, outputs = out.shape
        plane = down * across
        values = (self.spread @ patches).view(VALUES * VALUES, count, -1, self.values[0].shape[1])
        products = values.new_empty(VALUES * VALUES, count, depth * plane, outputs)
        for number in range(count):
            product = products[:, number]
            for tap, weight in enumerate(self.values):
                rows = values[:, number, tap * plane : (tap + depth) * plane]
                torch.baddbmm(product, rows, weight, beta=0 if tap == 0 else 1, out=product)
        tiles = (self.collect @ products.view(VALUES * VALUES, -1)).view(OUTPUTS, OUTPUTS, count, depth, down, across, outputs)
        torch.add(tiles.permute(2, 3, 4, 0, 5, 1, 6), self.bias, out=out)
