"""Train lip-audio alignment control: first the expression predictor with its styles, then the lip refiner (supplement D)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.nets.speech.models import LacNetworks
from pctalk_studio.nets.speech.predictor import TYPICAL, ExpressionPredictor, shifted
from pctalk_studio.nets.speech.windows import spoken as whole_speech
from pctalk_studio.training.batches import ArrayF32, Draws, Pool
from pctalk_studio.training.figures import correlation, lag_of, opening_of, purse_of, width_of
from pctalk_studio.training.hearing import Heard, Listener, Windows
from pctalk_studio.training.losses import loss_exp, loss_style

_LEAD = 5
"""Frames of silence before a recording that a window may begin with."""

_LEAST = 20
"""Fewest frames of a recording in a window."""


@dataclass(frozen=True, slots=True)
class PredictorTraining:
    """How a predictor is trained.

    Parameters
    ----------
    rows, frames
        Windows of a batch, and their length; the paper's is 50.
    pool, renewed
        See :class:`pctalk_studio.training.batches.Pool`.
    weight_rec, weight_style, weight_cls
        lambda_rec, and weights of L_style and (for CPred) L_cls.
    steps
        Of the whole training, for the change from given to own motion.
    own_from, own_to
        Parts of the training between which the motion that is fed back changes from the true one to the predictor's own.
    noise
        Deviation of what is added to motion that is fed back, unit E.
    by_motion
        Part of the windows whose style is told by motion instead of by name.
    reference
        Frames of that motion.
    whole_face
        Whether all keypoints are predicted, with what emotions do to them; otherwise those of lips and jaw alone.
    held_out
        Recordings on which it is measured.
    seed
        Of everything random.
    """

    rows: int = 32
    frames: int = 50
    pool: int = 500
    renewed: float = 1.0
    weight_rec: float = 1.0
    weight_style: float = 0.01
    weight_cls: float = 0.01
    steps: int = 3000
    own_from: float = 0.1
    own_to: float = 0.5
    noise: float = 0.004
    by_motion: float = 0.25
    reference: int = 75
    whole_face: bool = False
    held_out: int = 16
    seed: int = 0


def drawn_windows(
    pool: list[Heard], listener: Listener, training: PredictorTraining, context: int, rng: np.random.Generator
) -> tuple[Windows, list[int]]:
    """Windows of random draws at random places, and the numbers of the draws in the pool."""
    chosen = [int(i) for i in rng.choice(len(pool), min(training.rows, len(pool)), replace=False)]
    lasts = [max(1, pool[i].spoken.frames - _LEAST) for i in chosen]
    starts = [int(rng.integers(-_LEAD, last)) for last in lasts]
    return listener.windows([pool[i] for i in chosen], starts, training.frames, context), chosen


def fed_back(
    predictor: ExpressionPredictor, memory: Tensor, condition: Tensor, truth: Tensor, own: float, training: PredictorTraining
) -> Tensor:
    """The motion before each frame as training feeds it back, [B, T, 63].

    At first it is the true one, all frames at once (teacher forcing). Then more and more of the windows get what the predictor,
    left to itself, has said so far: it learns on the very inputs that it will have, at the cost of rolling without gradients.

    Parameters
    ----------
    predictor, memory, condition
        See :meth:`ExpressionPredictor.roll`.
    truth
        [B, T, 63].
    own
        Probability of own motion.
    training
        How much noise.
    """
    before = shifted(truth)
    if own > 0.0:
        with torch.no_grad():
            rolled = shifted(predictor.roll(memory.detach(), condition.detach()))
        before = torch.where(torch.rand(len(truth), 1, 1, device=truth.device) < own, rolled, before)
    return before + training.noise * torch.randn_like(before)


def own_share(step: int, training: PredictorTraining) -> float:
    """Probability that a window is fed the predictor's own motion: rises in a line from 0 to 1."""
    part = step / max(1, training.steps)
    return float(np.clip((part - training.own_from) / max(1e-9, training.own_to - training.own_from), 0.0, 1.0))


class _PredictorModules(nn.Module):
    """What the first part of LAC training changes."""

    def __init__(self, networks: LacNetworks) -> None:
        super().__init__()
        self.predictor = networks.predictor
        self.styles = networks.styles
        self.style_encoder = networks.style_encoder


class PredictorTask:
    """The expression predictor as a task of the training loop.

    Parameters
    ----------
    networks
        Whose predictor, styles and style encoder are trained; the audio encoder is trained already.
    draws, known, unknown
        Draws to train on; held-out ones whose phones are known, and whose are not.
    training
        How.
    """

    name = "lac predictor"

    def __init__(self, networks: LacNetworks, draws: Draws, known: Draws, unknown: Draws, training: PredictorTraining) -> None:
        self._networks = networks
        self._training = training
        self._module = _PredictorModules(networks)
        self._context = networks.form.predictor.context
        self._listener = Listener(networks.audio_encoder)
        self._pool = Pool(self._listener.of(draws), training.pool, training.renewed)
        self._known = [self._listener(known(number)) for number in range(training.held_out)]
        self._unknown = [self._listener(unknown(number)) for number in range(training.held_out)]

    @property
    def module(self) -> nn.Module:
        """Predictor, style table and style encoder."""
        return self._module

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """L_exp and L_style."""
        training, networks = self._training, self._networks
        rng = np.random.default_rng((training.seed, 2, step))
        pool = self._pool.at(step)
        batch, _ = drawn_windows(pool, self._listener, training, self._context, rng)
        rows = networks.styles(functional.one_hot(batch.style, len(networks.form.styles)).float())
        found = networks.style_encoder(self._references(pool, batch.style, rng))
        style = torch.where(torch.rand(len(rows), 1, device=rows.device) < training.by_motion, found, rows)
        memory = networks.predictor.memory(batch.audio, batch.phones)
        condition = networks.predictor.condition(style, None, training.frames)
        truth = batch.lip + batch.emotional if training.whole_face else batch.lip
        before = fed_back(networks.predictor, memory, condition, truth, own_share(step, training), training)
        predicted = networks.predictor(memory, condition, before)
        exp = loss_exp(predicted, truth, training.weight_rec)
        styled = loss_style(found, networks.styles.map.weight.T, batch.style)
        return {"total": exp + training.weight_style * styled, "L_exp": exp, "L_style": styled}

    def _references(self, pool: list[Heard], styles: Tensor, rng: np.random.Generator) -> Tensor:
        """Other motion in the same styles, [B, reference, 63]."""
        frames = self._training.reference
        by_style: dict[int, list[Heard]] = {}
        for item in pool:
            by_style.setdefault(item.spoken.style, []).append(item)
        out = np.zeros((len(styles), frames, pool[0].spoken.lip.shape[1]), np.float32)
        for row, style in enumerate(styles.tolist()):
            same = by_style[style]
            out[row] = reference_motion(same[int(rng.integers(len(same)))].spoken.lip, frames, rng)
        return torch.from_numpy(out).to(styles.device)

    def figures(self) -> Mapping[str, float]:
        """Openings, widths and purses on held-out voices, by sound alone and with phones; lag; styles found in motion."""
        by_sound, with_phones = self._measured(self._unknown), self._measured(self._known)
        return {
            "score": by_sound["opening"] + with_phones["opening"] + 0.25 * (by_sound["width"] + with_phones["width"]),
            **{f"{name} by sound": value for name, value in by_sound.items()},
            **{f"{name} with phones": value for name, value in with_phones.items()},
            "style found": self._styles_found(),
        }

    def predicted(self, item: Heard) -> ArrayF32:
        """Delta [T, 63] of a draw, as inference makes it."""
        networks = self._networks
        batch = self._listener.whole(item, self._context)
        memory = networks.predictor.memory(batch.audio, batch.phones)
        condition = networks.predictor.condition(networks.styles.row(item.spoken.style)[None], None, item.spoken.frames)
        return np.asarray(whole_speech(networks.predictor, memory[0], condition)[0].cpu().numpy(), np.float32)

    def _measured(self, items: list[Heard]) -> dict[str, float]:
        return mean_figures([(self.predicted(item), item.spoken.lip) for item in items])

    def _styles_found(self) -> float:
        rows = functional.normalize(self._networks.styles.map.weight.T, dim=1)
        right = []
        for item in self._known:
            found = self._networks.style_encoder(torch.from_numpy(item.spoken.lip)[None].to(rows.device))
            right.append(float(int((functional.normalize(found, dim=1) @ rows.T).argmax()) == item.spoken.style))
        return float(np.mean(right))


def reference_motion(lip: ArrayF32, frames: int, rng: np.random.Generator) -> ArrayF32:
    """A stretch [frames, 63] of motion; short motion is repeated."""
    repeated = np.tile(lip, (-(-frames // len(lip)), 1))
    start = int(rng.integers(len(repeated) - frames + 1))
    return repeated[start : start + frames]


def mean_figures(pairs: list[tuple[ArrayF32, ArrayF32]]) -> dict[str, float]:
    """Mean figures of (predicted, true) motion [T, 63] of recordings."""
    rows = [
        (
            correlation(opening_of(guess), opening_of(truth)),
            correlation(width_of(guess), width_of(truth)),
            correlation(purse_of(guess), purse_of(truth)),
            lag_of(opening_of(guess), opening_of(truth)),
            float(np.abs(guess - truth).mean() / TYPICAL),
            float(opening_of(guess).std() / max(1e-9, opening_of(truth).std())),
        )
        for guess, truth in pairs
    ]
    names = ("opening", "width", "purse", "lag", "error", "span")
    return {name: float(np.mean(column)) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
