"""Every loss of the paper, under the paper's names and equation numbers; plain functions of tensors.

Deltas and keypoints are [B, T, N] in unit E, frames at 25 a second. Sums over time in the paper are means here, so that a weight
means the same whatever the window, and everything is divided by the unit of the networks (0.05 E), so that a loss of 1 is big.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pctalk_studio.nets.speech.predictor import TYPICAL


def _distance(one: Tensor, other: Tensor) -> Tensor:
    """Mean absolute difference in units of the networks; the supplement calls its norm "a L1 loss" (under equation 12)."""
    return (one - other).abs().mean() / TYPICAL


def loss_vel(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_vel (equation 10): how far the steps from frame to frame differ, [B, T, N] each, T >= 2."""
    return _distance(predicted.diff(dim=1), truth.diff(dim=1))


def loss_rec(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_rec (equation 11): how far delta is from the truth, [B, T, N] each."""
    return _distance(predicted, truth)


def loss_exp(predicted: Tensor, truth: Tensor, weight_rec: float) -> Tensor:
    """L_exp = L_vel + lambda_rec L_rec (equations 5 and 12)."""
    return loss_vel(predicted, truth) + weight_rec * loss_rec(predicted, truth)


def loss_sync(seen: Tensor, heard: Tensor) -> Tensor:
    """L_sync (equations 8 and 13): minus the cosine of what a synchrony network sees and hears, [..., D] each."""
    return -functional.cosine_similarity(seen, heard, dim=-1).mean()


def loss_kp(refined: Tensor, truth: Tensor) -> Tensor:
    """L_kp (equation 14): how far refined keypoints are from the true ones, [B, T, N] each."""
    return _distance(refined, truth)


def loss_reg(refined: Tensor, predicted: Tensor) -> Tensor:
    """L_reg (equation 15): how far refined keypoints are from those with the predicted expression, [B, T, N] each."""
    return _distance(refined, predicted)


def loss_refine(sync: Tensor, kp: Tensor, reg: Tensor, weight_kp: float, weight_reg: float) -> Tensor:
    """L_refine = L_sync + lambda_kp L_kp + lambda_reg L_reg (equation 7)."""
    return sync + weight_kp * kp + weight_reg * reg


def loss_cls(logits: Tensor, emotion: Tensor) -> Tensor:
    """L_cls (equation 16): cross-entropy of emotion logits [B, 8] with classes [B]."""
    return functional.cross_entropy(logits, emotion)


def loss_style(found: Tensor, rows: Tensor, style: Tensor, sharpness: float = 10.0) -> Tensor:
    """L_style of the later version: an embedding found in motion lies at its style's row and at no other.

    The later version calls it discriminatory and gives no formula. This is the cross-entropy of the cosines with all rows, plus
    the distance to the own row, so that the two ways to name a style mean the same to the predictor.

    Parameters
    ----------
    found
        [B, D] embeddings of reference motion.
    rows
        [S, D] of the table.
    style
        [B] number of each one's style.
    sharpness
        Factor of the cosines.
    """
    cosines = functional.cosine_similarity(found[:, None], rows[None], dim=2)
    return functional.cross_entropy(sharpness * cosines, style) + (found - rows[style]).pow(2).mean()


@dataclass(frozen=True, slots=True)
class LacWeights:
    """Weights of L_LAC; the paper does not give theirs. L_sync is a cosine, the others are in units of the networks."""

    sync: float = 0.1
    kp: float = 1.0
    reg: float = 0.05
    vel: float = 1.0
    style: float = 0.01


def loss_lac(sync: Tensor, kp: Tensor, reg: Tensor, vel: Tensor, style: Tensor, weights: LacWeights) -> Tensor:
    """L_LAC = L_sync + lambda_kp L_kp + lambda_reg L_reg + lambda_vel L_vel + lambda_style L_style of the later version."""
    return weights.sync * sync + weights.kp * kp + weights.reg * reg + weights.vel * vel + weights.style * style


def loss_contrast(heard: Tensor, seen: Tensor, warmth: Tensor, twins: Tensor) -> Tensor:
    """How synchrony is learned: every window of sound must find its own lips among all of the batch, and they it.

    Wav2Lip compares each window with one wrong partner (binary cross-entropy of the cosine); a batch holds many, of other
    utterances and of other moments of the same one, and costs no more.

    Parameters
    ----------
    heard, seen
        [B, D] of length 1.
    warmth
        Logarithm of the factor of the cosines, learned.
    twins
        [B, B] bool: pairs that are not partners but so alike that telling them apart would teach nothing (such as two silences).
    """
    cosines = heard @ seen.T * warmth.clamp(max=4.0).exp()
    others = twins & ~torch.eye(len(heard), dtype=torch.bool, device=heard.device)
    cosines = cosines.masked_fill(others, float("-inf"))
    own = torch.arange(len(heard), device=heard.device)
    return (functional.cross_entropy(cosines, own) + functional.cross_entropy(cosines.T, own)) / 2
