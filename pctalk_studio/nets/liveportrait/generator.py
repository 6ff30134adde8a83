"""The generator, as published: warped features in, picture out, every normalisation modulated by the features (SPADE).

Park et al., Semantic Image Synthesis with Spatially-Adaptive Normalization (CVPR 2019), equation 1. This is the plain
formulation, kept as the reference; :mod:`fast_generator` computes the same in less time. The official files hold the block
convolutions under spectral norm; :mod:`checkpoints` folds it into plain weights when it loads them.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes

SLOPE = 0.2
"""Of the leaky ReLU in front of the generator's convolutions."""
MIDDLE_BLOCKS = 6


class Spade(nn.Module):
    """Instance norm whose gain and offset are drawn from the warped features at each place."""

    def __init__(self, channels: int, features: int, hidden: int) -> None:
        super().__init__()
        self.mlp_shared = nn.Sequential(nn.Conv2d(features, hidden, 3, padding=1), nn.ReLU())
        self.mlp_gamma = nn.Conv2d(hidden, channels, 3, padding=1)
        self.mlp_beta = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        """Normalise x [N, C, H, W] by itself, and modulate it by features [N, F, h, w]."""
        hidden = self.mlp_shared(functional.interpolate(features, size=x.shape[2:], mode="nearest"))
        out: Tensor = functional.instance_norm(x) * (1 + self.mlp_gamma(hidden)) + self.mlp_beta(hidden)
        return out


class SpadeBlock(nn.Module):
    """Residual block with a SPADE in front of each convolution; the shortcut has one too where the width changes."""

    def __init__(self, inputs: int, outputs: int, features: int, hidden: int) -> None:
        super().__init__()
        middle = min(inputs, outputs)
        self.conv_0 = nn.Conv2d(inputs, middle, 3, padding=1)
        self.conv_1 = nn.Conv2d(middle, outputs, 3, padding=1)
        self.norm_0 = Spade(inputs, features, hidden)
        self.norm_1 = Spade(middle, features, hidden)
        self.widens = inputs != outputs
        if self.widens:
            self.conv_s = nn.Conv2d(inputs, outputs, 1, bias=False)
            self.norm_s = Spade(inputs, features, hidden)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H, W]."""
        shortcut: Tensor = self.conv_s(self.norm_s(x, features)) if self.widens else x
        inner = self.conv_0(functional.leaky_relu(self.norm_0(x, features), SLOPE))
        inner = self.conv_1(functional.leaky_relu(self.norm_1(inner, features), SLOPE))
        out: Tensor = shortcut + inner
        return out


class SpadeGenerator(nn.Module):
    """Warped features to picture."""

    def __init__(self, sizes: NetworkSizes = OFFICIAL) -> None:
        super().__init__()
        width, features, hidden = sizes.width, 4 * sizes.width, sizes.modulation
        self.sizes = sizes
        self.fc = nn.Conv2d(features, 8 * width, 3, padding=1)
        for index in range(MIDDLE_BLOCKS):
            self.add_module(f"G_middle_{index}", SpadeBlock(8 * width, 8 * width, features, hidden))
        self.up_0 = SpadeBlock(8 * width, 4 * width, features, hidden)
        self.up_1 = SpadeBlock(4 * width, width, features, hidden)
        self.conv_img = nn.Sequential(nn.Conv2d(width, 12, 3, padding=1), nn.PixelShuffle(2))

    @property
    def middle(self) -> list[SpadeBlock]:
        """The blocks that keep the size, in order."""
        return [cast(SpadeBlock, self.get_submodule(f"G_middle_{index}")) for index in range(MIDDLE_BLOCKS)]

    def forward(self, features: Tensor) -> Tensor:
        """Draw [N, 256, H, W] as [N, 3, 8 H, 8 W], RGB 0 to 1."""
        x = self.fc(features)
        for block in self.middle:
            x = block(x, features)
        for block in (self.up_0, self.up_1):
            x = block(functional.interpolate(x, scale_factor=2, mode="nearest"), features)
        return torch.sigmoid(self.conv_img(functional.leaky_relu(x, SLOPE)))
