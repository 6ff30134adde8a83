"""The warping module's numbers in less time.

What is saved, all exact but for rounding:

* what depends on the source alone (the squeezed volume, and its sampling where nothing moves) is computed once per source;
* a keypoint's motion shifts the whole volume, so its sampling and its heat map are products of three one-dimensional ones;
* batch norms are folded into the convolutions in front of them;
* the mask's shares sum to one, so the mixed motion is the grid plus a mixture of shifts;
* on a processor, Winograd convolutions (repetitions included), and the 7x7 heads in the frequency domain.

Everything that says *where* is float32 under every policy, and on a processor the places that are sampled are float64, which
costs a hundredth of a frame and halves its rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.fourier import FourierHeads
from pctalk_studio.nets.liveportrait.layers import Direct, Plan, convolution, folded, halved
from pctalk_studio.nets.liveportrait.warping import HEAT_VARIANCE, ConvNorm3d, WarpingModule, coordinate_grid

FEW_PIXELS = 8
"""Planes up to this side (at full size) are too small for transforms: reading their weights would cost more."""
FULL_SIDE = 64


@dataclass(frozen=True, slots=True, eq=False)
class WarpSource:
    """What the warping module needs of a source.

    Parameters
    ----------
    volume
        [1, 32, 16, H, W] float32.
    squeezed
        [16, H, W, 4] float32.
    standing
        The same, sampled where nothing moves (which is not quite itself: see ``warping``).
    grid
        [16, H, W, 3] coordinates; float64 on a processor.
    """

    volume: Tensor
    squeezed: Tensor
    standing: Tensor
    grid: Tensor

    @property
    def nbytes(self) -> int:
        """Memory that it holds on the device."""
        return self.volume.nbytes + self.squeezed.nbytes + self.standing.nbytes + self.grid.nbytes


def shift_matrices(shift: Tensor, size: int) -> Tensor:
    """Linear sampling of ``size`` values at all places moved by ``shift`` [M]: [M, size, size], rows are places.

    Places beyond the edge are zero. As everywhere in this network, coordinates -1 and 1 are the first and last values when a
    grid is made, but the outer edges of the first and last when it is sampled.
    """
    places = torch.linspace(-1, 1, size, dtype=shift.dtype, device=shift.device) + shift[:, None]
    index = ((places + 1) * size - 1) / 2
    numbers = torch.arange(size, dtype=shift.dtype, device=shift.device)
    return (1 - (index[..., None] - numbers).abs()).clamp_(min=0)


def shifted(volume: Tensor, shift: Tensor) -> Tensor:
    """Sample volume [D, H, W, C] at all its places moved by each shift [M, 3] (x, y, z); gives [M, D, H, W, C]."""
    depth, height, width, channels = volume.shape
    along_x, along_y, along_z = (shift_matrices(shift[:, axis], size) for axis, size in enumerate((width, height, depth)))
    rows = volume.permute(2, 0, 1, 3).reshape(width, -1)
    x = (along_x.reshape(-1, width) @ rows).view(-1, width, depth, height, channels)
    y = torch.bmm(along_y, x.permute(0, 3, 2, 1, 4).reshape(-1, height, depth * width * channels))
    planes = y.view(-1, height, depth, width, channels).transpose(1, 2).reshape(-1, depth, height * width * channels)
    return torch.bmm(along_z, planes).view(-1, depth, height, width, channels)


def heat(keypoints: Tensor, shape: torch.Size) -> Tensor:
    """Gaussian blob round each keypoint [N, K, 3], [N, D, H, W, K]."""
    depth, height, width = shape

    def along(axis: int, size: int) -> Tensor:
        places = torch.linspace(-1, 1, size, dtype=keypoints.dtype, device=keypoints.device)
        return torch.exp(-0.5 * (places[:, None] - keypoints[:, None, :, axis]).square() / HEAT_VARIANCE)

    plane = along(1, height)[:, :, None] * along(0, width)[:, None]
    return along(2, depth)[:, :, None, None] * plane[:, None]


def sampled(volume: Tensor, places: Tensor) -> Tensor:
    """Linear sampling of volume [1, C, D, H, W] at places [N, D, H, W, 3]; gives [N, D, H, W, C].

    The same as ``grid_sample`` with zeros outside, which Apple's devices lack for volumes: written in plain terms for them. It is
    computed in the places' type.
    """
    if places.device.type != "mps":
        each = volume.to(places.dtype).expand(len(places), -1, -1, -1, -1)
        return functional.grid_sample(each, places, align_corners=False).to(volume.dtype).movedim(1, -1)
    return gathered(volume, places)


def gathered(volume: Tensor, places: Tensor) -> Tensor:
    """:func:`sampled` by looking up the eight neighbours of each place."""
    _, channels, *sizes = volume.shape
    values = volume.reshape(channels, -1).T
    counts = torch.tensor(sizes[::-1], device=places.device)
    index = ((places + 1) * counts - 1) / 2
    low = torch.floor(index)
    after = index - low
    out = volume.new_zeros(*places.shape[:-1], channels)
    for corner in range(8):
        step = torch.tensor([corner & 1, corner >> 1 & 1, corner >> 2], device=places.device)
        at = (low + step).long()
        inside = ((at >= 0) & (at < counts)).all(-1)
        x, y, z = at.clamp(counts.new_zeros(3), counts - 1).unbind(-1)
        weight = torch.where(step == 1, after, 1 - after).prod(-1) * inside
        out += values[(z * counts[1] + y) * counts[0] + x] * weight[..., None]
    return out


class _Heads(nn.Module):
    """Mask and occlusion by the device's own convolutions; as :class:`FourierHeads`."""

    def __init__(self, mask: nn.Conv3d, occlusion: nn.Conv2d, plan: Plan) -> None:
        super().__init__()
        self.mask = Direct(mask.weight, mask.bias, plan.policy)
        self.occlusion = Direct(occlusion.weight, occlusion.bias, plan.policy)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        flat = x.permute(0, 2, 3, 4, 1).flatten(3)
        return self.mask(x), self.occlusion(flat)


class FastWarping(nn.Module):
    """Warps as the plain module that it is made from.

    Parameters
    ----------
    plain
        float32, on the processor; left as it is.
    plan
        How to compute.
    """

    def __init__(self, plain: WarpingModule, plan: Plan) -> None:
        super().__init__()
        motion = plain.dense_motion_network
        self.sizes = plain.sizes
        self.plan = plan
        self.squeeze = Direct(*folded(motion.compress, motion.norm), plan.policy.exact)
        encoder, decoder = motion.hourglass.encoder, motion.hourglass.decoder
        self.down = nn.ModuleList(
            self._conv(cast(ConvNorm3d, block), FULL_SIDE >> level) for level, block in enumerate(encoder.down_blocks)
        )
        levels = plain.sizes.hourglass_levels
        self.up = nn.ModuleList(
            self._conv(cast(ConvNorm3d, block), FULL_SIDE >> (levels - 1 - step), repeat=2)
            for step, block in enumerate(decoder.up_blocks)
        )
        self.last = convolution(*folded(decoder.conv, decoder.norm), plan)
        self.heads = FourierHeads(motion.mask, motion.occlusion) if plan.fourier else _Heads(motion.mask, motion.occlusion, plan)
        third = cast(nn.Conv2d, plain.third["conv"]), cast(nn.BatchNorm2d, plain.third["norm"])
        self.third = convolution(*folded(*third), plan.careful)
        self.fourth = Direct(plain.fourth.weight, plain.fourth.bias, plan.careful.policy)
        self.to(plan.policy.device)

    def _conv(self, block: ConvNorm3d, side: int, repeat: int = 1) -> nn.Module:
        return convolution(*folded(block.conv, block.norm), self.plan, repeat=repeat, small=side <= FEW_PIXELS)

    def study(self, volume: Tensor) -> WarpSource:
        """What depends on the source alone, of its appearance volume [1, 32, 16, H, W]."""
        squeezed = functional.relu(self.squeeze(volume.float().movedim(1, -1)))[0].contiguous()
        depth, height, width, _ = squeezed.shape
        standing = shifted(squeezed, squeezed.new_zeros(1, 3))[0]
        like = squeezed.double() if squeezed.device.type == "cpu" else squeezed
        return WarpSource(volume.float(), squeezed, standing, coordinate_grid(depth, height, width, like))

    def forward(self, source: WarpSource, *, k_driving: Tensor, k_source: Tensor) -> Tensor:
        """Features [N, H, W, 256] for the generator, of keypoints [N, 21, 3] and [21, 3] float32."""
        x = self.features(source, k_driving, k_source)
        mask, occlusion = self.heads(x)
        shift = functional.pad(k_source - k_driving, (0, 0, 1, 0))
        share = torch.softmax(mask.float(), dim=-1)
        count, depth, height, width, slots = share.shape
        mixed = torch.bmm(share.view(count, -1, slots), shift).view(count, depth, height, width, 3)
        moved = sampled(source.volume, source.grid + mixed)
        planes = moved.permute(0, 2, 3, 4, 1).reshape(count, height, width, -1)
        flat = self.third(planes)
        out: Tensor = self.fourth(functional.leaky_relu_(flat, 0.01)) * torch.sigmoid(occlusion.float())
        return out

    def features(self, source: WarpSource, k_driving: Tensor, k_source: Tensor) -> Tensor:
        """What the heads read, [N, D, H, W, 142]."""
        return torch.relu_(self.last(self._hourglass(self._seen(source, k_driving, k_source))))

    def _seen(self, source: WarpSource, k_driving: Tensor, k_source: Tensor) -> Tensor:
        """Heat map and moved features of every slot, [N, D, H, W, 110]."""
        depth, height, width, channels = source.squeezed.shape
        count, points, _ = k_driving.shape
        shift = (k_source - k_driving).reshape(-1, 3)
        seen = k_driving.new_zeros(count, depth, height, width, points + 1, channels + 1)
        shape = source.squeezed.shape[:3]
        seen[..., 1:, 0] = heat(k_driving, shape) - heat(k_source[None], shape)
        seen[..., 0, 1:] = source.standing
        moved = shifted(source.squeezed, shift).view(count, points, depth, height, width, channels)
        seen[..., 1:, 1:] = moved.permute(0, 2, 3, 4, 1, 5)
        return seen.flatten(-2)

    def _hourglass(self, x: Tensor) -> Tensor:
        skips = [x]
        for conv in self.down:
            skips.append(halved(torch.relu_(conv(skips[-1]))))
        x = skips.pop()
        for conv in self.up:
            x = torch.relu_(conv(x))
            x = torch.cat([x, skips.pop().to(x.dtype)], dim=-1)
        return x
