"""One order, one delivery: a clip, or part of it, in any of the formats."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.time import FrameRange, FrameSet
from pctalk_studio.export.clip import export_clip
from pctalk_studio.export.formats import MP4, ExportFormat
from pctalk_studio.export.sequence import export_sequence
from pctalk_studio.media.files import refuse_overwriting
from pctalk_studio.media.sound import Sound, write_wav
from pctalk_studio.render.api import PreparedFace


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered.

    Parameters
    ----------
    path
        Target; for pictures a name with #.
    format
        In which.
    frames
        Which; None: all.
    quality
        As the format counts it; None for its default.
    alpha
        With transparency, where format and portrait have it.
    skip_existing
        Leave pictures that are there alone, so that an interrupted export into pictures goes on where it stopped.
    """

    path: Path
    format: ExportFormat = MP4
    frames: FrameSet | None = None
    quality: int | None = None
    alpha: bool = False
    skip_existing: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered.

    Parameters
    ----------
    path, frames, seconds
        Where, how many frames, and how long it took.
    remarks
        Sentences for people: what the engine has to say, and who encoded where there was a choice.
    """

    path: Path
    frames: int
    seconds: float
    remarks: tuple[str, ...] = ()


def deliver(
    order: Order,
    prepared: PreparedFace,
    motion: Motion,
    sound: Sound | None,
    *,
    inputs: tuple[Path, ...] = (),
    listen: ProgressListener = silent,
    threads: int | None = None,
) -> Delivery:
    """Draw and write what was ordered; it is there whole or not at all (pictures: each of them).

    Parameters
    ----------
    order
        What is to be delivered.
    prepared
        Engine that draws the rows, with alpha where that is ordered.
    motion, sound
        The clip.
    inputs
        Files that must not be overwritten.
    listen
        Told of every frame; what it raises ends the export.
    threads
        That draw; see :func:`pctalk_studio.export.clip.export_clip`.

    Raises
    ------
    StudioError
        With one sentence, when it cannot be drawn or written.
    """
    started = time.perf_counter()
    every = FrameSet.of([FrameRange(0, len(motion))])
    chosen = every if order.frames is None else order.frames.clipped(len(motion))
    if order.format.id == "png":
        report = export_sequence(prepared, motion, order.path, chosen, skip_existing=order.skip_existing, listen=listen)
        return Delivery(order.path, report.frames, time.perf_counter() - started, report.remarks)
    if not order.format.pictures:
        return _sound_alone(order, sound, motion, chosen, inputs, listen, started)
    carried = sound if order.format.sound else None
    clip = export_clip(
        prepared,
        motion,
        carried,
        order.path,
        frames=order.frames,
        format_=order.format,
        quality=order.quality,
        inputs=inputs,
        listen=listen,
        threads=threads,
    )
    return Delivery(order.path, len(chosen), time.perf_counter() - started, clip.remarks)


def _sound_alone(
    order: Order,
    sound: Sound | None,
    motion: Motion,
    chosen: FrameSet,
    inputs: tuple[Path, ...],
    listen: ProgressListener,
    started: float,
) -> Delivery:
    if sound is None:
        raise UsageError(f"There is no sound to write to '{order.path}'; choose a format with pictures.")
    if order.path.suffix.lower() != order.format.suffix:
        raise UsageError(f"'{order.path}' should end in {order.format.suffix}, as {order.format.title} is named.")
    refuse_overwriting(order.path, (*inputs, sound.path))
    listen(ProgressEvent("sound", 0, 1))
    part = sound if order.frames is None else sound.cut(chosen, motion.rate)
    write_wav(order.path, part.samples, part.rate)
    listen(ProgressEvent("sound", 1, 1))
    return Delivery(order.path, len(chosen), time.perf_counter() - started)
