"""``train corpus``: synthetic speech, or real videos, as utterances with motion."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import progress, say
from pctalk_studio.core.errors import UsageError
from pctalk_studio.training.corpus.store import CorpusIndex


def run(args: argparse.Namespace) -> int:
    """Do it; returns 0."""
    if not 0 < args.hours <= 1000:
        raise UsageError("--hours must lie between 0 and 1000.")
    if args.driven < 0:
        raise UsageError("--driven must not be negative.")
    if args.seed < 0:
        raise UsageError("--seed must not be negative.")
    with progress(args.progress) as listen:
        if args.videos is not None:
            from pctalk_studio.training.corpus.videos import VideoSettings, import_videos

            settings = VideoSettings(args.layout, args.driven, seed=args.seed)
            _report(args, import_videos(args.folder, args.videos, settings, listen=listen))
            return 0
        from pctalk_studio.training.corpus.build import Recipe, build
        from pctalk_studio.training.corpus.text import english_sentences
        from pctalk_studio.training.corpus.voices import synthesizers

        index = build(args.folder, args.hours, Recipe(synthesizers(), english_sentences(args.seed), args.seed), listen)
    _report(args, index)
    return 0


def _report(args: argparse.Namespace, index: CorpusIndex) -> None:
    count = sum(sum(shard.utterances.values()) for shard in index.shards)
    say(f"{args.folder}: {index.hours:.2f} hours, {count} utterances, {len(index.voices)} voices.")
    for name, reason in index.settings.get("left_out", {}).items():
        say(f"  {name} was left out: {reason}")
