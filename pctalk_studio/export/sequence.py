"""The final render into numbered pictures, one file a frame: for compositors, farms, and whatever a movie cannot carry."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.time import FrameSet
from pctalk_studio.export.drawing import Drawer
from pctalk_studio.media.pictures import write_png
from pctalk_studio.render.api import PreparedFace

STAGE = "frames"
_NUMBER = re.compile(r"#+")


@dataclass(frozen=True, slots=True)
class SequenceReport:
    """What an export into pictures did.

    Parameters
    ----------
    pattern
        Name of the files, with # where the number stands.
    frames, written
        Frames asked for, and those that were drawn; the others were there already.
    seconds
        Time that passed.
    remarks
        What the engine has to say about its work, in sentences.
    """

    pattern: Path
    frames: int
    written: int
    seconds: float
    remarks: tuple[str, ...] = ()


def is_sequence(path: Path) -> bool:
    """Whether a name means numbered pictures: it has a # in its last part."""
    return "#" in path.name


def numbered(pattern: Path, frame: int) -> Path:
    """The file of one frame: the run of # becomes its number, padded with zeros to that many digits.

    Raises
    ------
    UsageError
        When the name has not just one run of #, or does not end in .png.
    """
    if len(_NUMBER.findall(pattern.name)) != 1 or pattern.suffix.lower() != ".png":
        raise UsageError(f"'{pattern}' names no pictures; write for example shot/frame.####.png.")
    return pattern.with_name(_NUMBER.sub(lambda run: f"{frame:0{len(run[0])}d}", pattern.name))


def export_sequence(
    prepared: PreparedFace,
    motion: Motion,
    pattern: Path,
    frames: FrameSet,
    *,
    skip_existing: bool = False,
    listen: ProgressListener = silent,
) -> SequenceReport:
    """Draw frames into numbered PNG files. A frame is the same picture whichever range it is drawn in.

    Parameters
    ----------
    prepared
        Engine that draws the rows.
    motion
        What to draw.
    pattern
        Such as ``shot/frame.####.png``; the folder must exist.
    frames
        Which; numbers are those of the clip.
    skip_existing
        Leave files that are there alone, so that an interrupted export goes on where it stopped.
    listen
        Told of every frame.

    Raises
    ------
    UsageError
        When the name is no pattern.
    MediaError
        When the folder is missing or a file cannot be written.
    RenderError
        When the engine cannot draw a row.
    """
    numbered(pattern, 0)
    if not pattern.parent.is_dir():
        raise MediaError(f"Cannot write '{pattern}': the folder '{pattern.parent}' does not exist; create it first.")
    started = time.perf_counter()
    due = {frame for frame in frames if not (skip_existing and numbered(pattern, frame).exists())}
    drawer = Drawer(prepared)
    with drawer.pictures(motion.row(frame) for frame in frames if frame in due) as pictures:
        for done, frame in enumerate(frames):
            listen(ProgressEvent(STAGE, done, len(frames)))
            if frame in due:
                write_png(numbered(pattern, frame), next(pictures))
    listen(ProgressEvent(STAGE, len(frames), len(frames)))
    return SequenceReport(pattern, len(frames), len(due), time.perf_counter() - started, drawer.remarks)
