"""What a person chooses for an export, and the job that it makes of the open project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRange, FrameRate, FrameSet
from pctalk_studio.document.project import Project
from pctalk_studio.export.deliver import Order
from pctalk_studio.export.formats import FORMATS, ExportFormat, estimated_bytes
from pctalk_studio.render.framing import Framing, framed_size
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.exporting import ExportJob
from pctalk_studio.session.opening import with_full_paths


class Part(StrEnum):
    """Which part of the clip."""

    ALL = "all"
    IN_OUT = "in_out"
    SELECTION = "selection"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What a person chose.

    Parameters
    ----------
    format
        In which the clip is delivered.
    part
        Which part of it.
    longest
        Longest side in pixels; None: the project's size.
    rate
        Frames a second; None: the project's.
    quality
        As the format counts it; None: its default.
    alpha
        With the portrait's transparency.
    """

    format: ExportFormat = FORMATS["mp4"]
    part: Part = Part.ALL
    longest: int | None = None
    rate: FrameRate | None = None
    quality: int | None = None
    alpha: bool = False


def parts_of(desk: Desk) -> tuple[Part, ...]:
    """The parts that there are: between the in and out points, and what is selected, only where there is such a thing."""
    project, parts = desk.project, [Part.ALL]
    if project.in_point is not None or project.out_point is not None:
        parts.append(Part.IN_OUT)
    if desk.selection.span(project) is not None:
        parts.append(Part.SELECTION)
    return tuple(parts)


def project_for(choice: ExportChoice, desk: Desk) -> Project:
    """The document as it is drawn for an export: in the chosen size and frame rate."""
    project = desk.project
    if choice.rate is not None:
        project = replace(project, rate=choice.rate)
    if choice.longest is not None:
        width, height = size_of(ExportChoice(), desk)
        factor = choice.longest / max(width, height)
        settings = project.render
        if settings.size is not None:
            settings = replace(settings, size=(round(width * factor), round(height * factor)))
        else:
            settings = replace(settings, longest=choice.longest)
        project = replace(project, render=settings)
    return project


def frames_of(choice: ExportChoice, desk: Desk) -> FrameSet | None:
    """Frames of the chosen part at the chosen rate; None for all.

    Raises
    ------
    UsageError
        When the part is empty.
    """
    project, rate = desk.project, choice.rate or desk.project.rate
    if choice.part is Part.ALL:
        return None
    span: tuple[float, float] | None
    if choice.part is Part.IN_OUT:
        end = desk.duration if project.out_point is None else project.out_point
        span = (project.in_point or 0.0, end)
    else:
        span = desk.selection.span(project)
    if span is None:
        raise UsageError("Nothing is selected that lasts; select words or an emotion clip, or export the whole clip.")
    first = rate.frame_at(max(span[0], 0.0))
    return FrameSet.of([FrameRange(first, max(first + 1, rate.frames_in(min(span[1], desk.duration))))])


def size_of(choice: ExportChoice, desk: Desk) -> tuple[int, int]:
    """(width, height) of the frames, pixels."""
    if choice.longest is None:
        settings = desk.project.render
    else:
        settings = project_for(choice, desk).render
    framing = Framing(settings.crop_to_face, settings.longest, settings.size)
    return framed_size(desk.sources.picture.size, framing)


def estimate(choice: ExportChoice, desk: Desk) -> int:
    """How large the result will be, bytes, roughly.

    Raises
    ------
    UsageError
        When the part is empty.
    """
    rate, frames = choice.rate or desk.project.rate, frames_of(choice, desk)
    count = rate.frames_in(desk.duration) if frames is None else len(frames)
    return estimated_bytes(choice.format, size_of(choice, desk), count, rate, choice.quality)


def job_of(choice: ExportChoice, desk: Desk, path: Path, *, threads: int | None = None) -> ExportJob:
    """The export, with the document as it is now.

    Raises
    ------
    UsageError
        When the part is empty, or the name is not the format's.
    """
    suffix = path.suffix.lower()
    if suffix != choice.format.suffix:
        raise UsageError(f"'{path.name}' should end in {choice.format.suffix}, as {choice.format.title} is named.")
    if not path.parent.is_dir():
        raise UsageError(f"The folder '{path.parent}' does not exist; choose another place or create it first.")
    own = desk.studio.path
    order = Order(path, choice.format, frames_of(choice, desk), choice.quality, choice.alpha)
    keep = () if own is None else (own,)
    project = project_for(choice, desk)
    if own is not None:
        # Its paths are relative to its file; an export that is done again after a crash knows no file.
        project = with_full_paths(project, own)
    return ExportJob(desk.sources, project, order, desk.engines, keep, threads)


def pictures_name(path: Path) -> Path:
    """A name for numbered pictures where none is given: ``shot.png`` becomes ``shot.####.png``."""
    return path if "#" in path.name else path.with_name(f"{path.stem}.####{path.suffix}")
