"""The final render of a clip into a file: drawing and encoding overlap, each frame is drawn once."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.time import FrameRange, FrameSet
from pctalk_studio.export.drawing import Drawer
from pctalk_studio.export.formats import MP4, ExportFormat, frame_writer
from pctalk_studio.media.card_encoding import card_kind
from pctalk_studio.media.movie_kinds import H264
from pctalk_studio.media.sound import Sound
from pctalk_studio.render.api import PreparedFace

STAGE = "render"
"""Name of the stage in progress events."""

WITH_ALPHA = 4
"""Channels of a picture that has alpha."""

_BESIDE_DRAWING = min(4, max(1, (os.cpu_count() or 1) // 2))
"""Threads of x264 while a processor draws: half of the cores keep pace with that, and more would only take turns with what draws
(4 % more time on two cores). Slower encoders, and those beside a card that draws, take what they like."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did.

    Parameters
    ----------
    path
        The clip.
    frames
        Frames in it.
    drawn
        Frames that were really drawn; the others repeat their predecessor.
    render_seconds, encode_seconds
        Time spent drawing (in the worker) and encoding (in the caller); they overlap.
    seconds
        Time that passed in all.
    remarks
        Sentences for people: what the engine has to say, and who encoded where there was a choice.
    """

    path: Path
    frames: int
    drawn: int
    render_seconds: float
    encode_seconds: float
    seconds: float
    remarks: tuple[str, ...] = ()


def export_clip(
    prepared: PreparedFace,
    motion: Motion,
    sound: Sound | None,
    path: Path,
    *,
    frames: FrameSet | None = None,
    format_: ExportFormat = MP4,
    quality: int | None = None,
    listen: ProgressListener = silent,
    inputs: tuple[Path, ...] = (),
    threads: int | None = None,
) -> ExportReport:
    """Render a motion, or some frames of it, and write it with its sound into one file.

    Frames that a graphics card draws are encoded there too, where it has an encoder for them; the report says so, or why not.

    Worker threads draw, at most a few frames ahead, while the calling thread encodes. An exception on either side, one
    out of ``listen`` (:class:`pctalk_studio.core.errors.Cancelled`), and Ctrl-C end both, leave no thread and no file.

    Parameters
    ----------
    prepared
        Engine that draws the rows, with alpha where the format shall carry it.
    motion
        What to draw, at its own frame rate.
    sound
        Recording that begins with frame 0; None for a silent clip.
    path
        Target, ending as the format is named.
    frames
        Part of the clip, clipped to its length; the sound is cut alike, frame by frame. None means all.
    format_
        In which it is delivered.
    quality
        As the format counts it, best first; None for its default.
    listen
        Told of every frame, in the calling thread.
    inputs
        Files that must not be overwritten, besides that of the sound.
    threads
        How many draw; see :class:`pctalk_studio.export.drawing.Drawer`.

    Raises
    ------
    UsageError
        When no frame is left to render, or quality or suffix are out of range.
    MediaError
        When the file cannot be written.
    RenderError
        When the engine cannot draw a row.
    """
    started = time.perf_counter()
    chosen = FrameSet.of([FrameRange(0, len(motion))]) if frames is None else frames.clipped(len(motion))
    total = len(chosen)
    if not total:
        raise UsageError(f"None of the frames asked for is in the clip, which has frames 0 to {len(motion) - 1}; ask for others.")
    if frames is not None and sound is not None:
        sound = sound.cut(chosen, motion.rate)
    drawer = Drawer(prepared, threads)
    encoding = 0.0
    listen(ProgressEvent(STAGE, 0, total))
    with drawer.pictures(motion.row(frame) for frame in chosen) as pictures:
        first = next(pictures)
        height, width, channels = first.shape
        alpha = channels == WITH_ALPHA
        size, kind, remark = (width, height), format_.kind, ""
        if kind is not None and drawer.on_card and not alpha:
            kind, remark = card_kind(kind, size)
        encoding_threads = _BESIDE_DRAWING if kind is H264 and not drawer.on_card else None
        with frame_writer(
            format_,
            path,
            size,
            motion.rate,
            sound,
            quality=quality,
            alpha=alpha,
            inputs=inputs,
            kind=kind,
            threads=encoding_threads,
        ) as movie:
            for picture in chain((first,), pictures):
                mark = time.perf_counter()
                movie.write(picture)
                encoding += time.perf_counter() - mark
                listen(ProgressEvent(STAGE, movie.frames, total))
            mark = time.perf_counter()
        # Leaving the writer waits for the encoder's last frames and completes the file.
        encoding += time.perf_counter() - mark
    remarks = (*drawer.remarks, remark) if remark else drawer.remarks
    return ExportReport(path, total, drawer.drawn, drawer.seconds, encoding, time.perf_counter() - started, remarks)
