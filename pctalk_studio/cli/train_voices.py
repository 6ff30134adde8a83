"""``train voices``: which voices a corpus can be made with here, and how exact their phone times are."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import say, say_json


def run(args: argparse.Namespace) -> int:
    """Do it; returns 0, or 1 when the times of a voice are not to be trusted."""
    from pctalk_studio.training.corpus.figures import TEXTS, measured_voices
    from pctalk_studio.training.corpus.voices import synthesizers

    rows: list[dict[str, object]] = []
    good = True
    if not args.json:
        say(f"{'voice':<40} {'for':<6} {'phones':>6} {'apart':>9} {'late':>9} {'closures':>10}")
    for figures in measured_voices(synthesizers(), TEXTS[: args.sentences]):
        voice = figures.voice
        good = good and figures.trusted
        rows.append(
            {
                "voice": voice.full_name, "split": voice.split.value, "phones": figures.compared, "trusted": figures.trusted,
                "difference": figures.difference, "bias": figures.bias, "closure": figures.closure,
            }
        )  # fmt: skip
        if not args.json:
            apart, late = f"{1e3 * figures.difference:.1f} ms", f"{1e3 * figures.bias:+.1f} ms"
            line = f"{voice.full_name:<40} {voice.split:<6} {figures.compared:>6} {apart:>9} {late:>9} {figures.closure:>7.0f} dB"
            say(line if figures.trusted else f"{line}  not to be trusted")
    if args.json:
        say_json(rows)
    return 0 if good else 1
