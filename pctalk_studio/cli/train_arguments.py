"""What can be typed after ``train``. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_train(train: argparse.ArgumentParser) -> None:
    """Give ``train`` its own commands; ``cli.train_command`` holds what each does."""
    verbs = train.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=type(train))
    _corpus(verbs.add_parser("corpus", help="make a corpus of speech with motion, or go on with one"))
    _voices(verbs.add_parser("voices", help="which synthetic voices are here, and how exact their phone times are"))
    _sync(verbs.add_parser("sync", help="train the audio encoder by synchrony of sound and lips"))
    _lac(verbs.add_parser("lac", help="train lips: the expression predictor and the lip refiner"))
    _emc(verbs.add_parser("emc", help="train emotions: the combined predictor"))
    _voice_emotion(verbs.add_parser("voice-emotion", help="train the model that hears emotions in a voice, on synthesizers"))
    _network(verbs.add_parser("ablations", help="train and compare the variants of the paper's ablations"), 500)


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
    parser.add_argument(
        "--driven", type=int, default=0, metavar="N", help="play each video on N other people's faces too (default 0)"
    )
    parser.add_argument(
        "--least-sync",
        type=float,
        metavar="C",
        help="leave out videos whose LSE-C by SyncNet is lower, or whose lips are off by more than a frame",
    )
    add_progress(parser)


def _voice_emotion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, metavar="FILE.npz", help="where the model goes")
    parser.add_argument("--talkers", type=int, default=2, metavar="N", help="talkers of each voice (default 2)")
    parser.add_argument("--sentences", type=int, default=60, metavar="N", help="sentences of each talker (default 60)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of all that is drawn (default 0)")
    add_progress(parser)


def _network(parser: argparse.ArgumentParser, steps: int) -> None:
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="folder of the corpus")
    parser.add_argument("output", type=Path, metavar="DIR", help="folder for weights, checkpoints and learning curves")
    parser.add_argument("--steps", type=int, default=steps, metavar="N", help=f"steps of the whole training (default {steps})")
    parser.add_argument("--minutes", type=float, metavar="M", help="stop after so many; the same command goes on later")
    parser.add_argument("--rate", type=float, default=1e-3, metavar="R", help="highest learning rate (default 0.001)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of everything random (default 0)")
    parser.add_argument("--pool", type=int, default=400, metavar="P", help="utterances in memory at a time (default 400)")
    parser.add_argument("--begin-with", type=Path, metavar="FILE", help="weights to begin with, such as the shipped ones")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="where to compute (default cpu)")
    add_progress(parser)


def _sync(parser: argparse.ArgumentParser) -> None:
    _network(parser, 4000)
    parser.add_argument("--width", type=int, default=16, metavar="W", help="of the audio encoder; 32 is Wav2Lip's (default 16)")


def _lac(parser: argparse.ArgumentParser) -> None:
    _network(parser, 3000)
    parser.add_argument("--sync", type=Path, required=True, metavar="FILE", help="weights that 'train sync' wrote")
    parser.add_argument("--refining", type=int, default=600, metavar="N", help="steps of the lip refiner (default 600)")
    parser.add_argument(
        "--portraits",
        type=Path,
        metavar="FOLDER",
        help="judge the refiner's lips on pictures too: draw these faces by LivePortrait",
    )
    parser.add_argument("--expert", type=Path, metavar="FILE", help="Wav2Lip's lip-sync expert, which judges those pictures")


def _emc(parser: argparse.ArgumentParser) -> None:
    _network(parser, 1500)
    parser.add_argument("--lac", type=Path, required=True, metavar="FILE", help="weights that 'train lac' wrote")


def _voices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sentences", type=int, choices=range(1, 11), default=10, metavar="N", help="how many each says (1 to 10)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
