"""On which device, and in which precision, the networks run."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True, slots=True)
class Policy:
    """Where and how to compute.

    Head pose, keypoints, coordinates and everything that normalises are float32 under every policy; ``dtype`` is that of the
    convolutions of warping and drawing alone.

    Parameters
    ----------
    device
        A CUDA card, Apple's MPS, or the processor.
    dtype
        float16, bfloat16 or float32. Cards multiply both halves equally fast, and float16 has three more bits, so it comes
        first; bfloat16 is for weights that overflow it. The half of the work whose rounding grows in what follows (all but the
        dense motion and the largest SPADE maps) then stays float32, or single pixels would be off by 5 % of the range.
    """

    device: torch.device
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        if self.dtype not in (torch.float16, torch.bfloat16, torch.float32):
            raise ValueError(f"{self.dtype} is no precision for these networks")

    @property
    def exact(self) -> Policy:
        """The same device in float32."""
        return replace(self, dtype=torch.float32)

    @property
    def calmer(self) -> tuple[Policy, ...]:
        """What to try, in this order, where this one breaks."""
        if self.dtype == torch.float32:
            return ()
        brain = replace(self, dtype=torch.bfloat16)
        wide = self.dtype == torch.float16 and self.device.type == "cuda" and _capability(self.device) >= (8, 0)
        return (brain, self.exact) if wide else (self.exact,)

    @property
    def words(self) -> str:
        """For people: ``cuda:0, float16``."""
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


def _capability(device: torch.device) -> tuple[int, int]:
    return torch.cuda.get_device_capability(device)


CPU = Policy(torch.device("cpu"))


def full_single_precision(policy: Policy = CPU) -> AbstractContextManager[None]:
    """What is float32 is to be float32: cards otherwise cut the factors of its convolutions to eleven bits (TF32).

    Beside bfloat16 that is welcome: those are as many bits as float16 has, at the speed of tensor cores.
    """
    cut = policy.dtype == torch.bfloat16
    return torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=False, allow_tf32=cut)


def best_policy() -> Policy:
    """The fastest device here, at the precision that is safe on it.

    A CUDA card with tensor cores (compute capability 7 and above) takes float16. A card that cannot (the GTX 16 series draws
    black) is found by the self-test, which falls back to what is calmer. MPS and the processor stay at float32.
    """
    if torch.cuda.is_available():
        device = torch.device("cuda", torch.cuda.current_device())
        tensor_cores = _capability(device) >= (7, 0)
        return Policy(device, torch.float16 if tensor_cores else torch.float32)
    if torch.backends.mps.is_available():
        return Policy(torch.device("mps"))
    return CPU
