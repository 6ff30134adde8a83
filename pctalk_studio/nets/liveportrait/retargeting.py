"""The three small networks that correct driven keypoints: stitching to the shoulders, eye and lip openings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn

from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes


def _layers(widths: tuple[int, ...]) -> Iterator[nn.Module]:
    for index, (inputs, outputs) in enumerate(pairwise(widths)):
        if index:
            yield nn.ReLU()
        yield nn.Linear(inputs, outputs)


class KeypointMlp(nn.Module):
    """Linear layers with ReLU between them.

    Parameters
    ----------
    widths
        Of the input, the hidden layers and the output.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.mlp = nn.Sequential(*_layers(widths))

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs] to [N, outputs]."""
        out: Tensor = self.mlp(x)
        return out


def stitching_network(sizes: NetworkSizes = OFFICIAL) -> KeypointMlp:
    """Source and driven keypoints (63 + 63) to a shift of each (63) and of all (x, y)."""
    numbers = 3 * sizes.keypoints
    return KeypointMlp((2 * numbers, *sizes.stitching_layers, numbers + 2))


def eye_network(sizes: NetworkSizes = OFFICIAL) -> KeypointMlp:
    """Source keypoints (63), both eyes' opening ratios and the wanted one to a shift of each keypoint (63)."""
    numbers = 3 * sizes.keypoints
    return KeypointMlp((numbers + 3, *sizes.eye_layers, numbers))


def lip_network(sizes: NetworkSizes = OFFICIAL) -> KeypointMlp:
    """Source keypoints (63), the lips' opening ratio and the wanted one to a shift of each keypoint (63)."""
    numbers = 3 * sizes.keypoints
    return KeypointMlp((numbers + 2, *sizes.lip_layers, numbers))


def stitched(network: KeypointMlp, k_source: Tensor, k_driving: Tensor) -> Tensor:
    """Driven keypoints [N, 21, 3] corrected so that the crop's border stays where it is in the source."""
    count, points, _ = k_driving.shape
    shifts: Tensor = network(torch.cat([k_source.expand_as(k_driving).reshape(count, -1), k_driving.reshape(count, -1)], dim=1))
    moved = k_driving + shifts[:, : 3 * points].view(count, points, 3)
    everywhere = torch.nn.functional.pad(shifts[:, None, 3 * points :], (0, 1))
    return moved + everywhere


def opening_shift(network: KeypointMlp, k_source: Tensor, ratios: Tensor) -> Tensor:
    """Shift [N, 21, 3] that the eye or lip network asks for, given k_source [N, 21, 3] and ratios [N, 3 or 2], wanted last."""
    count, points, _ = k_source.shape
    shifts: Tensor = network(torch.cat([k_source.reshape(count, -1), ratios], dim=1))
    return shifts.view(count, points, 3)
