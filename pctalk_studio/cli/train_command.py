"""``train``: corpora and networks. Each verb is a function of a module that is imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

VERBS = {
    "corpus": "pctalk_studio.cli.train_corpus",
    "voices": "pctalk_studio.cli.train_voices",
    "sync": "pctalk_studio.cli.train_networks",
    "lac": "pctalk_studio.cli.train_networks",
    "emc": "pctalk_studio.cli.train_networks",
    "voice-emotion": "pctalk_studio.cli.train_voice_emotion",
    "ablations": "pctalk_studio.cli.train_ablations",
}
"""Module of each verb; its ``run`` does it."""


def run(args: argparse.Namespace) -> int:
    """Do it; returns the exit code."""
    action: Callable[[argparse.Namespace], int] = importlib.import_module(VERBS[args.verb]).run
    return action(args)
