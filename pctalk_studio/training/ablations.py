"""The paper's ablations on a corpus: lip keypoints, refiner, kind of audio encoder (Tables 3, 5), subtraction (Figure 5).

Every variant is trained with the same draws, steps and seed, and measured on held-out voices by sound alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pctalk_studio.core.files import written_whole
from pctalk_studio.core.prediction import PHONE_CLASSES
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder
from pctalk_studio.nets.speech.models import EmcNetworks, LacForm, LacNetworks
from pctalk_studio.nets.speech.predictor import PredictorSettings
from pctalk_studio.nets.speech.sync import KeypointSync
from pctalk_studio.training.batches import ArrayF32, Draws, DrawSettings, Spoken
from pctalk_studio.training.corpus.store import Corpus
from pctalk_studio.training.emc import CombinedTask, leakage
from pctalk_studio.training.figures import correlation, opening_of
from pctalk_studio.training.lac import PredictorTask
from pctalk_studio.training.loop import Loop, LoopSettings, Task
from pctalk_studio.training.refining import RefinerTask, RefinerTraining
from pctalk_studio.training.runs import RunSettings, drawn
from pctalk_studio.training.sync import Moments, SyncSettings, SyncTask, mel_at

_PREDICTING = 1.0
"""Weight of the variant whose encoder learns to predict lips besides, as what ships did and no synchrony in the paper does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of ablations.

    Parameters
    ----------
    variant
        What was trained.
    figures
        By name.
    """

    variant: str
    figures: Mapping[str, float]


class PhoneClassifier(nn.Module):
    """The same audio encoder, trained to recognise instead: which phone sounds in the middle of a window."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.audio_encoder = encoder
        self.classes = nn.Linear(encoder.size, len(PHONE_CLASSES))

    def forward(self, windows: Tensor) -> Tensor:
        """Mel windows [B, 1, 80, 16] to logits [B, 40]."""
        out: Tensor = self.classes(self.audio_encoder(windows))
        return out


class RecognitionTask:
    """Recognition as a task of the training loop, on batches of the form that synchrony has.

    Parameters
    ----------
    network
        To be trained.
    draws, held_out
        Draws whose phones are known and are those of the sound.
    settings
        As for synchrony.
    """

    name = "recognition"

    def __init__(self, network: PhoneClassifier, draws: Draws, held_out: Draws, settings: SyncSettings) -> None:
        self._network = network
        self._device = next(network.parameters()).device
        self._moments = Moments(draws, settings)
        self._held_out = [held_out(number) for number in range(settings.held_out)]

    @property
    def module(self) -> nn.Module:
        """Encoder and classifier."""
        return self._network

    def _scored(self, spoken: Spoken, moments: list[int]) -> tuple[Tensor, Tensor]:
        labels = torch.from_numpy(spoken.phones[moments].argmax(axis=1)).to(self._device)
        return self._network(torch.from_numpy(mel_at(spoken, moments)).to(self._device)), labels

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """Cross-entropy of the phones."""
        parts = [self._scored(spoken, moments) for spoken, moments in self._moments.at(step)]
        loss = functional.cross_entropy(torch.cat([p for p, _ in parts]), torch.cat([t for _, t in parts]))
        return {"total": loss}

    def figures(self) -> Mapping[str, float]:
        """Share of the frames whose phone is recognised, on held-out voices."""
        right = []
        for spoken in self._held_out:
            logits, labels = self._scored(spoken, list(range(spoken.frames)))
            right.append(float((logits.argmax(dim=1) == labels).float().mean()))
        return {"score": float(np.mean(right))}


class Ablations:
    """All variants on one corpus.

    Parameters
    ----------
    settings
        Of the run: its steps are those of every part of every variant.
    width
        Of the audio encoders.
    form
        Of the predictors; None: as shipped.
    listen
        Hears of every step.
    """

    def __init__(
        self, settings: RunSettings, width: int = 16, form: PredictorSettings | None = None, listen: ProgressListener = silent
    ) -> None:
        self._settings = settings
        self._corpus = Corpus.open(settings.corpus)
        self._width = width
        self._form = PredictorSettings(audio_size=16 * width) if form is None else form
        self._listen = listen
        self._measures = SyncSettings(pool=settings.pool, held_out=settings.held_out, seed=settings.seed)
        self._plain = DrawSettings(0, dropped=1.0, edited=0.0, emotional=0.5, seed=settings.seed)
        self._clean = replace(self._plain, augmented=False, emotional=0.0, seed=settings.seed + 1)

    def run(self) -> tuple[Row, ...]:
        """Train and measure; writes ``ablations.md`` and ``ablations.json``."""
        sync, predicting, recognised = self._synchrony(), self._synchrony(_PREDICTING), self._recognition()
        whole, _ = self._predictor("all keypoints, synchrony encoder", sync.audio_encoder, True)
        by_both, _ = self._predictor("lip keypoints, synchrony and prediction encoder", predicting.audio_encoder, False)
        by_recognition, _ = self._predictor("lip keypoints, recognition encoder", recognised, False)
        lips, networks = self._predictor("lip keypoints, synchrony encoder", sync.audio_encoder, False)
        rows = (whole, by_recognition, by_both, lips, *self._refined(networks, sync), *self._subtracted(networks))
        save_rows(self._settings.output, rows)
        return rows

    def _trained(self, task: Task, name: str) -> None:
        settings = self._settings
        loop = LoopSettings(settings.steps, settings.rate, validate=settings.steps, seed=settings.seed)
        Loop(task, loop, settings.output / name).run(listen=self._listen)
        task.module.eval()

    def _draws(self, split: str, settings: DrawSettings) -> Draws:
        return drawn(self._corpus, split, settings)

    def _synchrony(self, weight_expected: float = 0.0) -> KeypointSync:
        measures = replace(self._measures, weight_expected=weight_expected)
        torch.manual_seed(self._settings.seed)
        network = KeypointSync(AudioEncoder(self._width)).to(self._settings.device)
        task = SyncTask(network, self._draws("train", self._plain), self._draws("valid", self._clean), measures)
        self._trained(task, "prediction" if weight_expected else "synchrony")
        return network

    def _recognition(self) -> AudioEncoder:
        torch.manual_seed(self._settings.seed)
        network = PhoneClassifier(AudioEncoder(self._width)).to(self._settings.device)
        known, clean = replace(self._plain, dropped=0.0), replace(self._clean, dropped=0.0)
        task = RecognitionTask(network, self._draws("train", known), self._draws("valid", clean), self._measures)
        self._trained(task, "recognition")
        return network.audio_encoder

    def _predictor(self, name: str, encoder: AudioEncoder, whole_face: bool) -> tuple[Row, LacNetworks]:
        torch.manual_seed(self._settings.seed)
        networks = LacNetworks(LacForm(self._corpus.index.styles, self._width, self._form))
        networks.audio_encoder.load_state_dict(encoder.state_dict())
        networks.to(self._settings.device)
        clean = self._draws("valid", self._clean)
        training = replace(self._settings.predictor(), whole_face=whole_face)
        task = PredictorTask(networks, self._draws("train", self._plain), clean, clean, training)
        self._trained(task, name.replace(",", "").replace(" ", "_"))
        with torch.no_grad():
            figures = task.figures()
        kept = {key: figures[f"{key} by sound"] for key in ("opening", "width", "purse", "lag", "error")}
        return Row(name, kept), networks

    def _refined(self, networks: LacNetworks, sync: KeypointSync) -> tuple[Row, Row]:
        measures = RefinerTraining(pool=self._settings.pool, held_out=self._settings.held_out, seed=self._settings.seed)
        task = RefinerTask(networks, sync, self._draws("train", self._plain), self._draws("valid", self._clean), measures)
        self._trained(task, "refiner")
        with torch.no_grad():
            figures = task.figures()
        names = ("opening", "synchrony", "error")
        return (
            Row("on other faces, without refiner", {name: figures[f"{name} before"] for name in names}),
            Row("on other faces, with refiner", {name: figures[name] for name in names}),
        )

    def _subtracted(self, hearing: LacNetworks) -> tuple[Row, Row]:
        torch.manual_seed(self._settings.seed)
        networks = EmcNetworks(replace(self._form, emotional=True)).to(self._settings.device)
        emotional = replace(self._plain, emotional=0.9)
        held_out = replace(self._clean, emotional=1.0)
        task = CombinedTask(
            networks, hearing, self._draws("train", emotional), self._draws("valid", held_out), self._settings.predictor()
        )
        self._trained(task, "combined")
        with torch.no_grad():
            pairs = [(*task.pure(item), item.spoken.lip) for item in task.held_out]
        return (
            Row("emotion without subtraction", _purity([(pure + neutral, lip) for pure, neutral, lip in pairs])),
            Row("emotion with subtraction", _purity([(pure, lip) for pure, _, lip in pairs])),
        )


def _purity(pairs: list[tuple[ArrayF32, ArrayF32]]) -> dict[str, float]:
    """Share of D_e's energy that moves as speech does, and what is left of the lips' timing with D_e added."""
    return {
        "leakage": float(np.mean([leakage(added, lip) for added, lip in pairs])),
        "lip correlation": float(np.mean([correlation(opening_of(lip + added), opening_of(lip)) for added, lip in pairs])),
    }


def save_rows(folder: Path, rows: tuple[Row, ...]) -> None:
    """Write a table of rows as Markdown, and the rows as JSON."""
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    lines = [f"| variant | {' | '.join(names)} |", "| --- |" + " ---: |" * len(names)]
    for row in rows:
        cells = [f"{row.figures[name]:.3f}" if name in row.figures else "" for name in names]
        lines.append(f"| {row.variant} | {' | '.join(cells)} |")
    with written_whole(folder / "ablations.md") as draft:
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with written_whole(folder / "ablations.json") as draft:
        draft.write_text(json.dumps([{"variant": row.variant, **row.figures} for row in rows], indent=1) + "\n", encoding="utf-8")
