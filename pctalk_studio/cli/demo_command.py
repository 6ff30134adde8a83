"""``demo``: makes a talking clip of the sample that ships, and opens it in the editor."""

from __future__ import annotations

import argparse
import os
import sys
import time

from pctalk_studio.cli.clip import Outputs, engines, summary, write_outputs
from pctalk_studio.cli.output import progress, say, warn
from pctalk_studio.core.display import has_display
from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import Emotion, EmotionClip, Project, RenderSettings
from pctalk_studio.session import Studio


def run(args: argparse.Namespace) -> int:
    """Render ``DIR/demo.mp4`` and its contact sheet, and show the project; returns 0, or the editor's exit code."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"Cannot make the folder '{args.out}': {error.strerror}; choose another with --out.") from error
    sample = resource_path("sample")
    outputs = Outputs(args.out / "demo.mp4", sheet=args.out / "demo.png")
    project = Project(emotions=(EmotionClip(Emotion.HAPPY, 0.4, id=1),), render=RenderSettings(crop_to_face=True), next_id=2)
    text = (sample / "transcript.txt").read_text(encoding="utf-8")
    with progress(args.progress) as listen:
        started = time.perf_counter()
        studio = Studio.new(sample / "portrait.jpg", sample / "speech.flac", engines(), text=text, project=project, listen=listen)
        studied = time.perf_counter() - started
        report = write_outputs(studio, outputs, listen)
    warn(studio.problems)
    if args.progress != "json":
        say(summary(studio, report, studied))
        say(f"Open {outputs.out} in any player; {outputs.sheet} shows telling frames.")
    return _show(studio, args)


def _show(studio: Studio, args: argparse.Namespace) -> int:
    """Open the clip's project in the editor, where there is a display and nobody minds."""
    path = args.out / "demo.pctalk"
    studio.save(path)
    if args.no_window or args.open_editor is None or not has_display(sys.platform, os.environ):
        return 0
    shown: int = args.open_editor(path)
    return shown
