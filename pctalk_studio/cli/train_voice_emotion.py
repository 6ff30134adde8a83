"""``train voice-emotion``: the small model that hears emotions in a voice."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import progress, say
from pctalk_studio.core.errors import UsageError


def run(args: argparse.Namespace) -> int:
    """Do it and tell how well it hears voices that it does not know; returns 0.

    Raises
    ------
    StudioError
        When there is no synthesizer, or the model cannot be written.
    """
    if args.talkers < 1 or args.sentences < 2 or args.seed < 0 or args.output.suffix != ".npz":
        raise UsageError("--talkers must be 1 or more, --sentences 2 or more, --seed not negative, and the file end with .npz.")
    from pctalk_studio.training.voice_emotion import EMOTIONS, train_voice

    with progress(args.progress) as listen:
        report = train_voice(args.output, talkers=args.talkers, sentences=args.sentences, seed=args.seed, listen=listen)
    say(
        f"{args.output}: {100 * report.accuracy:.0f} % of the emotions right on {report.examples} utterances of unknown voices "
        f"(guessing: {100 * report.chance:.0f} %)"
    )
    for emotion, row in zip(EMOTIONS, report.confusion, strict=True):
        heard = sorted(zip(row, EMOTIONS, strict=True), reverse=True)[:3]
        say(f"  {emotion:10} heard as " + ", ".join(f"{other} {100 * share:.0f} %" for share, other in heard if share > 0))
    return 0
