"""From two files to a clip: reads, analyses, evaluates, renders and writes, in this order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.analysis.face import FacePoints, RigCache
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressEvent, ProgressListener
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.core.time import FrameSet
from pctalk_studio.core.user_folders import cache_folder
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.export.clip import ExportReport, export_clip
from pctalk_studio.export.sheet import contact_sheet
from pctalk_studio.export.telling import telling_frames
from pctalk_studio.interchange.motion_file import write_motion
from pctalk_studio.media.pictures import Picture, read_picture, write_png
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.api import PreparedFace
from pctalk_studio.render.framing import Framing, face_window, frame_source
from pctalk_studio.render.mesh import MeshRenderer

SPEECH_RATE = 16000
SHEET_FRAMES = 16
"""Tiles of a contact sheet."""


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What to make.

    Parameters
    ----------
    portrait, audio, out
        The two sources and the clip.
    text
        What is said, None when it is to be recognised.
    project
        The controls.
    framing
        What fills the frame.
    face, points
        Which face, counted from the left starting at 1; or points placed by hand. None: the one there is.
    frames
        Only these frames; None: all.
    crf
        x264 quality, 0 to 51.
    sheet, motion
        Further files to write.
    """

    portrait: Path
    audio: Path
    out: Path
    project: Project
    text: str | None = None
    framing: Framing = Framing()
    face: int | None = None
    points: FacePoints | None = None
    frames: FrameSet | None = None
    crf: int = 18
    sheet: Path | None = None
    motion: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ClipResult:
    """What was made, and how long each part took.

    Parameters
    ----------
    report
        Of the export.
    size
        (width, height) of the frames.
    speech, motion
        The facts and the motion behind the clip.
    problems
        What an animator should know.
    seconds
        Spent on face, speech and motion, in this order.
    """

    report: ExportReport
    size: tuple[int, int]
    speech: SpeechFacts
    motion: Motion
    problems: tuple[Problem, ...]
    seconds: tuple[float, float, float]


def make_clip(request: ClipRequest, listen: ProgressListener) -> ClipResult:
    """Make the clip, and the sheet and motion file when they are asked for.

    Raises
    ------
    StudioError
        With one sentence, when a source cannot be used or a target cannot be written. Nothing partial is left behind.
    """
    _check_targets(request)
    started = time.perf_counter()
    listen(ProgressEvent("face", 0, 1))
    picture = read_picture(request.portrait)
    rig = _rig(picture, request)
    listen(ProgressEvent("face", 1, 1))
    face_done = time.perf_counter()

    listen(ProgressEvent("speech", 0, 1))
    sound = read_sound(request.audio)
    speech = speech_facts(sound.mono(SPEECH_RATE), request.text, sound.content_hash)
    listen(ProgressEvent("speech", 1, 1))
    speech_done = time.perf_counter()

    motion = evaluate(request.project, rig, speech)
    source = frame_source(picture, rig, request.framing)
    prepared = MeshRenderer().prepare(source)
    motion_done = time.perf_counter()

    frames = _frames(request, len(motion))
    report = export_clip(prepared, motion, sound, request.out, frames=frames, crf=request.crf, listen=listen)
    if request.sheet is not None:
        _write_sheet(request.sheet, prepared, source.rig, motion, speech, listen)
    if request.motion is not None:
        write_motion(request.motion, motion, source.rig)
    return ClipResult(
        report,
        source.rig.picture_size,
        speech,
        motion,
        rig.problems + sound.problems + speech.alignment.problems,
        (face_done - started, speech_done - face_done, motion_done - speech_done),
    )


def _check_targets(request: ClipRequest) -> None:
    """Refuse before any work is done what would fail or destroy a source at its end."""
    targets = [(path, suffix) for path, suffix in _targets(request) if path is not None]
    sources = {request.portrait.resolve(), request.audio.resolve()}
    for path, suffix in targets:
        if path.suffix.lower() != suffix:
            raise UsageError(f"'{path}' should end in {suffix}, which is what is written there.")
        if path.resolve() in sources:
            raise UsageError(f"'{path}' is one of the sources; choose another name for the result.")
        if not path.parent.is_dir():
            raise MediaError(f"Cannot write '{path}': the folder '{path.parent}' does not exist; create it first.")
    if len({path.resolve() for path, _ in targets}) < len(targets):
        raise UsageError("Two results have the same name; give each its own.")


def _targets(request: ClipRequest) -> tuple[tuple[Path | None, str], ...]:
    return ((request.out, ".mp4"), (request.sheet, ".png"), (request.motion, ".npz"))


def _rig(picture: Picture, request: ClipRequest) -> FaceRig:
    cache = RigCache(cache_folder() / "rigs")
    return cache.face(picture.rgb, picture.content_hash, face=request.face, points=request.points)


def _frames(request: ClipRequest, count: int) -> FrameSet | None:
    if request.frames is None:
        return None
    frames = request.frames.clipped(count)
    if len(frames) < len(request.frames):
        raise UsageError(f"The clip has frames 0 to {count - 1}; --frames asks for others.")
    return frames


def _write_sheet(
    path: Path, prepared: PreparedFace, rig: FaceRig, motion: Motion, speech: SpeechFacts, listen: ProgressListener
) -> None:
    """Telling frames, cut to the face, so that a small face in a large picture can be judged too."""
    window = face_window(rig)
    chosen = telling_frames(motion, speech.alignment, SHEET_FRAMES)
    tiles = []
    for done, frame in enumerate(chosen):
        listen(ProgressEvent("sheet", done, len(chosen)))
        tiles.append((prepared.frame(motion.row(frame.frame))[window], frame.caption))
    write_png(path, contact_sheet(tiles))
    listen(ProgressEvent("sheet", len(chosen), len(chosen)))
