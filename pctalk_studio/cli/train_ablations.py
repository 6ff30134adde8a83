"""``train ablations``: the variants of the paper's ablations, trained alike and compared."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import progress, say
from pctalk_studio.cli.train_networks import run_settings


def run(args: argparse.Namespace) -> int:
    """Do it; returns 0."""
    settings = run_settings(args)
    with progress(args.progress) as listen:
        from pctalk_studio.training.ablations import Ablations

        Ablations(settings, listen=listen).run()
    say((args.output / "ablations.md").read_text(encoding="utf-8"))
    return 0
