"""The appearance extractor: one picture in, a volume of features out; runs once for each source."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes


class ConvNorm2d(nn.Module):
    """Convolution that keeps the size, and its batch norm.

    Parameters
    ----------
    inputs, outputs
        Channels.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Without activation, [N, C, H, W]."""
        out: Tensor = self.norm(self.conv(x))
        return out


class ResidualBlock3d(nn.Module):
    """Pre-activation residual block: norm, ReLU and convolution twice, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm3d(channels)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm3d(channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, D, H, W] to the same."""
        inner = self.conv1(functional.relu(self.norm1(x)))
        out: Tensor = x + self.conv2(functional.relu(self.norm2(inner)))
        return out


class AppearanceExtractor(nn.Module):
    """Picture to appearance volume."""

    def __init__(self, sizes: NetworkSizes = OFFICIAL) -> None:
        super().__init__()
        width = sizes.width
        self.sizes = sizes
        self.first = ConvNorm2d(3, width)
        self.down_blocks = nn.ModuleList([ConvNorm2d(width, 2 * width), ConvNorm2d(2 * width, 4 * width)])
        self.second = nn.Conv2d(4 * width, sizes.flat_volume, 1)
        self.resblocks_3d = nn.Sequential()
        for index in range(6):
            self.resblocks_3d.add_module(f"3dr{index}", ResidualBlock3d(sizes.volume_channels))

    def forward(self, picture: Tensor) -> Tensor:
        """Extract the appearance.

        Parameters
        ----------
        picture
            [N, 3, S, S] RGB 0 to 1, S a multiple of 128; 256 officially.

        Returns
        -------
        Tensor
            [N, 32, 16, S/4, S/4]; channel c at depth d is channel 16 c + d of the last plane layer.
        """
        x = functional.relu(self.first(picture))
        for block in self.down_blocks:
            x = functional.avg_pool2d(functional.relu(block(x)), 2)
        x = self.second(x)
        volume = x.view(x.shape[0], self.sizes.volume_channels, self.sizes.volume_depth, *x.shape[2:])
        out: Tensor = self.resblocks_3d(volume)
        return out
