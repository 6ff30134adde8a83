"""Weights that anyone can make again with integer arithmetic, and files like the official ones."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from pctalk_studio.nets.liveportrait.checkpoints import build, fill_network, official_shapes
from pctalk_studio.nets.liveportrait.networks import Networks
from pctalk_studio.nets.liveportrait.sizes import OFFICIAL, NetworkSizes
from pctalk_studio.nets.names import Network

TINY = NetworkSizes(
    keypoints=21,
    width=4,
    volume_channels=4,
    volume_depth=4,
    compressed=2,
    hourglass_width=2,
    motion_widths=(4, 4, 8, 8),
    motion_depths=(1, 1, 2, 1),
    stitching_layers=(8, 8, 4),
    eye_layers=(8, 8, 8, 8, 4),
    lip_layers=(8, 8, 4),
)
"""The official structure, a few kilobytes big."""

FILES = {
    Network.APPEARANCE: "appearance_feature_extractor",
    Network.MOTION: "motion_extractor",
    Network.WARPING: "warping_module",
    Network.GENERATOR: "spade_generator",
    Network.STITCHING: "stitching_retargeting_module",
    Network.EYE: "stitching_retargeting_module",
    Network.LIP: "stitching_retargeting_module",
}


def scrambled(key: str, count: int) -> np.ndarray:
    """Numbers -1 to 1, [count] float64, that depend on the key alone."""
    mask = np.uint64(0xFFFFFFFF)
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(zlib.crc32(key.encode("ascii")))) & mask
    for _ in range(2):
        h ^= h >> np.uint64(16)
        h = (h * np.uint64(0x045D9F3B)) & mask
    h ^= h >> np.uint64(16)
    return h.astype(np.float64) / 2**31 - 1


def _values(key: str, shape: tuple[int, ...]) -> np.ndarray:
    u = scrambled(key, math.prod(shape))
    if key.endswith(("grn.gamma", "grn.beta", "running_mean", "bias")):
        u = 0.1 * u
    elif len(shape) >= 2:
        u = u * math.sqrt(3 / math.prod(shape[1:]))
    elif key.endswith("weight_u"):
        u = u / np.linalg.norm(u)
    else:
        u = 1 + (0.2 if key.endswith("running_var") else 0.1) * u
    return u.astype(np.float32).reshape(shape)


def synthetic_tensors(network: Network, sizes: NetworkSizes = OFFICIAL) -> dict[str, Tensor]:
    """Every tensor of a network under its official key."""
    shapes = official_shapes(build(network, sizes))
    made: dict[str, Tensor] = {}
    for key, shape in shapes.items():
        if key.endswith("num_batches_tracked"):
            made[key] = torch.zeros((), dtype=torch.int64)
        elif not key.endswith("weight_v"):
            made[key] = torch.from_numpy(_values(key, shape))
    for key in shapes:
        if key.endswith("weight_v"):
            stem = key.removesuffix("_v")
            v = made[f"{stem}_orig"].flatten(1).double().T @ made[f"{stem}_u"].double()
            made[key] = (v / v.norm()).float()
    return {key: made[key] for key in shapes}


def synthetic_network(network: Network, sizes: NetworkSizes = OFFICIAL) -> torch.nn.Module:
    tensors = synthetic_tensors(network, sizes)
    if network.section is not None:
        tensors = {f"{network.section}.{key}": tensor for key, tensor in tensors.items()}
    return fill_network(Path("synthetic.pth"), network, tensors, sizes)


def synthetic_networks(sizes: NetworkSizes = OFFICIAL) -> Networks:
    return Networks(**{network.value: synthetic_network(network, sizes) for network in Network})


def write_files(folder: Path, suffix: str, sizes: NetworkSizes = OFFICIAL) -> Mapping[Network, Path]:
    """Files like the official ones: the small networks in one, with another training's prefix and a section nobody needs."""
    small = {n: synthetic_tensors(n, sizes) for n in Network if n.section}
    for network in (n for n in Network if not n.section):
        _save(synthetic_tensors(network, sizes), folder / f"{FILES[network]}{suffix}")
    together = folder / f"{FILES[Network.LIP]}{suffix}"
    if suffix == ".pth":
        nested = {n.section: {f"module.{key}": t for key, t in tensors.items()} for n, tensors in small.items()}
        torch.save({**nested, "retarget_eye_old": {"module.mlp.0.weight": torch.ones(2, 2)}, "step": 7}, together)
    else:
        save_file({f"{n.section}_module.{key}": t for n, tensors in small.items() for key, t in tensors.items()}, together)
    return {network: folder / f"{FILES[network]}{suffix}" for network in Network}


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    if path.suffix == ".pth":
        torch.save(tensors, path)
    else:
        save_file(tensors, path)


def sample_picture(side: int = 256) -> Tensor:
    """[1, 3, side, side] RGB 0 to 1."""
    y, x = torch.meshgrid(torch.arange(float(side)), torch.arange(float(side)), indexing="ij")
    return torch.stack([0.5 + 0.5 * torch.sin(0.05 * x + 0.07 * y + c) for c in range(3)])[None]


def sample_keypoints() -> tuple[Tensor, Tensor]:
    """Source and driving keypoints, [1, 21, 3] each."""
    k = torch.arange(21.0)
    source = torch.stack([0.3 * torch.sin(1.3 * k), 0.3 * torch.cos(0.9 * k), 0.1 * torch.sin(2.1 * k)], -1)
    moved = source + torch.stack([0.02 * torch.cos(1.7 * k), 0.03 * torch.sin(0.5 * k), 0.01 * torch.cos(0.3 * k)], -1)
    return source[None], moved[None]
