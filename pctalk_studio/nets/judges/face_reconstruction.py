"""Coefficients of a 3D face model from a picture (Deng et al., CVPR workshops 2019; Deep3DFaceRecon, ResNet-50)."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from pctalk_studio.nets.judges.loading import judge_of
from pctalk_studio.nets.judges.resnet import Bottleneck, ResNet

PARTS = (80, 64, 80, 3, 27, 2, 1)
"""Identity, expression, texture, angles, light, and shift across and along the line of sight."""

EXPRESSION = 1
"""Which of the parts is the expression."""

SIDE = 224


class FaceReconstruction(nn.Module):
    """One 1x1 convolution per part on the mean of the last map."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = ResNet(Bottleneck, (3, 4, 6, 3))
        self.final_layers = nn.ModuleList(nn.Conv2d(self.backbone.features, length, 1) for length in PARTS)

    def expression(self, pictures: Tensor) -> Tensor:
        """Coefficients [N, 64] of aligned faces [N, 3, 224, 224], RGB 0 to 1."""
        pooled = self.backbone.embedded(pictures)[:, :, None, None]
        coefficients: Tensor = self.final_layers[EXPRESSION](pooled).flatten(1)
        return coefficients


def load_face_reconstruction(path: Path) -> FaceReconstruction:
    """Read its weights, which the published file holds as ``net_recon``.

    Raises
    ------
    WeightsError
        When the file is none, or another network.
    """
    return judge_of(FaceReconstruction, path, _of_network)


def _of_network(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    prefix = "net_recon."
    own = {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
    return own or tensors
