"""The warping module, as published: from keypoints of source and target to a dense motion, and the volume moved by it.

This is the plain formulation, kept as the reference. :mod:`fast_warping` computes the same in less time.

Two peculiarities are part of the trained weights and must stay: coordinates run from -1 at the first to 1 at the last sample
(steps of 2 / (N - 1)), yet sampling takes -1 and 1 as the outer *edges* of the volume (``align_corners=False``).

*Where* each place takes its features from is computed in float64. In float32 the shares of a softmax miss a sum of one by 3e-7,
which moves every place by that part of its coordinate, and the generator makes of it 1.7e-5 in the picture: a reference must be
more exact than what is compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes

HEAT_VARIANCE = 0.01
"""Of the Gaussian blob that marks a keypoint; squares of the coordinate unit (half the crop)."""


@dataclass(frozen=True, slots=True, eq=False)
class Warped:
    """What the warping module makes of N poses of one face.

    Parameters
    ----------
    features
        [N, 256, 64, 64], what the generator draws.
    deformation
        [N, 16, 64, 64, 3] float64, where in the source volume (x, y, z) each place takes its features from.
    occlusion
        [N, 1, 64, 64], 0 where the source never showed what is to be seen.
    mask
        [N, 22, 16, 64, 64] float64, share of each slot's motion.
    """

    features: Tensor
    deformation: Tensor
    occlusion: Tensor
    mask: Tensor


def coordinate_grid(depth: int, height: int, width: int, like: Tensor) -> Tensor:
    """Coordinates (x, y, z) of each place of a volume, [D, H, W, 3], -1 to 1; x right, y down, z inward."""
    axes = [torch.linspace(-1, 1, count, dtype=like.dtype, device=like.device) for count in (depth, height, width)]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    return torch.stack([x, y, z], dim=-1)


def heat_map(grid: Tensor, keypoints: Tensor) -> Tensor:
    """Gaussian blob round each keypoint, [N, K, D, H, W] for keypoints [N, K, 3]."""
    offset = grid - keypoints[:, :, None, None, None, :]
    return torch.exp(-0.5 * offset.square().sum(-1) / HEAT_VARIANCE)


class ConvNorm3d(nn.Module):
    """Convolution that keeps the size, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm3d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, D, H, W]."""
        return functional.relu(self.norm(self.conv(x)))


class _Encoder(nn.Module):
    def __init__(self, sizes: NetworkSizes) -> None:
        super().__init__()
        count = sizes.hourglass_channels
        self.down_blocks = nn.ModuleList(ConvNorm3d(count(n), count(n + 1)) for n in range(sizes.hourglass_levels))

    def forward(self, x: Tensor) -> list[Tensor]:
        levels = [x]
        for block in self.down_blocks:
            levels.append(functional.avg_pool3d(block(levels[-1]), (1, 2, 2)))
        return levels


class _Decoder(nn.Module):
    def __init__(self, sizes: NetworkSizes) -> None:
        super().__init__()
        count, levels = sizes.hourglass_channels, sizes.hourglass_levels
        self.up_blocks = nn.ModuleList()
        for level in range(levels, 0, -1):
            inputs = count(level) * (1 if level == levels else 2)
            self.up_blocks.append(ConvNorm3d(inputs, sizes.hourglass_width << (level - 1)))
        joined = sizes.hourglass_width + count(0)
        self.conv = nn.Conv3d(joined, joined, 3, padding=1)
        self.norm = nn.BatchNorm3d(joined)

    def forward(self, levels: list[Tensor]) -> Tensor:
        skips = list(levels)
        x = skips.pop()
        for block in self.up_blocks:
            x = block(functional.interpolate(x, scale_factor=(1, 2, 2), mode="nearest"))
            x = torch.cat([x, skips.pop()], dim=1)
        return functional.relu(self.norm(self.conv(x)))


class Hourglass(nn.Module):
    """Encoder and decoder with a skip at every level; only height and width shrink."""

    def __init__(self, sizes: NetworkSizes) -> None:
        super().__init__()
        self.encoder = _Encoder(sizes)
        self.decoder = _Decoder(sizes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 110, D, H, W] to [N, 142, D, H, W]."""
        out: Tensor = self.decoder(self.encoder(x))
        return out


class DenseMotion(nn.Module):
    """Mixes one motion per keypoint, and standing still, into a motion for each place of the volume."""

    def __init__(self, sizes: NetworkSizes) -> None:
        super().__init__()
        joined = sizes.hourglass_width + sizes.hourglass_channels(0)
        self.compress = nn.Conv3d(sizes.volume_channels, sizes.compressed, 1)
        self.norm = nn.BatchNorm3d(sizes.compressed)
        self.hourglass = Hourglass(sizes)
        self.mask = nn.Conv3d(joined, sizes.slots, 7, padding=3)
        self.occlusion = nn.Conv2d(joined * sizes.volume_depth, 1, 7, padding=3)

    def forward(self, volume: Tensor, k_driving: Tensor, k_source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Deformation, occlusion and mask; shapes as in :class:`Warped`."""
        small = functional.relu(self.norm(self.compress(volume)))
        count, channels, depth, height, width = small.shape
        grid = coordinate_grid(depth, height, width, small)
        shift = functional.pad(k_source - k_driving, (0, 0, 1, 0))
        motions = grid + shift[:, :, None, None, None, :]
        slots = motions.shape[1]
        each = small[:, None].expand(-1, slots, -1, -1, -1, -1).reshape(count * slots, channels, depth, height, width)
        moved = functional.grid_sample(each, motions.reshape(count * slots, depth, height, width, 3), align_corners=False)
        heat = functional.pad(heat_map(grid, k_driving) - heat_map(grid, k_source), (0, 0, 0, 0, 0, 0, 1, 0))
        seen = torch.cat([heat[:, :, None], moved.view(count, slots, channels, depth, height, width)], dim=2)
        x = self.hourglass(seen.flatten(1, 2))
        mask = torch.softmax(self.mask(x).double(), dim=1)
        exact_shift = functional.pad(k_source.double() - k_driving.double(), (0, 0, 1, 0))
        exact = coordinate_grid(depth, height, width, exact_shift) + exact_shift[:, :, None, None, None, :]
        deformation = torch.einsum("nkdhw,nkdhwc->ndhwc", mask, exact)
        return deformation, torch.sigmoid(self.occlusion(x.flatten(1, 2))), mask


class WarpingModule(nn.Module):
    """Moves the appearance volume from the source's keypoints to the driving ones and flattens it for the generator."""

    def __init__(self, sizes: NetworkSizes = OFFICIAL) -> None:
        super().__init__()
        self.sizes = sizes
        self.dense_motion_network = DenseMotion(sizes)
        self.third = nn.ModuleDict(
            {"conv": nn.Conv2d(sizes.flat_volume, 4 * sizes.width, 3, padding=1), "norm": nn.BatchNorm2d(4 * sizes.width)}
        )
        self.fourth = nn.Conv2d(4 * sizes.width, 4 * sizes.width, 1)

    def forward(self, volume: Tensor, *, k_driving: Tensor, k_source: Tensor) -> Warped:
        """Warp.

        Parameters
        ----------
        volume
            [N, 32, 16, H, W] of the appearance extractor.
        k_driving, k_source
            [N, 21, 3] keypoints, transformed (after pose, scale and place). By keyword only: published exports disagree
            about their order.
        """
        deformation, occlusion, mask = self.dense_motion_network(volume, k_driving, k_source)
        moved = functional.grid_sample(volume.double(), deformation, align_corners=False).flatten(1, 2).to(volume.dtype)
        x = self.fourth(functional.leaky_relu(self.third["norm"](self.third["conv"](moved)), 0.01))
        return Warped(x * occlusion, deformation, occlusion, mask)
