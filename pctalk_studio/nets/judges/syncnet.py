"""SyncNet v2: how far lips and sound belong together (Chung and Zisserman, ACCV workshops 2016).

Keys and shapes are those of ``syncnet_v2.model``.
"""

from __future__ import annotations

from torch import Tensor, nn

FEATURES = 1024
"""Length of an embedding."""

FRAMES = 5
"""Pictures that are judged together."""

COLUMNS = 20
"""Columns of cepstra, 100 a second, that belong to them."""

CEPSTRA = 13
SIDE = 224


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, FEATURES))


def _sound(inputs: int, outputs: int, kernel: int | tuple[int, int], padding: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.BatchNorm2d(outputs), nn.ReLU()]


def _picture(
    inputs: int, outputs: int, kernel: tuple[int, int, int], stride: tuple[int, int, int], padding: int
) -> list[nn.Module]:
    return [nn.Conv3d(inputs, outputs, kernel, stride, (0, padding, padding)), nn.BatchNorm3d(outputs), nn.ReLU()]


def _smaller(padding: int = 0) -> nn.Module:
    return nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, padding, padding))


class SyncNet(nn.Module):
    """Two embeddings whose distance says whether a mouth speaks a sound."""

    def __init__(self) -> None:
        super().__init__()
        once = (1, 1, 1)
        self.netcnnaud = nn.Sequential(
            *_sound(1, 64, 3, 1),
            nn.MaxPool2d((1, 1), (1, 1)),
            *_sound(64, 192, 3, 1),
            nn.MaxPool2d(3, (1, 2)),
            *_sound(192, 384, 3, 1),
            *_sound(384, 256, 3, 1),
            *_sound(256, 256, 3, 1),
            nn.MaxPool2d(3, 2),
            *_sound(256, 512, (5, 4), 0),
        )
        self.netfcaud = _head()
        self.netcnnlip = nn.Sequential(
            *_picture(3, 96, (5, 7, 7), (1, 2, 2), 0),
            _smaller(),
            *_picture(96, 256, (1, 5, 5), (1, 2, 2), 1),
            _smaller(1),
            *_picture(256, 256, (1, 3, 3), once, 1),
            *_picture(256, 256, (1, 3, 3), once, 1),
            *_picture(256, 256, (1, 3, 3), once, 1),
            _smaller(),
            *_picture(256, 512, (1, 6, 6), once, 0),
        )
        self.netfclip = _head()

    def of_sound(self, cepstra: Tensor) -> Tensor:
        """Embeddings [N, 1024] of cepstra [N, 1, 13, 20]."""
        embedded: Tensor = self.netfcaud(self.netcnnaud(cepstra).flatten(1))
        return embedded

    def of_lips(self, pictures: Tensor) -> Tensor:
        """Embeddings [N, 1024] of pictures [N, 3, 5, 224, 224]: BGR, 0 to 255."""
        embedded: Tensor = self.netfclip(self.netcnnlip(pictures).flatten(1))
        return embedded
