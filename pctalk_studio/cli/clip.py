"""From an open project to files: clip or pictures, contact sheet, motion."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.prediction import MotionPredictor
from pctalk_studio.core.progress import ProgressEvent, ProgressListener
from pctalk_studio.core.time import FrameRange, FrameSet
from pctalk_studio.export.deliver import Delivery, Order, deliver
from pctalk_studio.export.formats import FORMATS, ExportFormat
from pctalk_studio.export.sequence import is_sequence
from pctalk_studio.export.sheet import contact_sheet
from pctalk_studio.export.telling import telling_frames
from pctalk_studio.interchange.motion_file import write_motion
from pctalk_studio.interchange.motion_template import MotionTemplate, write_template
from pctalk_studio.media.pictures import write_png
from pctalk_studio.render.api import PreparedFace, Renderer
from pctalk_studio.render.framing import face_window
from pctalk_studio.render.moving import MovingFace
from pctalk_studio.session import Studio
from pctalk_studio.session.hearing import Equipment
from pctalk_studio.session.performances import SUFFIX as TEMPLATE

Made = TypeVar("Made")

SHEET_FRAMES = 16
"""Tiles of a contact sheet."""


def engines() -> Equipment:
    """The engines by name, and the networks that move lips by ear; each is imported when it is first made.

    The neural engine is always among them: where its weights are missing, making it says how to get them.
    """
    return Equipment({"mesh": _mesh, "liveportrait": Once(_liveportrait)}, Once(_learned_motion))


def _mesh() -> Renderer:
    from pctalk_studio.render.mesh import MeshRenderer

    return MeshRenderer()


class Once(Generic[Made]):
    """Makes something once, from whichever thread asks first: networks fill memory, and take their time to load.

    While that fails, such as for missing weights, each call tries anew, so that nobody has to restart after getting them.

    Parameters
    ----------
    make
        Makes it; raises StudioErrors.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: Made | None = None
        self._making = threading.Lock()

    def __call__(self) -> Made:
        """The one that was made; what making it raises is raised."""
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made


def _liveportrait() -> Renderer:
    from pctalk_studio.render.liveportrait import open_renderer

    return open_renderer()


def _learned_motion() -> MotionPredictor:
    from pctalk_studio.nets.speech.motion_predictor import shipped_motion

    return shipped_motion()


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write.

    Parameters
    ----------
    out
        Clip, sound, or pictures named with #; the suffix says in which format.
    sheet, motion
        Contact sheet and motion file, where they are asked for.
    frames
        Only these; None: all.
    start, end
        Or those between these seconds.
    skip_existing
        Leave pictures that are there alone.
    codec
        Of an ``.mp4``: ``h264`` or ``h265``.
    alpha
        With the portrait's transparency.
    """

    out: Path
    sheet: Path | None = None
    motion: Path | None = None
    frames: FrameSet | None = None
    start: float | None = None
    end: float | None = None
    skip_existing: bool = False
    codec: str = "h264"
    alpha: bool = False

    @property
    def format(self) -> ExportFormat:
        """The format that the name asks for.

        Raises
        ------
        UsageError
            When there is no such format, or it cannot carry what is asked for.
        """
        if is_sequence(self.out):
            chosen = FORMATS["png"]
        elif self.out.suffix.lower() == ".mp4":
            chosen = FORMATS["h265" if self.codec == "h265" else "mp4"]
        else:
            fitting = [each for each in FORMATS.values() if each.suffix == self.out.suffix.lower() and each.id != "png"]
            if not fitting:
                known = dict.fromkeys(each.suffix for each in FORMATS.values() if each.id != "png")
                raise UsageError(f"'{self.out}' should end in {', '.join(known)}, or name pictures with #, such as a.####.png.")
            chosen = fitting[0]
        if self.alpha and not chosen.alpha:
            raise UsageError(f"{chosen.title} cannot carry transparency; write .mov, .webm, .gif or numbered .png.")
        return chosen

    def check(self, *sources: Path) -> None:
        """Refuse before any work is done what would fail, or destroy a source, at its end.

        Raises
        ------
        StudioError
            With one sentence.
        """
        kind = TEMPLATE if self.motion is not None and self.motion.suffix.lower() == TEMPLATE else ".npz"
        named = ((self.out, self.format.suffix), (self.sheet, ".png"), (self.motion, kind))
        targets = [(path, suffix) for path, suffix in named if path is not None]
        originals = {source.resolve() for source in sources}
        for path, suffix in targets:
            if path.suffix.lower() != suffix:
                raise UsageError(f"'{path}' should end in {suffix}, which is what is written there.")
            if path.resolve() in originals:
                raise UsageError(f"'{path}' is one of the sources; choose another name for the result.")
            if not path.parent.is_dir():
                raise MediaError(f"Cannot write '{path}': the folder '{path.parent}' does not exist; create it first.")
        if len({path.resolve() for path, _ in targets}) < len(targets):
            raise UsageError("Two results have the same name; give each its own.")

    def chosen(self, studio: Studio) -> FrameSet | None:
        """The frames that are meant, None for the whole clip.

        Raises
        ------
        UsageError
            When there is none of them in the clip.
        """
        count, rate = len(studio), studio.project.rate
        frames = self.frames
        if frames is None and (self.start is not None or self.end is not None):
            first = rate.frame_at(max(self.start or 0.0, 0.0))
            last = count if self.end is None else rate.frame_at(max(self.end, 0.0))
            frames = FrameSet.of([FrameRange(first, max(first, min(last, count)))])
            if not len(frames.clipped(count)):
                raise UsageError(f"The clip lasts {rate.time_of(count):.2f} s; nothing of it lies between --start and --end.")
        if frames is not None and len(frames.clipped(count)) < len(frames):
            raise UsageError(f"The clip has frames 0 to {count - 1}; --frames asks for others.")
        return frames


def write_outputs(studio: Studio, outputs: Outputs, listen: ProgressListener) -> Delivery:
    """Write all that is asked for.

    Raises
    ------
    StudioError
        With one sentence, when something cannot be drawn or written. Nothing partial is left behind.
    """
    frames, format_, settings = outputs.chosen(studio), outputs.format, studio.project.render
    template: MotionTemplate | None = None
    if outputs.motion is not None and outputs.motion.suffix.lower() == TEMPLATE:
        # Before anything is drawn, since not every engine can tell one.
        template = _template(studio.drawn_with()[1], studio.motion)
    quality = settings.crf if format_.id in ("mp4", "h265") else None
    order = Order(outputs.out, format_, frames, quality, outputs.alpha, outputs.skip_existing)
    report = deliver(
        order,
        studio.drawn_with_alpha() if outputs.alpha else studio.drawn_with()[1],
        studio.motion,
        studio.sources.sound,
        inputs=(studio.sources.picture.path,),
        listen=listen,
    )
    if outputs.sheet is not None:
        _write_sheet(outputs.sheet, studio, listen)
    if outputs.motion is not None and template is not None:
        write_template(outputs.motion, template)
    elif outputs.motion is not None:
        write_motion(outputs.motion, studio.motion, studio.drawn_with()[0].face)
    return report


def _template(face: PreparedFace, motion: Motion) -> MotionTemplate:
    """The clip as LivePortrait's networks describe it.

    Raises
    ------
    UsageError
        When another engine draws.
    """
    from pctalk_studio.render.liveportrait.engine import LivePortraitFace
    from pctalk_studio.render.liveportrait.templates import template_of

    if isinstance(face, MovingFace):
        raise UsageError("A motion template is told relative to one picture; for a movie write .npz, which holds every frame.")
    if not isinstance(face, LivePortraitFace):
        raise UsageError("A motion template is told by LivePortrait's networks; add --engine liveportrait, or write .npz.")
    return template_of(face.driver, motion)


def summary(studio: Studio, report: Delivery, studied: float) -> str:
    """One line about what was made, and one for each remark.

    Parameters
    ----------
    studio
        The project.
    report
        What was exported.
    studied
        Seconds spent on reading and analysing the sources.
    """
    width, height = studio.drawn_with()[0].size
    length = report.frames / float(studio.project.rate)
    speed = f" ({length / report.seconds:.1f} x real time)" if report.seconds > 0.05 else ""
    return (
        f"{report.path}: {report.frames} frames, {width} x {height}, {length:.2f} s; "
        f"sources {studied:.1f} s, frames {report.seconds:.1f} s{speed}" + "".join(f"\n{remark}" for remark in report.remarks)
    )


def _write_sheet(path: Path, studio: Studio, listen: ProgressListener) -> None:
    """Telling frames, cut to the face, so that a small face in a large picture can be judged too."""
    window = face_window(studio.drawn_with()[0].poster.rig)
    chosen = telling_frames(studio.motion, studio.project.speech.alignment(), SHEET_FRAMES)
    tiles = []
    for done, frame in enumerate(chosen):
        listen(ProgressEvent("sheet", done, len(chosen)))
        tiles.append((studio.frame(frame.frame)[window], frame.caption))
    write_png(path, contact_sheet(tiles))
    listen(ProgressEvent("sheet", len(chosen), len(chosen)))
