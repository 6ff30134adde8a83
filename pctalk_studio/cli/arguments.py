"""What can be typed. Imports nothing heavy, so that ``--help`` answers at once."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from pctalk_studio import __version__
from pctalk_studio.cli.emotion_sources import FORM as FEELING
from pctalk_studio.cli.emotion_sources import EmotionCall
from pctalk_studio.cli.models_arguments import add_models
from pctalk_studio.cli.performances import FORM, PerformanceCall
from pctalk_studio.cli.train_arguments import add_train
from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRate, FrameSet
from pctalk_studio.document.learned import Learned
from pctalk_studio.document.performance import PerformancePart
from pctalk_studio.document.project import (
    Emotion,
    EmotionClip,
    EmotionRegion,
    Gaze,
    HeadMotion,
    Media,
    Project,
    RenderSettings,
    StyleAxes,
)


class _Parser(argparse.ArgumentParser):
    """Reports a wrong call as the program reports everything: in one sentence, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[0].upper()}{message[1:].rstrip('.')}; '{self.prog} --help' lists what can be given.")


@dataclass(frozen=True, slots=True)
class FrameSize:
    """Size of the frames: a longest side, or width and height."""

    width: int | None
    height: int | None
    longest: int | None = None

    @classmethod
    def parse(cls, text: str) -> FrameSize:
        """Read ``512`` or ``1280x720``.

        Raises
        ------
        UsageError
            When it is neither, or outside 64 to 7680.
        """
        parts = text.lower().split("x")
        if len(parts) not in (1, 2) or not all(part.isdecimal() and 64 <= int(part) <= 7680 for part in parts):
            raise UsageError(f"'{text}' is no frame size; write a longest side such as 512 or WIDTHxHEIGHT, 64 to 7680 each.")
        if len(parts) == 1:
            return cls(None, None, int(parts[0]))
        return cls(int(parts[0]), int(parts[1]))


def parse_emotion(text: str) -> EmotionClip:
    """Read ``NAME[:INTENSITY[:REGION,...]]``, for example ``happy:0.7:mouth,cheeks``.

    Raises
    ------
    UsageError
        When a name is unknown or the intensity is no number from 0 to 1.5.
    """
    name, _, rest = text.partition(":")
    intensity_text, _, region_text = rest.partition(":")
    if name not in set(Emotion):
        raise UsageError(f"'{name}' is no emotion; choose one of {', '.join(Emotion)}.")
    try:
        intensity = float(intensity_text) if intensity_text else 1.0
    except ValueError:
        raise UsageError(f"'{intensity_text}' in '{text}' is no intensity; write a number from 0 to 1.5.") from None
    regions = frozenset(EmotionRegion)
    if region_text:
        names = region_text.split(",")
        unknown = [region for region in names if region not in set(EmotionRegion)]
        if unknown:
            raise UsageError(f"'{unknown[0]}' is no region of the face; choose from {', '.join(EmotionRegion)}.")
        regions = frozenset(EmotionRegion(region) for region in names)
    return EmotionClip(Emotion(name), intensity, regions)


def parse_share(text: str) -> float:
    """Read how far networks move a face: ``phones`` or ``tables`` (0), ``audio`` or ``networks`` (1), or a share between.

    Raises
    ------
    UsageError
        When it is neither of those words, nor a number from 0 to 1.
    """
    words = {"phones": 0.0, "tables": 0.0, "audio": 1.0, "networks": 1.0}
    try:
        share = words[text] if text in words else float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise UsageError(f"'{text}' is no share of the networks; write one of {', '.join(words)}, or a number from 0 to 1.")
    return share


def parse_crf(text: str) -> int:
    """Read an x264 quality.

    Raises
    ------
    UsageError
        When it is no integer from 1 to 51.
    """
    if not (text.isdecimal() and 1 <= int(text) <= 51):
        raise UsageError(f"'{text}' is no x264 quality; write a number from 1 (best) to 51.")
    return int(text)


def project_of(args: argparse.Namespace, begun: Project | None = None) -> Project:
    """The controls that a ``render`` or ``new`` call asks for.

    Parameters
    ----------
    args
        Of the command line.
    begun
        What holds where nothing is asked for: head, eyes and frame rate that suit the portrait.

    Raises
    ------
    UsageError
        When a control is outside its range.
    """
    default = Project() if begun is None else begun
    clips = tuple(replace(clip, id=number) for number, clip in enumerate(args.emotion, 1))
    return Project(
        rate=args.fps or default.rate,
        style=StyleAxes(args.style_open, args.style_wide, args.style_purse),
        lip_scale=args.lip_scale,
        follow_volume=args.follow_volume,
        emotions=clips,
        head=HeadMotion(args.head or default.head),
        gaze=Gaze(args.gaze or default.gaze),
        blink=default.blink if args.blink is None else args.blink,
        seed=args.seed,
        media=Media(face=args.face),
        render=_render_settings(args),
        next_id=len(clips) + 1,
        learned=Learned(lips=args.lips or 0.0, emotion=args.emotions),
    )


def _render_settings(args: argparse.Namespace) -> RenderSettings:
    size: FrameSize = args.size or FrameSize(None, None)
    both = None if size.width is None or size.height is None else (size.width, size.height)
    return RenderSettings(args.engine, args.crop == "face", size.longest, both, args.crf)


def _add_transcript(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--text", metavar="T", help="what is said; without it the words are recognised")
    group.add_argument("--text-file", type=Path, metavar="FILE", help="text file with what is said")


def _add_controls(parser: argparse.ArgumentParser) -> None:
    default = Project()
    speech = parser.add_argument_group("speech")
    speech.add_argument("--lip-scale", type=float, default=default.lip_scale, metavar="0..2", help="size of the lip movement")
    speech.add_argument(
        "--follow-volume", type=float, default=default.follow_volume, metavar="0..1", help="how far the lips follow loudness"
    )
    speech.add_argument("--style-open", type=float, default=1.0, metavar="0..2", help='how wide vowels open, as in "duck"')
    speech.add_argument("--style-wide", type=float, default=1.0, metavar="0..2", help='how far lips spread, as in "bee"')
    speech.add_argument("--style-purse", type=float, default=1.0, metavar="0..2", help='how far lips round, as in "too"')
    speech.add_argument(
        "--lips", type=parse_share, metavar="phones|audio|0..1", help="what moves the lips: the phones' rules, networks that "
        "hear the recording, or a blend (default: the phones, and the networks as far as phones were recognised badly)",
    )  # fmt: skip
    speech.add_argument(
        "--lip-style", type=Path, metavar="FILM.mp4", help="let the networks speak as somebody in a film does; with --lips audio"
    )
    face = parser.add_argument_group("emotion, head and eyes")
    face.add_argument(
        "--emotion",
        type=parse_emotion,
        action="append",
        default=[],
        metavar="NAME[:INTENSITY[:REGION,...]]",
        help=f"one of {', '.join(Emotion)}; regions {', '.join(EmotionRegion)}; repeat for several",
    )
    face.add_argument(
        "--emotions",
        type=parse_share,
        default=0.0,
        metavar="tables|networks|0..1",
        help="what makes emotions: tables of action units, a network that hears the recording, or a blend",
    )
    face.add_argument(
        "--emotion-from",
        type=EmotionCall.parse,
        action="append",
        default=[],
        metavar=FEELING,
        help="read emotions from the words, from the voice, or take over the expression of another face, a picture or a movie "
        "(add 'moving' for its course in time); repeat for several",
    )
    face.add_argument(
        "--performance",
        type=PerformanceCall.parse,
        action="append",
        default=[],
        metavar=FORM,
        help=f"let a LivePortrait motion template drive {', '.join(PerformancePart)}, from START seconds on; add 'absolute' for "
        "the performer's own pose and expression; repeat for several",
    )
    face.add_argument("--head", choices=list(HeadMotion), help="how much the head moves by itself (subtle; a video: still)")
    face.add_argument("--gaze", choices=list(Gaze), help="where the eyes go by themselves (natural; a video: still)")
    blink = "blink by itself, or do not (yes; a video: no, it has its own blinks)"
    face.add_argument("--blink", action=argparse.BooleanOptionalAction, help=blink)
    face.add_argument("--seed", type=int, default=default.seed, help="of everything random (default %(default)s)")


def _add_progress(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--progress",
        choices=["auto", "json", "none"],
        default="auto",
        help="a bar on a terminal, JSON lines on standard output, or nothing",
    )


def _add_sources(parser: argparse.ArgumentParser, required: bool) -> None:
    parser.add_argument("--portrait", type=Path, required=required, metavar="P", help="picture or video with a face")
    audio = "recording of speech, or a video with sound; without it the portrait's own sound, where that is a video"
    parser.add_argument("--audio", type=Path, metavar="A", help=audio)


def _add_picture(parser: argparse.ArgumentParser) -> None:
    picture = parser.add_argument_group("picture")
    picture.add_argument("--fps", type=FrameRate.parse, help="frames a second, e.g. 30000/1001 (25; a video: its own)")
    picture.add_argument("--size", type=FrameSize.parse, metavar="WxH|N", help="frame size, or its longest side")
    picture.add_argument("--crop", choices=["none", "face"], default="none", help="whole picture, or a square round the face")
    picture.add_argument(
        "--engine", choices=["mesh", "liveportrait"], default="mesh", help="what draws; liveportrait needs 'models fetch'"
    )
    choice = picture.add_mutually_exclusive_group()
    choice.add_argument("--face", type=int, metavar="N", help="which face, counted from the left, starting at 1")
    choice.add_argument("--face-points", type=Path, metavar="FILE", help="face points placed by hand, for faces not found")
    picture.add_argument(
        "--crf", type=parse_crf, default=18, metavar="1..51", help="x264 quality, lower is better (default %(default)s)"
    )


_OUT_HELP = "what to write: .mp4, .mov (ProRes 4444), .webm, .gif, .wav (the sound), or pictures named like a.####.png"


def _add_render(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = commands.add_parser(
        "render",
        help="portrait + sound, or a project -> MP4 or numbered pictures",
        description="Make a portrait speak a recording, or render a project. A project brings its own controls.",
    )
    parser.add_argument("project", nargs="?", type=Path, metavar="P.pctalk", help="project to render, instead of two files")
    files = parser.add_argument_group("files")
    files.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help=_OUT_HELP)
    files.add_argument("--codec", choices=["h264", "h265"], default="h264", help="of an .mp4 (default %(default)s)")
    files.add_argument("--alpha", action="store_true", help="keep a cut-out portrait's transparency (.mov, .webm, .gif, .png)")
    files.add_argument("--sheet", type=Path, metavar="SHEET.png", help="also write a contact sheet of telling frames")
    files.add_argument(
        "--motion", type=Path, metavar="FILE", help="also write K_d and its parts (.npz), or a motion template (.pkl)"
    )
    files.add_argument("--skip-existing", action="store_true", help="leave pictures alone that are there already")
    _add_sources(parser, required=False)
    _add_transcript(parser)
    part = parser.add_argument_group("part of the clip")
    part.add_argument("--frames", type=FrameSet.parse, metavar="0-99,120", help="only these frames")
    part.add_argument("--start", type=float, metavar="S", help="from this second on")
    part.add_argument("--end", type=float, metavar="S", help="up to this second")
    _add_picture(parser)
    _add_controls(parser)
    _add_progress(parser)


def _add_project_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    new = commands.add_parser("new", help="portrait + sound -> project", description="Begin a project.")
    new.add_argument("project", type=Path, metavar="P.pctalk", help="project file to write")
    _add_sources(new, required=True)
    _add_transcript(new)
    _add_picture(new)
    _add_controls(new)
    _add_progress(new)

    info = commands.add_parser("info", help="what is in a project")
    check = commands.add_parser("check", help="whether a project and its media are all right")
    for parser in (info, check):
        parser.add_argument("project", type=Path, metavar="P.pctalk")
        parser.add_argument("--json", action="store_true", help="print JSON")

    collect = commands.add_parser("collect", help="project + media -> one portable zip")
    collect.add_argument("project", type=Path, metavar="P.pctalk")
    collect.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.zip", help="zip to write")

    apply = commands.add_parser("apply", help="project + named edits -> project")
    apply.add_argument("project", type=Path, metavar="P.pctalk")
    apply.add_argument(
        "edits", type=Path, metavar="EDITS.json", help='list of edits: [{"edit": NAME, ARGUMENT: VALUE, ...}, ...]'
    )
    apply.add_argument("-o", "--out", type=Path, required=True, metavar="Q.pctalk", help="project file to write")

    bench = commands.add_parser("bench", help="how fast editing and preview are here")
    bench.add_argument("--seconds", type=float, default=60.0, metavar="S", help="length of the clip (default %(default)s)")
    bench.add_argument("--play", type=float, default=10.0, metavar="S", help="seconds played in real time (default %(default)s)")
    bench.add_argument("--json", action="store_true", help="print JSON")


def _add_evaluate(commands: argparse._SubParsersAction[_Parser]) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="measure a finished clip on its pixels",
        description="Measure a finished clip; or the clips of several methods, a folder each, in one table.",
    )
    evaluate.add_argument("clip", type=Path, metavar="CLIP.mp4|FOLDER", help="a clip, or a folder with one folder per method")
    evaluate.add_argument("--alignment", type=Path, metavar="X.TextGrid", help="what is said when; without it, recognised")
    evaluate.add_argument(
        "--neutral",
        type=Path,
        metavar="NEUTRAL.mp4",
        help="the same clip without emotion: measure what the emotion changed instead",
    )
    evaluate.add_argument(
        "--emotion",
        type=parse_emotion,
        metavar="NAME[:INTENSITY[:REGION,...]]",
        help="the emotion that was meant, with --neutral or --judges",
    )
    evaluate.add_argument(
        "--judges",
        action="store_true",
        help="also LSE-C, LSE-D, FID, NIQE, FVD, Acc_emo and E-FID, by networks that 'models fetch judges' gets",
    )
    evaluate.add_argument(
        "--reference",
        type=Path,
        action="append",
        default=[],
        metavar="REAL.mp4|FOLDER",
        help="real clips that FID, FVD and E-FID are distances from; repeatable",
    )
    evaluate.add_argument("--models", type=Path, metavar="DIR", help="folder of models, instead of your own")
    evaluate.add_argument("--json", action="store_true", help="print JSON")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="pctalk-studio",
        description="A portrait and a recording become a talking face.",
        epilog="Without a command the editor opens: 'pctalk-studio [P.pctalk]'.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    demo = commands.add_parser("demo", help="make a talking clip of the sample", description="Make a talking clip of the sample.")
    demo.add_argument(
        "--out", type=Path, default=Path("demo-out"), metavar="DIR", help="folder for demo.mp4 (default %(default)s)"
    )
    demo.add_argument("--no-window", action="store_true", help="do not show anything afterwards")
    _add_progress(demo)

    _add_render(commands)
    _add_project_commands(commands)

    align = commands.add_parser("align", help="sound [+ text] -> words and phones in time")
    align.add_argument("audio", type=Path, metavar="A", help="recording of speech")
    align.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.TextGrid|OUT.json", help="file to write")
    _add_transcript(align)

    _add_evaluate(commands)

    add_models(commands.add_parser("models", help="weights of the neural engine: list, verify, fetch, import"))
    add_train(commands.add_parser("train", help="corpora and networks of your own"))

    doctor = commands.add_parser("doctor", help="what works here, what is missing and how to get it")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    return parser
