"""The generator's numbers in less time.

What is saved, all exact but for rounding:

* every SPADE's first convolution reads the same features: one convolution for each resolution instead of eighteen;
* at the two upper resolutions these features are repeated 2 and 4 times: only 4 and 9 *phases* of the result differ, with 16 and
  25 taps on the small map instead of 36 and 144;
* gain and offset come out of one convolution, with the 1 of "1 + gain" in its bias;
* the shortcut's 1x1 convolution and its offsets' 3x3 one have nothing between them and become one;
* the instance norm of what is repeated is that of the small map, and shared by both norms that read it;
* on a processor, Winograd convolutions, the phases entering them as they are.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.generator import SLOPE, Spade, SpadeBlock, SpadeGenerator
from pctalk_studio.nets.liveportrait.layers import Direct, Plan, convolution, repeated, wide
from pctalk_studio.nets.liveportrait.winograd import COLUMNS, OUTPUTS, QUADRUPLED_ROWS, Winograd

FIRST, MIDDLE, LAST = 0, 1, 2
"""Places within a block of repeated values as seen by three taps: at its start, inside, at its end."""
PLACES = {2: (FIRST, LAST), 4: (FIRST, MIDDLE, MIDDLE, LAST)}
_REACH = {FIRST: ((1, 0, 0), (0, 1, 1)), MIDDLE: ((1, 1, 1),), LAST: ((1, 1, 0), (0, 0, 1))}
"""For each place, which taps fall on which neighbouring block: the one before (FIRST), the own, the one after (LAST)."""

Phases = dict[tuple[int, int], Tensor]
"""For each place in a block (down, across) the values there in all blocks, [N, H, W, C]."""


class PhaseConv(nn.Module):
    """Repeat 2 or 4 times, convolve 3x3, ReLU: only the phases that differ are computed.

    Parameters
    ----------
    weight, bias
        [K, C, 3, 3] and [K].
    times
        How often rows and columns are repeated.
    plan
        Device and precision.
    """

    def __init__(self, weight: Tensor, bias: Tensor, times: int, plan: Plan) -> None:
        super().__init__()
        self.places = PLACES[times]
        self.convs = nn.ModuleDict()
        for down in set(self.places):
            for across in set(self.places):
                rows, columns = (torch.tensor(_REACH[place], dtype=torch.float64) for place in (down, across))
                taps = torch.einsum("ar,bs,kcrs->kcab", rows, columns, weight.double()).float()
                conv = Direct(taps, bias, plan.policy)
                conv.padding = (0, 0)
                self.convs[f"{down}{across}"] = conv

    def phases(self, x: Tensor) -> Phases:
        """Of x [N, H, W, C]."""
        height, width = x.shape[1:3]
        padded = functional.pad(x, (0, 0, 1, 1, 1, 1))

        def window(place: int, size: int) -> slice:
            return slice(0 if place == FIRST else 1, size + (2 if place == LAST else 1))

        return {
            (down, across): functional.relu(self.convs[f"{down}{across}"](padded[:, window(down, height), window(across, width)]))
            for down in set(self.places)
            for across in set(self.places)
        }

    def joined(self, phases: Phases) -> Tensor:
        """All places of all blocks in order, [N, t H, t W, C]."""
        rows = [torch.stack([phases[down, across] for across in self.places], dim=3) for down in self.places]
        whole = torch.stack(rows, dim=2)
        count, height, times, width = whole.shape[:4]
        return whole.view(count, height * times, width * times, -1)


def quadrupled(conv: Winograd, phases: Phases) -> Tensor:
    """Convolve what four-fold phases stand for, [N, H, W, C] each, without joining them; gives [N, 4 H, 4 W, K]."""
    padded = {place: functional.pad(value, (0, 0, 1, 1, 1, 1)) for place, value in phases.items()}
    around = ((LAST, 0), (FIRST, 1), (MIDDLE, 1), (LAST, 1), (FIRST, 2))
    count, height, width, _ = phases[FIRST, FIRST].shape
    out = conv.bias.new_empty(count, height, OUTPUTS, width, OUTPUTS, len(conv.bias))
    for first in range(0, height, rows := max(1, COLUMNS // (width * count))):
        last = min(first + rows, height)
        patches = torch.stack([
            padded[down, across][:, first + y : last + y, x : x + width] for down, y in around for across, x in around
        ])  # fmt: skip
        conv.tiles(patches.view(len(around) ** 2, -1), out[:, None, first:last])
    return out.view(count, height * OUTPUTS, width * OUTPUTS, -1)


def _gain_and_offset(norm: Spade) -> tuple[Tensor, Tensor]:
    """One convolution for both, gains first and one greater."""
    (gains, gain_bias), (offsets, offset_bias) = _weights_of(norm.mlp_gamma), _weights_of(norm.mlp_beta)
    return torch.cat([gains, offsets]), torch.cat([gain_bias + 1, offset_bias])


def _gain_and_shortcut(norm: Spade, shortcut: nn.Conv2d) -> tuple[Tensor, Tensor]:
    """One convolution for the gains, one greater, and for what the shortcut's 1x1 convolution makes of the offsets.

    Nothing bends between the two, so they are one, with fewer outputs than there are offsets.
    """
    (gains, gain_bias), (offsets, offset_bias) = _weights_of(norm.mlp_gamma), _weights_of(norm.mlp_beta)
    mix = shortcut.weight.flatten(1).double()
    joined = torch.einsum("kc,chyx->khyx", mix, offsets.double()).float()
    return torch.cat([gains, joined]), torch.cat([gain_bias + 1, (mix @ offset_bias.double()).float()])


def _shared(norms: list[Spade]) -> tuple[Tensor, Tensor]:
    weights, biases = zip(*(_weights_of(cast(nn.Conv2d, norm.mlp_shared[0])) for norm in norms), strict=True)
    return torch.cat(weights), torch.cat(biases)


def normalised(x: Tensor) -> Tensor:
    """Instance norm of [N, H, W, C] in float32."""
    exact = x.float()
    centred = exact - exact.mean(dim=(1, 2), keepdim=True)
    variance = centred.square().mean(dim=(1, 2), keepdim=True)
    return centred.mul_(torch.rsqrt(variance + 1e-5))


def modulated(unit: Tensor, gain_and_offset: Tensor) -> Tensor:
    """Gain and offset, [N, H, W, 2 C] with gains first, put on unit [N, H, W, C]."""
    gain, offset = wide(gain_and_offset).chunk(2, dim=-1)
    return torch.addcmul(offset, unit.to(gain.dtype), gain)


def _weights_of(conv: nn.Conv2d) -> tuple[Tensor, Tensor]:
    if conv.bias is None:
        raise ValueError("a convolution with bias is needed")
    return conv.weight, conv.bias


class _MiddleBlock(nn.Module):
    """A block that keeps size and width; its hidden maps are computed outside."""

    def __init__(self, block: SpadeBlock, plan: Plan) -> None:
        super().__init__()
        self.modulation = nn.ModuleList(convolution(*_gain_and_offset(norm), plan) for norm in (block.norm_0, block.norm_1))
        self.convs = nn.ModuleList(convolution(*_weights_of(conv), plan) for conv in (block.conv_0, block.conv_1))

    def forward(self, x: Tensor, hidden: tuple[Tensor, Tensor]) -> Tensor:
        inner = x
        for modulation, conv, features in zip(self.modulation, self.convs, hidden, strict=True):
            inner = conv(functional.leaky_relu_(modulated(normalised(inner), modulation(features)), SLOPE))
        return x + inner


class _UpperBlock(nn.Module):
    """A block behind a repetition, with its own SPADE maps at ``times`` the features' size."""

    def __init__(self, block: SpadeBlock, times: int, plan: Plan) -> None:
        super().__init__()
        self.shared = PhaseConv(*_shared([block.norm_0, block.norm_1, block.norm_s]), times, plan)
        self.direct = times != OUTPUTS or plan.winograd_from is None
        self.modulation = nn.ModuleList(
            convolution(*weights, plan) if self.direct else Winograd(*weights, QUADRUPLED_ROWS)
            for weights in (
                _gain_and_offset(block.norm_0), _gain_and_offset(block.norm_1), _gain_and_shortcut(block.norm_s, block.conv_s)
            )
        )  # fmt: skip
        self.conv_0, self.conv_1 = (convolution(*_weights_of(conv), plan.careful) for conv in (block.conv_0, block.conv_1))
        self.outputs = block.conv_s.out_channels
        self.conv_s = Direct(block.conv_s.weight, None, plan.careful.policy)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        """Twice the size of x [N, H, W, C]."""
        phases = self.shared.phases(features)
        each = [value.chunk(3, dim=-1) for value in phases.values()]
        hidden = [dict(zip(phases, parts, strict=True)) for parts in zip(*each, strict=True)]
        unit = repeated(normalised(x), 2)
        inner = self.conv_0(functional.leaky_relu_(modulated(unit, self._modulation(0, hidden[0])), SLOPE))
        gain, offset = torch.split(wide(self._modulation(2, hidden[2])), [unit.shape[-1], self.outputs], dim=-1)
        shortcut = wide(self.conv_s(unit.to(gain.dtype) * gain)).add_(offset)
        inner = functional.leaky_relu_(modulated(normalised(inner), self._modulation(1, hidden[1])), SLOPE)
        out: Tensor = shortcut.add_(self.conv_1(inner))
        return out

    def _modulation(self, index: int, hidden: Phases) -> Tensor:
        conv = self.modulation[index]
        if isinstance(conv, Winograd) and not self.direct:
            return quadrupled(conv, hidden)
        out: Tensor = conv(self.shared.joined(hidden))
        return out


class FastGenerator(nn.Module):
    """Draws the same pictures as the plain generator that it is made from.

    Parameters
    ----------
    plain
        float32, on the processor; left as it is.
    plan
        How to compute.
    """

    def __init__(self, plain: SpadeGenerator, plan: Plan) -> None:
        super().__init__()
        middle = plain.middle
        self.fc = convolution(*_weights_of(plain.fc), plan.careful)
        self.shared = convolution(*_shared([norm for block in middle for norm in (block.norm_0, block.norm_1)]), plan.careful)
        self.middle = nn.ModuleList(_MiddleBlock(block, plan.careful) for block in middle)
        self.up_0 = _UpperBlock(plain.up_0, 2, plan.careful)
        self.up_1 = _UpperBlock(plain.up_1, 4, plan)
        self.image = Direct(*_weights_of(cast(nn.Conv2d, plain.conv_img[0])), plan.careful.policy)
        self.to(plan.policy.device)

    def forward(self, features: Tensor) -> Tensor:
        """Draw [N, H, W, 256] as [N, 3, 8 H, 8 W] float32, RGB 0 to 1."""
        x = self.fc(features)
        hidden = functional.relu_(self.shared(features)).chunk(2 * len(self.middle), dim=-1)
        for block, first, second in zip(self.middle, hidden[::2], hidden[1::2], strict=True):
            x = block(x, (first, second))
        x = self.up_1(self.up_0(x, features), features)
        image = self.image(functional.leaky_relu_(x, SLOPE)).movedim(-1, 1)
        return torch.sigmoid(functional.pixel_shuffle(image, 2).float())
