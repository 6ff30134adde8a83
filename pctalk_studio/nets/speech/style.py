"""Speaking styles: a row for each style that the networks were trained with, and an encoder that finds a style in motion."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pctalk_studio.nets.speech.predictor import MOTION_SIZE, TYPICAL


class StyleTable(nn.Module):
    """Styles that were trained with: the one-hot code of a style through a linear map without bias is its row.

    Parameters
    ----------
    styles
        How many.
    size
        Of the embedding.
    """

    def __init__(self, styles: int, size: int) -> None:
        super().__init__()
        self.map = nn.Linear(styles, size, bias=False)

    def forward(self, codes: Tensor) -> Tensor:
        """One-hot codes [B, styles] (or mixtures) to embeddings [B, size]."""
        out: Tensor = self.map(codes)
        return out

    def row(self, style: int) -> Tensor:
        """Embedding of one style, [size]."""
        return self.map.weight[:, style]


class StyleEncoder(nn.Module):
    """Style of reference motion (the later version's video reference): a small Transformer over frames, averaged over time.

    Parameters
    ----------
    size
        Of the embedding.
    inner, heads, layers
        Of the Transformer.
    """

    def __init__(self, size: int, inner: int = 64, heads: int = 4, layers: int = 2) -> None:
        super().__init__()
        # Motion and its change: how far and how fast a mouth moves tells a style more plainly than where it is.
        self.motion_in = nn.Linear(2 * MOTION_SIZE, inner)
        layer = nn.TransformerEncoderLayer(inner, heads, 2 * inner, dropout=0.0, batch_first=True)
        self.frames = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.out = nn.Linear(2 * inner, size)

    def forward(self, delta: Tensor) -> Tensor:
        """Motion [B, T, 63] unit E, T >= 2, to embeddings [B, size]."""
        change = torch.diff(delta, dim=1, prepend=delta[:, :1])
        x = self.frames(self.motion_in(torch.cat([delta, 4.0 * change], dim=2) / TYPICAL))
        out: Tensor = self.out(torch.cat([x.mean(dim=1), x.std(dim=1, unbiased=False)], dim=1))
        return out
