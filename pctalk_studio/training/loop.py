"""The training loop: resumable, deterministic by seed, with checkpoints that are there whole or not at all.

What a step draws and computes depends on the seed and the step's number alone, never on what was drawn before; a checkpoint then
needs no state of random generators, and training that was stopped and resumed gives the same bits as training that was not.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.training.curves import Curves

STATE_FILE = "state.pt"

LEAST_RATE = 0.02
"""Part of the learning rate that is left at the end of its cosine."""


class Task(Protocol):
    """One thing to train."""

    @property
    def name(self) -> str:
        """For people and progress."""
        ...

    @property
    def module(self) -> nn.Module:
        """All that is trained, and nothing else."""
        ...

    def losses(self, step: int) -> Mapping[str, Tensor]:
        """Losses of a step's batch by name; ``total`` is minimised. They depend on seed, weights and step alone."""
        ...

    def figures(self) -> Mapping[str, float]:
        """Figures on held-out voices and sentences; ``score`` is the one to be as high as can be."""
        ...


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How long and how.

    Parameters
    ----------
    steps
        Until the learning rate has come down.
    rate
        Highest learning rate of Adam.
    warmup
        Steps in which it rises.
    decay
        Weight decay.
    clip
        Largest norm of the gradient.
    validate
        Steps between looks at held-out data.
    patience
        Looks without a better score after which training ends early.
    keep
        Seconds between checkpoints.
    seed
        Of everything random.
    """

    steps: int
    rate: float = 1e-3
    warmup: int = 50
    decay: float = 1e-4
    clip: float = 1.0
    validate: int = 200
    patience: int = 10
    keep: float = 60.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How training ended.

    Parameters
    ----------
    step
        Steps done, all runs together.
    score
        Best score on held-out data; minus infinity before the first look.
    finished
        Whether there is nothing left to do: all steps are done, or the score rises no more.
    """

    step: int
    score: float
    finished: bool


def rate_at(step: int, settings: LoopSettings) -> float:
    """Learning rate of a step: a linear rise, then half a cosine down to LEAST_RATE of the highest."""
    if step < settings.warmup:
        return settings.rate * (step + 1) / settings.warmup
    part = min(1.0, (step - settings.warmup) / max(1, settings.steps - settings.warmup))
    return settings.rate * (LEAST_RATE + (1.0 - LEAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * part)))


@dataclass(slots=True)
class _State:
    """What changes while training."""

    step: int
    best: float
    waited: int
    kept: dict[str, Tensor]
    curves: Curves


class Loop:
    """Train a task in a folder, and go on there next time.

    Parameters
    ----------
    task
        What to train; its module is changed.
    settings
        How.
    folder
        For the checkpoint, the curves and the log; made when missing.
    """

    def __init__(self, task: Task, settings: LoopSettings, folder: Path) -> None:
        self._task = task
        self._settings = settings
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._optimiser = torch.optim.AdamW(task.module.parameters(), lr=settings.rate, weight_decay=settings.decay)
        self._state = _State(0, -math.inf, 0, {}, Curves.empty())
        self._resume()

    @property
    def step(self) -> int:
        """Steps done."""
        return self._state.step

    def run(
        self, minutes: float = math.inf, listen: ProgressListener = silent, clock: Callable[[], float] = time.monotonic
    ) -> Outcome:
        """Train until the end, or for some minutes; the task's module then holds the best weights so far.

        Parameters
        ----------
        minutes
            Of this run; a later one goes on.
        listen
            Hears of every step.
        clock
            Seconds.

        Raises
        ------
        TrainingError
            When a loss is no number any more.
        """
        start = kept = clock()
        state, settings = self._state, self._settings
        while not self._over() and clock() - start < 60.0 * minutes:
            self._advance()
            listen(ProgressEvent(self._task.name, state.step, settings.steps))
            if state.step % settings.validate == 0 or state.step == settings.steps:
                self._look()
            if clock() - kept >= settings.keep:
                self._keep()
                kept = clock()
        self._keep()
        if state.kept:
            self._task.module.load_state_dict(state.kept)
        return Outcome(state.step, state.best, self._over())

    def _over(self) -> bool:
        return self._state.step >= self._settings.steps or self._state.waited >= self._settings.patience

    def _advance(self) -> None:
        state, settings = self._state, self._settings
        # Mixed, because the processor's generator takes the lower half of a seed only.
        torch.manual_seed(int(np.random.SeedSequence((settings.seed, state.step)).generate_state(1)[0]))
        module = self._task.module.train()
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(state.step, settings)
        self._optimiser.zero_grad(set_to_none=True)
        losses = self._task.losses(state.step)
        losses["total"].backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(module.parameters(), settings.clip)
        if not math.isfinite(float(norm)):
            raise TrainingError(
                f"Training of {self._task.name} in '{self._folder}' fell apart at step {state.step}: lower the learning rate."
            )
        self._optimiser.step()
        state.step += 1
        state.curves.add(state.step, {name: float(loss.detach()) for name, loss in losses.items()})

    def _look(self) -> None:
        state = self._state
        self._task.module.eval()
        with torch.no_grad():
            figures = dict(self._task.figures())
        state.curves.add(state.step, {f"valid {name}": value for name, value in figures.items()})
        if figures["score"] > state.best:
            state.best, state.waited, state.kept = figures["score"], 0, _copied(self._task.module)
        else:
            state.waited += 1
        with (self._folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": state.step, **state.curves.latest()}) + "\n")

    def _keep(self) -> None:
        state = self._state
        content = {
            "settings": json.dumps(asdict(self._settings)),
            "step": state.step,
            "best": state.best,
            "waited": state.waited,
            "curves": state.curves.as_text(),
            "module": self._task.module.state_dict(),
            "kept": state.kept,
            "optimiser": self._optimiser.state_dict(),
        }
        with written_whole(self._folder / STATE_FILE) as draft:
            torch.save(content, draft)
        state.curves.save(self._folder / "curves.csv")
        state.curves.draw(self._folder / "curves.png", self._task.name)

    def _resume(self) -> None:
        path = self._folder / STATE_FILE
        if not path.is_file():
            return
        try:
            content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
            settings = json.loads(content["settings"])
            self._task.module.load_state_dict(content["module"])
            self._optimiser.load_state_dict(content["optimiser"])
        except (RuntimeError, KeyError, ValueError, EOFError, OSError) as error:
            raise TrainingError(
                f"'{path}' is no checkpoint of this training: delete it to begin anew, or choose another folder.", repr(error)
            ) from error
        changed = sorted(name for name, value in asdict(self._settings).items() if settings.get(name) != value)
        if changed:
            raise TrainingError(
                f"'{path}' was begun with another {changed[0]} ({settings.get(changed[0])}): go on with the same, or "
                "choose another folder."
            )
        curves = Curves.of_text(content["curves"])
        self._state = _State(content["step"], content["best"], content["waited"], dict(content["kept"]), curves)


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
