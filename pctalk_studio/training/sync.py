"""Train the keypoint-space synchrony network, and with it the audio encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pctalk_studio.nets.speech.audio_encoder import mel_windows
from pctalk_studio.nets.speech.predictor import TYPICAL
from pctalk_studio.nets.speech.refiner import lips_of
from pctalk_studio.nets.speech.sync import SYNC_FRAMES, KeypointSync
from pctalk_studio.training.batches import ArrayF32, Draws, Pool, Spoken, cut
from pctalk_studio.training.figures import correlation, opening_of
from pctalk_studio.training.losses import loss_contrast, loss_rec

_ALIKE = 0.2
"""Lips that differ nowhere by more than this, in units of the networks, are twins; telling them apart would teach nothing."""

_SHIFTS = 12
"""Frames to either side among which the right offset must be found in validation."""


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """How synchrony is trained.

    Parameters
    ----------
    utterances, moments
        Utterances of a batch, and moments of each; every one is compared with all.
    pool, renewed
        See :class:`pctalk_studio.training.batches.Pool`.
    weight_expected
        Of the linear prediction of the lips beside the comparison; 0: the prediction only reads what comparing has taught.
    held_out
        Utterances on which it is measured.
    half
        Whether convolutions are computed in bfloat16.
    seed
        Of everything random.
    """

    utterances: int = 16
    moments: int = 8
    pool: int = 400
    renewed: float = 3.0
    weight_expected: float = 1.0
    held_out: int = 24
    half: bool = True
    seed: int = 0


def mel_at(spoken: Spoken, moments: Sequence[int]) -> ArrayF32:
    """Mel windows [K, 1, 80, 16] at some frames."""
    return np.concatenate([mel_windows(spoken.mel, moment, 1) for moment in moments])


def windows_at(spoken: Spoken, moments: Sequence[int]) -> tuple[ArrayF32, ArrayF32]:
    """Mel windows [K, 1, 80, 16] and lips [K, 5, 27] of the same 0.2 s, at some frames."""
    half = SYNC_FRAMES // 2
    lips = np.stack([cut(spoken.lip, moment - half, SYNC_FRAMES) for moment in moments])
    return mel_at(spoken, moments), lips_of(torch.from_numpy(lips)).numpy()


class Moments:
    """Which moments of which draws a batch is made of.

    Parameters
    ----------
    draws
        To train on.
    settings
        Utterances and moments of a batch, the pool and the seed.
    """

    def __init__(self, draws: Draws, settings: SyncSettings) -> None:
        self._settings = settings
        self._pool = Pool(draws, settings.pool, settings.renewed)

    def at(self, step: int) -> list[tuple[Spoken, list[int]]]:
        """Draws of a step's batch, each with its frames; none occurs twice."""
        settings = self._settings
        rng = np.random.default_rng((settings.seed, 1, step))
        pool = self._pool.at(step)
        chosen = [pool[i] for i in rng.choice(len(pool), min(settings.utterances, len(pool)), replace=False)]
        return [
            (spoken, rng.choice(spoken.frames, min(settings.moments, spoken.frames), replace=False).tolist()) for spoken in chosen
        ]


class SyncTask:
    """Synchrony as a task of the training loop.

    Parameters
    ----------
    network
        To be trained.
    draws, held_out
        Out of the corpus's training and validation split.
    settings
        How.
    """

    name = "sync"

    def __init__(self, network: KeypointSync, draws: Draws, held_out: Draws, settings: SyncSettings) -> None:
        self._network = network
        self._settings = settings
        self._device = next(network.parameters()).device
        self._moments = Moments(draws, settings)
        self._held_out = [held_out(number) for number in range(settings.held_out)]

    @property
    def module(self) -> nn.Module:
        """The synchrony network with its audio encoder."""
        return self._network

    def _hear(self, mel: ArrayF32) -> Tensor:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._settings.half):
            out: Tensor = self._network.audio_encoder(torch.from_numpy(mel).to(self._device))
        return out.float()

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """Comparison of all with all, and the linear prediction, which teaches the encoder only where it has a weight."""
        parts = [windows_at(spoken, moments) for spoken, moments in self._moments.at(step)]
        mel, seen = np.concatenate([m for m, _ in parts]), torch.from_numpy(np.concatenate([s for _, s in parts]))
        heard, lips = self._hear(mel), seen.to(self._device)
        contrast = loss_contrast(self._network.hear(heard), self._network.see(lips), self._network.warmth, twins(lips))
        weight = self._settings.weight_expected
        expected = loss_rec(self._network.expected(heard if weight else heard.detach()), lips)
        return {"total": contrast + (weight or 1.0) * expected, "contrast": contrast, "expected": expected}

    def figures(self) -> Mapping[str, float]:
        """On held-out voices: how often the right offset beats all others, cosines of right and wrong pairs, and openness."""
        found = [self._measure(spoken) for spoken in self._held_out if spoken.frames > 2 * _SHIFTS + 1]
        hits, right, wrong, opening = (float(np.mean(values)) for values in zip(*found, strict=True))
        return {"score": opening + hits, "offset found": hits, "right": right, "wrong": wrong, "opening": opening}

    def _measure(self, spoken: Spoken) -> tuple[float, float, float, float]:
        mel, lips = windows_at(spoken, range(spoken.frames))
        seen = torch.from_numpy(lips).to(self._device)
        features = self._hear(mel)
        cosines = (self._network.hear(features) @ self._network.see(seen).T).cpu().numpy()
        expected = self._network.expected(features)[:, SYNC_FRAMES // 2].cpu().numpy()
        shifts = np.array([np.mean(np.diagonal(cosines, offset)) for offset in range(-_SHIFTS, _SHIFTS + 1)])
        wrong = float(np.delete(shifts, range(_SHIFTS - 2, _SHIFTS + 3)).mean())
        hit = float(abs(int(shifts.argmax()) - _SHIFTS) <= 1)
        opening = correlation(opening_of(lips[:, SYNC_FRAMES // 2]), opening_of(expected))
        return hit, float(shifts[_SHIFTS]), wrong, opening


def twins(lips: Tensor) -> Tensor:
    """Which of [B, 5, 27] are nearly the same, [B, B] bool."""
    flat = lips.flatten(1) / TYPICAL
    return torch.cdist(flat, flat, p=float("inf")) < _ALIKE
