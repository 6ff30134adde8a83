"""Building blocks of the fast networks: convolutions on channels-last tensors, in the form that is best for the device."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.policy import Policy
from pctalk_studio.nets.liveportrait.winograd import DOUBLED_ROWS, SAME_ROWS, Winograd


@dataclass(frozen=True, slots=True)
class Plan:
    """How to compute what the plain networks define.

    Parameters
    ----------
    policy
        Device and precision.
    winograd_from
        Outputs (times taps in depth) from which a 3x3 convolution is worth its transforms; None: never. Tensor cores multiply
        faster than memory can feed transforms, and half precision has no digits to spare for them, so this is for float32 on
        a processor.
    fourier
        Whether 7x7 convolutions are done in the frequency domain; for the same reasons.
    """

    policy: Policy
    winograd_from: int | None = None
    fourier: bool = False

    @property
    def careful(self) -> Plan:
        """For convolutions whose rounding grows in all that follows: bfloat16 has too few digits for them, float16 enough."""
        return replace(self, policy=self.policy.exact) if self.policy.dtype == torch.bfloat16 else self

    @classmethod
    def of(cls, policy: Policy) -> Plan:
        """What is best for a policy."""
        if policy.device.type == "cpu" and policy.dtype == torch.float32:
            return cls(policy, winograd_from=96, fourier=True)
        return cls(policy)


def folded(conv: nn.Conv2d | nn.Conv3d, norm: nn.modules.batchnorm._BatchNorm) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution with the batch norm behind it folded in, float32."""
    weight, bias = conv.weight.detach(), conv.bias
    mean, variance = norm.running_mean, norm.running_var
    if bias is None or mean is None or variance is None:
        raise ValueError("a convolution with bias and a batch norm with statistics are needed")
    gain = norm.weight.detach().double() / torch.sqrt(variance.double() + norm.eps)
    shifted = (bias.detach().double() - mean.double()) * gain + norm.bias.detach().double()
    return (weight.double() * gain.view(-1, *[1] * (weight.dim() - 1))).float(), shifted.float()


class Direct(nn.Module):
    """Convolution that keeps the size, channels last, by the device's own kernels.

    Parameters
    ----------
    weight, bias
        [K, C, ...] and [K] or None, float32.
    repeat
        How often each row and column is repeated first.
    policy
        Device and precision.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, policy: Policy, repeat: int = 1) -> None:
        super().__init__()
        self.repeat = repeat
        volume = weight.dim() == 5
        layout = torch.channels_last_3d if volume else torch.channels_last
        placed = weight.detach().to(policy.device, policy.dtype, copy=True).contiguous(memory_format=layout)
        self.weight = nn.Parameter(placed, requires_grad=False)
        self.bias = None
        if bias is not None:
            self.bias = nn.Parameter(bias.detach().to(policy.device, policy.dtype, copy=True), requires_grad=False)
        self.padding = tuple(size // 2 for size in weight.shape[2:])

    def forward(self, x: Tensor) -> Tensor:
        """[N, H, W, C] or [N, D, H, W, C] to the same with K channels, in the policy's type."""
        dtype = self.weight.dtype
        planes = repeated(x.to(dtype), self.repeat).movedim(-1, 1)
        convolve = functional.conv3d if x.dim() == 5 else functional.conv2d
        if dtype != torch.float32 and x.device.type == "cpu":
            # Processors have no such convolutions, or slow ones; products added up in float32 are what a tensor core gives.
            bias = None if self.bias is None else self.bias.float()
            return convolve(planes.float(), self.weight.float(), bias, padding=self.padding).movedim(1, -1).to(dtype)
        return convolve(planes, self.weight, self.bias, padding=self.padding).movedim(1, -1)


def convolution(weight: Tensor, bias: Tensor, plan: Plan, *, repeat: int = 1, small: bool = False) -> nn.Module:
    """The best form of a convolution; ``small`` says that its planes are too few pixels to be worth transforms."""
    three = weight.shape[-1] == weight.shape[-2] == 3
    work = weight.shape[0] * (weight.shape[2] if weight.dim() == 5 else 1)
    if three and not small and plan.winograd_from is not None and work >= plan.winograd_from:
        return Winograd(weight, bias, SAME_ROWS if repeat == 1 else DOUBLED_ROWS)
    return Direct(weight, bias, plan.policy, repeat)


def wide(x: Tensor) -> Tensor:
    """bfloat16 as float32, for sums and products of its values; everything else as it is."""
    return x.float() if x.dtype == torch.bfloat16 else x


def repeated(x: Tensor, times: int) -> Tensor:
    """Repeat rows and columns of [..., H, W, C]."""
    if times == 1:
        return x
    *lead, height, width, channels = x.shape
    wide = x[..., :, None, :, None, :].expand(*lead, height, times, width, times, channels)
    return wide.reshape(*lead, height * times, width * times, channels)


def halved(x: Tensor) -> Tensor:
    """Mean of each 2x2 of [..., H, W, C]."""
    *lead, height, width, channels = x.shape
    return x.view(*lead, height // 2, 2, width // 2, 2, channels).mean(dim=(-4, -2))
