"""7x7 convolutions in the frequency domain, exact but for rounding: products of spectra are spectra of convolutions.

The dense motion network ends in a 7x7x7 convolution to a few channels, more than a third of all its work. Planes are cut into
overlapping tiles (overlap-save: of 22 x 22 values, the 16 x 16 that no edge has touched are kept) and transformed; depth stays as
it is, with seven products. That is a twelfth of the multiplications, and the spectra serve the occlusion map as well.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

KEPT = 16
TAPS = 7
TILE = KEPT + TAPS - 1
BINS = TILE * (TILE // 2 + 1)
"""Complex numbers of a real tile's spectrum."""


def _spectra_of_taps(weight: Tensor) -> Tensor:
    """Conjugate spectra [BINS, K, C, taps in depth] complex64 of [K, C, taps in depth, 7, 7]."""
    spectra: Tensor = torch.fft.rfft2(weight.detach().double(), s=(TILE, TILE)).conj()
    return spectra.flatten(-2).permute(3, 0, 1, 2).to(torch.complex64)


def _as_real(spectra: Tensor) -> Tensor:
    """Complex products as real ones on [real, imaginary] channels: [.., K, C, T] complex to [.., 2 K, 2 C, T]."""
    real, imaginary = spectra.real, spectra.imag
    return torch.cat([torch.cat([real, -imaginary], dim=2), torch.cat([imaginary, real], dim=2)], dim=1)


class FourierHeads(nn.Module):
    """The mask (7x7x7) and the occlusion map (7x7 over all depths) from the same features.

    Parameters
    ----------
    mask
        Convolution of [N, C, D, H, W] to the slots.
    occlusion
        Convolution of the same with depth folded into channels, to one map.
    """

    mask_bias: Tensor
    occlusion_bias: Tensor

    def __init__(self, mask: nn.Conv3d, occlusion: nn.Conv2d) -> None:
        super().__init__()
        if mask.bias is None or occlusion.bias is None:
            raise ValueError("heads with biases are needed")
        self.slots = mask.out_channels
        depthwise = _as_real(_spectra_of_taps(mask.weight)).unsqueeze(-1)
        self.mask = nn.ParameterList(
            nn.Parameter(taps.contiguous(memory_format=torch.channels_last), requires_grad=False) for taps in depthwise
        )
        whole = occlusion.weight.view(1, mask.in_channels, -1, TAPS, TAPS)
        self.occlusion = nn.Parameter(_as_real(_spectra_of_taps(whole)).flatten(2), requires_grad=False)
        self.register_buffer("mask_bias", mask.bias.detach().clone())
        self.register_buffer("occlusion_bias", occlusion.bias.detach().clone())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the mask [N, D, H, W, slots] and of the occlusion [N, H, W, 1] of x [N, D, H, W, C]."""
        count, depth, height, width, _ = x.shape
        down, across = -(-height // KEPT), -(-width // KEPT)
        edge = TAPS // 2
        padded = functional.pad(x, (0, 0, edge, edge + across * KEPT - width, edge, edge + down * KEPT - height))
        tiles = padded.unfold(2, TILE, KEPT).unfold(3, TILE, KEPT)
        spectra = torch.fft.rfft2(tiles.permute(0, 2, 3, 1, 4, 5, 6).contiguous()).flatten(-2)
        places = count * down * across
        values = torch.view_as_real(spectra).permute(5, 3, 0, 1, 2, 6, 4).reshape(BINS, depth, places, -1)
        mask = values.new_empty(BINS, depth, places, 2 * self.slots)
        for out, value, taps in zip(mask, values, self.mask, strict=True):
            product = functional.conv2d(value.permute(2, 0, 1)[None], taps, padding=(TAPS // 2, 0))
            out.copy_(product[0].permute(1, 2, 0))
        stacked = values.permute(0, 2, 3, 1).reshape(BINS, places, -1)
        occlusion = torch.bmm(stacked, self.occlusion.transpose(1, 2))[:, None]
        shape = (count, down, across)
        return (
            _planes(mask, shape)[:, :, :height, :width] + self.mask_bias,
            _planes(occlusion, shape)[:, 0, :height, :width] + self.occlusion_bias,
        )


def _planes(values: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Spectra [BINS, D, places, 2 K] back to [N, D, H, W, K]."""
    count, down, across = shape
    depth = values.shape[1]
    pairs = values.view(BINS, depth, count, down, across, 2, -1).permute(2, 1, 3, 4, 6, 0, 5).contiguous()
    spectra = torch.view_as_complex(pairs).view(*pairs.shape[:-2], TILE, -1)
    tiles: Tensor = torch.fft.irfft2(spectra, s=(TILE, TILE))[..., :KEPT, :KEPT]
    return tiles.permute(0, 1, 2, 5, 3, 6, 4).reshape(count, depth, down * KEPT, across * KEPT, -1)
