"""The lip refiner: from what is heard, the face as it is and the predicted delta to the lips of that very face (equation 6).

It begins with K_rec, the face with its expression replaced by the predicted one, and works on keypoints, not on the expression,
so that it can correct what delta means for another identity: a wider mouth, thicker lips, teeth that keep them apart. Only
keypoints of lips and jaw come out.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, Region
from pctalk_studio.nets.speech.predictor import TYPICAL

LIPS = MESH.indices(Region.LIPS, Region.JAW)
"""Keypoints that speech moves."""

LIP_SIZE = 3 * len(LIPS)


def lips_of(keypoints: Tensor) -> Tensor:
    """The lips and the jaw, [..., 27], of keypoints [..., 63]."""
    return keypoints.reshape(*keypoints.shape[:-1], KEYPOINT_COUNT, 3)[..., list(LIPS), :].flatten(-2)


def whole_face(lips: Tensor) -> Tensor:
    """Keypoints [..., 63] with given lips and jaw [..., 27], zero elsewhere."""
    out = lips.new_zeros(*lips.shape[:-1], KEYPOINT_COUNT, 3)
    out[..., list(LIPS), :] = lips.reshape(*lips.shape[:-1], len(LIPS), 3)
    return out.flatten(-2)


class LipRefiner(nn.Module):
    """K_refine = Refine(e_a, K_ori, delta_pred, z) (paper equation 6) as a perceptron for each frame.

    Parameters
    ----------
    heard_size
        Length of what is heard: the predictor's memory, which is e_a with its phones.
    hidden
        Width of the two hidden layers.
    """

    def __init__(self, heard_size: int, hidden: int = 256) -> None:
        super().__init__()
        self.first = nn.Linear(heard_size + 3 * LIP_SIZE, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.third = nn.Linear(hidden, LIP_SIZE)
        self.register_buffer("usual", torch.zeros(LIP_SIZE))
        nn.init.zeros_(self.third.weight)
        nn.init.zeros_(self.third.bias)

    def forward(self, heard: Tensor, k_ori: Tensor, k_c: Tensor, delta: Tensor, noise: float = 0.0) -> Tensor:
        """Refined lips.

        Parameters
        ----------
        heard
            [B, T, H].
        k_ori, k_c
            [B, 63] face frame, unit E.
        delta
            [B, T, 63] predicted, unit E.
        noise
            Deviation of z, which is added to what is seen of the face; unit E.

        Returns
        -------
        Tensor
            [B, T, 27] D_l = K_refine - K_ori of lips and jaw, unit E.
        """
        frames = delta.shape[1]
        shown, closed, wanted = lips_of(k_ori), lips_of(k_c), lips_of(delta)
        # Of the face only lips and jaw are looked at: faces differ elsewhere in more ways than training can show.
        seen = torch.cat([closed - self.get_buffer("usual"), shown - closed], dim=1)
        if noise > 0.0:
            seen = seen + noise * torch.randn_like(seen)
        x = torch.cat([heard, (seen / TYPICAL)[:, None].expand(-1, frames, -1), wanted / TYPICAL], dim=2)
        x = functional.gelu(self.first(x))
        x = x + functional.gelu(self.second(x))
        out: Tensor = replaced(k_ori, k_c, delta) + self.third(x) * TYPICAL
        return out


def replaced(k_ori: Tensor, k_c: Tensor, delta: Tensor) -> Tensor:
    """K_rec - K_ori of lips and jaw, [B, T, 27]: the face's own expression replaced by the predicted one, K_rec = K_c + delta."""
    return lips_of(delta) + (lips_of(k_c) - lips_of(k_ori))[:, None]
