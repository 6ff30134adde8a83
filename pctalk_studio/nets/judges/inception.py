"""Inception-v3 as it was in December 2015, by which the Fréchet inception distance is defined (Heusel et al., NIPS 2017).

Keys and shapes are those of ``pt_inception-2015-12-05-6726825d.pth``. It differs from later ones: average pools leave their
border out, and the very last branch takes the largest instead of the mean.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 2048
SIDE = 299
_CLASSES = 1008

Size = int | tuple[int, int]


class Unit(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: Size = 1, stride: int = 1, padding: Size = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W]."""
        normed: Tensor = self.bn(self.conv(x))
        return functional.relu(normed)


def _row(inputs: int, outputs: int, length: int) -> Unit:
    return Unit(inputs, outputs, (1, length), padding=(0, length // 2))


def _column(inputs: int, outputs: int, length: int) -> Unit:
    return Unit(inputs, outputs, (length, 1), padding=(length // 2, 0))


def _mean(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class MixedA(nn.Module):
    """At 35 x 35."""

    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Unit(inputs, 64)
        self.branch5x5_1, self.branch5x5_2 = Unit(inputs, 48), Unit(48, 64, 5, padding=2)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Unit(inputs, 64), Unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Unit(96, 96, 3, padding=1)
        self.branch_pool = Unit(inputs, pooled)

    def forward(self, x: Tensor) -> Tensor:
        """Four branches side by side."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), double, self.branch_pool(_mean(x))], 1)


class MixedB(nn.Module):
    """From 35 x 35 to 17 x 17."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3 = Unit(inputs, 384, 3, 2)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Unit(inputs, 64), Unit(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Unit(96, 96, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Three branches side by side."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, functional.max_pool2d(x, 3, 2)], 1)


class MixedC(nn.Module):
    """At 17 x 17, with 7x7 convolutions as a row and a column."""

    def __init__(self, inputs: int, inner: int) -> None:
        super().__init__()
        self.branch1x1 = Unit(inputs, 192)
        self.branch7x7_1 = Unit(inputs, inner)
        self.branch7x7_2, self.branch7x7_3 = _row(inner, inner, 7), _column(inner, 192, 7)
        self.branch7x7dbl_1 = Unit(inputs, inner)
        self.branch7x7dbl_2, self.branch7x7dbl_3 = _column(inner, inner, 7), _row(inner, inner, 7)
        self.branch7x7dbl_4, self.branch7x7dbl_5 = _column(inner, inner, 7), _row(inner, 192, 7)
        self.branch_pool = Unit(inputs, 192)

    def forward(self, x: Tensor) -> Tensor:
        """Four branches side by side."""
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(_mean(x))], 1)


class MixedD(nn.Module):
    """From 17 x 17 to 8 x 8."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3_1, self.branch3x3_2 = Unit(inputs, 192), Unit(192, 320, 3, 2)
        self.branch7x7x3_1, self.branch7x7x3_2 = Unit(inputs, 192), _row(192, 192, 7)
        self.branch7x7x3_3, self.branch7x7x3_4 = _column(192, 192, 7), Unit(192, 192, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Three branches side by side."""
        seven = self.branch7x7x3_2(self.branch7x7x3_1(x))
        seven = self.branch7x7x3_4(self.branch7x7x3_3(seven))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, functional.max_pool2d(x, 3, 2)], 1)


class MixedE(nn.Module):
    """At 8 x 8.

    Parameters
    ----------
    inputs
        Channels.
    largest
        Whether the pool takes the largest instead of the mean.
    """

    def __init__(self, inputs: int, *, largest: bool) -> None:
        super().__init__()
        self._largest = largest
        self.branch1x1 = Unit(inputs, 320)
        self.branch3x3_1 = Unit(inputs, 384)
        self.branch3x3_2a, self.branch3x3_2b = _row(384, 384, 3), _column(384, 384, 3)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Unit(inputs, 448), Unit(448, 384, 3, padding=1)
        self.branch3x3dbl_3a, self.branch3x3dbl_3b = _row(384, 384, 3), _column(384, 384, 3)
        self.branch_pool = Unit(inputs, 192)

    def forward(self, x: Tensor) -> Tensor:
        """Six branches side by side."""
        single = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = functional.max_pool2d(x, 3, 1, 1) if self._largest else _mean(x)
        branches = [self.branch1x1(x), self.branch3x3_2a(single), self.branch3x3_2b(single)]
        branches += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double), self.branch_pool(pooled)]
        return torch.cat(branches, 1)


class Inception(nn.Module):
    """From pictures to the 2048 numbers before the classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Unit(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Unit(32, 32, 3)
        self.Conv2d_2b_3x3 = Unit(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = Unit(64, 80)
        self.Conv2d_4a_3x3 = Unit(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = MixedA(192, 32), MixedA(256, 64), MixedA(288, 64)
        self.Mixed_6a = MixedB(288)
        self.Mixed_6b, self.Mixed_6c = MixedC(768, 128), MixedC(768, 160)
        self.Mixed_6d, self.Mixed_6e = MixedC(768, 160), MixedC(768, 192)
        self.Mixed_7a = MixedD(768)
        self.Mixed_7b, self.Mixed_7c = MixedE(1280, largest=False), MixedE(2048, largest=True)
        self.fc = nn.Linear(FEATURES, _CLASSES)

    def features(self, pictures: Tensor) -> Tensor:
        """Features [N, 2048] of pictures [N, 3, H, W], RGB 0 to 1; they are brought to 299 x 299 without regard to shape."""
        x = functional.interpolate(pictures, (SIDE, SIDE), mode="bilinear", align_corners=False) * 2 - 1
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(functional.max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(functional.max_pool2d(x, 3, 2))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        features: Tensor = x.mean((2, 3))
        return features
