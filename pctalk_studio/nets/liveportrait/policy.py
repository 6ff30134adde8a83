"""On which device, and in which precision, the networks run."""

from __future__ import annotations

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
        float16 or float32. bfloat16 is not offered: its eight bits put single pixels off by 5 % of the range (measured on
        scrambled weights), five times what float16 does, and no card that has it multiplies it any faster.
    """

    device: torch.device
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        if self.dtype not in (torch.float16, torch.float32):
            raise ValueError(f"{self.dtype} is no precision for these networks")

    @property
    def exact(self) -> Policy:
        """The same device in float32."""
        return replace(self, dtype=torch.float32)

    @property
    def words(self) -> str:
        """For people: ``cuda:0, float16``."""
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


CPU = Policy(torch.device("cpu"))


def best_policy() -> Policy:
    """The fastest device here, at the precision that is safe on it.

    A CUDA card with tensor cores (compute capability 7 and above) takes float16. A card that cannot (the GTX 16 series draws
    black) is found by the self-test, which falls back to float32. MPS and the processor stay at float32.
    """
    if torch.cuda.is_available():
        device = torch.device("cuda", torch.cuda.current_device())
        tensor_cores = torch.cuda.get_device_capability(device) >= (7, 0)
        return Policy(device, torch.float16 if tensor_cores else torch.float32)
    if torch.backends.mps.is_available():
        return Policy(torch.device("mps"))
    return CPU
