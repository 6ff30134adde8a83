"""Inflated Inception for moving pictures (Carreira and Zisserman, CVPR 2017), with the keys of ``rgb_imagenet.pt``."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 400
SIDE = 224

Triple = tuple[int, int, int]


def _same(x: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """Pad with zeros so that a dimension of n gives ceil(n / stride), the surplus at the end, as TensorFlow does."""
    pads: list[int] = []
    for size, width, step in zip(x.shape[2:][::-1], kernel[::-1], stride[::-1], strict=True):
        whole = max(width - (step if size % step == 0 else size % step), 0)
        pads += [whole // 2, whole - whole // 2]
    return functional.pad(x, pads)


class Unit3D(nn.Module):
    """Convolution, batch norm, ReLU; or, with a bias instead, the convolution alone."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, *, plain: bool = False) -> None:
        super().__init__()
        self._kernel, self._stride = (kernel,) * 3, (stride,) * 3
        self.conv3d = nn.Conv3d(inputs, outputs, kernel, stride, bias=plain)
        self.bn = None if plain else nn.BatchNorm3d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, T, H, W], each dimension divided by the stride, rounded up."""
        out: Tensor = self.conv3d(_same(x, self._kernel, self._stride))
        return out if self.bn is None else functional.relu(self.bn(out))


class SamePool(nn.Module):
    """Largest of each window; what lies outside counts as 0."""

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self._kernel, self._stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, T, H, W], each dimension divided by its stride, rounded up."""
        return functional.max_pool3d(_same(x, self._kernel, self._stride), self._kernel, self._stride)


class Mixed(nn.Module):
    """Four branches side by side."""

    def __init__(self, inputs: int, one: int, three: tuple[int, int], other: tuple[int, int], pooled: int) -> None:
        super().__init__()
        self.b0 = Unit3D(inputs, one)
        self.b1a, self.b1b = Unit3D(inputs, three[0]), Unit3D(three[0], three[1], 3)
        self.b2a, self.b2b = Unit3D(inputs, other[0]), Unit3D(other[0], other[1], 3)
        self.b3a, self.b3b = SamePool((3, 3, 3), (1, 1, 1)), Unit3D(inputs, pooled)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, T, H, W] to the same with the branches' channels."""
        branches = [self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))]
        return torch.cat(branches, dim=1)


class I3D(nn.Module):
    """Logits of the 400 actions of Kinetics."""

    def __init__(self) -> None:
        super().__init__()
        order: tuple[tuple[str, nn.Module], ...] = (
            ("Conv3d_1a_7x7", Unit3D(3, 64, 7, 2)),
            ("MaxPool3d_2a_3x3", SamePool((1, 3, 3), (1, 2, 2))),
            ("Conv3d_2b_1x1", Unit3D(64, 64)),
            ("Conv3d_2c_3x3", Unit3D(64, 192, 3)),
            ("MaxPool3d_3a_3x3", SamePool((1, 3, 3), (1, 2, 2))),
            ("Mixed_3b", Mixed(192, 64, (96, 128), (16, 32), 32)),
            ("Mixed_3c", Mixed(256, 128, (128, 192), (32, 96), 64)),
            ("MaxPool3d_4a_3x3", SamePool((3, 3, 3), (2, 2, 2))),
            ("Mixed_4b", Mixed(480, 192, (96, 208), (16, 48), 64)),
            ("Mixed_4c", Mixed(512, 160, (112, 224), (24, 64), 64)),
            ("Mixed_4d", Mixed(512, 128, (128, 256), (24, 64), 64)),
            ("Mixed_4e", Mixed(512, 112, (144, 288), (32, 64), 64)),
            ("Mixed_4f", Mixed(528, 256, (160, 320), (32, 128), 128)),
            ("MaxPool3d_5a_2x2", SamePool((2, 2, 2), (2, 2, 2))),
            ("Mixed_5b", Mixed(832, 256, (160, 320), (32, 128), 128)),
            ("Mixed_5c", Mixed(832, 384, (192, 384), (48, 128), 128)),
        )
        for name, module in order:
            self.add_module(name, module)
        self._names = tuple(name for name, _ in order)
        self.logits = Unit3D(1024, CLASSES, plain=True)

    def scores(self, clips: Tensor) -> Tensor:
        """Logits [N, 400] of clips [N, 3, T, 224, 224], RGB -1 to 1, T at least 10: their mean over time."""
        x = clips
        for name in self._names:
            x = getattr(self, name)(x)
        pooled = functional.avg_pool3d(x, (2, 7, 7), stride=1)
        logits: Tensor = self.logits(pooled).mean((2, 3, 4))
        return logits
