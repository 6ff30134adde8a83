"""Residual networks with 18 and 50 layers (He et al., CVPR 2016), with the keys under which they are usually published."""

from __future__ import annotations

from torch import Tensor, nn


def _joined(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    GROWS = 1

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = _joined(inputs, planes, stride)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, planes, H / stride, W / stride]."""
        shortcut = x if self.downsample is None else self.downsample(x)
        out: Tensor = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (out + shortcut).relu()


class Bottleneck(nn.Module):
    """1x1, 3x3 (which carries the stride) and 1x1 convolutions beside a shortcut."""

    GROWS = 4

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        outputs = planes * self.GROWS
        self.conv1 = nn.Conv2d(inputs, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = _joined(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, 4 planes, H / stride, W / stride]."""
        shortcut = x if self.downsample is None else self.downsample(x)
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        widened: Tensor = self.bn3(self.conv3(out))
        return (widened + shortcut).relu()


class ResNet(nn.Module):
    """From pictures to one vector each.

    Parameters
    ----------
    block
        What it is made of.
    depths
        Blocks in each of the four stages.
    """

    def __init__(self, block: type[BasicBlock] | type[Bottleneck], depths: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = 64
        for number, depth in enumerate(depths):
            planes, blocks = 64 << number, []
            for position in range(depth):
                blocks.append(block(inputs, planes, 2 if number and not position else 1))
                inputs = planes * block.GROWS
            setattr(self, f"layer{number + 1}", nn.Sequential(*blocks))
        self.features = inputs

    def embedded(self, pictures: Tensor) -> Tensor:
        """[N, 3, H, W] to [N, features]: the mean over the last map."""
        x = self.maxpool(self.bn1(self.conv1(pictures)).relu())
        for number in range(4):
            x = getattr(self, f"layer{number + 1}")(x)
        pooled: Tensor = x.mean((2, 3))
        return pooled
