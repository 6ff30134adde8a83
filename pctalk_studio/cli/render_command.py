"""``render``: makes a portrait speak a recording, or renders a project."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from pctalk_studio.analysis.face import FacePoints
from pctalk_studio.cli.arguments import project_of
from pctalk_studio.cli.clip import Outputs, engines, summary, write_outputs
from pctalk_studio.cli.emotion_sources import feel
from pctalk_studio.cli.output import progress, say, warn
from pctalk_studio.cli.performances import lay
from pctalk_studio.cli.transcript import transcript_of
from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.progress import ProgressListener
from pctalk_studio.media.reader import is_movie
from pctalk_studio.session import Studio
from pctalk_studio.session.portraits import first_controls
from pctalk_studio.session.style_learning import LearnStyle


def run(args: argparse.Namespace) -> int:
    """Render what was asked for; returns 0."""
    part = (args.frames, args.start, args.end)
    outputs = Outputs(args.out, args.sheet, args.motion, *part, args.skip_existing, args.codec, args.alpha)
    sources = [path for path in (args.project, args.portrait, args.audio) if path is not None]
    outputs.check(*sources)
    with progress(args.progress) as listen:
        started = time.perf_counter()
        studio = opened(args, listen)
        studied = time.perf_counter() - started
        report = write_outputs(studio, outputs, listen)
    warn(studio.problems)
    if args.progress != "json":
        say(summary(studio, report, studied))
    return 0


def opened(args: argparse.Namespace, listen: ProgressListener) -> Studio:
    """The project that is named, or one begun with the two files.

    Raises
    ------
    StudioError
        When neither or both are given, or something cannot be used.
    """
    if args.project is not None:
        if args.portrait is not None or args.audio is not None:
            raise UsageError("Give either a project, or --portrait and --audio, not both.")
        return directed(Studio.open(args.project, engines(), listen), args)
    if args.portrait is None:
        raise UsageError("Give a project, or both --portrait and --audio; 'pctalk-studio render --help' tells more.")
    return begun(args, listen, drawing=True)


def begun(args: argparse.Namespace, listen: ProgressListener, *, drawing: bool = False) -> Studio:
    """A project begun with ``--portrait``, ``--audio`` and the controls that were given.

    Parameters
    ----------
    args
        Of the command line.
    listen
        Told how far it is.
    drawing
        It is to be drawn: what the engine lacks is said before the sources are analysed.

    Raises
    ------
    StudioError
        When something cannot be used.
    """
    if args.audio is None and not is_movie(args.portrait):
        raise UsageError(f"'{args.portrait}' has no sound to speak; give a recording with --audio.")
    project = project_of(args, first_controls(args.portrait))
    if args.face_points is not None:
        points = FacePoints.read(args.face_points).points
        project = replace(project, media=replace(project.media, face_points=points))
    text, available = transcript_of(args), engines()
    if drawing:
        available[project.render.engine]()
    studio = Studio.new(
        args.portrait, args.audio, available, text=text, project=project, listen=listen, doubting=args.lips is None
    )
    return directed(studio, args)


def directed(studio: Studio, args: argparse.Namespace) -> Studio:
    """The project with what other files direct in it: performances, emotions, a way of speaking.

    Raises
    ------
    StudioError
        When a file cannot be used, or there are no networks to learn a way of speaking.
    """
    lay(studio, args.performance)
    feel(studio, args.emotion_from)
    if args.lip_style is not None:
        studio.apply("set_learned_style", style=LearnStyle(args.lip_style, engines().motion).learn())
    return studio
