"""The motion extractor: a ConvNeXt V2 that reads head pose, expression, scale, place and canonical keypoints off one picture.

Woo et al., ConvNeXt V2 (CVPR 2023), size "tiny", with seven linear heads. It stays in float32 everywhere: the expectation over
angle bins loses whole degrees at half precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes

EPSILON = 1e-6


class PlaneNorm(nn.Module):
    """Layer norm over the channels of [N, C, H, W]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each pixel's channels."""
        last = functional.layer_norm(x.movedim(1, -1), self.weight.shape, self.weight, self.bias, EPSILON)
        return last.movedim(-1, 1)


class ResponseNorm(nn.Module):
    """Global response normalisation (ConvNeXt V2, section 3.2), channels last.

    Channels compete by their energy over the picture; the input is added, so that gamma = beta = 0 is the identity.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))

    def forward(self, x: Tensor) -> Tensor:
        """[N, H, W, C] to the same."""
        energy = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)
        share = energy / (energy.mean(dim=-1, keepdim=True) + EPSILON)
        out: Tensor = self.gamma * (x * share) + self.beta + x
        return out


class ConvNextBlock(nn.Module):
    """Depthwise 7x7, then two pointwise layers with the response norm between them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=EPSILON)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.grn = ResponseNorm(4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same."""
        inner = self.norm(self.dwconv(x).movedim(1, -1))
        inner = self.pwconv2(self.grn(functional.gelu(self.pwconv1(inner))))
        out: Tensor = x + inner.movedim(-1, 1)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class RawMotion:
    """What the heads say for N pictures, in float32.

    Parameters
    ----------
    pitch, yaw, roll
        [N, 66] logits over angle bins; see ``pose.degrees_of_bins``.
    translation
        [N, 3], of the face in the crop; its z is never used.
    expression
        [N, 63] = 21 x (x, y, z).
    scale
        [N, 1].
    canonical
        [N, 63] = 21 x (x, y, z): identity, without pose and expression.
    """

    pitch: Tensor
    yaw: Tensor
    roll: Tensor
    translation: Tensor
    expression: Tensor
    scale: Tensor
    canonical: Tensor


class _Detector(nn.Module):
    """The backbone and its heads, under the name that the official keys start with."""

    def __init__(self, sizes: NetworkSizes) -> None:
        super().__init__()
        widths = sizes.motion_widths
        self.downsample_layers = nn.ModuleList([nn.Sequential(nn.Conv2d(3, widths[0], 4, stride=4), PlaneNorm(widths[0]))])
        for before, after in pairwise(widths):
            self.downsample_layers.append(nn.Sequential(PlaneNorm(before), nn.Conv2d(before, after, 2, stride=2)))
        self.stages = nn.ModuleList(
            nn.Sequential(*(ConvNextBlock(width) for _ in range(depth)))
            for width, depth in zip(widths, sizes.motion_depths, strict=True)
        )
        last = widths[-1]
        self.norm = nn.LayerNorm(last, eps=EPSILON)
        self.fc_kp = nn.Linear(last, 3 * sizes.keypoints)
        self.fc_scale = nn.Linear(last, 1)
        self.fc_pitch = nn.Linear(last, sizes.angle_bins)
        self.fc_yaw = nn.Linear(last, sizes.angle_bins)
        self.fc_roll = nn.Linear(last, sizes.angle_bins)
        self.fc_t = nn.Linear(last, 3)
        self.fc_exp = nn.Linear(last, 3 * sizes.keypoints)

    def forward(self, picture: Tensor) -> Tensor:
        x = picture
        for shrink, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(shrink(x))
        out: Tensor = self.norm(x.mean(dim=(2, 3)))
        return out


class MotionExtractor(nn.Module):
    """Picture to motion."""

    def __init__(self, sizes: NetworkSizes = OFFICIAL) -> None:
        super().__init__()
        self.sizes = sizes
        self.detector = _Detector(sizes)

    def forward(self, picture: Tensor) -> RawMotion:
        """Read [N, 3, 256, 256] RGB 0 to 1."""
        heads = self.detector
        x = heads(picture)
        return RawMotion(
            pitch=heads.fc_pitch(x),
            yaw=heads.fc_yaw(x),
            roll=heads.fc_roll(x),
            translation=heads.fc_t(x),
            expression=heads.fc_exp(x),
            scale=heads.fc_scale(x),
            canonical=heads.fc_kp(x),
        )
