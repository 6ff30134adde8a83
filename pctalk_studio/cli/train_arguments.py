"""What can be typed after ``train``. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_train(train: argparse.ArgumentParser) -> None:
    """Give ``train`` its own commands; ``cli.train_command`` holds what each does."""
    verbs = train.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=type(train))
    _corpus(verbs.add_parser("corpus", help="make a corpus of speech with motion, or go on with one"))


def add_progress(parser: argparse.ArgumentParser) -> None:
    """How progress is shown, as for the other commands."""
    parser.add_argument(
        "--progress",
        choices=["auto", "json", "none"],
        default="auto",
        help="a bar, JSON lines on standard output, or nothing",
    )


def _corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the corpus; made when it is not there")
    parser.add_argument("--hours", type=float, default=20.0, metavar="H", help="hours of synthetic speech (default 20)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="another seed makes another corpus (default 0)")
    parser.add_argument("--videos", type=Path, metavar="FOLDER", help="take real videos of talking people instead")
    parser.add_argument("--layout", choices=["hdtf", "mead"], default="hdtf", help="how the folder of videos is laid out")
    add_progress(parser)
