"""Emotion of a clip by frame attention (Meng et al., ICIP 2019; Emotion-FAN, self- and relation-attention)."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from pctalk_studio.nets.judges.loading import judge_of
from pctalk_studio.nets.judges.resnet import BasicBlock, ResNet
from pctalk_studio.nets.tensor_files import read_tensors, unwrapped

AFEW = ("happy", "angry", "disgusted", "fear", "sad", "neutral", "surprised")
"""The seven classes of the published code, in its order."""

MEAD = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
"""The eight of a copy that was trained further on MEAD, in the alphabetical order of its folders."""


class EmotionFan(ResNet):
    """ResNet-18, and attention over frames in two steps.

    Parameters
    ----------
    classes
        How many emotions it tells apart: 7 as published, 8 when it was trained further on MEAD.
    """

    def __init__(self, classes: int = len(AFEW)) -> None:
        super().__init__(BasicBlock, (2, 2, 2, 2))
        self.alpha = nn.Sequential(nn.Linear(512, 1), nn.Sigmoid())
        self.beta = nn.Sequential(nn.Linear(1024, 1), nn.Sigmoid())
        self.pred_fc1 = nn.Linear(512, classes)
        self.pred_fc2 = nn.Linear(1024, classes)

    @property
    def labels(self) -> tuple[str, ...]:
        """What its scores stand for."""
        return AFEW if self.pred_fc2.out_features == len(AFEW) else MEAD

    def scores(self, features: Tensor) -> Tensor:
        """Scores [classes] of one clip's frames [T, 512].

        alpha weighs frames by themselves; their weighted mean is put beside each, and beta weighs the pairs.
        """
        alpha = self.alpha(features)
        mean = (alpha * features).sum(0) / alpha.sum(0)
        pairs = torch.cat([features, mean.expand_as(features)], dim=1)
        weight = alpha * self.beta(pairs)
        scores: Tensor = self.pred_fc2((weight * pairs).sum(0) / weight.sum(0))
        return scores


def load_emotion_fan(path: Path) -> EmotionFan:
    """Read its weights; the number of classes is that of the file.

    Raises
    ------
    WeightsError
        When the file is none, or another network.
    """
    tensors = read_tensors(path)
    last = next((tensor for key, tensor in tensors.items() if key.endswith("pred_fc2.weight")), None)
    classes = len(MEAD) if last is not None and len(last) == len(MEAD) else len(AFEW)
    return judge_of(lambda: EmotionFan(classes), path, unwrapped)
