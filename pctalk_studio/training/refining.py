"""Train the lip refiner: the second part of LAC training, on faces that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from pctalk_studio.nets.speech.audio_encoder import mel_windows
from pctalk_studio.nets.speech.models import LacNetworks
from pctalk_studio.nets.speech.refiner import lips_of, replaced, whole_face
from pctalk_studio.nets.speech.sync import SYNC_FRAMES, KeypointSync, PictureSync, seen_faces
from pctalk_studio.nets.speech.windows import spoken as whole_speech
from pctalk_studio.training.batches import ArrayF32, Draws, Pool, Spoken, cut
from pctalk_studio.training.figures import correlation, opening_of
from pctalk_studio.training.hearing import Listener
from pctalk_studio.training.identities import Identity, canonical_identity, random_identity, scale_of
from pctalk_studio.training.losses import LacWeights, loss_kp, loss_lac, loss_reg, loss_style, loss_sync, loss_vel


@dataclass(frozen=True, slots=True)
class RefinerTraining:
    """How the refiner is trained.

    Parameters
    ----------
    rows, frames
        Windows of a batch, and their length. The paper's is 5, because its pictures need the memory; here five are compared with
        the sound wherever they lie in the window.
    pool, renewed
        See :class:`pctalk_studio.training.batches.Pool`.
    noise
        Deviation of z, which is added to K_ori, unit E.
    weights
        Of the losses.
    held_out
        Recordings on which it is measured.
    seed
        Of everything random.
    """

    rows: int = 48
    frames: int = 25
    pool: int = 300
    renewed: float = 0.5
    noise: float = 0.006
    weights: LacWeights = field(default_factory=LacWeights)
    held_out: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """A draw with what the frozen predictor makes of it.

    Parameters
    ----------
    audio
        [T, A] e_a.
    memory
        [T, d].
    delta
        [T, 63] predicted, unit E.
    spoken
        The draw.
    identity
        A face that says it.
    sitter
        Its number among those that can be drawn; None for a random face.
    """

    audio: ArrayF32
    memory: ArrayF32
    delta: ArrayF32
    spoken: Spoken
    identity: Identity
    sitter: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceTerms:
    """Faces as tensors: D_l = scale * delta + closing, each [B, 27], and K_ori and K_c, each [B, 63]."""

    k_ori: Tensor
    k_c: Tensor
    scale: Tensor
    closing: Tensor

    @classmethod
    def of(cls, identities: list[Identity], device: torch.device) -> FaceTerms:
        """Of some faces, on a device."""
        points = (np.stack([p.reshape(-1) for p in each]) for each in zip(*((i.k_ori, i.k_c) for i in identities), strict=True))
        k_ori, k_c = (torch.from_numpy(each.astype(np.float32)).to(device) for each in points)
        scale = np.stack([scale_of(each).reshape(-1) for each in identities])
        closing = np.stack([each.mouth.closing.reshape(-1) for each in identities])
        lips = [lips_of(torch.from_numpy(values.astype(np.float32))).to(device) for values in (scale, closing)]
        return cls(k_ori, k_c, *lips)

    def said(self, delta: Tensor) -> Tensor:
        """True D_l [B, T, 27] of delta [B, T, 63]."""
        return self.scale[:, None] * lips_of(delta) + self.closing[:, None]

    def canonical(self, lips: Tensor) -> Tensor:
        """What the canonical face would do, [B, T, 27], of D_l [B, T, 27]."""
        return (lips - self.closing[:, None]) / self.scale[:, None]


class Painter(Protocol):
    """Draws some portraits so that gradients pass: a neural renderer with its weights frozen."""

    @property
    def identities(self) -> Sequence[Identity]:
        """The faces that it can draw, by number; at least one."""
        ...

    def __call__(self, sitters: Tensor, k_d: Tensor) -> Tensor:
        """Pictures [B, T, 3, H, W] RGB in 0 to 1, cut to the face, of the faces of numbers [B] driven to K_d [B, T, 63]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PictureSynchrony:
    """L_sync in image space, as the paper has it: what is drawn is compared with the sound by Wav2Lip's expert.

    Parameters
    ----------
    painter
        Draws.
    expert
        Compares; frozen.
    rows
        Windows of a batch that are drawn, at most; each is five frames, through all of which gradients pass.
    """

    painter: Painter
    expert: PictureSync
    rows: int = 4

    def loss(self, sitters: Tensor, k_d: Tensor, mel: Tensor) -> Tensor:
        """L_sync of five frames K_d [B, 5, 63] of faces [B] with mel windows [B, 1, 80, 16] of their middles."""
        heard, seen = self.expert(mel, seen_faces(self.painter(sitters, k_d)))
        return loss_sync(seen, heard)


class RefinerTask:
    """The lip refiner as a task of the training loop.

    Parameters
    ----------
    networks
        Whose refiner is trained; the rest is trained already.
    sync
        Synchrony network, whose audio encoder is that of ``networks``.
    draws, held_out
        Draws to train on, and held-out ones.
    training
        How.
    pictures
        Measures synchrony on pictures too; None: on keypoints alone.
    """

    name = "lac refiner"

    def __init__(
        self,
        networks: LacNetworks,
        sync: KeypointSync,
        draws: Draws,
        held_out: Draws,
        training: RefinerTraining,
        pictures: PictureSynchrony | None = None,
    ) -> None:
        self._pictures = pictures
        self._networks = networks.eval()
        self._sync = sync.eval().requires_grad_(False)
        self._training = training
        self._device = next(networks.parameters()).device
        self._listener = Listener(networks.audio_encoder)
        frozen = (networks.predictor, networks.styles, networks.style_encoder, networks.audio_encoder)
        for module in frozen:
            module.requires_grad_(False)
        networks.refiner.requires_grad_(True)
        usual = lips_of(torch.from_numpy(canonical_identity().k_ori.reshape(-1)))
        networks.refiner.get_buffer("usual").copy_(usual)
        self._pool = Pool(lambda number: self._predict(draws(number), number), training.pool, training.renewed)
        self._held_out = [self._predict(held_out(number), number + 10**6) for number in range(training.held_out)]

    @property
    def module(self) -> nn.Module:
        """The refiner."""
        return self._networks.refiner

    def _predict(self, spoken: Spoken, number: int) -> Predicted:
        heard = self._listener(spoken)
        networks, context = self._networks, self._networks.form.predictor.context
        batch = self._listener.whole(heard, context)
        with torch.no_grad():
            memory = networks.predictor.memory(batch.audio, batch.phones)
            condition = networks.predictor.condition(networks.styles.row(spoken.style)[None], None, spoken.frames)
            delta = whole_speech(networks.predictor, memory[0], condition)[0]
        rng = np.random.default_rng((self._training.seed, 3, number))
        identity, sitter = self._face(rng)
        return Predicted(heard.audio, memory[0].cpu().numpy(), delta.cpu().numpy(), spoken, identity, sitter)

    def _face(self, rng: np.random.Generator) -> tuple[Identity, int | None]:
        """A random face, or, in half of the cases, one that can be drawn where there are such; and that one's number."""
        if self._pictures is None or rng.random() < 0.5:
            return random_identity(rng), None
        faces = self._pictures.painter.identities
        sitter = int(rng.integers(len(faces)))
        return faces[sitter], sitter

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """L_LAC and its parts."""
        training = self._training
        rng = np.random.default_rng((training.seed, 4, step))
        pool = self._pool.at(step)
        chosen = [pool[int(i)] for i in rng.choice(len(pool), min(training.rows, len(pool)), replace=False)]
        starts = [int(rng.integers(max(1, item.spoken.frames - training.frames + 1))) for item in chosen]
        memory, delta, truth, audio = self._cut(chosen, starts)
        face = FaceTerms.of([item.identity for item in chosen], self._device)
        refined = self._networks.refiner(memory, face.k_ori, face.k_c, delta, training.noise)
        canonical = face.canonical(refined)
        sync = self._synchrony(canonical, audio)
        if self._pictures is not None:
            sync = sync + self._painted(self._pictures, chosen, starts, face.k_ori[:, None] + whole_face(refined))
        kp, vel = loss_kp(refined, face.said(truth)), loss_vel(refined, face.said(truth))
        reg = loss_reg(refined, replaced(face.k_ori, face.k_c, delta))
        styles = torch.tensor([item.spoken.style for item in chosen], device=self._device)
        found = self._networks.style_encoder(whole_face(canonical))
        style = loss_style(found, self._networks.styles.map.weight.T, styles)
        total = loss_lac(sync, kp, reg, vel, style, training.weights)
        return {"total": total, "L_sync": sync, "L_kp": kp, "L_reg": reg, "L_vel": vel, "L_style": style}

    def _cut(self, items: list[Predicted], starts: list[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        frames = self._training.frames
        columns: list[list[ArrayF32]] = [[], [], [], []]
        for item, start in zip(items, starts, strict=True):
            for column, rows in zip(columns, (item.memory, item.delta, item.spoken.lip, item.audio), strict=True):
                column.append(cut(rows, start, frames, rows[-1]))
        memory, delta, truth, audio = (torch.from_numpy(np.stack(column)).to(self._device) for column in columns)
        return memory, delta, truth, audio

    def _synchrony(self, canonical: Tensor, audio: Tensor) -> Tensor:
        """L_sync of every five frames [B, T, 27] with the sound in their middle [B, T, A]."""
        seen = canonical.unfold(1, SYNC_FRAMES, 1).transpose(2, 3)
        half = SYNC_FRAMES // 2
        return loss_sync(self._sync.see(seen), self._sync.hear(audio[:, half:-half]))

    def _painted(self, pictures: PictureSynchrony, items: list[Predicted], starts: list[int], k_d: Tensor) -> Tensor:
        """L_sync in image space of the middles of some windows, K_d [B, T, 63]; 0 where no face of the batch can be drawn."""
        sitting = [(row, item.sitter) for row, item in enumerate(items) if item.sitter is not None][: pictures.rows]
        if not sitting:
            return k_d.new_zeros(())
        rows = [row for row, _ in sitting]
        middle = self._training.frames // 2
        mel = np.stack([mel_windows(items[row].spoken.mel, starts[row] + middle, 1)[0] for row in rows])
        first = middle - SYNC_FRAMES // 2
        sitters = torch.tensor([sitter for _, sitter in sitting], device=self._device)
        return pictures.loss(sitters, k_d[rows, first : first + SYNC_FRAMES], torch.from_numpy(mel).to(self._device))

    def figures(self) -> Mapping[str, float]:
        """Openings of held-out voices on new faces, and synchrony, before and after the refiner."""
        rows = [self._measure(item) for item in self._held_out]
        opening, before, synchrony, unrefined, error, plain = (float(np.mean(column)) for column in zip(*rows, strict=True))
        return {
            "score": opening + synchrony - error,
            "opening": opening,
            "opening before": before,
            "synchrony": synchrony,
            "synchrony before": unrefined,
            "error": error,
            "error before": plain,
        }

    def _measure(self, item: Predicted) -> tuple[float, float, float, float, float, float]:
        face = FaceTerms.of([item.identity], self._device)
        memory, delta, audio = (torch.from_numpy(rows)[None].to(self._device) for rows in (item.memory, item.delta, item.audio))
        truth = torch.from_numpy(item.spoken.lip)[None].to(self._device)
        refined = self._networks.refiner(memory, face.k_ori, face.k_c, delta)
        said = face.said(truth)
        values = []
        for lips in (refined, replaced(face.k_ori, face.k_c, delta)):
            opening = correlation(opening_of(lips[0].cpu().numpy()), opening_of(said[0].cpu().numpy()))
            synchrony = -float(self._synchrony(face.canonical(lips), audio))
            values.append((opening, synchrony, float(loss_kp(lips, said))))
        return values[0][0], values[1][0], values[0][1], values[1][1], values[0][2], values[1][2]
