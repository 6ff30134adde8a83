"""``render``: makes a portrait speak a recording."""

from __future__ import annotations

import argparse
from pathlib import Path

from pctalk_studio.analysis.face import FacePoints
from pctalk_studio.cli.arguments import FrameSize, project_of
from pctalk_studio.cli.clip import ClipRequest, ClipResult, make_clip
from pctalk_studio.cli.output import progress, say, warn
from pctalk_studio.cli.transcript import transcript_of
from pctalk_studio.render.framing import Framing


def run(args: argparse.Namespace) -> int:
    """Render what was asked for; returns 0."""
    request = ClipRequest(
        portrait=args.portrait,
        audio=args.audio,
        out=args.out,
        project=project_of(args),
        text=transcript_of(args),
        framing=_framing(args.size, args.crop == "face"),
        face=args.face,
        points=None if args.face_points is None else FacePoints.read(args.face_points),
        frames=args.frames,
        crf=args.crf,
        sheet=args.sheet,
        motion=args.motion,
    )
    with progress(args.progress) as listen:
        result = make_clip(request, listen)
    warn(result.problems)
    if args.progress != "json":
        say(summary(request.out, result))
    return 0


def summary(out: Path, result: ClipResult) -> str:
    """One line about a finished clip."""
    report, (face, speech, _) = result.report, result.seconds
    width, height = result.size
    length = report.frames / float(result.motion.rate)
    return (
        f"{out}: {report.frames} frames, {width} x {height}, {length:.2f} s; "
        f"face {face:.1f} s, speech {speech:.1f} s, frames {report.seconds:.1f} s ({length / report.seconds:.1f} x real time)"
    )


def _framing(size: FrameSize | None, crop_to_face: bool) -> Framing:
    if size is None:
        return Framing(crop_to_face)
    if size.width is not None and size.height is not None:
        return Framing(crop_to_face, size=(size.width, size.height))
    return Framing(crop_to_face, longest=size.longest)
