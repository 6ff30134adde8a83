"""Wav2Lip's audio encoder, in any width, and the windows of the mel spectrogram that it hears.

Thirteen convolutions turn 80 bands x 16 mel frames (0.2 s) into one vector (Prajwal et al., "A lip sync expert is all you need",
2020). Width 32 has the shapes of the published weights and gives 512 numbers; other widths scale all channels alike.
"""

from __future__ import annotations

import copy

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.core.prediction import LAC_RATE, MEL_BANDS, MEL_RATE

WINDOW = 16
"""Mel frames of one window, 0.2 s."""

MEL_FLOOR = -4.0
"""The mel spectrogram where nothing sounds; also beyond both ends of a recording."""

Stride = tuple[int, int]


class ConvBlock(nn.Module):
    """Convolution, batch normalisation, ReLU; with ``residual`` the input is added before the ReLU.

    Parameters
    ----------
    inputs, outputs
        Channels.
    kernel, stride, padding
        As for :class:`torch.nn.Conv2d`.
    residual
        Whether the input is added; needs equal channels and stride 1.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int | Stride, stride: int | Stride, padding: int | Stride, residual: bool = False
    ) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs))
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C', H', W']."""
        y: Tensor = self.conv_block(x)
        return functional.relu(x + y if self.residual else y)


def audio_blocks(width: int) -> list[ConvBlock]:
    """The encoder's thirteen layers."""
    a, b, c, d, e = width, 2 * width, 4 * width, 8 * width, 16 * width
    return [
        ConvBlock(1, a, 3, 1, 1),
        ConvBlock(a, a, 3, 1, 1, residual=True),
        ConvBlock(a, a, 3, 1, 1, residual=True),
        ConvBlock(a, b, 3, (3, 1), 1),
        ConvBlock(b, b, 3, 1, 1, residual=True),
        ConvBlock(b, b, 3, 1, 1, residual=True),
        ConvBlock(b, c, 3, 3, 1),
        ConvBlock(c, c, 3, 1, 1, residual=True),
        ConvBlock(c, c, 3, 1, 1, residual=True),
        ConvBlock(c, d, 3, (3, 2), 1),
        ConvBlock(d, d, 3, 1, 1, residual=True),
        ConvBlock(d, e, 3, 1, 0),
        ConvBlock(e, e, 1, 1, 0),
    ]


class AudioEncoder(nn.Module):
    """e_a: one vector for each window of the mel spectrogram.

    Parameters
    ----------
    width
        Channels of the first layer; 32 is Wav2Lip's.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.layers = nn.Sequential(*audio_blocks(width))

    @property
    def size(self) -> int:
        """Length of the vector."""
        return 16 * self.width

    def forward(self, windows: Tensor) -> Tensor:
        """Mel windows [B, 1, 80, 16] to [B, size], never negative."""
        out: Tensor = self.layers(windows.contiguous(memory_format=torch.channels_last))
        return out.flatten(1)


class FoldedEncoder(nn.Module):
    """An audio encoder for inference: batch normalisation is part of the convolutions, which are channels-last.

    Parameters
    ----------
    encoder
        Trained; its results are those of ``encoder.eval()`` to rounding.
    """

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.width = encoder.width
        blocks = [block for block in encoder.layers if isinstance(block, ConvBlock)]
        self._residuals = tuple(block.residual for block in blocks)
        self._convolutions = tuple(_merged(block.conv_block) for block in blocks)
        self.convolutions = nn.ModuleList(self._convolutions)
        self.eval().requires_grad_(False)

    def forward(self, windows: Tensor) -> Tensor:
        """Mel windows [B, 1, 80, 16] to [B, size]."""
        x = windows.contiguous(memory_format=torch.channels_last)
        # Functions, not modules: for a single window every call of a module costs as much as a small convolution.
        for each, residual in zip(self._convolutions, self._residuals, strict=True):
            y = functional.conv2d(x, each.weight, each.bias, each.stride, each.padding)
            x = functional.relu_(y.add_(x) if residual else y)
        return x.flatten(1)


def folded(encoder: AudioEncoder) -> FoldedEncoder:
    """The same encoder for inference."""
    return FoldedEncoder(encoder)


def _merged(block: nn.Sequential) -> nn.Conv2d:
    conv, norm = block[0], block[1]
    assert isinstance(conv, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    assert conv.bias is not None
    assert norm.running_var is not None
    assert norm.running_mean is not None
    out = copy.deepcopy(conv)
    gain = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
    weight = conv.weight.detach().double() * gain.view(-1, 1, 1, 1)
    out.weight = nn.Parameter(weight.float().contiguous(memory_format=torch.channels_last))
    bias = (conv.bias.detach().double() - norm.running_mean.double()) * gain + norm.bias.detach().double()
    out.bias = nn.Parameter(bias.float())
    return out


def window_starts(first: int, frames: int) -> npt.NDArray[np.int64]:
    """First mel frame of each video frame's window, [frames] for video frames ``first`` and on: centred on the frame's time."""
    times = np.arange(first, first + frames) * (MEL_RATE / LAC_RATE)
    return np.asarray(np.floor(times + 0.5).astype(np.int64) - WINDOW // 2)


def mel_windows(mel: npt.NDArray[np.float32], first: int, frames: int) -> npt.NDArray[np.float32]:
    """Windows that the encoder hears.

    Parameters
    ----------
    mel
        [M, 80] of a whole recording; beyond its ends there is silence.
    first, frames
        Video frames at 25 a second, from ``first`` (may be negative) on.

    Returns
    -------
    npt.NDArray[np.float32]
        [frames, 1, 80, 16].
    """
    at = window_starts(first, frames)[:, None] + np.arange(WINDOW)
    inside = (at >= 0) & (at < len(mel))
    rows = np.where(inside[..., None], mel[np.clip(at, 0, len(mel) - 1)], np.float32(MEL_FLOOR))
    return np.ascontiguousarray(rows.transpose(0, 2, 1)[:, None], dtype=np.float32).reshape(frames, 1, MEL_BANDS, WINDOW)
