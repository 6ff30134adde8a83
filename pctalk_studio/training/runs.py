"""From a corpus to weights: what the command line starts, put together from tasks, the loop and files."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.nets.speech.audio_encoder import AudioEncoder
from pctalk_studio.nets.speech.models import (
    EmcNetworks,
    LacForm,
    LacNetworks,
    load_emc,
    load_lac,
    load_sync,
    save_emc,
    save_lac,
    save_sync,
)
from pctalk_studio.nets.speech.predictor import PredictorSettings
from pctalk_studio.nets.speech.sync import KeypointSync
from pctalk_studio.training.batches import Draws, DrawSettings
from pctalk_studio.training.corpus.motion import solve
from pctalk_studio.training.corpus.store import Corpus
from pctalk_studio.training.emc import CombinedTask
from pctalk_studio.training.lac import PredictorTask, PredictorTraining
from pctalk_studio.training.loop import Loop, LoopSettings, Outcome
from pctalk_studio.training.refining import PictureSynchrony, RefinerTask, RefinerTraining
from pctalk_studio.training.sync import SyncSettings, SyncTask


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a person may set of a training run.

    Parameters
    ----------
    corpus
        Folder of the corpus.
    output
        Folder for weights, checkpoints and curves.
    steps
        Until training is done.
    minutes
        Of this run.
    rate
        Highest learning rate.
    seed
        Of everything random.
    validate
        Steps between looks at held-out data.
    begin_with
        Weights to begin with; None: random ones.
    device
        ``cpu`` or ``cuda``.
    pool
        Draws that batches choose from.
    held_out
        Recordings on which networks are measured.
    """

    corpus: Path
    output: Path
    steps: int
    minutes: float = math.inf
    rate: float = 1e-3
    seed: int = 0
    validate: int = 100
    begin_with: Path | None = None
    device: str = "cpu"
    pool: int = 400
    held_out: int = 24

    def loop(self) -> LoopSettings:
        """For the loop."""
        return LoopSettings(steps=self.steps, rate=self.rate, validate=self.validate, seed=self.seed)

    def predictor(self) -> PredictorTraining:
        """For predictors."""
        return PredictorTraining(steps=self.steps, pool=self.pool, held_out=self.held_out, seed=self.seed)


def drawn(corpus: Corpus, split: str, settings: DrawSettings) -> Draws:
    """Draws out of a split of a corpus.

    Raises
    ------
    TrainingError
        When it is empty.
    """
    utterances = corpus.utterances(split)
    if not len(utterances):
        raise TrainingError(f"The corpus '{corpus.folder}' has nothing to {split} on; make a longer one.")
    return Draws(utterances, solve, replace(settings, styles=len(corpus.index.styles)))


def train_sync(settings: RunSettings, width: int = 16, listen: ProgressListener = silent) -> Outcome:
    """Train the synchrony network and its audio encoder; writes ``sync.safetensors``.

    Parameters
    ----------
    settings
        Of the run.
    width
        Of the audio encoder.
    listen
        Hears of every step.
    """
    corpus = Corpus.open(settings.corpus)
    torch.manual_seed(settings.seed)
    network = load_sync(settings.begin_with).requires_grad_() if settings.begin_with else KeypointSync(AudioEncoder(width))
    plain = DrawSettings(0, dropped=1.0, edited=0.0, seed=settings.seed)
    held_out = replace(plain, augmented=False, seed=settings.seed + 1)
    network.to(settings.device)
    task = SyncTask(
        network,
        drawn(corpus, "train", plain),
        drawn(corpus, "valid", held_out),
        SyncSettings(pool=settings.pool, held_out=settings.held_out, seed=settings.seed),
    )
    outcome = Loop(task, settings.loop(), settings.output / "sync").run(settings.minutes, listen)
    save_sync(settings.output / "sync.safetensors", network)
    return outcome


def train_lac(
    settings: RunSettings,
    sync: Path,
    refining: int,
    listen: ProgressListener = silent,
    pictures: PictureSynchrony | None = None,
) -> tuple[Outcome, Outcome]:
    """Train the expression predictor and then the lip refiner; writes ``lac.safetensors`` after each.

    Parameters
    ----------
    settings
        Of the run; its steps are the predictor's. Minutes are for both: the refiner gets what the predictor leaves.
    sync
        Weights of the synchrony network, whose audio encoder is used and not changed.
    refining
        Steps of the refiner.
    listen
        Hears of every step.
    pictures
        L_sync in image space for the refiner, beside that of ``sync``; None: keypoints alone.
    """
    corpus = Corpus.open(settings.corpus)
    torch.manual_seed(settings.seed)
    synchrony = load_sync(sync).to(settings.device)
    networks = _lac_networks(settings, corpus, synchrony).to(settings.device)
    plain = DrawSettings(0, dropped=0.5, contradicted=0.25, seed=settings.seed)
    known = DrawSettings(0, dropped=0.0, edited=0.0, augmented=False, seed=settings.seed + 1)
    training = settings.predictor()
    draws, held_out = drawn(corpus, "train", plain), drawn(corpus, "valid", known)
    unknown = drawn(corpus, "valid", replace(known, dropped=1.0))
    budget = Budget(settings.minutes)
    task = PredictorTask(networks, draws, held_out, unknown, training)
    first = Loop(task, settings.loop(), settings.output / "predictor").run(budget.left(), listen)
    save_lac(settings.output / "lac.safetensors", networks)
    if not first.finished:
        return first, Outcome(0, -math.inf, False)
    refined = RefinerTraining(pool=settings.pool, held_out=settings.held_out, seed=settings.seed)
    refiner = RefinerTask(networks, synchrony, draws, unknown, refined, pictures)
    loop = replace(settings.loop(), steps=refining, warmup=min(50, refining))
    # A checkpoint of the one is no beginning of the other: they learn from different losses.
    folder = settings.output / ("refiner" if pictures is None else "refiner_on_pictures")
    second = Loop(refiner, loop, folder).run(budget.left(), listen)
    save_lac(settings.output / "lac.safetensors", networks)
    return first, second


def _lac_networks(settings: RunSettings, corpus: Corpus, synchrony: KeypointSync) -> LacNetworks:
    encoder = synchrony.audio_encoder
    if settings.begin_with:
        networks = load_lac(settings.begin_with).requires_grad_()
        if networks.form.width != encoder.width or networks.form.styles != corpus.index.styles:
            raise TrainingError(
                f"'{settings.begin_with}' was trained with another audio encoder or other styles; begin without it."
            )
    else:
        form = LacForm(corpus.index.styles, encoder.width, PredictorSettings(audio_size=encoder.size))
        networks = LacNetworks(form)
    networks.audio_encoder.load_state_dict(encoder.state_dict())
    return networks


def train_emc(settings: RunSettings, lac: Path, listen: ProgressListener = silent) -> Outcome:
    """Train CPred; writes ``emc.safetensors``.

    Parameters
    ----------
    settings
        Of the run.
    lac
        Weights of the LAC, whose audio encoder and styles are used and not changed.
    listen
        Hears of every step.
    """
    corpus = Corpus.open(settings.corpus)
    torch.manual_seed(settings.seed)
    hearing = load_lac(lac).to(settings.device)
    form = replace(hearing.form.predictor, emotional=True)
    networks = load_emc(settings.begin_with).requires_grad_() if settings.begin_with else EmcNetworks(form)
    if networks.form != form:
        raise TrainingError(f"'{settings.begin_with}' does not fit to '{lac}'; begin without it.")
    networks.to(settings.device)
    plain = DrawSettings(0, contradicted=0.25, emotional=0.9, seed=settings.seed)
    held_out = DrawSettings(0, dropped=0.5, edited=0.0, emotional=1.0, augmented=False, seed=settings.seed + 1)
    training = replace(settings.predictor(), rows=24)
    task = CombinedTask(networks, hearing, drawn(corpus, "train", plain), drawn(corpus, "valid", held_out), training)
    outcome = Loop(task, settings.loop(), settings.output / "emc").run(settings.minutes, listen)
    save_emc(settings.output / "emc.safetensors", networks)
    return outcome


class Budget:
    """Minutes that several parts of a run share.

    Parameters
    ----------
    minutes
        For all.
    """

    def __init__(self, minutes: float) -> None:
        self._end = time.monotonic() + 60.0 * minutes

    def left(self) -> float:
        """Minutes that are left, at least 0."""
        return max(0.0, (self._end - time.monotonic()) / 60.0)
