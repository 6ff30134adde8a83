"""``demo``: makes a talking clip of the sample that ships."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.clip import ClipRequest, make_clip
from pctalk_studio.cli.output import progress, say, warn
from pctalk_studio.cli.render_command import summary
from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import Emotion, EmotionClip, Project
from pctalk_studio.render.framing import Framing


def run(args: argparse.Namespace) -> int:
    """Render ``DIR/demo.mp4`` and its contact sheet; returns 0."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"Cannot make the folder '{args.out}': {error.strerror}; choose another with --out.") from error
    sample = resource_path("sample")
    request = ClipRequest(
        portrait=sample / "portrait.jpg",
        audio=sample / "speech.flac",
        out=args.out / "demo.mp4",
        project=Project(emotions=(EmotionClip(Emotion.HAPPY, 0.4),)),
        text=(sample / "transcript.txt").read_text(encoding="utf-8"),
        framing=Framing(crop_to_face=True),
        sheet=args.out / "demo.png",
    )
    with progress(args.progress) as listen:
        result = make_clip(request, listen)
    warn(result.problems)
    if args.progress != "json":
        say(summary(request.out, result))
        say(f"Open {request.out} in any player; {request.sheet} shows telling frames.")
    return 0
