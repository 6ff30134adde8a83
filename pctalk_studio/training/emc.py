"""Train emotion control: the combined predictor CPred (section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from pctalk_studio.core.prediction import NEUTRAL
from pctalk_studio.nets.speech.models import EmcNetworks, LacNetworks
from pctalk_studio.nets.speech.windows import spoken as whole_speech
from pctalk_studio.training.batches import ArrayF32, Draws, Pool
from pctalk_studio.training.figures import correlation, opening_of, purse_of, width_of
from pctalk_studio.training.hearing import Heard, Listener, Windows
from pctalk_studio.training.lac import PredictorTraining, drawn_windows, fed_back, own_share
from pctalk_studio.training.losses import loss_cls, loss_exp


class CombinedTask:
    """CPred as a task of the training loop.

    Every window is predicted twice, with its emotion and neutral, as at inference. The truth of both is known in a solved corpus,
    so that their difference is compared too: it is what is used in the end.

    Parameters
    ----------
    networks
        To be trained.
    lac
        Whose audio encoder and styles it shares; they are not changed.
    draws, held_out
        Draws to train on, and held-out ones.
    training
        How.
    """

    name = "emc"

    def __init__(
        self, networks: EmcNetworks, lac: LacNetworks, draws: Draws, held_out: Draws, training: PredictorTraining
    ) -> None:
        self._networks = networks
        self._styles = lac.styles.eval().requires_grad_(False)
        self._training = training
        self._context = networks.form.context
        self._listener = Listener(lac.audio_encoder)
        self._pool = Pool(self._listener.of(draws), training.pool, training.renewed)
        self.held_out = [self._listener(held_out(number)) for number in range(training.held_out)]

    @property
    def module(self) -> nn.Module:
        """CPred."""
        return self._networks

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """L_exp of emotional and neutral motion and of their difference, and L_cls."""
        training, predictor = self._training, self._networks.predictor
        rng = np.random.default_rng((training.seed, 5, step))
        batch, _ = drawn_windows(self._pool.at(step), self._listener, training, self._context, rng)
        memory = predictor.memory(batch.audio, batch.phones).repeat(2, 1, 1)
        condition = self._conditions(batch, training.frames)
        truth = torch.cat([batch.lip + batch.emotional, batch.lip])
        before = fed_back(predictor, memory, condition, truth, own_share(step, training), training)
        predicted = predictor(memory, condition, before)
        exp = loss_exp(predicted, truth, training.weight_rec)
        emotional, neutral = predicted.chunk(2)
        pure = loss_exp(emotional - neutral, batch.emotional, training.weight_rec)
        cls = loss_cls(predictor.emotion_logits(predictor.emotion(batch.emotion)), classes_of(batch.emotion))
        return {"total": exp + pure + training.weight_cls * cls, "L_exp": exp, "L_exp of D_e": pure, "L_cls": cls}

    def _conditions(self, batch: Windows, frames: int) -> Tensor:
        """Conditions of a batch with its emotions, and of the same batch without, [2 B, T, d]."""
        predictor = self._networks.predictor
        style = self._styles.map.weight.T[batch.style]
        emotions = batch.emotion[:, None].expand(-1, frames, -1)
        emotional = predictor.condition(style, emotions, frames)
        return torch.cat([emotional, predictor.condition(style, None, frames)])

    def pure(self, item: Heard) -> tuple[ArrayF32, ArrayF32]:
        """D_e and neutral motion, each [T, 63], of a draw, as inference makes them."""
        batch = self._listener.whole(item, self._context)
        memory = self._networks.predictor.memory(batch.audio, batch.phones)[0]
        combined = whole_speech(self._networks.predictor, memory, self._conditions(batch, len(memory)))
        return (combined[0] - combined[1]).cpu().numpy(), combined[1].cpu().numpy()

    def figures(self) -> Mapping[str, float]:
        """How near D_e is to the true one on held-out voices, and how much of it moves with speech."""
        rows = []
        for item in self.held_out:
            if not item.spoken.emotion.any():
                continue
            pure, neutral = self.pure(item)
            truth = item.spoken.emotional
            missed = float(((pure - truth) ** 2).sum() / max(1e-12, float((truth**2).sum())))
            lips = correlation(opening_of(item.spoken.lip + pure), opening_of(item.spoken.lip))
            spoken = correlation(opening_of(neutral), opening_of(item.spoken.lip))
            rows.append((missed, leakage(pure, item.spoken.lip), leakage(truth, item.spoken.lip), lips, spoken))
        missed, leaked, inherent, lips, spoken = (float(np.mean(column)) for column in zip(*rows, strict=True))
        return {
            "score": 1.0 - missed,
            "energy missed": missed,
            "leakage": leaked,
            "leakage of the truth": inherent,
            "lip correlation": lips,
            "neutral opening": spoken,
        }


def classes_of(emotions: Tensor) -> Tensor:
    """Class [B] of emotion codes [B, 8]; codes of nothing are neutral."""
    return torch.where(emotions.any(dim=1), emotions.argmax(dim=1), torch.full_like(emotions.argmax(dim=1), NEUTRAL))


def leakage(pure: ArrayF32, lip: ArrayF32) -> float:
    """Share of D_e's energy that moves as speech does.

    Every coordinate of D_e is fitted, over time and by least squares, by opening, width and purse of the spoken lips; what the
    fit explains is energy that the subtraction should have removed.

    Parameters
    ----------
    pure, lip
        D_e and D_l, [T, 63].
    """
    spoken = np.stack([opening_of(lip), width_of(lip), purse_of(lip)], axis=1).astype(np.float64)
    spoken -= spoken.mean(axis=0)
    moving = pure.astype(np.float64) - pure.mean(axis=0)
    weights, *_ = np.linalg.lstsq(spoken, moving, rcond=None)
    return float(((spoken @ weights) ** 2).sum() / max(1e-12, float((pure.astype(np.float64) ** 2).sum())))
