"""``evaluate``: measures a finished clip on its pixels, by itself, beside the same clip without emotion, or by networks."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.cli.judged import compare_methods, judged_metrics
from pctalk_studio.cli.output import progress, say, say_json, warn
from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.progress import ProgressListener
from pctalk_studio.core.speech import Alignment
from pctalk_studio.document.project import EmotionClip, EmotionRegion
from pctalk_studio.evaluation.evaluate import evaluate_clip
from pctalk_studio.evaluation.pairs import compare_clips
from pctalk_studio.evaluation.report import ClipReport, Metric
from pctalk_studio.interchange.alignment_files import read_alignment
from pctalk_studio.media.sound import read_sound
from pctalk_studio.session.sources import SPEECH_RATE


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0 when nothing that has a limit fails it, otherwise 1.

    Raises
    ------
    UsageError
        When an emotion is named but no clip without it, or real clips without judges.
    """
    if args.clip.is_dir():
        return compare_methods(args)
    if args.emotion is not None and args.neutral is None and not args.judges:
        raise UsageError("What an emotion changed shows beside a clip without it; give that with --neutral.")
    if args.reference and not args.judges:
        raise UsageError("Only judges measure distances from real clips; add --judges.")
    alignment = _recognised(args.clip) if args.alignment is None else read_alignment(args.alignment)
    with progress("none" if args.json else "auto") as listen:
        if args.neutral is None:
            report = evaluate_clip(args.clip, alignment, listen)
        else:
            report = _beside_neutral(args, alignment, listen)
        if args.judges:
            report = replace(report, metrics=(*report.metrics, *judged_metrics(args, listen)))
    if args.json:
        say_json(report.to_dict())
    else:
        say(table(report))
    return 0 if report.passed else 1


def _beside_neutral(args: argparse.Namespace, alignment: Alignment | None, listen: ProgressListener) -> ClipReport:
    """What the clip's emotion changed and what it left alone; leakage where the emotion was meant for some regions only."""
    meant: EmotionClip | None = args.emotion
    chosen = meant.regions if meant is not None and meant.regions != frozenset(EmotionRegion) else frozenset()
    return compare_clips(args.neutral, args.clip, alignment, meant.emotion if meant is not None else None, chosen, listen)


def _recognised(clip: Path) -> Alignment | None:
    """What the clip's own sound says; None for a silent clip."""
    try:
        sound = read_sound(clip)
    except MediaError:
        if not clip.is_file():
            raise
        return None
    alignment = speech_facts(sound.mono(SPEECH_RATE), None, sound.content_hash).alignment
    warn(alignment.problems)
    return alignment


def table(report: ClipReport) -> str:
    """The report for people: a line per metric, and how many fail."""
    rows = [("metric", "value", "limit", "", ""), *(_row(metric) for metric in report.metrics)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(row[column].ljust(widths[column]) for column in range(4)) + "  " + row[4] for row in rows]
    failed = sum(metric.passed is False for metric in report.metrics)
    verdict = "nothing fails its limit" if not failed else f"{failed} of {len(report.metrics)} fail their limit"
    head = f"{report.clip}: {report.frames} frames, {report.duration:.2f} s; {verdict}"
    return "\n".join([head, *(line.rstrip() for line in lines)])


def _row(metric: Metric) -> tuple[str, str, str, str, str]:
    value = "-" if metric.value is None else f"{metric.value:.3g} {metric.unit}".strip()
    mark = {True: "ok", False: "FAILS", None: ""}[metric.passed]
    return f"{metric.code} {metric.name}", value, metric.limit, mark, metric.sentence
