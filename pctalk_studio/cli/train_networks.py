"""``train sync``, ``train lac`` and ``train emc``: networks out of a corpus, each resumed by the same command."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pctalk_studio.cli.output import progress, say
from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.progress import ProgressListener

if TYPE_CHECKING:
    from pctalk_studio.training.loop import Outcome
    from pctalk_studio.training.runs import RunSettings


def run(args: argparse.Namespace) -> int:
    """Do it; returns 0."""
    settings = run_settings(args)
    with progress(args.progress) as listen:
        _report(args.output, _VERBS[args.verb](args, settings, listen))
    return 0


def run_settings(args: argparse.Namespace) -> RunSettings:
    """What is set of a training run.

    Raises
    ------
    UsageError
        When something cannot be done.
    """
    if args.steps < 1 or args.pool < 1 or args.seed < 0 or (args.minutes is not None and args.minutes <= 0):
        raise UsageError("--steps, --pool and --minutes must be above 0, and --seed must not be negative.")
    import torch

    from pctalk_studio.training.runs import RunSettings

    if args.device == "cuda" and not torch.cuda.is_available():
        raise UsageError("This machine has no CUDA device; leave --device out.")
    return RunSettings(
        corpus=args.corpus,
        output=args.output,
        steps=args.steps,
        minutes=math.inf if args.minutes is None else args.minutes,
        rate=args.rate,
        seed=args.seed,
        begin_with=args.begin_with,
        device=args.device,
        pool=args.pool,
    )


def _sync(args: argparse.Namespace, settings: RunSettings, listen: ProgressListener) -> list[Outcome]:
    from pctalk_studio.training.runs import train_sync

    return [train_sync(settings, args.width, listen)]


def _lac(args: argparse.Namespace, settings: RunSettings, listen: ProgressListener) -> list[Outcome]:
    from pctalk_studio.training.runs import train_lac

    if (args.portraits is None) != (args.expert is None):
        raise UsageError(
            "--portraits and --expert belong together: lips are judged on pictures by the one, drawn from the other."
        )
    pictures = None
    if args.portraits is not None:
        from pctalk_studio.training.painting import picture_synchrony

        pictures = picture_synchrony(args.portraits, args.expert, settings.device)
    return list(train_lac(settings, args.sync, args.refining, listen, pictures=pictures))


def _emc(args: argparse.Namespace, settings: RunSettings, listen: ProgressListener) -> list[Outcome]:
    from pctalk_studio.training.runs import train_emc

    return [train_emc(settings, args.lac, listen)]


_VERBS: dict[str, Callable[[argparse.Namespace, RunSettings, ProgressListener], list[Outcome]]] = {
    "sync": _sync,
    "lac": _lac,
    "emc": _emc,
}


def _report(folder: Path, outcomes: list[Outcome]) -> None:
    steps = " and ".join(str(outcome.step) for outcome in outcomes)
    state = "done" if all(outcome.finished for outcome in outcomes) else "not done yet; the same command goes on"
    say(f"{folder}: {steps} steps, {state}; score {outcomes[-1].score:.3f} on held-out voices.")
