"""``train corpus``: synthetic speech, or real videos, as utterances with motion."""

from __future__ import annotations

import argparse
import math

from pctalk_studio.cli.output import progress, say
from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.progress import ProgressListener
from pctalk_studio.training.corpus.layouts import VideoClip
from pctalk_studio.training.corpus.store import CorpusIndex
from pctalk_studio.training.corpus.utterance import Utterance


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
            _report(args, _of_videos(args, listen))
            return 0
        from pctalk_studio.training.corpus.build import Recipe, build
        from pctalk_studio.training.corpus.text import english_sentences
        from pctalk_studio.training.corpus.voices import synthesizers

        index = build(args.folder, args.hours, Recipe(synthesizers(), english_sentences(args.seed), args.seed), listen)
    _report(args, index)
    return 0


def _of_videos(args: argparse.Namespace, listen: ProgressListener) -> CorpusIndex:
    from pctalk_studio.training.corpus.videos import VideoSettings, import_videos

    if args.least_sync is None:
        return import_videos(args.folder, args.videos, VideoSettings(args.layout, args.driven, seed=args.seed), listen=listen)
    settings = VideoSettings(args.layout, args.driven, args.least_sync, args.seed)
    return import_videos(args.folder, args.videos, settings, scorer=_SyncNet(), listen=listen)


class _SyncNet:
    """Judges clips by the published SyncNet, each once.

    Raises
    ------
    WeightsError
        At once, when its weights are not there.
    """

    def __init__(self) -> None:
        from pctalk_studio.evaluation.judged.clips import Judges
        from pctalk_studio.nets.store import ModelStore

        self._judges = Judges(ModelStore())
        self._judges.path("syncnet")
        self._known: tuple[VideoClip, float] | None = None

    def __call__(self, clip: VideoClip, _utterance: Utterance) -> float:
        """LSE-C; minus infinity where lips and sound are more than a frame apart."""
        if self._known is None or self._known[0] != clip:
            from pctalk_studio.evaluation.judged.clips import JudgedClip

            found = JudgedClip.of(clip.path, self._judges).lip_sync
            self._known = (clip, found.confidence if abs(found.offset) <= 1 else -math.inf)
        return self._known[1]


def _report(args: argparse.Namespace, index: CorpusIndex) -> None:
    count = sum(sum(shard.utterances.values()) for shard in index.shards)
    say(f"{args.folder}: {index.hours:.2f} hours, {count} utterances, {len(index.voices)} voices.")
    for name, reason in index.settings.get("left_out", {}).items():
        say(f"  {name} was left out: {reason}")
