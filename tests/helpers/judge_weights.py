"""Made-up weights of the judges, under the keys, shapes and wrappings in which the real ones are published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from pctalk_studio.nets.judges.emotion_fan import EmotionFan
from pctalk_studio.nets.judges.face_reconstruction import FaceReconstruction
from pctalk_studio.nets.judges.i3d import I3D
from pctalk_studio.nets.judges.inception import Inception
from pctalk_studio.nets.judges.syncnet import SyncNet
from pctalk_studio.nets.store import ModelStore

Wrap = Callable[[dict[str, Tensor]], dict[str, object]]

PUBLISHED: dict[str, tuple[Callable[[], nn.Module], Wrap]] = {
    "syncnet": (SyncNet, lambda state: dict(state)),
    "inception": (Inception, lambda state: {key: value for key, value in state.items() if "batches" not in key}),
    "i3d": (I3D, lambda state: dict(state)),
    "emotion_fan": (EmotionFan, lambda state: {"state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 60}),
    "face_reconstruction": (FaceReconstruction, lambda state: {"net_recon": state, "opt_00": {"state": {0: torch.zeros(3)}}}),
}


def random_state(build: Callable[[], nn.Module], seed: int = 0) -> dict[str, Tensor]:
    """Numbers that keep signals of about the same size through the layers."""
    torch.manual_seed(seed)
    network = build()
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif name.endswith("running_mean"):
            value.normal_(0, 0.1)
    return network.state_dict()


def put_judge(store: ModelStore, name: str) -> Path:
    """Write one judge's weights where the store looks for them."""
    build, wrap = PUBLISHED[name]
    (file,) = store.catalogue.chosen((f"judges/{name}",))
    path = store.folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    # Those from before 2020 are published in torch's older format.
    torch.save(wrap(random_state(build)), path, _use_new_zipfile_serialization=name not in ("syncnet", "inception", "i3d"))
    return path
